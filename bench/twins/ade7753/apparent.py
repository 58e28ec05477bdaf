"""Apparent energy over a long span: IRMS times VRMS has no closed form, so quadrature.

Both factors are smooth, ripple and settling included, so Gauss-Legendre over panels of one line
period converges fast; once all has settled every panel is the same.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bench.twins.ade7753.model import APPARENT_SCALE, Floats
from bench.twins.ade7753.plan import Plan
from bench.twins.ade7753.terms import Terms

BASE_NODES = 24
"""Nodes per panel, and two more for each harmonic of the squared current."""
RIPPLE_ORDERS = 12
"""Harmonics of the averaged |x| that the quadrature takes, besides as many as the squared current
has. Those above would alias; left out they lose nothing, for they average to zero and meet no
ripple of the current."""
SETTLED = 1e-7
"""What is left of a transient, relative to the mean, where it is taken as settled."""
FLOOR = 1e-6
"""Codes squared and codes under which a transient moves less than 1e-4 LSB per second."""


@cache
def nodes(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights of the Gauss-Legendre rule on 0..1."""
    at, weight = np.polynomial.legendre.leggauss(count)
    return np.asarray(0.5 * (at + 1.0)), np.asarray(0.5 * weight)


class Apparent:
    """LSB of apparent energy from sample `plan.k` on, as a function of the sample reached."""

    def __init__(self, plan: Plan, mean_abs: Terms, longest: Floats) -> None:
        """`mean_abs`: the averaged |x| by samples after `plan.k`; `longest`: samples to come."""
        self._plan = plan
        highest = int(plan.mean_square.order.max(initial=0))
        kept = mean_abs.order <= RIPPLE_ORDERS + highest
        self._mean_abs = Terms(mean_abs.coef[:, kept], mean_abs.order[kept], mean_abs.decay[kept])
        self._start = plan.k.astype(np.float64)
        self._panel = plan.period()
        self._nodes, self._weights = nodes(
            BASE_NODES + 2 * int(plan.mean_square.order.max(initial=0))
        )
        settle = np.maximum(
            _settling(plan.mean_square, self._start), _settling(mean_abs, 0.0 * self._start)
        )
        wanted = np.ceil(np.minimum(settle, longest) / self._panel)
        self._panels = int(wanted.max(initial=0.0))
        sums = self._whole_panels(self._panels)
        self._sums = np.concatenate([np.zeros((len(sums), 1)), np.cumsum(sums, axis=1)], axis=1)
        self._each = self._whole_panels(1, settled=True)[:, 0]

    def to(self, k: Floats) -> Floats:
        """LSB added up to and including sample `k`, per chip."""
        gone = k - self._start
        lap = np.floor(gone / self._panel)
        kept = np.minimum(lap, self._panels).astype(np.int64)
        row = np.arange(len(k))
        whole = self._sums[row, kept] + (lap - kept) * self._each
        width = gone - lap * self._panel
        after = (lap * self._panel + 0.5)[:, None] + width[:, None] * self._nodes
        w = self._plan.w
        square = self._plan.mean_square.at(self._start[:, None] + after, w)
        part = self._power(square, self._mean_abs.at(after, w)) @ self._weights
        return np.asarray(whole + part * width)

    def _whole_panels(self, count: int, settled: bool = False) -> Floats:
        """Integrals over `count` panels of one period from the start."""
        plan, chips = self._plan, len(self._start)
        if count == 0:
            return np.zeros((chips, 0))
        # A sum over samples 1..N is the integral from 1/2 to N + 1/2.
        inner = 0.5 + self._panel[:, None] * self._nodes
        square, level = (
            _on_panels(terms.steady if settled else terms, plan.w, count, first[:, None] + inner)
            for terms, first in (
                (plan.mean_square, self._start),
                (self._mean_abs, np.zeros(chips)),
            )
        )
        values = self._power(square.reshape(chips, -1), level.reshape(chips, -1))
        return np.asarray((values.reshape(chips, count, -1) @ self._weights) * self._panel[:, None])

    def _power(self, square: Floats, mean_abs: Floats) -> Floats:
        s = self._plan.settings
        irms = np.sqrt(np.maximum(square + (s.square_bias + s.square_offset)[:, None], 0.0))
        vrms = self._plan.doubts.vrms_scale * mean_abs + s.mean_offset[:, None]
        return irms * np.maximum(vrms, 0.0) * (APPARENT_SCALE * s.rate_va)[:, None]


def _on_panels(terms: Terms, w: Floats, count: int, first: Floats) -> Floats:
    """Values at the samples `first` of a panel and of the panels after it.

    From one panel to the next, a line period later, only the decays change anything.
    """
    turned = terms.coef[:, :, None] * np.exp(terms.rates(w)[:, :, None] * first[:, None, :])
    decays = np.unique(terms.decay)
    shapes = (terms.decay == decays[:, None]).astype(np.float64) @ turned.real
    gone = (2.0 * np.pi / w)[:, None] * np.arange(count)
    return np.asarray(np.exp(gone[:, :, None] * decays) @ shapes, dtype=np.float64)


def _settling(terms: Terms, k: Floats) -> Floats:
    """Samples after `k` until all transients are negligible, per chip."""
    fading = terms.fading
    if fading.coef.shape[1] == 0:
        return np.zeros(len(k))
    size = np.abs(fading.coef) * np.exp(fading.decay * k[:, None])
    floor = np.maximum(SETTLED * np.abs(terms.mean), FLOOR)[:, None]
    return np.asarray((np.log(np.maximum(size / floor, 1.0)) / -fading.decay).max(axis=1))

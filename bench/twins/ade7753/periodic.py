"""What repeats every line period: zero crossings, the rectified voltage, the peaks."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Complexes, Floats, Integers
from bench.twins.ade7753.terms import Terms

GRID = 1024
"""Points per line period in the search for zero crossings and peaks."""
RIPPLE_ORDERS = 64
"""Harmonics of |x| that are kept; the averaging filter leaves under 1e-6 of the rest."""


class Periodic:
    """LPF1 output and channel-1 current over one period, by the angle theta = w k.

    `roots`: angles of the zero crossings in 0..2 pi, rising order, chips x most of them, NaN
    where a chip has fewer; `jumps`: +1 rising, -1 falling, 0 none. `top`, `bottom`: extremes of the
    current; `peak`: largest magnitude of the voltage.
    """

    def __init__(self, voltage: Terms, current: Terms, w: Floats) -> None:
        self.w = w
        chips = len(w)
        self._voltage = voltage
        turn = np.full(chips, 2.0 * np.pi / GRID)
        zero = np.zeros(chips)
        wave = voltage.run(zero, GRID, turn)
        self._find(wave, voltage)
        self.peak = _top(np.abs(wave))
        shape = current.run(zero, GRID, turn)
        self.top, self.bottom = _top(shape), -_top(-shape)

    def _find(self, wave: Floats, voltage: Terms) -> None:
        following = np.roll(wave, -1, axis=1)
        chip, at = np.nonzero((wave >= 0) != (following >= 0))
        left, right = wave[chip, at], following[chip, at]
        step = 2.0 * np.pi / GRID
        angle = step * (at + left / (left - right))
        coef = voltage.coef[chip]
        for _ in range(4):  # Newton: the chord is already within 1e-6 of the root
            turn = coef * np.exp(1j * voltage.order * angle[:, None])
            value = turn.real.sum(axis=1)
            slope = -(turn.imag * voltage.order).sum(axis=1)
            angle = np.clip(angle - value / slope, step * at, step * (at + 1))
        chips = len(wave)
        counts = np.bincount(chip, minlength=chips)
        width = int(counts.max(initial=0))
        place = np.arange(len(chip)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.roots: Floats = np.full((chips, width), np.nan)
        self.jumps: Integers = np.zeros((chips, width), dtype=np.int64)
        self.roots[chip, place] = angle
        self.jumps[chip, place] = np.where(right >= 0, 1, -1)
        self._sign = np.where(wave[:, 0] >= 0, 1.0, -1.0)

    def rectified(self) -> Terms:
        """|x| as a Fourier series: exact coefficients from the zero crossings."""
        highest = int(self._voltage.order.max(initial=0))
        top = RIPPLE_ORDERS + highest
        square = self._square(top + highest)
        chips = len(self.w)
        coef: Complexes = np.zeros((chips, top + 1), dtype=np.complex128)
        orders = np.arange(top + 1)
        middle = top + highest
        for column, h in enumerate(self._voltage.order):
            peak = self._voltage.coef[:, column, None]
            if h == 0:
                coef += peak.real * square[:, middle + orders]
            else:
                coef += 0.5 * peak * square[:, middle + orders - h]
                coef += 0.5 * peak.conj() * square[:, middle + orders + h]
        coef[:, 1:] *= 2.0
        coef[:, 0] = coef[:, 0].real
        return Terms(coef, orders, np.zeros(top + 1))

    def _square(self, top: int) -> Complexes:
        """Fourier coefficients -top..top of the sign of x."""
        m = np.arange(1, top + 1)
        present = self.jumps != 0
        angle = np.where(present, self.roots, 0.0)
        edges = np.exp(-1j * m[None, :, None] * angle[:, None, :]) * (2.0 * self.jumps)[:, None, :]
        upper = edges.sum(axis=2) / (2j * np.pi * m)
        mean = self._sign - (2.0 * self.jumps * angle).sum(axis=1) / (2.0 * np.pi)
        return np.concatenate([upper[:, ::-1].conj(), mean[:, None], upper], axis=1)


def _top(wave: Floats) -> Floats:
    """Maximum per row of a periodic function, by a parabola through the three highest points."""
    at = wave.argmax(axis=1)
    row = np.arange(len(wave))
    before, highest, after = (wave[row, (at + d) % wave.shape[1]] for d in (-1, 0, 1))
    bend = before - 2.0 * highest + after
    shift = np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, -1.0), 0.0)
    return np.asarray(highest - 0.25 * (before - after) * shift)

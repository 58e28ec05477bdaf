"""The steady engine: closed forms for harmonic stimuli, whatever the span."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.ade7753 import events
from bench.twins.ade7753.dense import LONGEST, dense
from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.gate import Gate
from bench.twins.ade7753.increments import Increments
from bench.twins.ade7753.longrun import long_run
from bench.twins.ade7753.model import Integers
from bench.twins.ade7753.plan import LPF1, Plan
from bench.twins.ade7753.pulses import Formula, Knots, Piece
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from bench.twins.ade7753.terms import Terms
from bench.twins.waveform import Waveform
from drivers.ade7753.bits import Flag

QUIET = 1e-10
"""LPF1 transient, relative to the signal, under which the voltage is periodic."""
FADED = 0.25
"""LPF2 LSB left of a transient that no longer matters to a power amid its thresholds: at most
0.01 energy LSB, decaying with the slowest pole of the HPF."""


class SteadyEngine:
    """Advances the state of a bank by closed forms, from one plan to the next."""

    def __init__(self, origin: float, doubts: Doubts) -> None:
        """`origin`: lab time (s) of sample 0 of every chip."""
        self._origin = origin
        self._doubts = doubts
        self._plan: Plan | None = None

    def begin(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
    ) -> None:
        """Plan for a stimulus and settings that hold from now on."""
        self._plan = Plan(state, settings, current, voltage, self._origin, self._doubts)

    def advance(self, state: State, count: Integers) -> tuple[Increments, list[Piece]]:
        """Take `count` samples per chip; also the CF pulses, piece by piece."""
        plan = self._plan
        assert plan is not None
        increments = Increments.none(len(count))
        pieces: list[Piece] = []
        cf = plan.settings.rate_cf
        left = count.copy()
        while left.any():
            k = plan.k.astype(np.float64)
            gate = Gate(plan.power, k, plan.settings, self._doubts.no_load)
            settling = gate.mixed & (plan.power.fading.swing(k) > FADED)
            if self._is_short(plan, left) or settling.any():
                some = np.minimum(left, LONGEST)
                start = state.n.copy()
                added, pulses = dense(plan, state, some)
                pieces.append(Knots.of(start, some, pulses))
                left = left - some
            else:
                start = state.n.copy()
                added, active = long_run(plan, state, left, gate, mean_abs(plan, state))
                pieces.append(Formula(start, state.n.copy(), active, cf))
                left = np.zeros_like(left)
            increments = increments.then(added)
        step = plan.settings.wave_step
        state.flags[state.n // step > (state.n - count) // step] |= Flag.WSMP
        if plan.settings.sampling.any():
            self._waveform(plan, state, count)
        events.no_crossing(state, plan.settings)
        return increments, pieces

    def _is_short(self, plan: Plan, left: Integers) -> bool:
        if left.max() <= LONGEST:
            return True
        fading = plan.lpf1.fading.coef
        if fading.shape[1] == 0:
            return False
        size = np.abs(fading).sum(axis=1) * np.exp(np.log1p(-LPF1) * plan.k)
        return bool((size > QUIET * np.abs(plan.lpf1.coef).sum(axis=1)).any())

    def store(self, state: State) -> None:
        """Bring the filter rows of `state` up to the last sample taken."""
        if self._plan is not None:
            self._plan.store(state)

    def _waveform(self, plan: Plan, state: State, count: Integers) -> None:
        """The WAVEFORM sample of each chip: the last of `count` that its data rate lets through."""
        s = plan.settings
        last = state.n - state.n % s.wave_step
        k = (last - plan.n0).astype(np.float64)
        fresh = s.sampling & (last > state.n - count)
        sources = (plan.power, plan.power, plan.current, plan.lpf1)
        for source, terms in enumerate(sources):
            mine = fresh & (s.wave_source == source)
            if mine.any():
                state.wave[mine] = terms.at(k, plan.w)[mine]


def mean_abs(plan: Plan, state: State) -> Terms:
    """The averaged |x| as a function of the samples after `plan.k`."""
    a = plan.averaging
    x = plan.periodic.rectified()
    rates = x.rates(plan.w)
    coef = x.coef * a / (1.0 - (1.0 - a) * np.exp(-rates)) * np.exp(rates * plan.k[:, None])
    own = state.mean_abs - coef.real.sum(axis=1)
    fade = Terms(own[:, None].astype(np.complex128), np.zeros(1, np.int64), np.log1p([-a]))
    return Terms(coef, x.order, x.decay).plus(fade)

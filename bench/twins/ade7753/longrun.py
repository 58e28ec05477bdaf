"""A long span in closed form: a thousand seconds cost no more than one."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753 import events
from bench.twins.ade7753.apparent import Apparent
from bench.twins.ade7753.gate import Gate
from bench.twins.ade7753.increments import KINDS, Increments
from bench.twins.ade7753.model import Floats, Integers
from bench.twins.ade7753.plan import Plan
from bench.twins.ade7753.state import RISES_KEPT, State
from bench.twins.ade7753.terms import Terms
from bench.twins.ade7753.zerocross import Crossings, rising
from drivers.ade7753.bits import Flag

ENVELOPE = 256
"""Instants at which the fading part of the current is added to its peaks."""


class Active:
    """LPF2 LSB counted from sample `start` on; CF and active energy differ by their rates only."""

    def __init__(self, plan: Plan, gate: Gate) -> None:
        self._plan = plan
        self.start = plan.k.astype(np.float64)
        self.factor = gate.factor
        self.mixed = gate.mixed
        self._base = plan.power_sum.to(self.start)
        self.signs = np.sign(plan.power.mean)[:, None] * (self.factor != 0)[:, None]
        if self.mixed.any():
            self._ripple = plan.amid.ripple(self.start)
            self.signs = np.where(self.mixed[:, None], plan.amid.signs, self.signs)

    def to(self, k: Floats) -> Floats:
        """Counted up to and including sample `k` per chip."""
        plan, gone = self._plan, k - self.start
        free = self.factor * (plan.power_sum.to(k) - self._base + plan.settings.apos * gone)
        if not self.mixed.any():
            return np.asarray(free)
        amid = plan.amid.mean * gone + plan.amid.ripple(k) - self._ripple
        return np.where(self.mixed, amid, free)

    def of(self, chip: int, k: Floats) -> Floats:
        """The same for many samples `k` of one chip."""
        plan, gone = self._plan, k - self.start[chip]
        if self.mixed[chip]:
            ripple = plan.amid.ripple_of(chip, k) - self._ripple[chip]
            return np.asarray(plan.amid.mean[chip] * gone + ripple)
        summed = plan.power_sum.of(chip, k) - self._base[chip]
        return np.asarray(self.factor[chip] * (summed + plan.settings.apos[chip] * gone))

    def goes_on(self, following: Active) -> bool:
        """Whether this formula also holds where `following` does."""
        same = np.array_equal(self.factor, following.factor)
        return same and self._plan is following._plan


def long_run(
    plan: Plan, state: State, count: Integers, gate: Gate, mean_abs: Terms
) -> tuple[Increments, Active]:
    """Take `count` samples per chip; the voltage has settled, `mean_abs` counts from `plan.k`."""
    s, w = plan.settings, plan.w
    start = plan.k.astype(np.float64)
    stop = start + count
    crossings = Crossings(plan.periodic.roots, w, start, stop)

    active = Active(plan, gate)
    apparent = Apparent(plan, mean_abs, count.astype(np.float64))
    reactive = plan.reactive_sum.to(start)

    def upto(k: Floats) -> Floats:
        added = np.empty((KINDS, len(k)))
        added[0] = active.to(k) * s.rate
        added[1] = apparent.to(k)
        added[2] = (plan.reactive_sum.to(k) - reactive) * s.rate_var
        added[3] = k - start
        return added

    total = upto(stop)
    ends = (state.zx_count + crossings.count) // s.line_cycles
    number = ends * s.line_cycles - state.zx_count
    last = previous = np.zeros_like(total)
    if (ends >= 1).any():
        at = np.where(ends >= 1, crossings.sample(number), start)
        last = np.where(ends >= 1, upto(at), 0.0)
    if (ends >= 2).any():
        at = np.where(ends >= 2, crossings.sample(number - s.line_cycles), start)
        previous = np.where(ends >= 2, upto(at), 0.0)

    _crossings(plan, state, crossings, start, stop)
    _peaks(plan, state, start, stop)
    events.power_signs(state, active.signs.astype(np.int64))
    final = plan.power.at(stop, w)
    loaded = gate.mixed & (np.abs(final) >= plan.doubts.no_load)
    state.power_sign[loaded] = np.sign(final[loaded]).astype(np.int64)
    state.zx_sign[:] = np.where(plan.lpf1.at(stop, w) >= 0.0, 1, -1)
    state.mean_abs[:] = mean_abs.at(count.astype(np.float64), w)
    state.zx_count[:] = (state.zx_count + crossings.count) % s.line_cycles
    plan.k += count
    state.n += count
    return Increments(total, last, previous, ends), active


def _crossings(plan: Plan, state: State, crossings: Crossings, start: Floats, stop: Floats) -> None:
    s, found = plan.settings, crossings.count > 0
    if not found.any():
        return
    base = plan.n0
    first = np.where(found, crossings.sample(np.ones_like(crossings.count)), 0.0)
    gap = np.maximum(np.where(found, first + base - state.last_zx, 0.0), crossings.longest_gap)
    late = (gap >= s.zx_timeout) & ((state.timed_out == 0) | (crossings.count >= 2))
    state.flags[late] |= Flag.ZXTO
    state.flags[found] |= Flag.ZX
    state.timed_out[found] = 0
    final = np.where(found, crossings.sample(crossings.count), 0.0).astype(np.int64)
    state.last_zx[found] = (base + final)[found]

    roots = rising(plan.periodic.roots, plan.periodic.jumps)
    ups = Crossings(roots, plan.w, start, stop)
    _remember(state, ups, base)
    _sag(plan, state, ups.count)


def _remember(state: State, ups: Crossings, base: Integers) -> None:
    """Keep the last rising crossings, old ones moving down."""
    place = np.arange(RISES_KEPT)
    number = ups.count[:, None] - (RISES_KEPT - 1 - place)
    old = np.minimum(place + ups.count[:, None], RISES_KEPT - 1)
    kept = np.take_along_axis(state.rising, old, axis=1)
    fresh = np.nan_to_num(ups.sample(number)).astype(np.int64) + base[:, None]
    state.rising[:] = np.where(number >= 1, fresh, kept)
    state.rises[:] = np.minimum(state.rises + ups.count, RISES_KEPT)


def _sag(plan: Plan, state: State, cycles: Integers) -> None:
    s, peak = plan.settings, plan.periodic.peak
    over = peak >= s.sag_level
    state.sag_low[over] = 0
    state.sag_cycles[over] = 0
    state.cycle_peak[over] = peak[over]
    for chip in np.nonzero(~over & (cycles > 0))[0]:
        # the first of these cycles may have begun before the voltage fell
        low = int(cycles[chip]) - int(state.cycle_peak[chip] >= s.sag_level[chip])
        events.low_cycles(state, s, int(chip), low)
        state.cycle_peak[chip] = 0.0


def _peaks(plan: Plan, state: State, start: Floats, stop: Floats) -> None:
    """Extremes of the periodic part, moved by what still fades; it hardly moves in a period."""
    fading = plan.current.fading
    grid = start[:, None] + (stop - start)[:, None] * np.linspace(0.0, 1.0, ENVELOPE) ** 3
    left = fading.at(grid, plan.w) if fading.coef.shape[1] else np.zeros_like(grid)
    p = plan.periodic
    current = np.maximum(p.top[:, None] + left, -(p.bottom[:, None] + left)).max(axis=1)
    events.peaks(state, plan.settings, current, p.peak)

"""A short span, sample by sample but all samples at once, from the closed forms."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753 import events
from bench.twins.ade7753.gate import counted
from bench.twins.ade7753.increments import KINDS, Increments
from bench.twins.ade7753.model import APPARENT_SCALE, Booleans, Floats, Integers
from bench.twins.ade7753.plan import Plan
from bench.twins.ade7753.state import State

LONGEST = 1024
"""Samples in one go."""


def dense(plan: Plan, state: State, count: Integers) -> tuple[Increments, Floats]:
    """Take `count` (per chip, up to `LONGEST`) samples; also the running CF pulses per sample."""
    s, w, doubts = plan.settings, plan.w, plan.doubts
    width = int(count.max())
    first = plan.k.astype(np.float64) + 1.0
    column = np.arange(width)
    inside = column < count[:, None]

    voltage = plan.lpf1.run(first, width, w)
    power = plan.power.run(first, width, w)
    square = plan.mean_square.run(first, width, w)
    mean_abs = _averaged(np.abs(voltage), state.mean_abs, plan.averaging)
    irms = np.sqrt(np.maximum(square + (s.square_bias + s.square_offset)[:, None], 0.0))
    vrms = np.maximum(doubts.vrms_scale * mean_abs + s.mean_offset[:, None], 0.0)

    active = np.cumsum(counted(power, s, doubts.no_load), axis=1)
    running = np.empty((KINDS, *voltage.shape))
    running[0] = active * s.rate[:, None]
    running[1] = np.cumsum(irms * vrms, axis=1) * (APPARENT_SCALE * s.rate_va)[:, None]
    running[2] = np.cumsum(plan.reactive.run(first, width, w), axis=1) * s.rate_var[:, None]
    running[3] = column + 1.0
    pulses = active * s.rate_cf[:, None]

    signs = np.where(voltage >= 0, 1, -1)
    before = np.concatenate([state.zx_sign[:, None], signs[:, :-1]], axis=1)
    flips = (signs != before) & (before != 0) & inside
    ordinal = state.zx_count[:, None] + np.cumsum(flips, axis=1)
    ends = flips & (ordinal % s.line_cycles[:, None] == 0)

    row = np.arange(len(w))
    took = count > 0
    stop = np.maximum(count - 1, 0)
    increments = _increments(running, ends, took, stop)

    size = np.where(inside, np.abs(voltage), 0.0)
    _crossings(plan, state, flips, signs, size)
    shape = np.where(inside, np.abs(plan.current.run(first, width, w)), 0.0)
    events.peaks(state, s, shape.max(axis=1), size.max(axis=1))
    loaded = inside & (np.abs(power) >= doubts.no_load)
    events.power_signs(state, np.where(loaded, np.sign(power), 0.0).astype(np.int64))

    state.zx_sign[took] = signs[row, stop][took]
    state.zx_count[took] = (ordinal[row, stop] % s.line_cycles)[took]
    state.mean_abs[took] = mean_abs[row, stop][took]
    plan.k += count
    state.n += count
    return increments, pulses


def _averaged(x: Floats, start: Floats, a: float) -> Floats:
    """One-pole average of rows: the recursion solved with powers of its pole."""
    powers = (1.0 - a) ** np.arange(1, x.shape[1] + 1)
    return np.asarray((start[:, None] + a * np.cumsum(x / powers, axis=1)) * powers)


def _increments(running: Floats, ends: Booleans, took: Booleans, stop: Integers) -> Increments:
    row = np.arange(len(stop))
    width = ends.shape[1]
    number = ends.sum(axis=1)
    last = width - 1 - ends[:, ::-1].argmax(axis=1)
    others = ends.copy()
    others[row, last] = False
    previous = width - 1 - others[:, ::-1].argmax(axis=1)
    return Increments(
        total=np.where(took, running[:, row, stop], 0.0),
        last=np.where(number >= 1, running[:, row, last], 0.0),
        previous=np.where(number >= 2, running[:, row, previous], 0.0),
        ends=number.astype(np.int64),
    )


def _crossings(plan: Plan, state: State, flips: Booleans, signs: Integers, size: Floats) -> None:
    """Run the event logic of every zero crossing in order; few fall into a short span."""
    done = np.zeros(len(size), dtype=np.int64)
    for chip, at in zip(*np.nonzero(flips), strict=True):
        largest = float(size[chip, done[chip] : at].max(initial=0.0))
        events.cycle_peak(state, plan.settings, int(chip), largest)
        done[chip] = at
        n = int(state.n[chip] + at + 1)
        events.crossing(state, plan.settings, int(chip), n, bool(signs[chip, at] > 0))
    for chip in range(len(size)):
        rest = float(size[chip, done[chip] :].max(initial=0.0))
        events.cycle_peak(state, plan.settings, chip, rest)

"""What a zero crossing and a power reversal set off in a chip."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Floats, Integers
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from drivers.ade7753.bits import Flag


def crossing(state: State, settings: Settings, chip: int, n: int, rising: bool) -> None:
    """A zero crossing at sample `n`; `state.cycle_peak` holds the line cycle's largest value."""
    state.flags[chip] |= Flag.ZX
    if n - state.last_zx[chip] >= settings.zx_timeout[chip] and not state.timed_out[chip]:
        state.flags[chip] |= Flag.ZXTO
    state.last_zx[chip] = n
    state.timed_out[chip] = 0
    if not rising:
        return
    state.rising[chip, :-1] = state.rising[chip, 1:]
    state.rising[chip, -1] = n
    state.rises[chip] = min(int(state.rises[chip]) + 1, state.rising.shape[1])
    if state.cycle_peak[chip] < settings.sag_level[chip]:
        low_cycles(state, settings, chip, 1)
    else:
        state.sag_cycles[chip] = 0
    state.cycle_peak[chip] = 0.0


def no_crossing(state: State, settings: Settings) -> None:
    """The end of a span: where none came in time the counter stops at 0 until the next one."""
    late = (state.n - state.last_zx >= settings.zx_timeout) & (state.timed_out == 0)
    state.flags[late] |= Flag.ZXTO
    state.timed_out[late] = 1


def low_cycles(state: State, settings: Settings, chip: int, count: int) -> None:
    """`count` more full line cycles stayed under the sag level."""
    before = int(state.sag_cycles[chip])
    state.sag_cycles[chip] = before + count
    if 0 < settings.sag_cycles[chip] <= before + count:
        if before < settings.sag_cycles[chip]:
            state.flags[chip] |= Flag.SAG
        state.sag_low[chip] = 1


def cycle_peak(state: State, settings: Settings, chip: int, size: float) -> None:
    """The voltage reached `size` in this line cycle; over the level it ends a sag at once."""
    state.cycle_peak[chip] = max(float(state.cycle_peak[chip]), size)
    if size >= settings.sag_level[chip]:
        state.sag_low[chip] = 0


def peaks(state: State, settings: Settings, current: Floats, voltage: Floats) -> None:
    """The largest magnitudes of a span; they trip the peak flags."""
    np.maximum(state.ipeak, current, out=state.ipeak)
    np.maximum(state.vpeak, voltage, out=state.vpeak)
    state.flags[current >= settings.current_level] |= Flag.PKI
    state.flags[voltage >= settings.voltage_level] |= Flag.PKV


def power_signs(state: State, signs: Integers) -> None:
    """Signs of the active power at instants in a row, chips x instants; 0 inside the no-load band.

    Inside the band the sign stays what it was. The first sign after a reset is no reversal.
    """
    every = np.concatenate([state.power_sign[:, None], signs], axis=1)
    known = np.maximum.accumulate(np.where(every != 0, np.arange(every.shape[1]), 0), axis=1)
    held = np.take_along_axis(every, known, axis=1)
    before, after = held[:, :-1], held[:, 1:]
    state.flags[((before > 0) & (after < 0)).any(axis=1)] |= Flag.PNEG
    state.flags[((before < 0) & (after > 0)).any(axis=1)] |= Flag.PPOS
    state.power_sign[:] = held[:, -1]

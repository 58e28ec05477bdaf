"""Energy registers: accumulation, roll-over and half-full flags, line-cycle results."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.increments import ACTIVE, APPARENT, REACTIVE, Increments
from bench.twins.ade7753.model import WRAP, Floats
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from drivers.ade7753.bits import Flag

HALF = WRAP / 2.0
QUARTER = WRAP / 4.0


def book(state: State, settings: Settings, increments: Increments) -> None:
    """Add a span to all accumulators.

    Flags are judged by the values before and after the span: a half-full mark that the ripple of
    some LSB touches and leaves again within a span goes unseen.
    """
    _line_cycles(state, settings, increments)
    _active(state, state.energy + increments.total[ACTIVE])
    apparent = state.vaenergy + increments.total[APPARENT]
    state.flags[(state.vaenergy < HALF) & (apparent >= HALF)] |= Flag.VAEHF
    state.flags[apparent >= WRAP + HALF] |= Flag.VAEHF
    state.flags[apparent >= WRAP] |= Flag.VAEOF
    state.vaenergy[:] = np.mod(apparent, WRAP)


def _active(state: State, energy: Floats) -> None:
    def laps(value: Floats, mark: float) -> Floats:
        return np.asarray(np.floor((value - mark) / WRAP))

    up = laps(energy, QUARTER) > laps(state.energy, QUARTER)
    down = laps(energy, -QUARTER) < laps(state.energy, -QUARTER)
    state.flags[up | down] |= Flag.AEHF
    over = laps(energy, -HALF)
    state.flags[over != 0] |= Flag.AEOF
    state.energy[:] = energy - over * WRAP


def _line_cycles(state: State, settings: Settings, increments: Increments) -> None:
    """Results of the runs that ended; LAENERGY stands still unless MODE.CYCMODE is set."""
    ended = increments.ends >= 1
    state.flags[ended] |= Flag.CYCEND
    for kind, running, result, kept in (
        (ACTIVE, state.line_active, state.laenergy, settings.cycle_mode),
        (APPARENT, state.line_apparent, state.lvaenergy, ended),
        (REACTIVE, state.line_reactive, state.lvarenergy, ended),
    ):
        total, last = increments.total[kind], increments.last[kind]
        run = last + np.where(increments.ends >= 2, -increments.previous[kind], running)
        result[ended & kept] = np.floor(run)[ended & kept]
        running[:] = np.where(ended, total - last, running + total)

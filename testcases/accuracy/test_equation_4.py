"""Equation (4): W = T U I cos(phi), energy over time."""

from __future__ import annotations

import pytest

from bench.description import Description
from bench.loadpoint import load_point
from bench.position import Position
from bench.procedures.pulses import PulseReading
from fixtures.accuracy import Readings
from fixtures.measure import Measure

# Seconds at Ib, and the limit in %: class 1, and what an LSB and the power's ripple add to a run.
DURATIONS = {10.0: 1.05, 60.0: 1.0, 300.0: 1.0}


@pytest.mark.requirement("EQ-4", "BEN-3")
@pytest.mark.parametrize("seconds", DURATIONS)
def test_energy_over_time(
    readings: Readings,
    description: Description,
    board: Position,
    seconds: float,
    measure: Measure,
) -> None:
    point = load_point(description.design, "Ib")
    limit = DURATIONS[seconds]
    measure(
        f"energy error over {seconds:g} s",
        readings.energy(point, seconds).error(board),
        "%",
        limits=(-limit, limit),
        load_point=point.name,
        instruments=("source", "reference"),
    )


@pytest.mark.requirement("EQ-4", "BEN-3")
def test_energy_grows_evenly(
    readings: Readings, description: Description, board: Position, measure: Measure
) -> None:
    """Five times the time is five times the energy, whatever the board's error is."""
    point = load_point(description.design, "Ib")
    short, long = (readings.energy(point, seconds).error(board) for seconds in (60.0, 300.0))
    change = None if short is None or long is None else long - short
    measure("change of energy error", change, "%", limits=(-0.1, 0.1), load_point=point.name)


@pytest.mark.requirement("EQ-4", "MOD-2", "BEN-3")
def test_pulses_tell_the_same_energy(
    readings: Readings,
    description: Description,
    board: Position,
    pulse_reading: PulseReading,
    measure: Measure,
) -> None:
    """Pulse output and register of one board: a divider that is off by one shows as 0.18 %."""
    point = pulse_reading.point
    register = readings.energy(point, 60.0).error(board)
    error = pulse_reading.error
    difference = None if error is None or register is None else error - register
    measure("pulses to register", difference, "%", limits=(-0.1, 0.1), load_point=point.name)


@pytest.mark.requirement("MOD-3")
def test_constants_are_kept(readings: Readings, description: Description, board: Position) -> None:
    """No register loses what was written to it while the board runs."""
    readings.energy(load_point(description.design, "Ib"), 60.0)
    changed = [*board.restored, *(board.attempt(board.chip.check) or ())]
    assert not changed, f"position {board.number}: {', '.join(changed)} changed by itself"

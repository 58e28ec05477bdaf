"""Equation (8): active and reactive energy, Ep and Eq."""

from __future__ import annotations

import pytest

from bench.description import Description
from bench.loadpoint import load_point
from bench.position import Position
from bench.procedures.elements import reactive_power
from bench.procedures.errors import error_of
from fixtures.accuracy import Readings
from fixtures.measure import Measure

# Power factor, and the limit in % of reactive energy: IEC 62053-23 class 2, sin(phi) 1 and 0.5.
# Reactive energy is that of the fundamental, positive for a lagging current, for sinusoids only.
REACTIVE = {"0L": 2.0, "0C": 2.0, "0.866L": 2.0, "0.866C": 2.0}
ACTIVE_LIMIT = 1.0
"""%: class 1; the same runs, where there is active power to speak of."""
SECONDS = 20.0


@pytest.mark.requirement("EQ-8", "BEN-3")
@pytest.mark.parametrize("power_factor", REACTIVE)
def test_reactive_energy(
    readings: Readings,
    description: Description,
    board: Position,
    power_factor: str,
    measure: Measure,
) -> None:
    point = load_point(description.design, "Ib", power_factor)
    cycles = readings.line_cycles(point, SECONDS)
    limit, error = REACTIVE[power_factor], None
    if board.number in cycles.counts:
        metered = reactive_power(readings.station, cycles, board.number)
        error = 100 * (metered / cycles.reference(board).reactive - 1)
    at = point.name
    measure("reactive energy error", error, "%", limits=(-limit, limit), load_point=at)


@pytest.mark.requirement("EQ-8", "BEN-3")
@pytest.mark.parametrize("power_factor", ["0.866L", "0.866C"])
def test_active_energy_of_the_same_load(
    readings: Readings,
    description: Description,
    board: Position,
    power_factor: str,
    measure: Measure,
) -> None:
    point = load_point(description.design, "Ib", power_factor)
    cycles = readings.line_cycles(point, SECONDS)
    error = None
    if board.number in cycles.counts:
        error = error_of(readings.station, cycles, board)
    limits = (-ACTIVE_LIMIT, ACTIVE_LIMIT)
    measure("active energy error", error, "%", limits=limits, load_point=point.name)

"""Equation (3): P = U I cos(phi), and with harmonics the mean of u(t) i(t)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.description import Description
from bench.loadpoint import LoadPoint, load_point
from bench.position import Position
from drivers.roles import Harmonic
from fixtures.accuracy import Readings
from fixtures.measure import Measure

# current, power factor, voltage, frequency, limit in %: class 1 of IEC 62053-21:2003. It asks
# nothing at 0.05 Ib PF 0.5; the limit there is this bench's. Off nominal voltage and frequency the
# limit is basic error plus permitted variation.
LOADS = {
    "Ib": ("Ib", "1", 1.0, 1.0, 1.0),
    "Imax": ("Imax", "1", 1.0, 1.0, 1.0),
    "0.05 Ib": ("0.05 Ib", "1", 1.0, 1.0, 1.5),
    "0.1 Ib 0.5L": ("0.1 Ib", "0.5L", 1.0, 1.0, 1.5),
    "0.05 Ib 0.5L": ("0.05 Ib", "0.5L", 1.0, 1.0, 2.5),
    "0.8C": ("Ib", "0.8C", 1.0, 1.0, 1.0),
    "reverse": ("Ib", "-1", 1.0, 1.0, 1.0),
    "0.9 Un": ("Ib", "1", 0.9, 1.0, 1.7),
    "1.1 Un": ("Ib", "1", 1.1, 1.0, 1.7),
    "0.98 fn": ("Ib", "0.5L", 1.0, 0.98, 1.7),
    "1.02 fn": ("Ib", "0.5L", 1.0, 1.02, 1.7),
}
FIFTH_LIMIT = 0.8
"""% of variation that class 1 permits for harmonics in both circuits."""


@pytest.mark.requirement("EQ-3", "BEN-3")
@pytest.mark.parametrize("load", LOADS)
def test_active_power(
    readings: Readings, description: Description, board: Position, load: str, measure: Measure
) -> None:
    current, power_factor, voltage, frequency, limit = LOADS[load]
    point = load_point(description.design, current, power_factor, voltage, limit)
    if frequency != 1.0:
        name = f"{point.name} {frequency:g} fn"
        point = replace(point, frequency=frequency * point.frequency, name=name)
    _judge(readings, board, point, measure)


@pytest.mark.requirement("EQ-3", "BEN-3")
def test_active_power_of_harmonics(
    readings: Readings, description: Description, board: Position, measure: Measure
) -> None:
    """A fifth harmonic of 10 % V and 40 % I in phase: 4 % more power, and it must be counted."""
    point = replace(
        load_point(description.design, "0.5 Imax", limit=FIFTH_LIMIT),
        name="0.5 Imax PF 1 with fifth harmonic",
        voltage_harmonics={5: Harmonic(0.1)},
        current_harmonics={5: Harmonic(0.4)},
    )
    assert point.active == pytest.approx(1.04 * point.voltage * point.current)
    _judge(readings, board, point, measure)


def _judge(readings: Readings, board: Position, point: LoadPoint, measure: Measure) -> None:
    assert point.limit is not None
    reading = readings.errors(point)[board.number]
    measure(
        "active power error",
        reading.error,
        "%",
        limits=(-point.limit, point.limit),
        load_point=point.name,
        instruments=("source", "reference"),
    )

"""What `bench calibrate` judges on every board."""

from __future__ import annotations

import pytest

from bench.procedures.calibrate import Outcome
from bench.procedures.errors import PointReading
from bench.procedures.pulses import PulseReading
from fixtures.measure import Measure


@pytest.mark.requirement("MOD-1", "MOD-3", "BEN-1", "BEN-6")
def test_board_takes_its_constants(outcome: Outcome) -> None:
    """The board answers, its constants are plausible, written, and read back."""
    assert not outcome.reason, outcome.reason


@pytest.mark.requirement("MOD-1", "MOD-3", "EQ-4", "BEN-2", "BEN-3", "BEN-6")
def test_percentage_error(point_reading: PointReading, measure: Measure) -> None:
    """Energy against the reference meter at each load point of the verification."""
    point = point_reading.point
    assert point.limit is not None
    measure(
        "percentage error",
        point_reading.error,
        "%",
        limits=(-point.limit, point.limit),
        u=point_reading.uncertainty,
        load_point=point.name,
        stage="as left",
        instruments=("source", "reference"),
    )


@pytest.mark.requirement("MOD-2", "BEN-2", "BEN-6")
def test_pulse_output(pulse_reading: PulseReading, measure: Measure) -> None:
    """The pulse output keeps the meter constant."""
    measure(
        "pulse output error",
        pulse_reading.error,
        "%",
        limits=(-pulse_reading.limit, pulse_reading.limit),
        u=pulse_reading.uncertainty,
        load_point=pulse_reading.point.name,
        stage="as left",
        instruments=("source", "reference", "counter", "relays"),
    )

"""Equation (1): u(t) = sqrt(2) U sin(wt), from the voltage that each board samples."""

from __future__ import annotations

import math

import pytest

from bench.description import Description
from bench.loadpoint import load_point
from bench.position import Position
from fixtures.accuracy import Readings
from fixtures.measure import Measure

AMPLITUDE = 0.5
"""% by which Um may differ from sqrt(2) U; linearity of the samples from nominal to 0.8 Un."""
FREQUENCY = 0.02
"""Hz: some 5 times what noise and the age of the samples leave over 15 periods."""
RESIDUE = 1.0
"""% of the amplitude that may not be sine: noise, harmonics, a clipped converter."""


@pytest.fixture
def scale(readings: Readings, description: Description, board: Position) -> float | None:
    """V per code: WAVEFORM has no calibration register, so nominal voltage sets its scale."""
    captured = readings.waveforms(load_point(description.design, "Ib")).get(board.number)
    return captured and math.sqrt(2) * captured.reference.voltage / captured.fit.voltage.amplitude


@pytest.mark.requirement("EQ-1", "BEN-3")
def test_voltage_is_a_sine_of_its_rms_value(
    readings: Readings,
    description: Description,
    board: Position,
    scale: float | None,
    measure: Measure,
) -> None:
    point = load_point(description.design, "0.5 Ib", "0.5L", voltage=0.8)
    captured = readings.waveforms(point).get(board.number)
    error = frequency = residue = None
    if captured is not None and scale is not None:
        fit, true = captured.fit.voltage, captured.reference
        error = 100 * (fit.amplitude * scale / (math.sqrt(2) * true.voltage) - 1)
        frequency = fit.frequency - true.frequency
        residue = 100 * fit.residual / fit.amplitude
    at = point.name
    measure("voltage amplitude", error, "%", limits=(-AMPLITUDE, AMPLITUDE), load_point=at)
    measure("frequency", frequency, "Hz", limits=(-FREQUENCY, FREQUENCY), load_point=at)
    measure("voltage residue", residue, "%", limits=(None, RESIDUE), load_point=at)

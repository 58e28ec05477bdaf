"""Equation (2): i(t) = sqrt(2) I sin(wt - phi), from the current that each board samples."""

from __future__ import annotations

import math

import pytest

from bench.description import Description
from bench.loadpoint import load_point
from bench.position import Position
from bench.procedures.waveforms import Captured
from fixtures.accuracy import Readings
from fixtures.measure import Measure

AMPLITUDE = 0.5
"""% by which Im may differ from sqrt(2) I; linearity of the samples from Ib to 0.5 Ib."""
ANGLE = 0.3
"""Degrees by which phi may differ from the reference meter's."""
NOISE = 470.0
"""Codes rms of the current samples: a lot has 240 to 360, a capture some 20 % more by chance; the
data sheet's SINAD of 62 dB only promises 1260."""


@pytest.fixture
def basic(readings: Readings, description: Description, board: Position) -> Captured | None:
    """Ib at PF 1 sets the scale of the samples and the angle between the channels.

    The voltage samples come late, through a 140 Hz low pass; the same at every load.
    """
    return readings.waveforms(load_point(description.design, "Ib")).get(board.number)


@pytest.mark.requirement("EQ-2", "BEN-3")
def test_current_is_a_sine_that_lags_by_phi(
    readings: Readings,
    description: Description,
    board: Position,
    basic: Captured | None,
    measure: Measure,
) -> None:
    point = load_point(description.design, "0.5 Ib", "0.5L", voltage=0.8)
    captured = readings.waveforms(point).get(board.number)
    error = angle = None
    if captured is not None and basic is not None:
        scale = math.sqrt(2) * basic.reference.current / basic.fit.current.amplitude
        peak = captured.fit.current.amplitude * scale
        error = 100 * (peak / (math.sqrt(2) * captured.reference.current) - 1)
        delay = basic.fit.phi - basic.phi
        angle = math.remainder(captured.fit.phi - delay - captured.phi, 360)
    at = point.name
    measure("current amplitude", error, "%", limits=(-AMPLITUDE, AMPLITUDE), load_point=at)
    measure("phase difference", angle, "deg", limits=(-ANGLE, ANGLE), load_point=at)


@pytest.mark.requirement("EQ-2", "BEN-3")
def test_current_samples_are_quiet(
    readings: Readings, description: Description, board: Position, measure: Measure
) -> None:
    """What the sine leaves at a low current, where the age of the samples does not count."""
    point = load_point(description.design, "Imin")
    captured = readings.waveforms(point).get(board.number)
    noise = captured and captured.fit.current.residual
    measure("current noise", noise, "codes", limits=(None, NOISE), load_point=point.name)

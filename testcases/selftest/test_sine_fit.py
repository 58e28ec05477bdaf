"""The sine fit finds what was captured: any phase, gaps, noise, two channels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrology.equations.sine import current_at, voltage_at
from bench.metrology.sine_fit import fit_pair, fit_sine

RATE = 3579545 / 1024
"""Hz: WAVEFORM samples at the chip's lowest rate."""


@pytest.mark.requirement("EQ-1", "EQ-2")
@settings(max_examples=40, deadline=None)
@given(
    rms=st.floats(0.01, 500),
    frequency=st.floats(45, 65),
    angle=st.floats(-179, 179),
    offset=st.floats(-1, 1),
    count=st.integers(250, 900),
    start=st.floats(0, 3),
)
def test_a_clean_sine_is_found(
    rms: float, frequency: float, angle: float, offset: float, count: int, start: float
) -> None:
    t = start + np.arange(count) / RATE
    x = rms * offset + math.sqrt(2) * rms * np.sin(2 * np.pi * frequency * t + math.radians(angle))
    fit = fit_sine(t, x)
    assert fit.rms == pytest.approx(rms, rel=1e-9)
    assert fit.amplitude == pytest.approx(math.sqrt(2) * rms, rel=1e-9)
    assert fit.frequency == pytest.approx(frequency, rel=1e-9)
    assert math.remainder(fit.angle - angle, 360) == pytest.approx(0, abs=1e-5)
    assert fit.offset == pytest.approx(rms * offset, abs=1e-8 * rms)
    assert fit.residual < 1e-7 * rms
    assert fit.total_rms == pytest.approx(math.hypot(rms, rms * offset), rel=1e-9)


@pytest.mark.requirement("EQ-2")
@pytest.mark.parametrize("phi", [0.0, 60.0, -36.87, 90.0, 175.0, -175.0])
def test_two_channels_captured_one_after_the_other(phi: float) -> None:
    """The second begins 0.7 s later; a common frequency carries the phase over."""
    rng = np.random.default_rng(7)
    first = np.arange(1500) / RATE
    later = 0.7 + np.arange(1500) / RATE
    noise = 0.001 * math.sqrt(2)
    u = voltage_at(first, 220.0, 50.02) + rng.normal(0, 220 * noise, 1500)
    i = current_at(later, 5.0, 50.02, phi) + rng.normal(0, 5 * noise, 1500)
    fit = fit_pair((first, u), (later, i))
    assert fit.voltage.rms == pytest.approx(220.0, rel=2e-4)
    assert fit.current.rms == pytest.approx(5.0, rel=2e-4)
    assert fit.voltage.frequency == fit.current.frequency == pytest.approx(50.02, abs=2e-3)
    assert math.remainder(fit.phi - phi, 360) == pytest.approx(0.0, abs=0.2)


def test_gaps_do_no_harm() -> None:
    t = np.arange(2000) / RATE
    kept = np.random.default_rng(3).random(2000) < 0.4
    kept[500:900] = False
    fit = fit_sine(t[kept], voltage_at(t[kept], 220.0, 49.9))
    assert fit.frequency == pytest.approx(49.9, rel=1e-10)
    assert fit.rms == pytest.approx(220.0, rel=1e-10)


def test_the_error_of_a_noisy_fit_is_as_large_as_theory_says() -> None:
    """Cramer-Rao: the amplitude's standard deviation is sigma sqrt(2 / N)."""
    rng = np.random.default_rng(11)
    t = np.arange(700) / RATE
    clean = voltage_at(t, 1 / math.sqrt(2), 50.0)
    found = [fit_sine(t, clean + rng.normal(0, 0.01, 700)).amplitude for _ in range(200)]
    expected = 0.01 * math.sqrt(2 / 700)
    assert np.std(found) == pytest.approx(expected, rel=0.15)
    assert np.mean(found) == pytest.approx(1.0, abs=4 * expected / math.sqrt(200))


def test_harmonics_are_left_in_the_residual() -> None:
    t = np.arange(350 * 4) / (50 * 350)
    x = voltage_at(t, 100.0, 50.0) + voltage_at(t, 10.0, 250.0)
    fit = fit_sine(t, x)
    assert fit.rms == pytest.approx(100.0, rel=1e-3)
    assert fit.residual == pytest.approx(10.0, rel=1e-2)
    assert fit.total_rms == pytest.approx(math.hypot(100, 10), rel=1e-3)


@pytest.mark.parametrize(
    ("t", "x", "words"),
    [
        (np.arange(4) / 100, np.ones(4), "five"),
        (np.arange(50) / RATE, np.sin(np.arange(50.0)), "less than a period"),
        (np.arange(500) / RATE, np.ones(500), "constant"),
        (np.arange(500) / RATE, np.ones(499), "five or more of each"),
        (np.arange(500) / RATE, np.full(500, math.nan), "finite"),
    ],
)
def test_a_capture_that_cannot_be_fitted(t: np.ndarray, x: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_sine(t, x)


def test_a_frequency_outside_the_search_is_not_made_up() -> None:
    t = np.arange(1000) / RATE
    with pytest.raises(ValueError, match="no sine of 55 to 70 Hz"):
        fit_sine(t, voltage_at(t, 220.0, 50.0), 55.0, 70.0)

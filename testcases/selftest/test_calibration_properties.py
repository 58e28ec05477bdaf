"""A computed constant, put into a board, leaves less than half a step of error.

The boards here are the register arithmetic of the data sheet written down a second time, with
hidden gain, phase and offset, and nothing of the calibration code.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.calibration import phase, rms_offset, va_gain, watt_gain, watt_offset

CLKIN = 3_579_545.0
RATE = 479.3
"""AENERGY LSB per s of a perfect board at the load in use."""

gains = st.floats(0.75, 1.3)
registers = st.integers(-400, 400)


def energy_rate(gain=1.0, wgain=0, apos=0, offset=0.0, rate=RATE):
    """AENERGY LSB/s: offset (LPF2 LSB) and APOS/256 go in before the watt gain."""
    lpf2 = rate * 2**25 / (CLKIN / 4) * gain + offset + apos / 256
    return lpf2 * (1 + wgain / 4096) * (CLKIN / 4) / 2**25


@given(gains, registers)
def test_watt_gain(gain, present):
    error = (energy_rate(gain, wgain=present) / RATE - 1) * 100
    constant = watt_gain.from_error(error, present)
    assert energy_rate(gain, wgain=constant.value) / RATE == pytest.approx(
        1, abs=0.5 / 4096 * gain + 1e-9
    )


@given(gains, registers)
def test_both_methods_agree(gain, present):
    measured = energy_rate(gain, wgain=present)
    by_energy = watt_gain.from_energy(RATE * 20, measured * 20, present)
    by_error = watt_gain.from_error((measured / RATE - 1) * 100, present)
    assert by_energy.exact == pytest.approx(by_error.exact, abs=1e-6)


@given(gains, registers)
def test_va_gain(gain, present):
    measured = 1000 * gain * (1 + present / 4096)
    constant = va_gain.from_energy(1000, measured, present)
    assert gain * (1 + constant.value / 4096) == pytest.approx(1, abs=0.5 / 4096 * gain + 1e-9)


@given(st.floats(-0.6, 0.6), st.integers(6, 20), st.sampled_from([60.0, -36.87, 75.0]), gains)
def test_phase(hidden, present, angle, gain):
    """`hidden`: degrees that the board sees the current lag too much with PHCAL 13."""
    period = CLKIN / 8 / 50

    def power(true_angle, phcal):
        lag = true_angle + hidden - (phcal - 13) * 360 / period
        return gain * math.cos(math.radians(lag))

    unity = (gain - 1) * 100
    error = (power(angle, present) / math.cos(math.radians(angle)) - 1) * 100
    degrees = phase.phase_error(error, angle, unity)
    assert degrees == pytest.approx(hidden - (present - 13) * 360 / period, abs=1e-6)
    constant = phase.from_phase_error(degrees, period, present)
    left = hidden - (constant.value - 13) * 360 / period
    assert abs(left) <= 0.5 * 360 / period + 1e-6


@given(st.floats(-10, 10), st.integers(-500, 500), st.integers(-800, 800), st.floats(0.2, 5))
def test_watt_offset(offset, present, wgain, rate):
    """With the gain right and APOS before the watt gain, as the block diagram has it."""
    gain = 1 / (1 + wgain / 4096)
    measured = energy_rate(gain, wgain, present, offset, rate)
    error_rate = watt_offset.error_rate_from_error((measured / rate - 1) * 100, rate)
    assert error_rate == pytest.approx(
        watt_offset.error_rate_from_energy(measured * 300, rate * 300, 300), abs=1e-9
    )
    constant = watt_offset.from_error_rate(error_rate, CLKIN, present, wgain)
    left = energy_rate(gain, wgain, constant.value, offset, rate) - rate
    assert abs(left) <= 0.5 * CLKIN / 2**35 * (1 + wgain / 4096) + 1e-9


@given(st.floats(-0.05, 0.05), st.floats(-1, 1), st.floats(0.1, 20))
def test_a_gain_error_is_not_taken_for_an_offset(gain_error, offset, rate):
    measured = rate * (1 + gain_error / 100) + offset
    error = (measured / rate - 1) * 100
    assert watt_offset.error_rate_from_error(error, rate, gain_error) == pytest.approx(
        offset, abs=1e-9
    )


@given(st.floats(2000, 5000), st.integers(-1000, 1000), st.integers(-300, 300))
def test_voltage_offset(slope, hidden, present):
    high, low = (rms_offset.RmsPoint(v, slope * v + hidden + present) for v in (220.0, 22.0))
    constant = rms_offset.voltage_offset(high, low, present)
    assert abs(hidden + constant.value) <= 0.5 + 1e-6


@given(st.floats(10_000, 30_000), st.integers(-100, 100), st.integers(0, 100))
def test_current_offset(slope, hidden, present):
    def code(current):
        return math.sqrt((slope * current) ** 2 + 32_768 * (hidden + present))

    high, low = (rms_offset.RmsPoint(i, code(i)) for i in (10.0, 1.2))
    constant = rms_offset.current_offset(high, low, present)
    assert abs(hidden + constant.value) <= 0.5 + 1e-4

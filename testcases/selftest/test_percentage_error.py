"""Percentage errors by each method: worked by hand, and one meter judged by all methods alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrology.percentage_error import (
    line_cycle_error,
    percentage_error,
    power_time_error,
    pulse_comparison,
    pulse_error,
    reference_constant,
    register_error,
)


def test_pulse_comparison_by_hand() -> None:
    """10 pulses of 3200 imp/kWh against 10e6 imp/kWh should read 31 250; 31 000 is fast."""
    assert pulse_comparison(10, 3200, 31_000, 10e6) == pytest.approx(250 / 31_000 * 100)
    assert pulse_comparison(10, 3200, 31_250, 10e6, bench_error=-0.02) == pytest.approx(-0.02)


def test_the_expected_count_is_never_rounded_to_a_whole_one() -> None:
    """One pulse of 3000 against 100 000 imp/kWh is 33.333 counts: floored, the error is -1 %."""
    assert pulse_comparison(1, 3000, 100 / 3, 100_000) == pytest.approx(0.0, abs=1e-12)


def test_reference_constant_of_a_frequency_output() -> None:
    """10 kHz at 6 kW: 36e6 pulses in an hour, for 6 kWh."""
    assert reference_constant(10_000, 6_000) == pytest.approx(6_000_000)
    with pytest.raises(ValueError, match="above 0"):
        reference_constant(10_000, 0)


def test_power_and_time() -> None:
    """10 pulses of 3200 imp/kWh at 2200 W take 5.1136 s; in 5 s the meter is 2.27 % fast."""
    assert power_time_error(10, 5.0, 3200, 2200) == pytest.approx(
        (5.113636 / 5 - 1) * 100, abs=1e-5
    )


def test_reverse_power_has_pulses_without_sign() -> None:
    assert pulse_error(2200 * 3200 / 3.6e6, 3200, -2200) == pytest.approx(0.0, abs=1e-12)
    assert line_cycle_error(-1010, 1.0, -3600.0, 100_000, 50.0) == pytest.approx(1.0)


def test_register_over_its_end() -> None:
    assert register_error(999_999.5, 0.52, 1.0, 1e6) == pytest.approx(2.0, abs=1e-6)
    with pytest.raises(ValueError, match="below 100"):
        register_error(5, 100, 1.0, 100)


@pytest.mark.parametrize(("pulses", "seconds"), [(0, 1.0), (1, 0.0), (2, -1.0)])
def test_no_error_from_no_pulse_or_no_time(pulses: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="needed"):
        power_time_error(pulses, seconds, 3200, 2200)
    with pytest.raises(ValueError, match="above 0"):
        pulse_comparison(pulses, 3200, min(seconds, 0), 1e6)


@given(
    error=st.floats(-50, 50),
    power=st.floats(1, 20_000),
    constant=st.floats(100, 100_000),
    pulses=st.integers(1, 1000),
)
def test_all_methods_agree_on_one_meter(
    error: float, power: float, constant: float, pulses: int
) -> None:
    """A meter that is `error` fast: its pulses, its register and its energy say so alike."""
    seconds = pulses * 3.6e6 / (constant * power * (1 + error / 100))
    true = power * seconds / 3600  # Wh
    found = [
        percentage_error(pulses / constant * 1000, true),
        power_time_error(pulses, seconds, constant, power),
        pulse_error(pulses / seconds, constant, power),
        pulse_comparison(pulses, constant, true / 1000 * 1e7, 1e7),
        register_error(5, 5 + pulses / constant, true / 1000, 1e5),
    ]
    assert found == pytest.approx([error] * 5, abs=1e-4)

"""Gates: as many pulses as the wanted resolution needs, and the rounding of what they give."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrology.gate import (
    further_readings,
    half_cycle_gate,
    preset_counts,
    pulse_frequency,
    pulse_gate,
    register_energy,
)
from bench.metrology.rounding import DEVIATION_STEP, ERROR_STEP, round_to


@pytest.mark.parametrize(
    ("amperes", "factor", "hertz"),
    [(20, 1, 3.91), (5, 1, 0.978), (0.5, 1, 0.098), (0.25, 1, 0.049), (0.5, 0.5, 0.049)],
)
def test_pulse_frequencies_of_the_module(amperes: float, factor: float, hertz: float) -> None:
    """220 V, 5(20) A, 3200 imp/kWh."""
    assert pulse_frequency(220 * amperes * factor, 3200) == pytest.approx(hertz, abs=6e-4 * 10)


def test_the_gate_is_the_longest_that_any_need_asks_for() -> None:
    power = 1125.0  # 1 Hz at 3200 imp/kWh
    assert pulse_gate(power, 3200, 0.1).pulses == 5
    assert pulse_gate(power, 3200, 0.1, least=7).pulses == 7
    assert pulse_gate(power / 100, 3200, 0.1).pulses == 2
    # a 4 ms tick and class 1: 4 s; a 100 ms tick: 100 s
    assert pulse_gate(power, 3200, 0.1, jitter=0.004, shortest=0).seconds == pytest.approx(4.0)
    assert pulse_gate(power, 3200, 0.1, jitter=0.1).seconds == pytest.approx(100.0)
    assert pulse_gate(-power, 3200, 0.1).pulses == 5


def test_a_reference_that_counts_must_count_enough() -> None:
    """20 000 counts of 1e6 imp/kWh are 64 pulses of 3200 imp/kWh."""
    gate = pulse_gate(1125, 3200, 0.1, reference_constant=1e6, reference_counts=20_000)
    assert gate.pulses == 64
    assert gate.time_out == pytest.approx(98.0)


@pytest.mark.parametrize(("grade", "counts"), [(0.05, 20_000), (0.1, 10_000), (0.2, 5_000)])
def test_preset_counts_by_class_of_the_bench(grade: float, counts: int) -> None:
    assert preset_counts(grade) == counts


@given(st.floats(0.1, 20_000), st.floats(0.01, 1), st.floats(0, 0.2))
def test_a_gate_resolves_what_was_asked(power: float, resolution: float, jitter: float) -> None:
    gate = pulse_gate(power, 3200, resolution, jitter=jitter)
    assert gate.pulses >= 2
    assert gate.seconds >= 5 * (1 - 1e-6)
    assert jitter / gate.seconds * 100 <= resolution * (1 + 1e-6)
    assert gate.seconds == pytest.approx(gate.pulses * 3.6e6 / (3200 * power))


def test_a_gate_without_power_or_resolution_is_refused() -> None:
    with pytest.raises(ValueError, match="no pulses at 0"):
        pulse_gate(0.0, 3200, 0.1)
    with pytest.raises(ValueError, match="resolution"):
        pulse_gate(1100, 3200, 0.0)
    with pytest.raises(ValueError, match="must not be 0"):
        half_cycle_gate(0.0, 1e-3, 50.0, 0.1, shortest=1, longest=9)


def test_half_cycles_until_one_lsb_is_small_enough() -> None:
    """3.6 W and 1 mWh: an LSB a second; 0.5 % is 200 of them, 20 000 half cycles of 50 Hz."""
    assert half_cycle_gate(3.6, 1e-3, 50.0, 0.5, shortest=100, longest=65_535) == 20_000
    assert half_cycle_gate(-3.6, 1e-3, 50.0, 0.5, shortest=100, longest=10_000) == 10_000
    assert half_cycle_gate(36_000, 1e-3, 50.0, 0.5, shortest=100, longest=10_000) == 100


def test_register_energy() -> None:
    assert register_energy(0.01, 1) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("errors", "more"),
    [([0.5, 0.5], 0), ([0.7, 0.9], 2), ([-1.1, -1.2], 2), ([1.3, 1.2], 0), ([0.9] * 4, 0)],
)
def test_two_more_readings_near_the_limit(errors: list[float], more: int) -> None:
    assert further_readings(errors, 1.0) == more


# rounding


@pytest.mark.parametrize(
    ("value", "grade", "shown"),
    [
        (0.15, "1", "0.2"),
        (0.25, "1", "0.2"),
        (0.35, "1", "0.4"),
        (-0.15, "1", "-0.2"),
        (-0.04, "1", "0.0"),
        (0.3, "2", "0.4"),
        (0.1, "2", "0.0"),
        (0.5, "2", "0.4"),
        (0.025, "0.5", "0.00"),
        (0.075, "0.5", "0.10"),
        (1.049999, "1", "1.0"),
    ],
)
def test_half_to_even_on_the_step(value: float, grade: str, shown: str) -> None:
    assert str(round_to(value, ERROR_STEP[grade])) == shown


def test_steps() -> None:
    tenths = {"0.02": "0.002", "0.05": "0.005", "0.1": "0.01", "0.2": "0.02"}
    tenths |= {"0.5": "0.05", "1": "0.1", "2": "0.2", "3": "0.2"}
    assert {grade: str(step) for grade, step in ERROR_STEP.items()} == tenths
    assert DEVIATION_STEP["0.05"] == Decimal("0.0005")
    assert [str(DEVIATION_STEP[g]) for g in ("0.2", "0.5", "1", "2")] == [
        "0.004",
        "0.01",
        "0.02",
        "0.04",
    ]
    with pytest.raises(ValueError, match="above 0"):
        round_to(1.0, Decimal(0))


@given(st.floats(-100, 100), st.sampled_from(sorted(ERROR_STEP)))
def test_rounding_moves_by_half_a_step_at_most(value: float, grade: str) -> None:
    step = ERROR_STEP[grade]
    rounded = round_to(value, step)
    assert abs(rounded - Decimal(repr(value))) <= step / 2
    assert rounded % step == 0
    assert round_to(rounded, step) == rounded
    assert math.copysign(1, float(rounded)) > 0 or rounded != 0

"""Times of the no-load and starting tests, and of interruptions: the worked numbers."""

from __future__ import annotations

import math

import pytest

from bench.metrology.interruption import pulses_allowed, register_change
from bench.metrology.meter_constant import expected_pulses, reading_error
from bench.metrology.no_load import ELEMENTS, NO_LOAD_RULES, NoLoadCase, no_load_test
from bench.metrology.starting_current import STARTING_RULES, starting_limit

IEC1, IEC2 = "IEC 62053-21:2003 class 1", "IEC 62053-21:2003 class 2"


def case(
    constant: float = 3200, volts: float = 220, maximum: float = 20, elements: float = 1
) -> NoLoadCase:
    return NoLoadCase(constant, volts, maximum, 0.02, 0.2, elements)


@pytest.mark.parametrize(
    ("rule", "of", "minutes"),
    [
        (IEC1, case(), 42.6),
        ("JJG 596-2012 class 1", case(), 42.6),
        (IEC2, case(), 34.1),
        (IEC1, case(maximum=60), 14.2),
        (IEC1, case(6400, 220, 6, 3), 23.7),
        (IEC1, case(20_000, 100, 6, ELEMENTS["three-wire"]["IEC"]), 25.0),
        (IEC1, case(20_000, 100, 6, ELEMENTS["three-wire"]["JJG"]), 28.9),
        ("IEC 62052-11:2020", case(), 15.5),
        ("EN 50470-3", case(), 14.8),
        ("IEC 62053-22:2003 class 0.5S", case(), 42.6),
        ("IEC 62053-22:2003 class 0.2S", case(), 63.9),
        ("IEC 62053-23:2003 class 2", case(), 34.1),
        ("IEC 62053-23:2003 class 3", case(), 21.3),
        ("JJG 596-2012 class 2", case(), 34.1),
        ("State Grid 2012 long creep", case(), 48 * 60.0),
        ("State Grid creep in a field", case(), 20 * 255.682 / 60),
        # 100e3 / (1.5 * 3200 * 220 * 0.2) hours
        ("OIML R 46", case(), 28.4),
        ("OIML R 46 (China)", case(), 28.4),
    ],
)
def test_no_load_times(rule: str, of: NoLoadCase, minutes: float) -> None:
    assert no_load_test(rule, of).seconds / 60 == pytest.approx(minutes, abs=0.051)


def test_no_load_voltages_and_the_one_pulse() -> None:
    volts = {rule: no_load_test(rule, case()).voltage for rule in NO_LOAD_RULES}
    lower = {rule for rule, voltage in volts.items() if voltage == pytest.approx(242.0)}
    assert lower == {"IEC 62052-11:2020", "OIML R 46 (China)"}
    assert all(volts[rule] == pytest.approx(253.0) for rule in set(volts) - lower)
    assert {no_load_test(rule, case()).pulses for rule in NO_LOAD_RULES} == {1}


def test_what_is_from_memory_says_so() -> None:
    marked = {rule for rule, row in NO_LOAD_RULES.items() if row.doubt}
    assert marked == {
        "IEC 62053-23:2003 class 3",
        "JJG 596-2012 class 2",
        "IEC 62052-11:2020",
        "EN 50470-3",
        "OIML R 46",
        "OIML R 46 (China)",
    }
    assert STARTING_RULES["OIML R 46"].doubt
    assert not STARTING_RULES["JJG 596-2012"].doubt


def test_elements_of_three_phases() -> None:
    assert ELEMENTS["single phase"] == {"IEC": 1, "JJG": 1}
    assert ELEMENTS["three-wire"] == {"IEC": 2, "JJG": math.sqrt(3)}
    assert ELEMENTS["four-wire"] == {"IEC": 3, "JJG": 3}


@pytest.mark.parametrize(
    ("rule", "minutes", "following"),
    [
        ("JJG 596-2012", 5.11, None),
        ("JJG 596-1999", 1.4 * 60 * 1000 / (3200 * 220 * 0.02), None),
        ("JJG 307-2006", 80 * 1000 / (3200 * 220 * 0.02), None),
        ("OIML R 46", 1.5 * 255.6818 / 60, 1.5 * 255.6818 / 60),
        ("IEC 62052-11:2020", 1.5 * 255.6818 / 60, 1.5 * 255.6818 / 60),
    ],
)
def test_starting_times(rule: str, minutes: float, following: float | None) -> None:
    limit = starting_limit(rule, 3200, 220, 0.02)
    assert limit.period == pytest.approx(255.7, abs=0.05)
    assert limit.first / 60 == pytest.approx(minutes, abs=0.005)
    assert (limit.following is None) is (following is None)
    if limit.following is not None and following is not None:
        assert limit.following / 60 == pytest.approx(following, abs=0.005)


def test_unknown_rules_are_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"JJG 600.*JJG 596-2012"):
        starting_limit("JJG 600", 3200, 220, 0.02)
    with pytest.raises(ValueError, match=r"JJG 600.*OIML R 46"):
        no_load_test("JJG 600", case())
    with pytest.raises(ValueError, match="above 0"):
        starting_limit("JJG 596-2012", 3200, 220, 0.0)


def test_register_change_of_interruptions() -> None:
    """220 V, 20 A: 0.0044 kWh, 14 pulses of 3200 imp/kWh."""
    x = register_change(220, 20)
    assert x == pytest.approx(0.0044)
    assert pulses_allowed(x, 3200) == 14
    assert pulses_allowed(register_change(100, 50), 3200) == 16  # 15.999999999999998 in binary
    assert register_change(220, 20, 3) == pytest.approx(0.0132)


def test_meter_constant_over_a_register_advance() -> None:
    assert expected_pulses(0.1, 3200) == pytest.approx(320)
    # 3600 W polled every 10 ms over 0.1 kWh: 0.01 Wh of 100 Wh
    assert reading_error(3600, 0.01, 100.0) == pytest.approx(0.01)

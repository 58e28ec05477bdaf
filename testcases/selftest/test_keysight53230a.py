"""The Keysight 53230A driver, message by message."""

from __future__ import annotations

import pytest

from drivers.errors import CommandRejected, DeviceError, DeviceTimeout, LinkFraming
from drivers.visa.keysight53230a import POLLS, Keysight53230a
from testcases.selftest.visa_exchange import (
    NO_ERROR,
    CountingClock,
    Exchange,
    ExpectedExchange,
    opening,
    told,
)

READY: Exchange = (":DATA:POIN?", "+1")
NOT_READY: Exchange = (":DATA:POIN?", "+0")


def counter(pairs: list[Exchange], **options: object) -> tuple[Keysight53230a, ExpectedExchange]:
    link = ExpectedExchange([*opening("53230A"), *told("*RST")])
    unit = Keysight53230a("", CountingClock(), link=link, **options)  # type: ignore[arg-type]
    link.expect(pairs)
    return unit, link


def after(
    configuration: str, longest: str, range_: str = "5", level: str = "2.5"
) -> list[Exchange]:
    """CONF brings the automatic level back, so all of the input is set after it."""
    return told(
        configuration,
        ":INP1:COUP DC",
        ":INP1:IMP 1000000",
        f":INP1:RANG {range_}",
        ":INP1:LEV:AUTO OFF",
        f":INP1:LEV {level}",
        ":INP1:SLOP POS",
        ":INP1:NREJ ON",
        ":TRIG:SOUR IMM",
        f":SYST:TIM {longest}",
    )


FREQUENCY = [*after(":CONF:FREQ DEF,DEF,(@1)", "6"), *told(":FREQ:GATE:TIME 2", ":INIT")]
COUNT = [*after(":CONF:TOT:TIM 2,(@1)", "4"), *told(":INIT")]


def test_frequency_sets_the_input_again_after_conf_and_waits_on_the_clock():
    unit, link = counter([*FREQUENCY, READY, (":FETC?", "+1.95555555555556E+000"), NO_ERROR])
    assert unit.frequency(2.0) == 1.95555555555556
    assert unit.clock.slept == [2.0]
    assert link.left == []


def test_a_slow_edge_is_waited_for():
    unit, link = counter(
        [*FREQUENCY, NOT_READY, NOT_READY, READY, (":FETC?", "+3.00000E-001"), NO_ERROR]
    )
    assert unit.frequency(2.0) == 0.3
    assert unit.clock.slept == pytest.approx([2.0, 0.1, 0.1])
    assert link.left == []


def test_no_pulse_is_zero_when_the_counter_times_out():
    unit, link = counter(
        [
            *FREQUENCY,
            NOT_READY,
            READY,
            (":FETC?", "+9.91000000000000E+037"),
            (":SYST:ERR?", '321,"Measurement timeout occurred"'),
            NO_ERROR,
        ]
    )
    assert unit.frequency(2.0) == 0.0
    assert link.left == []


def test_no_pulse_is_zero_when_the_counter_never_ends():
    unit, link = counter([*FREQUENCY, *[NOT_READY] * (POLLS + 2), *told(":ABOR")])
    assert unit.frequency(2.0) == 0.0
    assert 6.0 <= sum(unit.clock.slept) <= 6.3
    assert link.left == []


def test_count():
    unit, link = counter([*COUNT, READY, (":FETC?", "+1.21510000000000E+004"), NO_ERROR])
    assert unit.count(2.0) == 12151
    assert unit.clock.slept == [2.0]
    assert link.left == []


def test_no_pulse_is_a_count_of_zero():
    unit, _ = counter([*COUNT, READY, (":FETC?", "+0.00000000000000E+000"), NO_ERROR])
    assert unit.count(2.0) == 0


def test_no_count_at_all_is_a_time_out():
    unit, _ = counter([*COUNT, READY, (":FETC?", "+9.91E+037"), NO_ERROR])
    with pytest.raises(DeviceTimeout, match="no count"):
        unit.count(2.0)


def test_an_overflow_is_an_error():
    unit, _ = counter([*FREQUENCY, READY, (":FETC?", "+9.9E+037"), NO_ERROR])
    with pytest.raises(DeviceError, match="overflow"):
        unit.frequency(2.0)


def test_another_error_while_counting_is_told():
    unit, _ = counter(
        [*COUNT, READY, (":FETC?", "+1E+0"), (":SYST:ERR?", '301,"Input overload"'), NO_ERROR]
    )
    with pytest.raises(CommandRejected, match="301"):
        unit.count(2.0)


def test_a_reading_that_is_no_number_is_a_framing_error():
    unit, _ = counter([*COUNT, READY, (":FETC?", "#14")])
    with pytest.raises(LinkFraming, match="#14"):
        unit.count(2.0)


def test_a_threshold_above_five_volts_needs_the_wide_range():
    pairs = after(":CONF:TOT:TIM 2,(@1)", "4", "50", "12")
    unit, link = counter([*pairs, *told(":INIT"), READY, (":FETC?", "+1E+0"), NO_ERROR], level=12.0)
    assert unit.count(2.0) == 1
    assert link.left == []


@pytest.mark.parametrize("gate", [0.0, 0.0009, 600.1, float("nan")])
def test_a_gate_out_of_range_sends_nothing(gate):
    unit, _ = counter([])
    with pytest.raises(ValueError, match="gate"):
        unit.frequency(gate)
    if gate != 600.1:
        with pytest.raises(ValueError, match="gate"):
            unit.count(gate)


def test_a_threshold_out_of_range_opens_nothing():
    with pytest.raises(ValueError, match="threshold"):
        Keysight53230a("", CountingClock(), level=51.0, link=ExpectedExchange([]))

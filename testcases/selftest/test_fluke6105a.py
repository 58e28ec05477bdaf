"""The Fluke 6105A driver, message by message."""

from __future__ import annotations

import threading

import pytest

from drivers.errors import CommandRejected, LinkClosed, LinkTimeout, OutputRefused
from drivers.roles import Harmonic, PhaseSetting
from drivers.visa.fluke6105a import Fluke6105a
from drivers.visa.limits import SiteLimits
from testcases.selftest.visa_exchange import (
    NO_ERROR,
    CountingClock,
    Exchange,
    ExpectedExchange,
    opening,
    told,
)

OFF = ":OUTP:STAT OFF"
IS_ON: Exchange = (":OUTP:STAT?", "1")
IS_OFF: Exchange = (":OUTP:STAT?", "0")
SETUP: list[Exchange] = [
    *told("*RST"),
    IS_OFF,
    *told(":OUTP:SENS OFF", ":OUTP:RAMP:TIME 2", ":UNIT:MHAR:VOLT ABS", ":UNIT:MHAR:CURR ABS"),
    (":SOUR:PHAS1:FITT?", "1"),
    (":SOUR:PHAS2:FITT?", "0"),
    (":SOUR:PHAS3:FITT?", "0"),
]
GREETING: list[Exchange] = [(OFF, None), ("*IDN?", "FLUKE,6105A,4711,1.0")]
LOWER_ONE_PHASE = told(
    ":SOUR:PHAS1:CURR:MHAR:CLE",
    ":SOUR:PHAS1:CURR:MHAR:HARM1 0,0",
    ":SOUR:PHAS1:CURR:STAT OFF",
    ":SOUR:PHAS1:VOLT:MHAR:CLE",
    ":SOUR:PHAS1:VOLT:MHAR:HARM1 0,0",
    ":SOUR:PHAS1:VOLT:STAT OFF",
    OFF,
)
SWITCHED_OFF = [*LOWER_ONE_PHASE, IS_OFF]


def fluke(pairs: list[Exchange], **options: object) -> tuple[Fluke6105a, ExpectedExchange]:
    link = ExpectedExchange([*opening("6105A", OFF), *SETUP], first=(OFF,))
    source = Fluke6105a("", CountingClock(), link=link, **options)  # type: ignore[arg-type]
    link.expect(pairs)
    return source, link


def levels(volts: str, amps: str, ranges: tuple[str, str] = ("", "")) -> list[Exchange]:
    """Setting one phase from the widest ranges, downwards."""
    return [
        (":SOUR:PHAS1:VOLT:RANG?", "0.0E0,1.008E3"),
        *told(":SOUR:PHAS1:VOLT:MHAR:STAT ON", ":SOUR:PHAS1:VOLT:MHAR:CLE"),
        *told(f":SOUR:PHAS1:VOLT:MHAR:HARM1 {volts}", f":SOUR:PHAS1:VOLT:RANG {ranges[0]}"),
        *told(":SOUR:PHAS1:VOLT:STAT ON"),
        (":SOUR:PHAS1:CURR:RANG?", "8.0E0,8.0E1"),
        *told(":SOUR:PHAS1:CURR:MHAR:STAT ON", ":SOUR:PHAS1:CURR:MHAR:CLE"),
        *told(f":SOUR:PHAS1:CURR:MHAR:HARM1 {amps}", f":SOUR:PHAS1:CURR:RANG {ranges[1]}"),
        *told(":SOUR:PHAS1:CURR:STAT ON"),
    ]


APPLIED = [IS_OFF, *told(":SOUR:FREQ 50"), *levels("220,0", "10,-60", ("0,360", "2,21"))]
LOAD = PhaseSetting(220.0, 10.0, angle=60.0)


def test_the_first_command_of_every_opening_is_off():
    """`fluke` has checked the order: off, identity, reset, output read back, set-up."""
    _, link = fluke([])
    assert Fluke6105a.SAFE_SEQUENCE.off == OFF
    assert link.left == []


def test_an_output_that_is_on_after_the_reset_is_refused():
    link = ExpectedExchange([*opening("6105A", OFF), *told("*RST"), IS_ON], first=(OFF,))
    with pytest.raises(OutputRefused, match="after"):
        Fluke6105a("", CountingClock(), link=link)
    assert link.closed


def test_a_lagging_current_has_a_negative_angle_and_ranges_come_down_after_levels():
    source, link = fluke(APPLIED)
    source.apply(50.0, [LOAD])
    assert link.left == []


def test_the_sign_of_a_lagging_angle_can_be_changed():
    source, link = fluke(
        [IS_OFF, *told(":SOUR:FREQ 50"), *levels("220,0", "10,60", ("0,360", "2,21"))],
        lagging_sign=1,
    )
    source.apply(50.0, [LOAD])
    assert link.left == []


def test_ranges_go_up_before_levels_and_harmonics_come_last():
    load = PhaseSetting(
        230.0,
        5.0,
        voltage_angle=240.0,
        voltage_harmonics={3: Harmonic(0.1, 180.0)},
        current_harmonics={5: Harmonic(0.2, -30.0), 3: Harmonic(0.4)},
    )
    source, link = fluke(
        [
            IS_OFF,
            *told(":SOUR:FREQ 60"),
            (":SOUR:PHAS1:VOLT:RANG?", "0.0E0,2.3E1"),
            *told(":SOUR:PHAS1:VOLT:RANG 0,360", ":SOUR:PHAS1:VOLT:MHAR:STAT ON"),
            *told(":SOUR:PHAS1:VOLT:MHAR:CLE", ":SOUR:PHAS1:VOLT:MHAR:HARM1 230,-120"),
            *told(":SOUR:PHAS1:VOLT:MHAR:HARM3 23,180", ":SOUR:PHAS1:VOLT:STAT ON"),
            (":SOUR:PHAS1:CURR:RANG?", "5.0E-2,2.5E-1"),
            *told(":SOUR:PHAS1:CURR:RANG 1,10", ":SOUR:PHAS1:CURR:MHAR:STAT ON"),
            *told(":SOUR:PHAS1:CURR:MHAR:CLE", ":SOUR:PHAS1:CURR:MHAR:HARM1 5,0"),
            *told(":SOUR:PHAS1:CURR:MHAR:HARM3 2,0", ":SOUR:PHAS1:CURR:MHAR:HARM5 1,-30"),
            *told(":SOUR:PHAS1:CURR:STAT ON"),
        ]
    )
    source.apply(60.0, [load])
    assert link.left == []


def test_phases_beyond_the_list_are_zero_and_off():
    source, link = fluke(
        [
            IS_OFF,
            *told(":SOUR:FREQ 50", ":SOUR:PHAS1:VOLT:MHAR:CLE", ":SOUR:PHAS1:VOLT:MHAR:HARM1 0,0"),
            *told(":SOUR:PHAS1:VOLT:STAT OFF", ":SOUR:PHAS1:CURR:MHAR:CLE"),
            *told(":SOUR:PHAS1:CURR:MHAR:HARM1 0,0", ":SOUR:PHAS1:CURR:STAT OFF"),
        ]
    )
    source.apply(50.0, [])
    assert link.left == []


@pytest.mark.parametrize(
    ("current", "expected"),
    [(0.0, "0.05,0.25"), (0.245, "0.05,0.25"), (0.25, "0.05,0.5"), (9.9, "2,21"), (50.0, "8,80")],
)
def test_a_range_is_the_narrowest_with_two_per_cent_of_headroom(current, expected):
    source, link = fluke([])
    pairs = levels("220,0", f"{current:g},0", ("0,360", expected))
    if expected == "8,80":  # already there: the range counts as upwards
        place = next(i for i, pair in enumerate(pairs) if pair[0] == ":SOUR:PHAS1:CURR:RANG?")
        pairs[place + 1 :] = [
            *told(":SOUR:PHAS1:CURR:RANG 8,80", ":SOUR:PHAS1:CURR:MHAR:STAT ON"),
            *told(":SOUR:PHAS1:CURR:MHAR:CLE", ":SOUR:PHAS1:CURR:MHAR:HARM1 50,0"),
            *told(":SOUR:PHAS1:CURR:STAT ON"),
        ]
    link.expect([IS_OFF, *told(":SOUR:FREQ 50"), *pairs])
    source.apply(50.0, [PhaseSetting(220.0, current)])
    assert link.left == []


@pytest.mark.parametrize(
    ("frequency", "load", "limit"),
    [
        (44.9, LOAD, "frequency.*site"),
        (float("nan"), LOAD, "frequency.*source"),
        (50.0, PhaseSetting(266.0, 10.0), "voltage of phase 1.*site"),
        (50.0, PhaseSetting(-1.0, 10.0), "voltage"),
        (50.0, PhaseSetting(220.0, 60.1), "current of phase 1.*site.*60 A"),
        (50.0, PhaseSetting(220.0, float("inf")), "current"),
        (50.0, PhaseSetting(220.0, 10.0, angle=float("nan")), "angle"),
        (50.0, PhaseSetting(220.0, 10.0, voltage_harmonics={1: Harmonic(0.1)}), "order"),
        (50.0, PhaseSetting(220.0, 10.0, voltage_harmonics={101: Harmonic(0.1)}), "order"),
        (50.0, PhaseSetting(220.0, 10.0, current_harmonics={3: Harmonic(1.1)}), "harmonic 3"),
        (50.0, PhaseSetting(250.0, 10.0, voltage_harmonics={3: Harmonic(0.4)}), "voltage.*site"),
        (50.0, PhaseSetting(220.0, 57.0, current_harmonics={3: Harmonic(0.4)}), "current.*site"),
    ],
)
def test_a_load_point_out_of_range_sends_nothing(frequency, load, limit):
    source, _ = fluke([], limits=SiteLimits(265.0, 60.0))
    with pytest.raises(ValueError, match=limit):
        source.apply(frequency, [load])


def test_the_source_can_be_tighter_than_the_site():
    source, _ = fluke([], limits=SiteLimits(2000.0, 100.0, 1.0, 2000.0), largest_current=21.0)
    for frequency, load, limit in [
        (15.0, LOAD, "frequency.*source"),
        (50.0, PhaseSetting(1009.0, 1.0), "voltage.*source.*1008 V"),
        (50.0, PhaseSetting(220.0, 21.1), "current.*source.*21 A"),
    ]:
        with pytest.raises(ValueError, match=limit):
            source.apply(frequency, [load])


def test_a_phase_that_is_not_fitted_is_refused():
    source, _ = fluke([])
    with pytest.raises(ValueError, match="phase 2 is not fitted"):
        source.apply(50.0, [LOAD, LOAD])


@pytest.mark.parametrize(
    "options",
    [
        {"ramp": -1.0},
        {"ramp": 61.0},
        {"settle": -1.0},
        {"lagging_sign": 0},
        {"headroom": 0.9},
        {"largest_current": 30.0},
    ],
)
def test_options_out_of_range_open_nothing(options):
    link = ExpectedExchange([])
    with pytest.raises(ValueError, match=str(next(iter(options.values())))):
        Fluke6105a("", CountingClock(), link=link, **options)


def test_switching_on_waits_for_the_ramp_and_settling_checks_again():
    source, link = fluke([*APPLIED, IS_OFF, *told(":OUTP:STAT ON"), IS_ON, IS_ON, NO_ERROR])
    source.apply(50.0, [LOAD])
    source.switch_on()
    source.settle()
    assert link.left == []
    assert source.clock.slept == [2.0, 14.0]


def test_an_output_that_refuses_is_told_with_the_instruments_words():
    source, link = fluke(
        [
            *APPLIED,
            IS_OFF,
            *told(":OUTP:STAT ON"),
            IS_OFF,
            (":SYST:ERR?", '501,"Current terminals open"'),
            NO_ERROR,
            *SWITCHED_OFF,
        ]
    )
    source.apply(50.0, [LOAD])
    with pytest.raises(OutputRefused, match=r"did not switch on.*501.*terminals open"):
        source.switch_on()
    assert link.left == []


def test_another_thread_can_switch_off_while_the_output_goes_up():
    class Interrupting(CountingClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            off = threading.Thread(target=source.switch_off)
            off.start()
            off.join(10)
            assert not off.is_alive(), "switching off had to wait for the ramp"

    source, link = fluke(
        [IS_OFF, *told(":OUTP:STAT ON"), *SWITCHED_OFF, *SWITCHED_OFF],
    )
    source.clock = Interrupting()
    with pytest.raises(OutputRefused, match="switched off while"):
        source.switch_on()
    assert link.left == []


def test_an_output_that_trips_while_settling_is_found():
    source, link = fluke([*APPLIED, IS_OFF, *told(":OUTP:STAT ON"), IS_ON, IS_OFF, NO_ERROR])
    source.apply(50.0, [LOAD])
    source.switch_on()
    with pytest.raises(OutputRefused, match="tripped"):
        source.settle()
    assert link.left == []


def switched_on(pairs: list[Exchange]) -> tuple[Fluke6105a, ExpectedExchange]:
    source, link = fluke([*APPLIED, IS_OFF, *told(":OUTP:STAT ON"), IS_ON])
    source.apply(50.0, [LOAD])
    source.switch_on()
    link.expect(pairs)
    return source, link


PRESENT: list[Exchange] = [
    (":SOUR:PHAS1:VOLT:STAT?", "1"),
    (":SOUR:PHAS1:VOLT:RANG?", "0.0E0,3.6E2"),
    (":SOUR:PHAS1:CURR:STAT?", "1"),
    (":SOUR:PHAS1:CURR:RANG?", "2.0E0,2.1E1"),
]


def test_within_the_ranges_levels_change_with_the_output_on():
    source, link = switched_on(
        [
            IS_ON,
            *PRESENT,
            *told(":SOUR:FREQ 50", ":SOUR:PHAS1:VOLT:MHAR:CLE"),
            *told(":SOUR:PHAS1:VOLT:MHAR:HARM1 220,0", ":SOUR:PHAS1:CURR:MHAR:CLE"),
            *told(":SOUR:PHAS1:CURR:MHAR:HARM1 20,0"),
        ]
    )
    source.apply(50.0, [PhaseSetting(220.0, 20.0)])
    assert link.left == []


def test_a_range_is_never_crossed_with_the_output_on():
    source, link = switched_on(
        [
            IS_ON,
            *PRESENT,
            *SWITCHED_OFF,
            *told(":SOUR:FREQ 50"),
            *levels("220,0", "0.5,0", ("0,360", "0.1,1")),
            IS_OFF,
            *told(":OUTP:STAT ON"),
            IS_ON,
        ]
    )
    source.apply(50.0, [PhaseSetting(220.0, 0.5)])
    assert link.left == []
    assert source.clock.slept == [2.0, 2.0]


def test_after_off_the_next_on_sets_the_levels_again():
    source, link = switched_on([*SWITCHED_OFF, *APPLIED, IS_OFF, *told(":OUTP:STAT ON"), IS_ON])
    source.switch_off()
    source.switch_on()
    assert link.left == []


def test_levels_are_not_set_again_under_an_output_that_somebody_else_switched_on():
    source, link = switched_on(
        [*SWITCHED_OFF, IS_ON, *told(OFF), *APPLIED[1:], IS_OFF, *told(":OUTP:STAT ON"), IS_ON]
    )
    source.switch_off()
    source.switch_on()
    assert link.left == []


def test_switching_off_is_currents_first_then_voltages_then_output_and_read_back():
    source, link = fluke([*SWITCHED_OFF, *SWITCHED_OFF])
    source.switch_off()
    source.switch_off()
    assert link.left == []


def test_a_refused_step_does_not_stop_switching_off():
    refused: list[Exchange] = [
        (":SOUR:PHAS1:CURR:MHAR:CLE", None),
        (":SYST:ERR?", '-221,"Settings conflict"'),
        NO_ERROR,
    ]
    source, link = fluke([*refused, *SWITCHED_OFF[2:]])
    source.switch_off()
    assert link.left == []


def test_a_lost_link_while_switching_off_begins_the_next_one_with_off():
    source, link = switched_on(
        [(":SOUR:PHAS1:CURR:MHAR:CLE", LinkTimeout("silence")), *GREETING, IS_OFF]
    )
    source.switch_off()
    assert link.left == []


def test_an_output_that_stays_on_is_told_off_again_and_then_reported():
    source, link = fluke([*LOWER_ONE_PHASE, IS_ON, *told(OFF), IS_ON])
    with pytest.raises(OutputRefused, match=r"stays on.*contactor"):
        source.switch_off()
    assert link.left == []


def test_a_source_that_cannot_be_reached_is_not_called_off():
    source, _ = switched_on(
        [
            (":SOUR:PHAS1:CURR:MHAR:CLE", LinkClosed("gone")),
            (OFF, LinkClosed("gone")),
            (OFF, LinkClosed("still gone")),
        ]
    )
    with pytest.raises(LinkClosed, match="still gone"):
        source.switch_off()


def test_after_a_time_out_the_source_is_taken_to_be_on_and_switched_off():
    source, link = switched_on(
        [
            IS_ON,
            *PRESENT,
            (":SOUR:FREQ 51", LinkTimeout("silence")),
            *GREETING,
            *SWITCHED_OFF,
        ]
    )
    with pytest.raises(LinkTimeout, match="silence"):
        source.apply(51.0, [LOAD])
    assert link.left == []


def test_a_refused_level_switches_off_and_names_the_command():
    source, link = switched_on(
        [
            IS_ON,
            *PRESENT,
            *told(":SOUR:FREQ 50", ":SOUR:PHAS1:VOLT:MHAR:CLE"),
            (":SOUR:PHAS1:VOLT:MHAR:HARM1 240,0", None),
            (":SYST:ERR?", '-222,"Data out of range"'),
            NO_ERROR,
            *SWITCHED_OFF,
        ]
    )
    with pytest.raises(CommandRejected, match="HARM1 240,0"):
        source.apply(50.0, [PhaseSetting(240.0, 10.0)])
    assert link.left == []


def test_closing_switches_off_first_and_only_once():
    source, link = switched_on(SWITCHED_OFF)
    source.close()
    source.close()
    source.switch_off()
    assert link.closed
    assert link.left == []


def test_closing_frees_the_port_even_when_switching_off_fails():
    source, link = fluke([*LOWER_ONE_PHASE, IS_ON, *told(OFF), IS_ON])
    with pytest.raises(OutputRefused):
        source.close()
    assert link.closed


def test_no_self_test_with_the_output_on():
    source, _ = fluke([IS_ON, IS_OFF, ("*TST?", "0")])
    assert "output is on" in source.self_check()
    assert source.self_check() == ""

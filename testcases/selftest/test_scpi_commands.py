"""Declared SCPI commands: what is sent, what is read, and what never leaves the program."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import CommandRejected, DeviceError, LinkFraming, LinkTimeout, WrongDevice
from drivers.roles import Identity
from drivers.visa.commands import Part, control, measurement, setting
from drivers.visa.scpi import ERROR_QUEUE_DEPTH, ScpiInstrument
from drivers.visa.trace import Trace
from drivers.visa.values import Choice, Quoted, Real, Several, Switch, read_number, read_numbers
from testcases.selftest.visa_exchange import (
    NO_ERROR,
    CountingClock,
    Exchange,
    ExpectedExchange,
    opening,
    told,
)


class Sample(ScpiInstrument):
    MODELS = ("SAMPLE",)

    level = control(":VOLT", Real("V", 0.0, 300.0), "Level")
    angle = measurement(":PHAS", Real("deg", -180.0, 180.0), "Angle")
    remote = setting(":SYST:REM", Switch(), "Remote state")
    coupling = control(":INP:COUP", Choice(("AC", "DC")), "Coupling")
    span = control(":VOLT:RANG", Several((Real("V", 0, 300), Real("V", 0, 300))), "Range")
    functions = control(":FUNC", Quoted(), "Functions")


class Channel(Part):
    state = control(":PHAS{phase}:{node}:STAT", Switch(), "State")


def sample(pairs: list[Exchange]) -> tuple[Sample, ExpectedExchange]:
    link = ExpectedExchange(opening("SAMPLE"))
    instrument = Sample("", CountingClock(), link=link)
    link.expect(pairs)
    return instrument, link


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("level", 230.0, ":VOLT 230"),
        ("level", 0.0, ":VOLT 0"),
        ("level", 1e-5, ":VOLT 1E-05"),
        ("level", 219.999999, ":VOLT 219.999999"),
        ("remote", True, ":SYST:REM ON"),
        ("remote", False, ":SYST:REM OFF"),
        ("coupling", "DC", ":INP:COUP DC"),
        ("span", (0.0, 23.0), ":VOLT:RANG 0,23"),
        ("functions", ("VOLT1", "POW1:ACT"), ':FUNC "VOLT1","POW1:ACT"'),
    ],
)
def test_setting_sends_one_command_and_checks_the_error_queue(name, value, sent):
    instrument, link = sample(told(sent))
    setattr(instrument, name, value)
    assert link.left == []


@pytest.mark.parametrize(
    ("name", "asked", "answered", "value"),
    [
        ("level", ":VOLT?", "1.44E1", 14.4),
        ("level", ":VOLT?", "+2.30000E+02", 230.0),
        ("angle", ":PHAS?", "-120", -120.0),
        ("coupling", ":INP:COUP?", "DC", "DC"),
        ("span", ":VOLT:RANG?", "5.0E-2,2.5E-1", (0.05, 0.25)),
        ("functions", ":FUNC?", '"VOLT1","POW1"', ("VOLT1", "POW1")),
    ],
)
def test_reading_asks_once(name, asked, answered, value):
    instrument, link = sample([(asked, answered)])
    assert getattr(instrument, name) == value
    assert link.left == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", 300.001),
        ("level", -0.001),
        ("level", math.nan),
        ("level", math.inf),
        ("coupling", "dc"),
        ("span", (0.0, 301.0)),
        ("span", (0.0,)),
        ("functions", ()),
        ("functions", ('VOLT"1',)),
    ],
)
def test_a_value_out_of_range_is_refused_before_a_byte_is_sent(name, value):
    instrument, _ = sample([])  # any message would fail the exchange
    with pytest.raises(ValueError, match=":"):
        setattr(instrument, name, value)


@pytest.mark.parametrize(("name", "asked"), [("level", ":VOLT?"), ("span", ":VOLT:RANG?")])
def test_a_reply_of_the_wrong_shape_names_question_and_reply(name, asked):
    instrument, link = sample([(asked, "VOLT ON"), ("*IDN?", "maker,SAMPLE,4711,1.0")])
    with pytest.raises(LinkFraming, match=r"VOLT.*'VOLT ON'"):
        getattr(instrument, name)
    link.open()  # it was taken down: the reply may be that to another question
    assert link.left == []


def test_what_can_only_be_set_cannot_be_read():
    instrument, _ = sample([])
    with pytest.raises(AttributeError, match="no query"):
        _ = instrument.remote


def test_suffixes_fill_the_header():
    instrument, link = sample([*told(":PHAS2:CURR:STAT ON"), (":PHAS2:CURR:STAT?", "1")])
    channel = Channel(instrument, phase=2, node="CURR")
    channel.state = True
    assert channel.state is True
    assert link.left == []


def test_a_header_must_start_at_the_root():
    with pytest.raises(ValueError, match="colon"):
        control("VOLT", Switch(), "Level")


def test_the_docstring_of_a_command_has_unit_and_range():
    assert "0 to 300 V" in (Sample.level.__doc__ or "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+9.91E+37", math.nan),
        ("9.90999988E+37", math.nan),
        ("9.9E37", math.inf),
        ("-9.90000E+37", -math.inf),
        ("9E37", 9e37),
    ],
)
def test_scpi_has_its_own_nan_and_infinity(text, value):
    assert read_number(text) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("text", ["", "1.0V", "#18", "1,2"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="float"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("0", False), ("ON", True), ("off", False), ("+1", True)]
)
def test_instruments_answer_booleans_in_several_ways(text, value):
    assert Switch().decode(text) is value


@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=8))
def test_numbers_survive_the_way_out_and_back_to_nine_digits(values):
    kind = Real("", -1e30, 1e30)
    text = ",".join(kind.encode(value) for value in values)
    assert read_numbers(text) == pytest.approx(values, rel=5e-9)


# the error queue


def test_a_refused_command_carries_code_text_and_command():
    instrument, link = sample(
        [
            (":VOLT 300", None),
            (":SYST:ERR?", '-222,"Data out of range;VOLT"'),
            (":SYST:ERR?", '-221,"Settings conflict"'),
            NO_ERROR,
        ]
    )
    with pytest.raises(
        CommandRejected, match=r"':VOLT 300'.*Data out of range.*then -221"
    ) as caught:
        instrument.level = 300.0
    assert (caught.value.code, caught.value.text) == (-222, "Data out of range;VOLT")
    assert link.left == []


@pytest.mark.parametrize("clean", ['0,"No error"', '+0,"No error"', "0"])
def test_several_spellings_of_no_error(clean):
    instrument, _ = sample([(":SYST:ERR?", clean)])
    assert instrument.drain_errors() == []


def test_an_error_queue_that_never_empties_ends():
    instrument, link = sample([(":SYST:ERR?", '-350,"Queue overflow"')] * (ERROR_QUEUE_DEPTH + 1))
    with pytest.raises(DeviceError, match="not empty"):
        instrument.drain_errors()
    assert len(link.left) == 1


def test_an_error_reply_of_the_wrong_shape_is_a_framing_error():
    instrument, link = sample([(":SYST:ERR?", "No error"), ("*IDN?", "maker,SAMPLE,4711,1.0")])
    with pytest.raises(LinkFraming, match="No error"):
        instrument.drain_errors()
    link.open()
    assert link.left == []


def test_a_query_that_is_refused_instead_of_answered_tells_why():
    instrument, link = sample(
        [
            (":VOLT?", LinkTimeout("silence")),
            ("*IDN?", "maker,SAMPLE,4711,1.0"),  # the link was reopened
            (":SYST:ERR?", '-113,"Undefined header"'),
            NO_ERROR,
        ]
    )
    with pytest.raises(CommandRejected, match="Undefined header"):
        _ = instrument.level
    assert link.left == []


def test_a_query_that_is_not_answered_at_all_is_a_time_out():
    instrument, _ = sample(
        [(":VOLT?", LinkTimeout("silence")), ("*IDN?", "maker,SAMPLE,4711,1.0"), NO_ERROR]
    )
    with pytest.raises(LinkTimeout, match="silence"):
        _ = instrument.level


def test_a_query_to_a_dead_instrument_is_a_time_out():
    instrument, _ = sample(
        [(":VOLT?", LinkTimeout("silence")), ("*IDN?", LinkTimeout("still silent"))]
    )
    with pytest.raises(LinkTimeout, match=r"^silence"):
        _ = instrument.level


# identity and status


def test_identity_has_four_fields():
    instrument, _ = sample([("*IDN?", " Fluke , sample ,KN34512BA,01.05, build 7")])
    assert instrument.identify() == Identity("Fluke", "sample", "KN34512BA", "01.05, build 7")


def test_missing_fields_of_the_identity_are_empty():
    instrument, _ = sample([("*IDN?", "maker,SAMPLE")])
    assert instrument.identify() == Identity("maker", "SAMPLE", "", "")


def test_another_model_is_refused_and_the_port_freed():
    link = ExpectedExchange(opening("34401A")[:1])
    with pytest.raises(WrongDevice, match=r"34401A.*expected SAMPLE"):
        Sample("", CountingClock(), link=link)
    assert link.closed


@pytest.mark.parametrize(("reply", "good"), [("0", True), ("+0", True), ("1", False)])
def test_the_self_test_is_zero_when_good(reply, good):
    instrument, _ = sample([("*TST?", reply)])
    assert (instrument.self_check() == "") is good


def test_common_commands():
    instrument, link = sample([*told("*RST"), ("*CLS", None), ("*OPC?", "1")])
    instrument.reset()
    instrument.clear_status()
    assert instrument.operation_complete()
    assert link.left == []


def test_a_trace_keeps_the_last_messages():
    trace = Trace(3)
    for number in range(5):
        trace.add(">", f"{number}")
    assert [entry.text for entry in trace.entries] == ["2", "3", "4"]
    with pytest.raises(ValueError, match="at least one"):
        Trace(0)

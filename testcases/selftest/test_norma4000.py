"""The Fluke Norma driver, message by message."""

from __future__ import annotations

import pytest

from drivers.errors import DeviceError, LinkFraming, LinkTimeout
from drivers.roles import PhaseReading
from drivers.visa.norma4000 import Norma4000
from testcases.selftest.visa_exchange import (
    CountingClock,
    Exchange,
    ExpectedExchange,
    opening,
    told,
)

LIST = '"VOLT1","CURR1","POW1:ACT","POW1:REAC","POW1:APP","FREQ"'
SETUP = told(
    "*RST",
    ":FORM ASC",
    ':ROUT:SYST "3W"',
    ":SYNC:SOUR VOLT1",
    ":APER 1",
    f":FUNC {LIST}",
    ":INIT:CONT ON",
)
VALUES = "+2.20000E+02,+1.00000E+01,+1.10000E+03,+1.90526E+03,+2.20000E+03,+5.00000E+01"


def norma(pairs: list[Exchange], **options: object) -> tuple[Norma4000, ExpectedExchange]:
    link = ExpectedExchange([*opening("NORMA5000"), *SETUP])
    meter = Norma4000("", CountingClock(), phases=1, link=link, **options)  # type: ignore[arg-type]
    link.expect(pairs)
    return meter, link


def test_the_set_up_makes_the_format_ascii_since_it_survives_a_disconnect():
    _, link = norma([])
    assert link.left == []


def test_a_reading_waits_two_apertures_before_it_asks():
    meter, link = norma([(f":DATA? {LIST}", VALUES)])
    reading = meter.read()
    assert reading.phases == (PhaseReading(220.0, 10.0, 1100.0, 1905.26, 2200.0),)
    assert (reading.frequency, reading.aperture) == (50.0, 1.0)
    assert 2.0 <= sum(meter.clock.slept) < 2.2
    assert link.left == []


def test_the_sign_of_reactive_power_can_be_changed():
    meter, _ = norma([(f":DATA? {LIST}", VALUES)], reactive_sign=-1)
    assert meter.read().phases[0].reactive == -1905.26


def test_three_phases_are_read_in_order():
    names = ["VOLT{0}", "CURR{0}", "POW{0}:ACT", "POW{0}:REAC", "POW{0}:APP"]
    functions = [name.format(phase) for phase in (1, 2, 3) for name in names] + ["FREQ"]
    listed = ",".join(f'"{name}"' for name in functions)
    setup = [(sent.replace(LIST, listed), answer) for sent, answer in SETUP]
    link = ExpectedExchange([*opening("NORMA4000"), *setup])
    meter = Norma4000("", CountingClock(), link=link)
    link.expect([(f":DATA? {listed}", ",".join(f"{n}" for n in range(16)))])
    reading = meter.read()
    assert [phase.voltage for phase in reading.phases] == [0.0, 5.0, 10.0]
    assert reading.phases[2] == PhaseReading(10.0, 11.0, 12.0, 13.0, 14.0)
    assert reading.frequency == 15.0


def test_another_aperture():
    meter, link = norma([*told(":APER 5"), (f":DATA? {LIST}", VALUES)])
    meter.configure(5.0)
    assert meter.read().aperture == 5.0
    assert 10.0 <= sum(meter.clock.slept) < 10.2
    assert link.left == []


@pytest.mark.parametrize("aperture", [0.0, 0.0149, 3601.0, float("nan")])
def test_an_aperture_out_of_range_sends_nothing(aperture):
    meter, _ = norma([])
    with pytest.raises(ValueError, match="aperture"):
        meter.configure(aperture)
    with pytest.raises(ValueError, match="aperture"):
        Norma4000("", CountingClock(), aperture=aperture, link=ExpectedExchange([]))


@pytest.mark.parametrize(
    "options", [{"phases": 0}, {"phases": 4}, {"reactive_sign": 0}, {"sync_source": "L1"}]
)
def test_options_out_of_range_are_refused(options):
    key, value = next(iter(options.items()))
    link = ExpectedExchange([*opening("NORMA4000"), *SETUP])
    with pytest.raises(ValueError, match=str(value)):
        Norma4000("", CountingClock(), link=link, **options)
    assert key == "sync_source" or len(link.left) == len(SETUP) + 3


@pytest.mark.parametrize("undefined", ["+9.91E+37", "+9.9E+37"])
def test_an_undefined_value_is_an_error_that_names_the_function(undefined):
    meter, _ = norma([(f":DATA? {LIST}", VALUES.replace("+5.00000E+01", undefined))])
    with pytest.raises(DeviceError, match="no value of FREQ"):
        meter.read()


@pytest.mark.parametrize("reply", ["1,2,3", VALUES + ",1", "#18ABCDEFGH"])
def test_a_reply_of_the_wrong_shape_is_a_framing_error(reply):
    meter, _ = norma([(f":DATA? {LIST}", reply)])
    with pytest.raises(LinkFraming, match="TEST"):
        meter.read()


def test_after_a_new_opening_the_meter_is_set_up_again():
    identity: Exchange = ("*IDN?", "maker,NORMA5000,4711,1.0")
    no_error: Exchange = (":SYST:ERR?", '0,"No error"')
    meter, link = norma([(f":DATA? {LIST}", LinkTimeout("silence")), identity, no_error])
    with pytest.raises(LinkTimeout):
        meter.read()
    link.expect([*SETUP, (f":DATA? {LIST}", VALUES)])
    assert meter.read().frequency == 50.0
    assert link.left == []


def test_energy_is_integrated_by_the_meters_own_timer():
    start = told(
        ":CALC:INT:STAT ON",
        ':CALC:INT:FUNC "POW1:ACT"',
        ":CALC:INT:CLE:AUTO ON",
        ":CALC:INT:STAR:SOUR CMD",
        ":CALC:INT:STOP:SOUR TINT",
        ":CALC:INT:STOP:TINT 20",
        ":CALC:INT:STAR",
    )
    meter, link = norma([*start, (':DATA? "POW1:ACT:INT"', "+6.11111E+00")])
    assert meter.energy.measure(20.0) == (6.11111,)
    assert sum(meter.clock.slept) == 20.0
    link.expect([*told(f":FUNC {LIST}"), (f":DATA? {LIST}", VALUES)])
    meter.read()  # the list given to DATA? had replaced the functions
    assert link.left == []


def test_energy_can_be_started_and_stopped_by_command():
    meter, link = norma(
        told(
            ":CALC:INT:STAT ON",
            ':CALC:INT:FUNC "POW1:ACT"',
            ":CALC:INT:CLE:AUTO ON",
            ":CALC:INT:STAR:SOUR CMD",
            ":CALC:INT:STOP:SOUR CMD",
            ":CALC:INT:STAR",
            ":CALC:INT:STOP",
        )
    )
    meter.energy.start()
    meter.energy.stop()
    assert link.left == []


@pytest.mark.parametrize("duration", [0.0, 1e7])
def test_an_integration_time_out_of_range_sends_nothing(duration):
    meter, _ = norma([])
    with pytest.raises(ValueError, match="integration"):
        meter.energy.measure(duration)

"""The Norma twin: command set (reference 2.2), and what it makes of the world's truth."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from bench.twins.circuit import Circuit
from bench.twins.scpi.norma4000 import Norma4000
from bench.twins.scpi.norma4000_values import MeterErrors
from bench.twins.scpi.server import ScpiServer
from bench.twins.waveform import Sampled, sine
from bench.twins.world import World
from drivers.roles import Harmonic
from testcases.selftest.scpi_client import PlainClient, until

EXACT = MeterErrors(power=0, angle=0, noise=0, frequency=0)
UNDEFINED = 9.91e37


@dataclass
class Rig:
    world: World
    meter: Norma4000
    server: ScpiServer
    client: PlainClient

    @property
    def l1(self) -> Circuit:
        return self.world.phases["L1"]

    def data(self, *names: str) -> list[float]:
        wanted = " " + ",".join(f'"{name}"' for name in names) if names else ""
        return [float(text) for text in self.client.query(f"DATA?{wanted}").split(",")]


def rig(errors: MeterErrors = EXACT, seed: int = 1) -> Iterator[Rig]:
    world = World(seed)
    meter = Norma4000(world, errors)
    with ScpiServer(meter, world.lock) as server, PlainClient(server.address) as client:
        client.write("FORM ASC,8")
        yield Rig(world, meter, server, client)


@pytest.fixture
def exact() -> Iterator[Rig]:
    yield from rig()


def test_the_references_conversation(exact: Rig) -> None:
    ask = exact.client.query
    assert ask("*IDN?") == "Fluke,NORMA5000,KN34512BA,01.05"
    # The answer also says that the set-up is done: lab time must not move before it.
    set_up = '*RST;ROUT:SYST "3W";:SYNC:SOUR VOLT1;:APER 0.1;:INIT:CONT ON;:SYST:ERR?'
    assert ask(set_up) == '0,"No error"'
    exact.l1.apply(sine(230, 50), sine(1, 50))
    exact.world.advance(0.2)
    assert ask('FUNC "VOLT1","CURR1","POW1:ACT";FUNC?') == '"VOLT1","CURR1","POW1"'
    assert ask("DATA?") == "+2.30000E+02,+1.00000E+00,+2.30000E+02"
    assert ask("DATA:STAT?") == "+2.30000E+02,+1.00000E+00,+2.30000E+02,0,0,0"
    assert ask("SYSTEM:NOPE;:SYST:ERR?") == '-113,"Undefined header;SYSTEM:NOPE"'


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ('FUNC "voltage1:dc","CURR","TIME:INT","PHASE2";FUNC?', '"VOLT1","CURR","TIME","PHAS2"'),
        ('FUNC "VOLT1";:DATA? "CURR1";:FUNC?', '+9.9100000E+37;"CURR1"'),
        ("FUNC?;FUNC:COUN?", '"";0'),
        ("ROUT:SYST?;:ROUT:SYST '2W';SYST?", '"3W";"2W"'),
        ("APER?;APER 1.5;APER?;APER? MIN;APER? MAX", "0.3;1.5;0.015;3600"),
        ("SYNC:SOUR CURRENT2;SOUR?", "CURR2"),
        ("INIT:CONT?;CONT OFF;CONT?", "1;0"),
        ("VOLT2:RANG:AUTO?;:VOLT2:RANG 300;:VOLT2:RANG:AUTO?;:VOLT1:RANG:AUTO?", "1;0;1"),
        ("*RST;FORM?;FORM REAL;FORM?;FORM REAL,32;FORM?", "ASC,6;REAL,64;REAL,32"),
        ("CALC:INT:FUNC?", '"POW1","POW2","POW3","POW"'),
        ("CALC:INT?;:CALC:INT:CLE:AUTO?;:CALC:INT:STOP:SOUR TINT;SOUR?", "0;1;TINT"),
    ],
)
def test_replies(exact: Rig, message: str, reply: str) -> None:
    assert exact.client.query(message) == reply
    assert exact.client.errors() == []


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ('FUNC "NOPE1"', '-224,"Illegal parameter value;NOPE1"'),
        ('FUNC "VOLT4"', '-224,"Illegal parameter value;VOLT4"'),
        ("FUNC VOLT1", '-148,"Character data not allowed;VOLT1"'),
        ("APER 0.001", '-222,"Data out of range;0.001"'),
        ("INIT", '-213,"Init ignored"'),
        ("CALC:INT:STAR", '-221,"Settings conflict;integration is off"'),
        (
            "CALC:INT ON;:CALC:INT:STAR:SOUR MAN;:CALC:INT:STAR",
            '-221,"Settings conflict;start source is not CMD"',
        ),
        ('FUNC "POW1:INT"', '-221,"Settings conflict;POW1:INT is not integrated"'),
        (
            'CALC:INT ON;:CALC:INT:FUNC "POW1";:FUNC "POW1:REAC:INT"',
            '-221,"Settings conflict;POW1:REAC:INT is not integrated"',
        ),
        ('CALC:INT:FUNC "VOLT1"', '-224,"Illegal parameter value;VOLT1"'),
        ('ROUT:SYST "4W"', '-224,"Illegal parameter value;4W"'),
        ("FORM REAL,16", '-224,"Illegal parameter value;16"'),
    ],
)
def test_refusals(exact: Rig, message: str, error: str) -> None:
    exact.client.write(message)
    assert exact.client.errors() == [error]


def test_data_is_the_last_complete_interval(exact: Rig) -> None:
    exact.client.query("APER 1;:SYNC:STAT OFF;:FUNC 'VOLT1';*OPC?")
    exact.l1.apply(sine(100, 50))
    assert exact.data() == [UNDEFINED]
    exact.world.advance(0.999)
    assert exact.data() == [UNDEFINED]
    exact.world.advance(0.001)
    assert exact.data() == pytest.approx([100], rel=1e-7)
    exact.l1.apply(sine(200, 50))
    exact.world.advance(0.9)
    assert exact.data() == pytest.approx([100], rel=1e-7)
    exact.world.advance(0.1)
    assert exact.data() == pytest.approx([200], rel=1e-7)
    exact.world.advance(0.5)
    exact.l1.apply(sine(300, 50))
    exact.world.advance(0.5)
    # half an interval at each level: the RMS is that of the mean square
    assert exact.data() == pytest.approx([math.sqrt((200**2 + 300**2) / 2)], rel=1e-7)


def test_an_interval_is_stretched_to_whole_periods(exact: Rig) -> None:
    exact.l1.apply(sine(230, 47))
    exact.client.query("APER 0.5;*OPC?")
    exact.world.advance(2)
    time, frequency = exact.data("TIME", "FREQ")
    assert time == pytest.approx(24 / 47, rel=1e-7)  # 0.5 s is 23.5 periods
    assert frequency == pytest.approx(47, rel=1e-7)
    assert exact.data("VOLT1") == pytest.approx([230], rel=1e-7)


def test_without_a_signal_only_what_needs_the_frequency_is_undefined(exact: Rig) -> None:
    exact.world.advance(2)
    assert exact.data("VOLT1", "POW1", "FREQ", "PHAS1", "TIME") == [0, 0, UNDEFINED, UNDEFINED, 0.3]
    assert exact.client.query("DATA:STAT? 'FREQ'").split(",")[1] == "8"


@pytest.mark.parametrize("lag", [0.0, 60.0, -37.0, 90.0, 150.0])
def test_powers_are_u_i_cos_and_sin(exact: Rig, lag: float) -> None:
    exact.l1.apply(sine(220, 50), sine(5, 50, -lag))
    exact.world.advance(1)
    names = ("VOLT1", "CURR1", "POW1:ACT", "POW1:REAC", "POW1:APP", "POW1:FACT", "PHAS1")
    turn = math.radians(lag)
    expected = [
        220,
        5,
        1100 * math.cos(turn),
        1100 * math.sin(turn),
        1100,
        math.cos(turn),
        abs(lag),
    ]
    assert exact.data(*names) == pytest.approx(expected, rel=1e-6, abs=2e-4)
    status = exact.client.query("DATA:STAT? 'POW1:FACT'").split(",")[1]
    assert status == ("128" if lag < 0 else "0")


def test_harmonics_count(exact: Rig) -> None:
    voltage = sine(220, 50, 0, {3: Harmonic(0.1, 30)})
    current = sine(5, 50, -60, {3: Harmonic(0.2, 75)})
    exact.l1.apply(voltage, current)
    exact.world.advance(1)
    u, i, p = exact.data("VOLT1", "CURR1", "POW1")
    assert u == pytest.approx(220 * math.sqrt(1.01), rel=1e-7)
    assert i == pytest.approx(5 * math.sqrt(1.04), rel=1e-7)
    # third harmonic: 22 V at 30 deg, 1 A at 3 * -60 + 75 = -105 deg
    assert p == pytest.approx(1100 * 0.5 + 22 * math.cos(math.radians(135)), rel=1e-7)


def test_totals_and_two_wattmeters(exact: Rig) -> None:
    for number, circuit in enumerate(exact.world.phases.values(), 1):
        circuit.apply(sine(100 * number, 50), sine(number, 50))
    exact.world.advance(1)
    assert exact.data("VOLT", "POW") == pytest.approx([200, 1400], rel=1e-7)
    exact.client.query('ROUT:SYST "2W";*OPC?')
    exact.world.advance(1)
    assert exact.data("VOLT", "POW") == pytest.approx([150, 500], rel=1e-7)


def test_recorded_waveforms_are_measured_too(exact: Rig) -> None:
    t = np.arange(200) / 10000
    wave = Sampled(10000, 10 * np.sin(2 * np.pi * 50 * t), repeat=True)
    exact.l1.apply(wave, wave)
    exact.world.advance(1)
    assert exact.data("POW1") == pytest.approx([50], rel=1e-3)


def test_single_intervals(exact: Rig) -> None:
    exact.l1.apply(sine(230, 50), sine(1, 50))
    exact.client.query("INIT:CONT OFF;:APER 1;*OPC?")
    exact.world.advance(5)
    assert exact.data("VOLT1") == [UNDEFINED]
    exact.client.write("INIT;*OPC?")
    until(exact.meter.busy, exact.world.lock)
    exact.world.advance(1)
    assert exact.client.read() == "1"
    assert exact.data("VOLT1") == pytest.approx([230], rel=1e-7)
    exact.l1.apply(sine(0, 50))
    exact.world.advance(5)
    assert exact.data("VOLT1") == pytest.approx([230], rel=1e-7)
    assert exact.client.query("INIT;INIT;:SYST:ERR?") == '-213,"Init ignored"'


def test_energy(exact: Rig) -> None:
    exact.l1.apply(sine(220, 50), sine(5, 50, -60))
    exact.client.query('CALC:INT ON;:CALC:INT:FUNC "POW1","POW1:REAC";:CALC:INT:STAR;*OPC?')
    exact.world.advance(1800)
    half = exact.data("POW1:INT", "POW1:REAC:INT", "POW1:NINT")
    assert half == pytest.approx([275, 550 * math.sin(math.radians(60)), 0], rel=1e-6)
    exact.l1.apply(current=sine(10, 50, -60))
    exact.world.advance(1800)
    exact.client.query("CALC:INT:STOP;*OPC?")
    exact.world.advance(3600)
    assert exact.data("POW1:INT") == pytest.approx([275 + 550], rel=1e-6)
    exact.client.query("CALC:INT:CLE:AUTO OFF;:CALC:INT:STOP:TINT 360;SOUR TINT;*OPC?")
    exact.client.query("CALC:INT:STAR;*OPC?")
    exact.world.advance(3600)
    assert exact.data("POW1:INT") == pytest.approx([275 + 550 + 110], rel=1e-6)
    exact.client.query("CALC:INT OFF;*OPC?")
    assert exact.data("FREQ") == [50]
    exact.client.write('DATA? "POW1:INT"')
    assert exact.client.errors() == ['-221,"Settings conflict;POW1:INT is not integrated"']


@pytest.mark.parametrize(("order", "letter"), [("NORM", ">"), ("SWAP", "<")])
def test_binary_format_survives_a_disconnect(exact: Rig, order: str, letter: str) -> None:
    exact.l1.apply(sine(230, 50), sine(1, 50))
    exact.client.query(f"FORM REAL,64;:FORM:BORD {order};*OPC?")
    exact.world.advance(1)
    with PlainClient(exact.server.address) as again:
        again.write('DATA? "VOLT1","CURR1"')
        data = b""
        while len(data) < 4 + 16 + 1:
            data += again.socket.recv(100)
    assert data[:4] == b"#216"
    assert struct.unpack(f"{letter}2d", data[4:20]) == pytest.approx((230, 1))
    assert data[20:] == b"\n"


def test_scaling_and_overrange(exact: Rig) -> None:
    exact.l1.apply(sine(100, 50), sine(1, 50))
    exact.client.query("VOLT1:SCAL 10;:VOLT1:RANG 30;*OPC?")
    exact.world.advance(1)
    assert exact.data("VOLT1", "POW1") == pytest.approx([1000, 1000], rel=1e-7)
    assert exact.client.query("DATA:STAT? 'VOLT1'").split(",")[1] == "2"


def test_own_errors_are_drawn_with_their_sigma() -> None:
    gains, angles, noises = [], [], []
    for seed in range(150):
        world = World(seed)
        meter = Norma4000(world)
        world.phases["L1"].apply(sine(220, 50), sine(5, 50, -60))
        powers = []
        for _ in range(2):
            world.advance(1)
            interval = meter._interval()
            assert interval is not None
            phase = interval.phases[0]
            powers.append(phase.apparent)
        gains.append(phase.apparent / 1100 - 1)
        lag = math.degrees(math.atan2(phase.reactive, phase.active))
        angles.append(lag - 60)
        noises.append((powers[1] - powers[0]) / 1100)
    # 150 draws: a standard deviation is known to 6 %, taken three times
    assert np.std(gains) == pytest.approx(math.hypot(0.01e-2, 0.002e-2), rel=0.18)
    assert np.std(angles) == pytest.approx(0.003, rel=0.18)
    assert np.std(noises) == pytest.approx(math.sqrt(2) * 0.002e-2, rel=0.18)


def test_an_interval_reads_the_same_again() -> None:
    for case in rig(MeterErrors()):
        case.l1.apply(sine(220, 50), sine(5, 50))
        case.world.advance(1)
        first = case.data("POW1")
        assert first == case.data("POW1")
        case.world.advance(1)
        assert first != case.data("POW1")


def test_bias(exact: Rig) -> None:
    exact.l1.apply(sine(220, 50), sine(5, 50))
    exact.meter.inject("bias", percent=2)
    exact.world.advance(1)
    assert exact.data("POW1", "POW1:APP", "VOLT1") == pytest.approx([1122, 1122, 220], rel=1e-7)


def test_stale(exact: Rig) -> None:
    exact.l1.apply(sine(220, 50))
    exact.world.advance(1)
    exact.meter.inject("stale")
    exact.l1.apply(sine(110, 50))
    exact.world.advance(10)
    assert exact.data("VOLT1") == pytest.approx([220], rel=1e-7)
    exact.meter.clear("stale")
    assert exact.data("VOLT1") == pytest.approx([110], rel=1e-7)


def test_a_long_jump_of_lab_time_is_cheap_and_right(exact: Rig) -> None:
    exact.l1.apply(sine(220, 50.003), sine(5, 50.003))
    exact.client.query("APER 0.015;*OPC?")
    exact.world.advance(30 * 86400)
    assert exact.data("POW1", "TIME") == pytest.approx([1100, 1 / 50.003], rel=1e-6)

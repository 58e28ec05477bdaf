"""The 53230A twin: command set and traps (reference 2.6), counting synthetic pulse outputs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.twins.pulses import PulseOutput
from bench.twins.scpi.keysight53230a import Keysight53230A
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from testcases.selftest.scpi_client import PlainClient, until

LOGIC = "INP:COUP DC;LEV 2.5"
"""What CF needs: a fixed level, because auto-level is useless below 50 Hz."""


@dataclass(frozen=True)
class Train:
    """Pulses at `frequency` Hz, the first `offset` seconds after lab time 0."""

    frequency: float
    offset: float = 0.0

    def edges(self, start: float, stop: float) -> NDArray[np.float64]:
        first = np.floor((start - self.offset) * self.frequency) + 1
        last = np.floor((stop - self.offset) * self.frequency)
        return np.asarray(np.arange(max(first, 0), last + 1) / self.frequency + self.offset)

    def width(self, frequency: float) -> float:
        return min(0.09, 0.5 / frequency)


@dataclass
class Rig:
    world: World
    counter: Keysight53230A
    server: ScpiServer
    client: PlainClient
    first: list[PulseOutput] = field(default_factory=list)
    second: list[PulseOutput] = field(default_factory=list)

    def tell(self, message: str) -> None:
        assert self.client.query(f"{message};:SYST:ERR?") == '+0,"No error"'

    def read_after(self, message: str, seconds: float) -> float:
        """Send a query that waits, let lab time pass, return the number."""
        self.client.write(message)
        until(self.counter.busy, self.world.lock)
        self.world.advance(seconds)
        return float(self.client.read())


@pytest.fixture
def rig() -> Iterator[Rig]:
    world = World(1)
    first: list[PulseOutput] = []
    second: list[PulseOutput] = []
    counter = Keysight53230A(world, lambda: first, lambda: second, time_base=0)
    world.advance(10)
    with ScpiServer(counter, world.lock) as server, PlainClient(server.address) as client:
        client.write("*CLS")
        yield Rig(world, counter, server, client, first, second)


REPLIES = [
    ("INP:LEV?", "+0.00000000000000E+000"),
    ("INP2:LEV 1.25;LEV?", "+1.25000000000000E+000"),
    ("INP:LEV:AUTO?;:INP:LEV 1;:INP:LEV:AUTO?;AUTO ON;AUTO?", "1;0;1"),
    ("INP:COUP?;COUP DC;COUP?", "AC;DC"),
    ("INP:IMP 50;IMP?;IMP 1E6;IMP?", "+5.00000000000000E+001;+1.00000000000000E+006"),
    ("INP:RANG 50;RANG?;:INP:PROB 10;PROB?", "+5.00000000000000E+001;+1.00000000000000E+001"),
    ("INP:FILT ON;FILT?;:INP:NREJ ON;NREJ?;SLOP NEG;SLOP?", "1;1;NEG"),
    ("SENS:TOT:GATE:POL?;SOUR?", "NEG;TIME"),
    ("SYST:TIM 5;TIM?", "+5.00000000000000E+000"),
    ("TRIG:SOUR BUS;SOUR?;COUN 3;COUN?;:SAMP:COUN?", "BUS;+3;+1"),
    ("DATA:POIN?", "+0"),
    ("*TST?;*OPC?", "+0;1"),
    ("CONF:TOT:TIM MAX,(@1);:TOT:GATE:TIME?", "+1.00000000000000E+003"),
]


@pytest.mark.parametrize(("message", "reply"), REPLIES)
def test_replies(rig: Rig, message: str, reply: str) -> None:
    assert rig.client.query(message) == reply
    assert rig.client.errors() == []


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (
            "CONF:TOT:CONT (@1);:READ?",
            '-221,"Settings conflict; cannot use READ? with continuous totalize"',
        ),
        ("CONF:TOT:TIM 2000,(@1)", '-222,"Data out of range; value clipped to upper limit"'),
        ("SYST:TIM 0.001", '-222,"Data out of range; value clipped to lower limit"'),
        ("FETC?", '-230,"Data corrupt or stale"'),
        ("*TRG", '-211,"Trigger ignored"'),
        ("INIT;INIT", '-213,"Init ignored"'),
        ("CONF:TOT:TIM 1,(@3)", '-224,"Illegal parameter value;(@3)"'),
        ("CONF:TOT:TIM 1,(@1);:TOT:GATE:SOUR INP1", '-221,"Settings conflict; gate input'),
        ("INP3:LEV 1", '-114,"Header suffix out of range;INP3:LEV"'),
    ],
)
def test_refusals(rig: Rig, message: str, error: str) -> None:
    rig.client.write(message)
    (found,) = rig.client.errors()
    assert found.startswith(error)


def test_a_timed_count_counts_every_pulse_in_the_gate(rig: Rig) -> None:
    rig.first.append(Train(123.4, 0.001))
    rig.tell(f"CONF:TOT:TIM 2,(@1);:{LOGIC};:SYST:TIM 3")
    # 10 s to 12 s: pulses number ceil(9.999 * 123.4) = 1234 to floor(11.999 * 123.4) = 1480
    assert rig.read_after("READ?", 3) == 1480 - 1234 + 1
    assert rig.client.errors() == []


def test_frequency_is_reciprocal(rig: Rig) -> None:
    """Whole periods: 1.7 Hz read over a gate of 1 s is exact, not a multiple of 1 Hz."""
    rig.first.append(Train(1.7, 0.3))
    rig.tell(f"CONF:FREQ DEF,DEF,(@1);:{LOGIC};:FREQ:GATE:TIME 1;:SYST:TIM 5")
    assert rig.read_after("READ?", 4) == pytest.approx(1.7, rel=1e-12)


def test_initiate_poll_fetch(rig: Rig) -> None:
    rig.first.append(Train(100))
    rig.tell(f"CONF:TOT:TIM 0.5,(@1);:{LOGIC};:SAMP:COUN 3;:SYST:TIM 1;:INIT")
    assert rig.client.query("DATA:POIN?") == "+0"
    rig.world.advance(1.2)
    assert rig.client.query("DATA:POIN?") == "+2"
    rig.world.advance(0.5)
    assert rig.client.query("DATA:POIN?") == "+3"
    assert [float(text) for text in rig.client.query("FETC?").split(",")] == [50, 50, 50]


def test_no_pulse_is_a_time_out(rig: Rig) -> None:
    rig.tell(f"CONF:FREQ DEF,DEF,(@1);:{LOGIC};:SYST:TIM 2")
    assert rig.read_after("READ?", 3) == 9.91e37
    assert rig.client.errors() == ['+321,"Measurement timeout occurred"']


def test_auto_level_sees_nothing_below_50_hz(rig: Rig) -> None:
    rig.first.append(Train(20))
    rig.tell("CONF:TOT:TIM 2,(@1);:SYST:TIM 3")
    assert rig.read_after("READ?", 3) == 0
    rig.first[0] = Train(60)
    assert rig.read_after("READ?", 3) == 120


def test_configure_brings_auto_level_back(rig: Rig) -> None:
    rig.first.append(Train(20))
    rig.tell(f"CONF:TOT:TIM 1,(@1);:{LOGIC};:TRIG:SOUR BUS;:SYST:TIM 3")
    assert rig.client.query("CONF:TOT:TIM 1,(@1);:INP:LEV:AUTO?;:TRIG:SOUR?") == "1;IMM"
    assert rig.read_after("READ?", 2) == 0
    rig.tell(LOGIC)
    assert rig.read_after("READ?", 2) == 20


@pytest.mark.parametrize("level", [-0.5, 5.5])
def test_a_level_outside_the_signal_counts_nothing(rig: Rig, level: float) -> None:
    rig.first.append(Train(20))
    rig.tell(f"CONF:TOT:TIM 1,(@1);:INP:COUP DC;LEV {level};:SYST:TIM 3")
    assert rig.read_after("READ?", 2) == 0


def test_level_once_takes_the_middle(rig: Rig) -> None:
    rig.first.append(Train(20))
    rig.tell("CONF:TOT:TIM 1,(@1);:INP:COUP DC;LEV:AUTO ONCE")
    assert (
        rig.client.query("INP:LEV?;LEV:AUTO?;PTP?")
        == "+2.50000000000000E+000;0;+5.00000000000000E+000"
    )


def test_a_continuous_count_runs_until_it_is_aborted(rig: Rig) -> None:
    rig.first.append(Train(100, 0.001))
    rig.tell(f"CONF:TOT:CONT (@1);:{LOGIC};:INIT")
    rig.world.advance(2)
    assert float(rig.client.query("SENS:TOT:DATA?")) == 200
    rig.world.advance(1)
    rig.tell("ABOR")
    rig.world.advance(5)
    assert float(rig.client.query("FETC?")) == 300


def test_fetch_of_a_running_continuous_count_is_refused(rig: Rig) -> None:
    rig.tell("CONF:TOT:CONT (@1);:INIT")
    rig.client.write("FETC?")
    assert rig.client.errors() == ['-230,"Data corrupt or stale"']


@pytest.mark.parametrize(("source", "polarity", "open_for"), [
    ("EXT", "POS", 0.09),  # one pulse width
    ("INP2", "NEG", 0.91),  # one pause
])  # fmt: skip
def test_a_gate_closes_on_the_opposite_edge(
    rig: Rig, source: str, polarity: str, open_for: float
) -> None:
    """The classic factor error: CF as the gate does not gate one period of 1 s."""
    rig.first.append(Train(1000, 0.0005))
    rig.second.append(Train(1.0, 0.25))
    rig.tell(f"CONF:TOT:TIM 1,(@1);:{LOGIC};:TOT:GATE:SOUR {source};POL {polarity};:SYST:TIM 9")
    assert rig.read_after("READ?", 4) == pytest.approx(1000 * open_for, abs=1)


def test_a_bus_trigger_starts_the_gate(rig: Rig) -> None:
    rig.first.append(Train(100, 0.001))
    rig.tell(f"CONF:TOT:TIM 1,(@1);:{LOGIC};:TRIG:SOUR BUS;:SYST:TIM 5;:INIT")
    rig.world.advance(3)
    assert rig.client.query("DATA:POIN?") == "+0"
    rig.tell("*TRG")
    rig.first[0] = Train(10, 0.001)
    rig.world.advance(2)
    assert float(rig.client.query("FETC?")) == 10


def test_negative_slope_counts_trailing_edges(rig: Rig) -> None:
    rig.first.append(Train(1.0, 0.95))  # high from 0.95 to 1.04
    rig.tell(f"CONF:TOT:TIM 0.5,(@1);:{LOGIC};:INP:SLOP NEG;:SYST:TIM 2")
    assert rig.read_after("READ?", 1) == 1  # 10 s to 10.5 s: only the edge at 10.04 s


def test_time_base_error() -> None:
    errors = []
    for seed in range(300):
        counter = Keysight53230A(World(seed), lambda: ())
        errors.append(counter._time_base)
    # 300 draws: known to 4 %, taken three times
    assert np.std(errors) == pytest.approx(1e-6, rel=0.12)


def test_time_base_scales_a_frequency() -> None:
    world = World(1)
    counter = Keysight53230A(world, lambda: [Train(1000)], time_base=1000)
    offset = counter._time_base
    execute(counter, f"CONF:FREQ DEF,DEF,(@1);:{LOGIC};:INIT")
    world.advance(0.5)
    assert float(execute(counter, "FETC?")) == pytest.approx(1000 * (1 + offset), rel=1e-12)
    assert abs(offset) > 1e-5


def execute(counter: Keysight53230A, message: str) -> bytes:
    run = counter.execute(message)
    try:
        next(run)
    except StopIteration as end:
        return bytes(end.value)
    raise AssertionError("must not wait")


def test_a_second_session_is_refused(rig: Rig) -> None:
    with PlainClient(rig.server.address) as second:
        assert second.read() == '514,"Not allowed; Instrument locked by another I/O session"'
        assert second.closed()
    assert rig.client.query("*OPC?") == "1"


def test_the_session_is_free_after_a_disconnect(rig: Rig) -> None:
    rig.client.close()

    def admitted() -> bool:
        with PlainClient(rig.server.address) as again:
            return again.query("*OPC?") == "1"

    until(admitted, contextlib.nullcontext())


def test_dead_input(rig: Rig) -> None:
    rig.first.append(Train(100))
    rig.counter.inject("dead_input")
    rig.tell(f"CONF:TOT:TIM 1,(@1);:{LOGIC};:SYST:TIM 3")
    assert rig.read_after("READ?", 2) == 0


def test_two_outputs_at_once_add_their_pulses(rig: Rig) -> None:
    outputs: Sequence[PulseOutput] = (Train(100, 0.001), Train(30, 0.002))
    rig.first.extend(outputs)
    rig.tell(f"CONF:TOT:TIM 1,(@1);:{LOGIC};:SYST:TIM 3")
    assert rig.read_after("READ?", 2) == 130

"""Every VISA driver on a real socket: against its twin, or against a real instrument.

Without more said, the twins are used. To run the same tests on real instruments, give their VISA
resources in METERBENCH_SOURCE, METERBENCH_REFERENCE (connected to each other, nothing else on the
source) and METERBENCH_RELAYS; METERBENCH_COUNTER with a steady pulse of at least 1 Hz on input 1.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.twins.scpi.fluke6105a import Fluke6105A as SourceTwin
from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.keysight34970a import Keysight34970A as RelayTwin
from bench.twins.scpi.keysight53230a import Keysight53230A as CounterTwin
from bench.twins.scpi.norma4000 import Norma4000 as MeterTwin
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from drivers.clock import Clock, WallClock
from drivers.errors import (
    CommandRejected,
    DeviceError,
    LinkClosed,
    LinkTimeout,
    OutputRefused,
    ReadBackMismatch,
    WrongDevice,
)
from drivers.roles import Harmonic, PhaseSetting
from drivers.visa.fluke6105a import Fluke6105a
from drivers.visa.keysight34970a import Keysight34970a
from drivers.visa.keysight53230a import Keysight53230a
from drivers.visa.norma4000 import Norma4000

LOAD = PhaseSetting(220.0, 10.0, angle=60.0)
PULSES = 12.5


class SteadyPulses:
    """A pulse output of `PULSES` Hz, or none."""

    def __init__(self) -> None:
        self.frequency = PULSES

    def edges(self, start: float, stop: float) -> NDArray[np.float64]:
        if not self.frequency:
            return np.empty(0)
        first, last = math.floor(start * self.frequency), math.floor(stop * self.frequency)
        return np.arange(first + 1, last + 1) / self.frequency

    def width(self, frequency: float) -> float:
        return 0.5 / frequency


class WorldClock:
    """Steps a world of this process."""

    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> float:
        return self.world.now

    def sleep(self, seconds: float) -> None:
        self.world.advance(seconds)


class Desk:
    """The four instruments of one world, or the real ones that the environment names."""

    def __init__(self) -> None:
        self.world = World(seed=1)
        self.pulses = SteadyPulses()
        relays = RelayTwin(self.world, {101: self.pulses})
        self.twins: dict[str, ScpiInstrument] = {
            "source": SourceTwin(self.world),
            "reference": MeterTwin(self.world),
            "relays": relays,
            "counter": CounterTwin(self.world, lambda: [self.pulses]),
        }
        self._servers = ExitStack()

    def resource(self, role: str) -> str:
        real = os.environ.get(f"METERBENCH_{role.upper()}")
        if real:
            return real
        server = self._servers.enter_context(ScpiServer(self.twins[role], self.world.lock))
        return server.resource

    @property
    def clock(self) -> Clock:
        real = any(f"METERBENCH_{role.upper()}" in os.environ for role in self.twins)
        return WallClock() if real else WorldClock(self.world)

    def twin(self, role: str) -> ScpiInstrument:
        """The twin of `role`, for tests that need a fault."""
        if f"METERBENCH_{role.upper()}" in os.environ:
            pytest.skip("only a twin can be told to have a fault")
        return self.twins[role]

    def close(self) -> None:
        self._servers.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def source(desk: Desk) -> Iterator[Fluke6105a]:
    driver = Fluke6105a(desk.resource("source"), desk.clock, timeout=5)
    yield driver
    driver.close()


@pytest.fixture
def meter(desk: Desk) -> Iterator[Norma4000]:
    driver = Norma4000(desk.resource("reference"), desk.clock, phases=1, timeout=5)
    yield driver
    driver.close()


@pytest.fixture
def counter(desk: Desk) -> Iterator[Keysight53230a]:
    driver = Keysight53230a(desk.resource("counter"), desk.clock, timeout=5)
    yield driver
    driver.close()


@pytest.fixture
def relays(desk: Desk) -> Iterator[Keysight34970a]:
    driver = Keysight34970a(desk.resource("relays"), desk.clock, timeout=5)
    yield driver
    driver.close()


class TestAnyInstrument:
    @pytest.mark.parametrize("role", ["source", "meter", "counter", "relays"])
    def test_identity_and_self_test(self, role, request):
        driver = request.getfixturevalue(role)
        assert driver.identify() == driver.identity
        assert driver.identity.model in driver.MODELS
        assert driver.self_check() == ""
        assert driver.drain_errors() == []

    @pytest.mark.parametrize("role", ["source", "reference", "counter", "relays"])
    def test_a_failed_self_test_is_told(self, role, desk):
        desk.twin(role).inject("self_test", code=3.0)
        opener: Callable[..., ScpiDriver] = DRIVERS[role]
        driver = opener(desk.resource(role), desk.clock)
        assert "3" in driver.self_check()
        driver.close()

    def test_another_instrument_at_the_address_is_refused(self, desk):
        with pytest.raises(WrongDevice, match="6105A"):
            Norma4000(desk.resource("source"), desk.clock)


ScpiDriver = Fluke6105a | Norma4000 | Keysight53230a | Keysight34970a
DRIVERS: dict[str, Callable[..., ScpiDriver]] = {
    "source": Fluke6105a,
    "reference": Norma4000,
    "counter": Keysight53230a,
    "relays": Keysight34970a,
}


class TestSourceAndReference:
    def measured(self, source: Fluke6105a, meter: Norma4000, load: PhaseSetting, hertz=50.0):
        source.apply(hertz, [load])
        source.switch_on()
        source.settle()
        return meter.read()

    def test_a_lagging_load_point_is_what_was_asked_for(self, source, meter):
        """P = U I cos 60 deg, Q = U I sin 60 deg; a source of its class is within 0.5 %."""
        reading = self.measured(source, meter, LOAD)
        (phase,) = reading.phases
        assert phase.voltage == pytest.approx(220.0, rel=5e-3)
        assert phase.current == pytest.approx(10.0, rel=5e-3)
        assert phase.active == pytest.approx(1100.0, rel=5e-3)
        assert phase.reactive == pytest.approx(1905.256, rel=5e-3)
        assert phase.apparent == pytest.approx(2200.0, rel=5e-3)
        assert reading.frequency == pytest.approx(50.0, rel=1e-4)

    def test_a_leading_current_has_negative_reactive_power(self, source, meter):
        reading = self.measured(source, meter, PhaseSetting(220.0, 10.0, angle=-36.87))
        assert reading.phases[0].active == pytest.approx(1760.0, rel=5e-3)
        assert reading.phases[0].reactive == pytest.approx(-1320.0, rel=5e-3)

    def test_harmonics_add_to_rms_and_power(self, source, meter):
        """U_rms = U sqrt(1 + 0.1^2), P = U I (1 + 0.1 * 0.4 cos 180 deg)."""
        load = PhaseSetting(
            200.0,
            5.0,
            voltage_harmonics={3: Harmonic(0.1)},
            current_harmonics={3: Harmonic(0.4, 180.0)},
        )
        (phase,) = self.measured(source, meter, load).phases
        assert phase.voltage == pytest.approx(200.0 * math.sqrt(1.01), rel=5e-3)
        assert phase.current == pytest.approx(5.0 * math.sqrt(1.16), rel=5e-3)
        assert phase.active == pytest.approx(1000.0 * 0.96, rel=5e-3)

    def test_load_points_in_any_order_of_ranges(self, source, meter):
        for current in (0.2, 50.0, 0.5, 21.0, 0.05, 10.0):
            source.apply(50.0, [PhaseSetting(220.0, current)])
            source.switch_on()
            source.settle()
            assert source.is_on()
            assert meter.read().phases[0].current == pytest.approx(current, rel=5e-3)

    def test_off_is_off_from_any_state_and_on_comes_back(self, source, meter):
        source.switch_off()
        self.measured(source, meter, LOAD)
        source.switch_off()
        source.switch_off()
        assert not source.is_on()
        source.switch_on()
        source.settle()
        assert meter.read().phases[0].active == pytest.approx(1100.0, rel=5e-3)

    def test_off_from_another_thread(self, source, meter):
        self.measured(source, meter, LOAD)
        thread = threading.Thread(target=source.switch_off)
        thread.start()
        thread.join()
        assert not source.is_on()

    def test_a_dead_circuit_reads_nothing(self, source, meter):
        source.switch_off()
        with contextlib.suppress(DeviceError):  # a frequency of nothing may be undefined
            assert abs(meter.read().phases[0].voltage) < 10.0

    def test_energy_is_power_times_time(self, source, meter):
        """1100 W over 18 s are 5.5 Wh."""
        self.measured(source, meter, LOAD)
        assert meter.energy.measure(18.0) == pytest.approx((5.5,), rel=5e-3)
        assert meter.read().phases[0].active == pytest.approx(1100.0, rel=5e-3)

    def test_a_refused_output(self, source, desk):
        desk.twin("source").inject("refused_output", delay=1.0)
        source.apply(50.0, [LOAD])
        with pytest.raises(OutputRefused, match="did not switch on"):
            source.switch_on()
        assert not source.is_on()

    def test_a_trip_while_settling(self, source, desk):
        desk.twin("source").inject("refused_output", delay=10.0)
        source.apply(50.0, [LOAD])
        source.switch_on()
        with pytest.raises(OutputRefused, match="tripped"):
            source.settle()

    def test_an_output_that_does_not_go_off_is_reported(self, source, desk):
        twin = desk.twin("source")
        source.apply(50.0, [LOAD])
        source.switch_on()
        twin.inject("stuck_on")
        with pytest.raises(OutputRefused, match="contactor"):
            source.switch_off()
        twin.clear()
        source.switch_off()

    def test_a_lost_link_is_told_and_the_next_opening_switches_off(self, source, desk):
        twin = desk.twin("source")
        source.apply(50.0, [LOAD])
        source.switch_on()
        with desk.world.lock:
            twin.inject("lost_link")
        with pytest.raises(LinkClosed):
            source.switch_off()
        with desk.world.lock:
            twin.clear()
        assert not source.is_on()  # its question opens the link, which begins with off
        assert desk.world.phases["L1"].current.rms == 0.0  # type: ignore[union-attr]

    def test_a_late_reply_is_a_time_out_and_leaves_the_source_off(self, desk):
        twin = desk.twin("source")
        source = Fluke6105a(desk.resource("source"), desk.clock, timeout=0.2)
        source.apply(50.0, [LOAD])
        source.switch_on()
        with desk.world.lock:
            twin.inject("late_reply", delay=0.6)
        with pytest.raises(LinkTimeout):
            source.apply(50.0, [PhaseSetting(220.0, 12.0)])
        assert desk.world.phases["L1"].current.rms == 0.0  # type: ignore[union-attr]
        with desk.world.lock:
            twin.clear()
        assert source.identify().model == "6105A"
        assert not source.is_on()
        source.close()

    def test_what_the_instrument_refuses_is_told_in_its_words(self, source):
        with pytest.raises(CommandRejected, match="Undefined header") as caught:
            source.tell(":OUTP:NONSENSE 1")
        assert caught.value.code == -113
        assert source.drain_errors() == []


class TestCounter:
    def test_frequency(self, counter):
        assert counter.frequency(2.0) == pytest.approx(PULSES, rel=1e-5)

    def test_count(self, counter):
        """A gate of 4 s at 12.5 Hz holds 50 pulses, one more or less."""
        assert abs(counter.count(4.0) - 50) <= 1

    def test_no_pulse(self, counter, desk):
        desk.twin("counter").inject("dead_input")
        assert counter.frequency(1.0) == 0.0
        assert counter.count(1.0) == 0
        assert counter.drain_errors() == []

    def test_pulses_slower_than_the_gate_are_waited_for(self, counter, desk):
        desk.twin("counter")
        desk.pulses.frequency = 0.8
        assert counter.frequency(1.0) == pytest.approx(0.8, rel=1e-5)

    def test_a_threshold_above_the_pulses_counts_nothing(self, desk):
        counter = Keysight53230a(desk.resource("counter"), desk.clock, level=20.0)
        assert counter.count(1.0) == 0
        counter.close()

    def test_a_single_session_instrument_is_reached_again_after_a_time_out(self, desk):
        twin = desk.twin("counter")
        counter = Keysight53230a(desk.resource("counter"), desk.clock, timeout=0.2)
        with desk.world.lock:
            twin.inject("silent")
        with pytest.raises(LinkTimeout):
            counter.frequency(1.0)
        with desk.world.lock:
            twin.clear()
        assert counter.frequency(1.0) == pytest.approx(PULSES, rel=1e-5)
        counter.close()


class TestRelays:
    def test_one_channel_alone(self, relays):
        for channel in (101, 120, 212, 101):
            relays.select(channel)
            assert [c for c in relays.channels if relays.closed(c)] == [channel]
        relays.open_all()
        assert not any(relays.closed(c) for c in relays.channels)

    @pytest.mark.parametrize("kind", ["stuck_open", "stuck_closed"])
    def test_a_stuck_relay_is_named(self, relays, desk, kind):
        desk.twin("relays").inject(kind, channel=103.0)
        with pytest.raises(ReadBackMismatch, match=r"\[103\]"):
            relays.select(103 if kind == "stuck_open" else 104)

"""Our VISA drivers and our instrument twins, written apart from the same reference, on one wire."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.clock import TwinClock
from bench.twins.scpi.fluke6105a import Fluke6105A
from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.keysight34970a import Keysight34970A
from bench.twins.scpi.keysight53230a import Keysight53230A
from bench.twins.scpi.norma4000 import Norma4000
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from drivers.errors import DeviceError, LinkError, OutputRefused
from drivers.roles import Harmonic, PhaseSetting
from drivers.visa.fluke6105a import Fluke6105a as SourceDriver
from drivers.visa.keysight34970a import Keysight34970a as RelayDriver
from drivers.visa.keysight53230a import Keysight53230a as CounterDriver
from drivers.visa.norma4000 import Norma4000 as MeterDriver


@dataclass(frozen=True)
class Train:
    """Pulses at `frequency` Hz."""

    frequency: float

    def edges(self, start: float, stop: float) -> NDArray[np.float64]:
        numbers = np.arange(
            np.floor(start * self.frequency) + 1, np.floor(stop * self.frequency) + 1
        )
        return np.asarray(numbers / self.frequency)

    def width(self, frequency: float) -> float:
        return 0.5 / frequency


class Keeper:
    """Lab time of a world in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> float:
        return self._world.now

    def advance(self, seconds: float) -> float:
        return self._world.advance(seconds)


class Desk:
    """One world, all four twins, and how to open a driver on each."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.world = World(7)
        self.clock = TwinClock(Keeper(self.world))
        self.source = Fluke6105A(self.world, phases=3)
        self.meter = Norma4000(self.world)
        self.relays = Keysight34970A(self.world, {101: Train(3.0), 202: Train(40.0)})
        self.counter = Keysight53230A(self.world, self.relays.routed)

    def serve(self, twin: ScpiInstrument) -> str:
        return self._stack.enter_context(ScpiServer(twin, self.world.lock)).resource

    def open_source(self) -> SourceDriver:
        driver = SourceDriver(self.serve(self.source), self.clock)
        self._stack.callback(driver.close)
        return driver

    def open_meter(self) -> MeterDriver:
        driver = MeterDriver(self.serve(self.meter), self.clock, aperture=0.5)
        self._stack.callback(driver.close)
        return driver


@pytest.fixture
def desk() -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(stack)


@pytest.mark.parametrize("angle", [0.0, 60.0, -36.87])
def test_the_meter_reads_what_the_source_was_told(desk: Desk, angle: float) -> None:
    source, meter = desk.open_source(), desk.open_meter()
    source.apply(50.0, [PhaseSetting(220.0, 5.0, angle)] * 3)
    assert not source.is_on()
    source.switch_on()
    source.settle()
    reading = meter.read()
    lag = math.radians(angle)
    for phase in reading.phases:
        # source 0.05 % and 0.01 deg, meter 0.01 % and 0.003 deg, each five times
        assert phase.voltage == pytest.approx(220, rel=3e-3)
        assert phase.current == pytest.approx(5, rel=3e-3)
        assert phase.active == pytest.approx(1100 * math.cos(lag), rel=5e-3)
        assert phase.reactive == pytest.approx(1100 * math.sin(lag), abs=5)
    assert reading.frequency == pytest.approx(50, rel=5e-5)
    source.switch_off()
    assert not source.is_on()
    assert desk.world.phases["L1"].voltage.rms == 0


def test_a_reading_lies_after_the_call(desk: Desk) -> None:
    source, meter = desk.open_source(), desk.open_meter()
    source.apply(50.0, [PhaseSetting(220.0, 5.0)])
    source.switch_on()
    for current in (20.0, 0.25, 50.0, 1.0):
        source.apply(50.0, [PhaseSetting(220.0, current)])
        source.settle()
        assert meter.read().phases[0].current == pytest.approx(current, rel=3e-3)


def test_harmonics_arrive(desk: Desk) -> None:
    source, meter = desk.open_source(), desk.open_meter()
    shape = {5: Harmonic(0.1, 0.0)}
    source.apply(50.0, [PhaseSetting(220.0, 5.0, voltage_harmonics=shape, current_harmonics=shape)])
    source.switch_on()
    source.settle()
    assert meter.read().phases[0].active == pytest.approx(1100 * 1.01, rel=5e-3)


@pytest.mark.parametrize("fault", ["refused_output", "open_current_loop", "over_current_trip"])
def test_an_output_that_does_not_stay_on_is_noticed(desk: Desk, fault: str) -> None:
    source = desk.open_source()
    source.apply(50.0, [PhaseSetting(220.0, 20.0)])
    desk.source.inject(fault)

    def use() -> None:
        source.switch_on()
        source.settle()

    with pytest.raises(OutputRefused):
        use()


def test_a_link_lost_while_on_is_noticed_and_off_works_after(desk: Desk) -> None:
    source = desk.open_source()
    source.apply(50.0, [PhaseSetting(220.0, 5.0)])
    source.switch_on()
    desk.source.inject("lost_link")
    with pytest.raises(LinkError):
        source.is_on()
    desk.source.clear()
    source.switch_off()
    assert desk.world.phases["L1"].voltage.rms == 0


def test_without_a_signal_the_reading_is_refused(desk: Desk) -> None:
    with pytest.raises(DeviceError, match="FREQ"):
        desk.open_meter().read()


def test_energy_by_the_meters_own_integrator(desk: Desk) -> None:
    source, meter = desk.open_source(), desk.open_meter()
    source.apply(50.0, [PhaseSetting(220.0, 5.0)])
    source.switch_on()
    source.settle()
    assert meter.energy.measure(360.0)[0] == pytest.approx(110, rel=5e-3)


def test_one_pulse_output_at_a_time_is_counted(desk: Desk) -> None:
    with (
        closing(CounterDriver(desk.serve(desk.counter), desk.clock)) as counter,
        closing(RelayDriver(desk.serve(desk.relays), desk.clock)) as relays,
    ):
        relays.select(202)
        assert counter.frequency(1.0) == pytest.approx(40, rel=1e-5)
        assert counter.count(10.0) == pytest.approx(400, abs=1)
        relays.select(101)
        assert counter.frequency(2.0) == pytest.approx(3, rel=1e-5)
        assert relays.closed(101)
        assert not relays.closed(202)
        relays.open_all()
        assert counter.frequency(1.0) == 0
        assert counter.count(1.0) == 0


def test_identities_and_self_checks(desk: Desk) -> None:
    source, meter = desk.open_source(), desk.open_meter()
    assert source.identify() == desk.source.IDENTITY
    assert meter.identify() == desk.meter.IDENTITY
    assert source.self_check() == meter.self_check() == ""
    desk.source.inject("self_test", code=3)
    assert "3" in source.self_check()

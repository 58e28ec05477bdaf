"""Whatever went before, after `switch_off` the source's circuits are dead."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.twins.scpi.fluke6105a import Fluke6105A as SourceTwin
from bench.twins.scpi.server import ScpiServer
from bench.twins.waveform import Harmonics
from bench.twins.world import World
from drivers.errors import BenchError
from drivers.roles import Harmonic, PhaseSetting
from drivers.visa.fluke6105a import Fluke6105a
from testcases.selftest.test_visa_drivers_on_instruments import WorldClock

Step = Callable[[Fluke6105a], None]


def apply(current: float) -> Step:
    load = PhaseSetting(220.0, current, 30.0, current_harmonics={3: Harmonic(0.3)})
    return lambda source: source.apply(50.0, [load])


STEPS: dict[str, Step] = {
    "0.2 A": apply(0.2),
    "10 A": apply(10.0),
    "20 A": apply(20.0),
    "on": lambda source: source.switch_on(),
    "off": lambda source: source.switch_off(),
    "settle": lambda source: source.settle(),
    "broken link": lambda source: source.link.drop("the test"),  # type: ignore[attr-defined]
    "front panel": lambda source: source.link.write(":OUTP:STAT ON"),
    "half an answer": lambda source: source.link.write(":SOUR:FREQ?"),
    "an error left over": lambda source: source.link.write(":NONSENSE"),
    "reset": lambda source: source.link.write("*RST"),
}


@pytest.fixture(scope="module")
def bench() -> Iterator[tuple[World, Fluke6105a]]:
    world = World(seed=1)
    with ScpiServer(SourceTwin(world), world.lock) as server:
        source = Fluke6105a(server.resource, WorldClock(world), timeout=5)
        yield world, source
        source.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_off_is_off(bench, steps):
    world, source = bench
    for step in steps:
        with contextlib.suppress(BenchError):  # such as settling after the output was taken away
            STEPS[step](source)
    source.switch_off()
    assert not source.is_on()
    circuit = world.phases["L1"]
    for waveform in (circuit.voltage, circuit.current):
        assert isinstance(waveform, Harmonics)
        assert waveform.rms == 0.0

"""What the trace of SPI transfers costs a verified register read."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.twins.spi.fuse_check import fuse_available
from drivers.ade7753.access import RegisterAccess
from drivers.spi.spidev_bus import SpidevBus
from drivers.spi.trace import TracedBus
from testcases.selftest.spi_server import serving

pytestmark = pytest.mark.skipif(bool(fuse_available()), reason=fuse_available())

ROUNDS = 15
READS = 200
ALLOWED = 1.15
"""Making the text at once instead of on demand would cost more than the read itself."""


def best_time(work: Callable[[], object]) -> float:
    """Seconds of the quickest of some repetitions: other load on the machine only adds."""
    best = float("inf")
    for _ in range(READS):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def test_a_trace_costs_little_beside_a_verified_read(
    benchmark: BenchmarkFixture,
) -> None:
    with serving("fuse", 1) as server:
        bus = SpidevBus(server.addresses[0], 100_000)
        try:
            bare, traced = RegisterAccess(bus), RegisterAccess(TracedBus(bus))
            bare.assume_reset()
            traced.assume_reset()
            # Taken in turn, so that a slow spell of the machine hits both.
            pairs = [
                (
                    best_time(lambda: bare.read_verified("IRMS")),
                    best_time(lambda: traced.read_verified("IRMS")),
                )
                for _ in range(ROUNDS)
            ]
            benchmark(lambda: traced.read_verified("IRMS"))
        finally:
            bus.close()
    ratio = statistics.median(after / before for before, after in pairs)
    benchmark.extra_info["time relative to an untraced read"] = round(ratio, 3)
    assert ratio <= ALLOWED

"""Verified register reads through the driver against bare spidev transfers of the same bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
import spidev
from pytest_benchmark.fixture import BenchmarkFixture

from bench.twins.spi.fuse_check import fuse_available
from drivers.ade7753.access import RegisterAccess
from drivers.spi.spidev_bus import SpidevBus
from testcases.selftest.spi_server import serving

pytestmark = pytest.mark.skipif(bool(fuse_available()), reason=fuse_available())

ROUNDS = 5
READS = 400
REQUIRED = 0.60


@pytest.fixture
def node() -> Iterator[str]:
    with serving("fuse", 1) as server:
        yield server.addresses[0]


def best_time(work: Callable[[], object]) -> float:
    """Seconds of the quickest of some repetitions: other load on the machine only adds."""
    best = float("inf")
    for _ in range(READS):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def test_verified_reads_keep_up_with_bare_transfers(node: str, benchmark: BenchmarkFixture) -> None:
    bus = SpidevBus(node, 100_000)
    access = RegisterAccess(bus)
    access.assume_reset()
    device = spidev.SpiDev()
    device.open_path(node)

    def bare() -> None:
        """Register and CHKSUM, the least that a program must do to check a value."""
        device.xfer2([0x16, 0, 0, 0])
        device.xfer2([0x3E, 0])

    def verified() -> None:
        access.read_verified("IRMS")

    try:
        # Taken in turn, so that a slow spell of the machine hits both.
        pairs = [(best_time(bare), best_time(verified)) for _ in range(ROUNDS)]
        benchmark(verified)
    finally:
        device.close()
        bus.close()
    assert access.counts.retries == 0
    ratio = statistics.median(without / with_checks for without, with_checks in pairs)
    benchmark.extra_info["rate relative to bare transfers"] = round(ratio, 2)
    benchmark.extra_info["bare readings per second"] = round(1 / min(pair[0] for pair in pairs))
    assert ratio >= REQUIRED

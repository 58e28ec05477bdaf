"""How much faster than real time the two chip engines are: lab time over process CPU time.

Both are measured inside one run, on 32 boards with spread, after the compiler has done its work.
Every span begins with a load change: the steady engine pays for that, not for the time that passes,
so that its ratio is that of an hour per load point.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.twins.ade7753 import kernel
from bench.twins.ade7753.model import Floats
from testcases.selftest.metering_chip import Jig

BOARDS = 32
SAMPLES_FASTER = 50.0
STEADY_FASTER = 1e5
READS_PER_SECOND = 10_000.0


def loaded(engine: str) -> Jig:
    jig = Jig(boards=BOARDS, spread=None, engine=engine)
    jig.apply(220.0, 10.0, angle=30.0)
    for chip in jig.chips:
        chip.write(MODE=0x0080, LINECYC=2000)
    jig.run(0.1)
    jig.chip.read("AENERGY")
    return jig


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize(
    ("engine", "seconds", "faster"),
    [("samples", 5.0, SAMPLES_FASTER), ("steady", 3600.0, STEADY_FASTER)],
)
def test_engine_runs_ahead_of_real_time(
    benchmark: BenchmarkFixture, engine: str, seconds: float, faster: float
) -> None:
    jig = loaded(engine)
    ratios: list[float] = []

    def span() -> None:
        def work() -> None:
            jig.apply(220.0, 10.0 + len(ratios), angle=30.0)
            jig.run(seconds)
            jig.chip.read("LAENERGY")

        ratios.append(seconds / cpu(work))

    benchmark.pedantic(span, rounds=5)
    benchmark.extra_info["times real time"] = max(ratios)
    assert max(ratios) >= faster


def test_a_thousand_seconds_cost_no_more_than_ten(benchmark: BenchmarkFixture) -> None:
    jig = loaded("steady")
    jig.run(20.0)
    jig.chip.read("AENERGY")

    def span(seconds: float) -> float:
        def work() -> None:
            jig.run(seconds)
            jig.chip.read("AENERGY")

        return min(cpu(work) for _ in range(5))

    short = span(10.0)
    long = benchmark.pedantic(span, args=(1000.0,), rounds=1)
    assert long < 2.0 * short


def test_registers_are_read_fast_while_lab_time_stands_still(benchmark: BenchmarkFixture) -> None:
    jig = loaded("steady")

    def reads() -> float:
        def work() -> None:
            for _ in range(1000):
                jig.chip.read("AENERGY")

        return 1000.0 / cpu(work)

    assert benchmark.pedantic(reads, rounds=3) >= READS_PER_SECOND


def numpy_filters(codes1: Floats, codes2: Floats) -> Floats:
    """The recursions of `kernel.filter_block` without a compiler: a vector step per sample.

    Chips are the vector, for a recursion has no other; seven of the twelve filters are enough to
    show the cost.
    """
    chips, samples = codes1.shape
    state = np.zeros((7, chips))
    out = np.empty_like(codes1)
    a = np.array([1.1e-4, 2.2e-4, 4.5e-4, 2e-3, 4e-4, 3.1e-2, 4e-4])
    for n in range(samples):
        state[0] += a[0] * (codes1[:, n] - state[0])
        state[1] += a[1] * (state[0] - state[1])
        state[2] += a[2] * (state[1] - state[2])
        current = codes1[:, n] - state[2]
        state[3] += a[3] * (current * codes2[:, n] - state[3])
        state[4] += a[4] * (current * current - state[4])
        state[5] += a[5] * (codes2[:, n] - state[5])
        state[6] += a[6] * (np.abs(state[5]) - state[6])
        out[:, n] = state[3]
    return out


def test_the_compiler_pays(benchmark: BenchmarkFixture) -> None:
    """The whole compiled chip against a part of it in numpy, over the same samples."""
    jig = loaded("samples")
    seconds = 0.5
    count = int(seconds * 27_965)

    def compiled() -> None:
        jig.run(seconds)
        jig.chip.read("AENERGY")

    codes = np.random.default_rng(1).normal(size=(BOARDS, count))
    plain = cpu(lambda: numpy_filters(codes, codes))
    fast = benchmark.pedantic(lambda: cpu(compiled), rounds=3)
    benchmark.extra_info["times numpy"] = plain / fast
    assert kernel.BLOCK % kernel.KNOT == 0
    assert plain > 3.0 * fast

"""A complete `bench calibrate` of 32 boards: how much faster than the lab time that it spans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from testcases.selftest.command import bench

WALL = 20.0
"""Seconds of wall time that the whole command may take on two cores."""


@pytest.mark.timeout(180)
def test_a_tray_in_a_fraction_of_its_lab_time(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    done = benchmark.pedantic(
        lambda: bench("calibrate", "--timing", "--seed=2", cwd=tmp_path), rounds=1, iterations=1
    )
    assert done.returncode == 0, done.stderr
    line = re.search(
        r"wall ([\d.]+) s, lab time ([\d.]+) s, waiting for lab time ([\d.]+) s, "
        r"own overhead ([\d.]+) s",
        " ".join(done.stdout.split()),
    )
    assert line is not None, done.stdout
    wall, lab_time, waited, overhead = map(float, line.groups())
    assert overhead == pytest.approx(wall - waited, abs=0.02)
    # The ratio of lab time to wall time is the machine-independent figure: a tray of 32 boards
    # spans some 1150 s of lab time, and 20 s of wall time make that a ratio of 57.
    ratio = lab_time / benchmark.stats["min"]
    benchmark.extra_info.update(lab_time=lab_time, overhead=overhead, ratio=ratio)
    assert ratio >= lab_time / WALL, f"{benchmark.stats['min']:.1f} s for {lab_time:.0f} s"
    assert lab_time > 600.0, "a shorter procedure would make the ratio meaningless"

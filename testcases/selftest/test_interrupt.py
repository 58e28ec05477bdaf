"""Evidence 4: Ctrl-C and SIGTERM leave the source off, and the record says what happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.control import Control
from testcases.selftest.command import (
    TIMEOUT,
    bench,
    bench_command,
    describe_small,
    last_json,
    running_twins,
)

STOPPED = 30.0
"""Seconds of wall time within which an interrupted command must have ended."""


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until `condition()` holds; fails when the process ends first or it takes too long."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert process.poll() is None, "the command ended by itself"
        assert time.monotonic() < end, "the awaited state did not come"
        time.sleep(0.002)


def interrupted(
    tmp_path: Path,
    bench_file: str,
    control: Control,
    happen: Callable[[subprocess.Popen[str]], object],
) -> tuple[int, str]:
    """Calibrate on joined twins until the source is on and something happens; status and words."""
    process = subprocess.Popen(
        bench_command("calibrate", f"--bench={bench_file}", f"--twins={control.address}"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(control.source_on, process)
        happen(process)
        _, stderr = process.communicate(timeout=STOPPED)
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in stderr
    return process.returncode, stderr


@pytest.mark.requirement("BEN-10")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_leaves_the_source_off(tmp_path: Path, number: signal.Signals) -> None:
    few = describe_small(tmp_path)
    with (
        running_twins(tmp_path, "--stepped", f"--bench={few}") as ready,
        closing(Control(ready["control"])) as twins,
    ):
        status, words = interrupted(tmp_path, few, twins, lambda run: run.send_signal(number))
        assert status == 2
        assert "interrupted by" in words
        assert not twins.source_on()
        assert twins.circuit().voltage == 0.0
    listed = bench("results", "last", "--json", cwd=tmp_path)
    assert "aborted" in listed.stdout


@pytest.mark.requirement("BEN-10")
def test_a_source_that_cannot_be_switched_off_is_told_to_the_operator(tmp_path: Path) -> None:
    few = describe_small(tmp_path)
    with (
        running_twins(tmp_path, "--stepped", f"--bench={few}") as ready,
        closing(Control(ready["control"])) as twins,
    ):
        twins.inject("source", "stuck_on", reported=0)
        status, words = interrupted(
            tmp_path, few, twins, lambda run: run.send_signal(signal.SIGTERM)
        )
        assert status == 2
        assert "could not be made safe" in words
        assert "cut the mains" in words


@pytest.mark.skipif(sys.platform != "linux", reason="looks for child processes in /proc")
def test_the_twins_of_a_killed_bench_end_too(tmp_path: Path) -> None:
    process = subprocess.Popen(
        bench_command("calibrate"), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "calibrate on bench virtual" in process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        twins = [pid for pid in children if "bench.twins" in command_line(pid)]
        assert len(twins) == 1
    finally:
        process.kill()
        process.communicate()
    end = time.monotonic() + STOPPED
    while "bench.twins" in command_line(twins[0]):
        assert time.monotonic() < end, "the twin process outlives the bench"
        time.sleep(0.01)


def command_line(pid: str) -> str:
    """The command line of a process, '' when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_twins_that_are_joined_stay_and_can_be_used_again(tmp_path: Path) -> None:
    few = f"--bench={describe_small(tmp_path)}"
    with running_twins(tmp_path, "--stepped", "--seed=3", few) as ready:
        for _ in range(2):
            done = bench("calibrate", "--json", few, f"--twins={ready['control']}", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert len(last_json(done.stdout)["positions"]) == 4

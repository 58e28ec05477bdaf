"""Evidence 4: whatever brings the test process down, the source is off within 2 s."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.control import Control
from testcases.selftest.command import describe_small, running_twins
from testcases.selftest.guarded import Session, session

pytestmark = [
    pytest.mark.requirement("BEN-10"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

OFF_WITHIN = 2.0
"""Seconds of wall time from the event to the source being off."""
TIMES = 20


@dataclass(frozen=True)
class Event:
    """What happens to a session that runs `test` with `options`, and what it must say after."""

    test: str
    happen: Callable[[Session], None]
    options: tuple[str, ...] = ()
    words: str = ""


def send(number: signal.Signals) -> Callable[[Session], None]:
    return lambda running: running.process.send_signal(number)


def fill(running: Session) -> None:
    """Take what is left of the file system that the results are on.

    Where none could be mounted, let its files grow no more: the session sees a failed write, too.
    """
    results = running.folder / "results"
    if not results.is_mount():
        largest = max(file.stat().st_size for file in results.iterdir())
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (largest, largest))
        return
    with suppress(OSError), (results / "filler").open("wb", 0) as filler:
        while True:
            filler.write(bytes(4096))


WAITS = "test_that_waits"
STORE = "--results=results/store.sqlite"
EVENTS = {
    "SIGTERM": Event(WAITS, send(signal.SIGTERM)),
    "SIGINT": Event(WAITS, send(signal.SIGINT)),
    "SIGKILL": Event(WAITS, send(signal.SIGKILL)),
    "SIGKILL of the controller": Event(WAITS, send(signal.SIGKILL), ("-n1",)),
    "an exception in a fixture": Event(
        "test_with_a_fixture_that_fails or test_that_comes_after", Session.go, (), "ZeroDivision"
    ),
    "a full disk": Event("test_that_records", fill, (STORE,), "StoreError"),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> str:
    return describe_small(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory, bench: str) -> Iterator[Control]:
    with (
        running_twins(tmp_path_factory.mktemp("twins"), "--stepped", f"--bench={bench}") as ready,
        closing(Control(ready["control"])) as control,
    ):
        yield control


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A small file system of its own for the results in `folder`, where one can be mounted."""
    results = folder / "results"
    results.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(results)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", str(results)], check=True)


def bring_down(
    tmp_path: Path, twins: Control, bench: str, event: Event, repeats: int
) -> list[float]:
    """The seconds from the event until the source is off, of each repeat."""
    seconds = []
    for repeat in range(repeats):
        folder = tmp_path / str(repeat)
        with (
            small_disk(folder),
            session(folder, twins, bench, event.test, *event.options) as running,
        ):
            assert running.processes("bench.guard"), "no guard watches"
            event.happen(running)
            off = running.wait_for(lambda: not twins.source_on(), "source off", OFF_WITHIN)
            seconds.append(off)
        assert not twins.source_on()
        assert twins.circuit().voltage == 0.0
        assert event.words in running.output()
    return seconds


@pytest.mark.parametrize("name", EVENTS)
def test_the_source_goes_off(tmp_path: Path, twins: Control, bench: str, name: str) -> None:
    bring_down(tmp_path, twins, bench, EVENTS[name], 1)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", EVENTS)
def test_the_source_goes_off_every_time(
    tmp_path: Path,
    twins: Control,
    bench: str,
    name: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = bring_down(tmp_path, twins, bench, EVENTS[name], TIMES)
    assert len(seconds) == TIMES
    record_property("seconds until off", [round(value, 4) for value in seconds])
    with capsys.disabled():
        print(f"\n{name}: off {len(seconds)} times, longest {max(seconds):.3f} s")  # noqa: T201


def test_without_its_guard_the_station_refuses_to_go_on(
    tmp_path: Path, twins: Control, bench: str
) -> None:
    test = "test_that_goes_on_without_its_guard"
    with session(tmp_path / "live", twins, bench, test) as running:
        (guard,) = running.processes("bench.guard")
        os.kill(guard, signal.SIGKILL)
        running.wait_for(lambda: guard not in running.processes(), "guard gone", OFF_WITHIN)
        running.go()
        running.wait_for(lambda: not twins.source_on(), "source off", OFF_WITHIN)
    assert running.process.returncode == 2
    assert "the guard process" in running.output()
    assert "has ended" in running.output()


def test_signals_to_the_whole_group_do_not_reach_the_guard(
    tmp_path: Path, twins: Control, bench: str
) -> None:
    with session(tmp_path / "live", twins, bench, WAITS) as running:
        (guard,) = running.processes("bench.guard")
        assert os.getsid(guard) == guard
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(guard, number)
        assert guard in running.processes()
        running.process.kill()
        running.wait_for(lambda: not twins.source_on(), "source off", OFF_WITHIN)

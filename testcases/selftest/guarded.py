"""Sessions that switch a source on and are then brought down, and what they leave behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.control import Control
from bench.session import ROOT

AWAITED = 60.0
"""Seconds of wall time within which a session must have its source on."""
ENDED = 30.0
"""Seconds of wall time within which everything that it started must have ended."""
_MARK = "METERBENCH_SELFTEST_SESSION"

TESTS = '''
"""Switches the source on, and is then brought down."""

import threading
from pathlib import Path

import pytest

from bench.loadpoint import load_point

HERE = Path(__file__).parent


def wait():
    threading.Event().wait(60.0)


@pytest.fixture
def live(station):
    station.apply(load_point(station.description.design, "Ib"))
    return station


def test_that_waits(live):
    wait()


@pytest.fixture
def failing(live):
    while not (HERE / "go").exists():
        threading.Event().wait(0.001)
    raise ZeroDivisionError


def test_with_a_fixture_that_fails(failing):
    pass


def test_that_comes_after(station):
    wait()


def test_that_records(run, live):
    while True:
        run.recorder.event("still here " * 200)
        threading.Event().wait(0.002)


def test_that_goes_on_without_its_guard(live):
    while not (HERE / "go").exists():
        threading.Event().wait(0.001)
    live.apply(load_point(live.description.design, "Imax"))
    wait()
'''


class Session:
    """A pytest session of `TESTS` in a process of its own, on twins that are joined."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, mark: str) -> None:
        self.process = process
        self.folder = folder
        self._mark = mark

    def go(self) -> None:
        """What the test waits for."""
        (self.folder / "go").touch()

    def output(self) -> str:
        return (self.folder / "output.txt").read_text()

    def processes(self, part: str = "") -> list[int]:
        """The living processes that came from this session, those with `part` as an argument."""
        return [
            pid for pid in marked(f"{_MARK}={self._mark}") if not part or part in arguments(pid)
        ]

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float) -> float:
        """Until `condition()` holds; how long that took in s."""
        start = time.monotonic()
        while not condition():
            assert time.monotonic() < start + seconds, f"{what}: not within {seconds} s"
            time.sleep(0.001)
        return time.monotonic() - start


@contextmanager
def session(
    folder: Path, control: Control, bench: str, test: str, *options: str
) -> Iterator[Session]:
    """Run the tests whose names `test` is part of, until their source is on; nothing is left."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "conftest.py", folder / "conftest.py")
    (folder / "test_live.py").write_text(TESTS)
    mark = uuid.uuid4().hex
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command += [f"--rootdir={folder}", f"--bench={bench}", f"--twins={control.address}", "-k", test]
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [*command, *options, str(folder / "test_live.py")],
            cwd=folder,
            env={**os.environ, _MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Session(process, folder, mark)
    try:
        while not control.source_on():
            assert process.poll() is None, running.output()
            time.sleep(0.001)
        yield running
        running.wait_for(lambda: not running.processes(), "no process left", ENDED)
    finally:
        for pid in {*running.processes()}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def marked(variable: str) -> Iterator[int]:
    """The living processes that have `variable` in their environment."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if variable.encode() in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)


def arguments(pid: int) -> list[str]:
    """The command line of a process, [] when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []

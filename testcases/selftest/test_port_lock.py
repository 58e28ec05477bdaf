"""One owner per port: threads, objects and processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.errors import LinkBusy
from drivers.locking import PortLock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from drivers.locking import PortLock
with PortLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def test_a_second_owner_in_this_process_is_refused() -> None:
    with PortLock("TCPIP::bench::5025::SOCKET") as first:
        second = PortLock("TCPIP::bench::5025::SOCKET")
        with pytest.raises(LinkBusy, match=rf"this process \(pid {os.getpid()}\)"):
            second.acquire()
        assert first.held
        assert not second.held
    second.acquire()
    second.release()
    second.release()


def test_other_ports_are_free() -> None:
    with PortLock("ftdi://ftdi:232h/1"), PortLock("ftdi://ftdi:232h/2"):
        pass


def test_two_names_of_one_node_are_one_port(tmp_path: Path) -> None:
    node = tmp_path / "spidev0.0"
    node.touch()
    (tmp_path / "jig").symlink_to(node)
    with PortLock(str(tmp_path / "jig")), pytest.raises(LinkBusy):
        PortLock(str(node)).acquire()


def test_another_process_is_named_and_its_death_frees_the_port() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, "/dev/jig0"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LinkBusy, match=rf"/dev/jig0 is in use by process {holder.pid} "):
            PortLock("/dev/jig0").acquire()
        holder.kill()
        holder.wait()
        with PortLock("/dev/jig0"):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_negative_timeout_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        PortLock("x").acquire(-1)

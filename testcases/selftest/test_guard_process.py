"""The guard by itself: what ends it, what it does then, and what it takes for the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from bench.guard import guard as station_side
from bench.guard.guard import Guard, log_file
from bench.guard.off import Source
from bench.twins.scpi.fluke6105a import Fluke6105A
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from drivers.errors import StationFault
from drivers.visa.fluke6105a import Fluke6105a
from testcases.selftest.scpi_client import PlainClient

pytestmark = pytest.mark.requirement("BEN-10")

ON = ";".join(
    [
        ":SOUR:PHAS1:VOLT:RANG 0,360",
        ":SOUR:PHAS1:VOLT:MHAR:STAT ON",
        ":SOUR:PHAS1:VOLT:MHAR:HARM1 220,0",
        ":SOUR:PHAS1:VOLT:STAT ON",
        ":OUTP:RAMP:TIME 0",
        ":OUTP:STAT ON",
    ]
)
WITHIN = 10.0
"""Seconds of wall time for what takes milliseconds on an idle machine."""


@pytest.fixture
def twin() -> Iterator[tuple[Fluke6105A, Source]]:
    """A source that is on."""
    source = Fluke6105A(World(1))
    with ScpiServer(source, source.world.lock) as server:
        with PlainClient(server.address) as client:
            assert client.query(f"{ON};*OPC?") == "1"
        assert source.live
        yield source, Source("source", server.resource, Fluke6105a.SAFE_SEQUENCE)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_an_armed_guard_switches_off_at_the_end(twin: tuple[Fluke6105A, Source]) -> None:
    device, source = twin
    with Guard([source]) as guard:
        guard.arm()
        assert device.live
    assert not device.live
    assert gone(guard.pid)
    assert f"guard {guard.pid}: source: off" in log_file().read_text()


def test_a_disarmed_guard_leaves_the_source_alone(twin: tuple[Fluke6105A, Source]) -> None:
    device, source = twin
    with Guard([source]) as guard:
        guard.arm()
        guard.disarm()
    assert gone(guard.pid)
    assert device.live


def test_a_guard_that_was_never_armed_leaves_it_alone(twin: tuple[Fluke6105A, Source]) -> None:
    device, source = twin
    with Guard([source]) as guard:
        pass
    assert gone(guard.pid)
    assert device.live


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_keep_it_waiting(twin: tuple[Fluke6105A, Source]) -> None:
    device, source = twin
    with Guard([source]) as guard:
        guard.arm()
        held, release = os.pipe()
        child = os.fork()
        if child == 0:  # as a worker of multiprocessing, which may outlive the station
            os.close(release)
            os.read(held, 1)
            os._exit(0)
        try:
            guard.close()
            assert gone(guard.pid)
            assert not device.live
        finally:
            os.close(release)
            os.close(held)
            os.waitpid(child, 0)


def test_a_program_started_from_here_does_not_keep_it_waiting(
    twin: tuple[Fluke6105A, Source],
) -> None:
    device, source = twin
    with Guard([source]) as guard:
        guard.arm()
        command = [sys.executable, "-c", "input()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, close_fds=False) as program:
            guard.close()
            assert gone(guard.pid)
            assert not device.live
            program.kill()


def test_a_source_that_comes_back_is_switched_off_then(twin: tuple[Fluke6105A, Source]) -> None:
    device, _ = twin
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    resource = f"TCPIP::127.0.0.1::{port}::SOCKET"
    with Guard([Source("source", resource, Fluke6105a.SAFE_SEQUENCE)]) as guard:
        guard.arm()
        guard._to.close()  # this process has died, and so has the network
        wait_for(lambda: f"guard {guard.pid}: source: not off yet" in log_file().read_text())
        assert device.live
        with ScpiServer(device, device.world.lock, port=port):
            wait_for(lambda: f"guard {guard.pid}: source: off\n" in log_file().read_text())
            assert not device.live
    assert gone(guard.pid)


def test_a_twin_that_has_ended_needs_nothing() -> None:
    device = Fluke6105A(World(1))
    with ScpiServer(device, device.world.lock) as server:
        source = Source("source", server.resource, Fluke6105a.SAFE_SEQUENCE, is_twin=True)
    with Guard([source]) as guard:
        guard.arm()
    assert gone(guard.pid)


def test_a_guard_that_hangs_is_no_guard(
    twin: tuple[Fluke6105A, Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Guard([twin[1]]) as guard:
        guard.arm()
        monkeypatch.setattr(station_side, "PATIENCE", 0.1)
        os.kill(guard.pid, signal.SIGSTOP)
        try:
            with pytest.raises(StationFault, match="does not answer"):
                guard.arm()
        finally:
            os.kill(guard.pid, signal.SIGCONT)
            monkeypatch.undo()


def test_a_guard_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(StationFault, match="cannot be started"):
        Guard([])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open")
def test_the_end_of_the_controller_is_the_end(twin: tuple[Fluke6105A, Source]) -> None:
    device, source = twin
    received: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    controller = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with Guard([source], controller.pid) as guard:
            guard.arm()
            controller.kill()  # and nobody waits for it: the worker's parent is dead
            wait_for(lambda: not device.live)
            wait_for(lambda: bool(received))
            with pytest.raises(StationFault, match="process which controls this one has ended"):
                guard.arm()
            with PlainClient(source_address(source)) as client:
                client.query(f"{ON};*OPC?")  # the orphan goes on measuring
                wait_for(lambda: not device.live)
    finally:
        signal.signal(signal.SIGTERM, before)
        with suppress(OSError):
            controller.communicate()
    assert received == [signal.SIGTERM]


def source_address(source: Source) -> tuple[str, int]:
    _, host, port, _ = source.resource.split("::")
    return host, int(port)

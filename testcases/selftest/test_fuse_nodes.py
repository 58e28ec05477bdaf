"""Virtual spidev nodes under programs that know nothing of the bench."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.twins.spi.fuse_check import fuse_available
from bench.twins.spi.fuse_nodes import FuseNodes
from drivers.errors import StationFault
from testcases.selftest.spi_server import Server, serving

needs_fuse = pytest.mark.skipif(bool(fuse_available()), reason=fuse_available())

PROGRAM = """
import sys, spidev
device = spidev.SpiDev()
device.open_path(sys.argv[1])
device.mode = 0b01
device.max_speed_hz = int(sys.argv[2])
for _ in range(int(sys.argv[3])):
    # CFDEN, then LINECYC, then CHKSUM of LINECYC
    print(device.xfer2([0x15, 0, 0])[1:], device.xfer([0x1C, 0, 0])[1:], device.xfer2([0x3E, 0])[1])
device.close()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("fuse") as server:
        yield server


def run_program(path: str, speed_hz: int, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, path, str(speed_hz), str(rounds)],
        stdout=subprocess.PIPE,
        text=True,
    )


@needs_fuse
def test_an_unmodified_spidev_program_reads_registers(server: Server) -> None:
    # At 100 kHz the half bit from the command's last edge to the data lasts 5 us: t9 is kept.
    out, _ = run_program(server.addresses[0], 100_000, 1).communicate(timeout=30)
    assert out == "[0, 63] [255, 255] 16\n"


@needs_fuse
def test_two_programs_at_once_do_not_corrupt_each_other(server: Server) -> None:
    path = server.addresses[1]
    programs = [run_program(path, 100_000, 500) for _ in range(2)]
    outputs = [program.communicate(timeout=60)[0].splitlines() for program in programs]
    # Another program's read may come between LINECYC and CHKSUM: then CHKSUM counts CFDEN's six
    # ones, or its own.
    values = {line.rsplit(" ", 1)[0] for lines in outputs for line in lines}
    assert values == {"[0, 63] [255, 255]"}
    assert [len(lines) for lines in outputs] == [500, 500]


@needs_fuse
def test_plain_files_of_the_node(server: Server) -> None:
    node = Path(server.addresses[0])
    assert sorted(os.listdir(node.parent)) == ["spidev0.0", "spidev0.1"]
    fd = os.open(node, os.O_RDWR)
    try:
        assert os.write(fd, b"\x0f") == 1
        assert len(os.read(fd, 3)) == 3
        with pytest.raises(OSError, match="Message too long"):
            os.read(fd, 5000)
        with pytest.raises(OSError, match="Inappropriate ioctl"):
            fcntl.ioctl(fd, 0x5401, bytes(64))  # TCGETS: it is no terminal
        with pytest.raises(OSError, match="Invalid argument"):
            fcntl.ioctl(fd, 0x40016B01, b"\x80")  # WR_MODE with an unknown bit
        with pytest.raises(OSError, match="Bad address"):
            fcntl.ioctl(fd, 0x40206B00, (8).to_bytes(8, "little") + bytes(8) + b"\x03" + bytes(15))
    finally:
        os.close(fd)
    with pytest.raises(FileNotFoundError):
        os.stat(node.with_name("spidev9.9"))


@needs_fuse
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_mount_outlives_its_process(number: signal.Signals) -> None:
    with serving("fuse", 1) as server:
        directory = os.path.dirname(server.addresses[0])
        assert os.path.ismount(directory)
        server.process.send_signal(number)
        # libfuse must not have caught SIGTERM: the process ends by it.
        assert server.process.wait(10) == -number
        deadline = time.monotonic() + 10
        while f" {directory} " in Path("/proc/mounts").read_text():
            assert time.monotonic() < deadline, "stale mount"
        os.rmdir(directory)


@needs_fuse
def test_nodes_go_away_cleanly() -> None:
    with serving("fuse", 1) as server:
        directory = os.path.dirname(server.addresses[0])
    assert server.process.returncode == 0
    assert not os.path.exists(directory)


def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "fuse3" in fuse_available()
    nodes = FuseNodes({}, threading.RLock())
    with pytest.raises(StationFault, match=r"fuse3.*socket"):
        nodes.start()
    assert nodes.paths == {}
    nodes.stop()

"""Evidence 5: programs that nobody here wrote use the wires of `bench twins`, two at once too."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.twins.spi.fuse_check import fuse_available
from testcases.selftest.command import running_twins

# Plain spidev, as its own README uses it; nothing of this project is imported. Contiguous reads at
# 100 kHz keep t9. Two registers are read over and over, one of them also written.
SPIDEV_PROGRAM = """
import spidev, sys
node, mine, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chip = spidev.SpiDev()
chip.open_path(node)
chip.mode = 0b01
chip.max_speed_hz = 100_000
reset = chip.xfer2([0x15, 0, 0])
assert reset[1:] == [0x00, 0x3F], reset          # CFDEN after reset
for i in range(rounds):
    value = (mine * 997 + i) & 0x0FFF
    chip.xfer2([0x80 | mine, value >> 8, value & 0xFF])
    back = chip.xfer2([mine, 0, 0])
    assert back[1] << 8 | back[2] == value, (i, value, back)
    period = chip.xfer2([0x1C, 0, 0])
    assert period[1:] == [0xFF, 0xFF], period    # LINECYC after reset
print("done", rounds)
"""
APOS, WGAIN = 0x11, 0x12


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The ready line of `bench twins --json`, lab time following the wall clock."""
    with running_twins(tmp_path_factory.mktemp("twins")) as line:
        yield line


def run_program(node: str, register: int, rounds: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SPIDEV_PROGRAM, node, str(register), str(rounds)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.requirement("BEN-1", "BEN-9")
@pytest.mark.skipif(bool(fuse_available()), reason=f"FUSE: {fuse_available()}")
def test_a_plain_spidev_program(ready: dict[str, Any]) -> None:
    done = run_program(ready["spi"]["7"], WGAIN, 200)
    assert done.stdout == "done 200\n", done.stderr


@pytest.mark.skipif(bool(fuse_available()), reason=f"FUSE: {fuse_available()}")
def test_two_spidev_programs_on_one_node_at_once(ready: dict[str, Any]) -> None:
    with ThreadPoolExecutor(2) as pool:
        # Each writes a register of its own: a mixed-up frame would show in either.
        done = list(pool.map(lambda r: run_program(ready["spi"]["8"], r, 1000), (WGAIN, APOS)))
    assert [run.stdout for run in done] == ["done 1000\n"] * 2, [run.stderr for run in done]


def raw_query(port: int, *questions: str) -> list[str]:
    """Ask over a bare TCP socket, as netcat would."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        stream = link.makefile("rw", newline="\n")
        answers = []
        for question in questions:
            stream.write(question + "\n")
            stream.flush()
            answers.append(stream.readline().strip())
        return answers


@pytest.mark.requirement("BEN-2", "BEN-9")
@pytest.mark.parametrize(
    ("role", "words"),
    [("source", "6105A"), ("reference", "NORMA"), ("counter", "53230A"), ("relays", "34970A")],
)
def test_a_raw_tcp_client(ready: dict[str, Any], role: str, words: str) -> None:
    port = int(ready["visa"][role].split("::")[2])
    identity, error, *_ = raw_query(port, "*IDN?", "SYST:ERR?")
    assert words in identity
    assert error.lstrip("+").startswith("0")


def test_two_raw_clients_at_once_each_get_their_own_answers(ready: dict[str, Any]) -> None:
    port = int(ready["visa"]["reference"].split("::")[2])

    def ask(question: str) -> set[str]:
        return set(raw_query(port, *[question] * 300))

    with ThreadPoolExecutor(2) as pool:
        identity, version = pool.map(ask, ("*IDN?", "SYST:VERS?"))
    assert len(identity) == 1
    assert version == {"1999.0"}
    assert "NORMA" in identity.pop()


def test_lab_time_follows_the_wall_clock(ready: dict[str, Any]) -> None:
    from bench.control import Control

    control = Control(ready["control"])
    before = control.now()
    port = int(ready["visa"]["source"].split("::")[2])
    raw_query(port, *["*IDN?"] * 50)
    assert control.now() > before
    jumped = control.advance(3600.0)
    assert jumped >= before + 3600.0
    control.close()

"""The control channel: lab time, truth and faults, and what it says to nonsense."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.control import Control
from bench.twin_process import twin_process
from drivers.errors import LinkClosed, StationFault
from testcases.selftest.command import describe


@pytest.fixture(scope="module")
def control() -> Iterator[Control]:
    with twin_process("virtual", seed=4) as endpoints:
        channel = Control(endpoints.control)
        yield channel
        channel.close()


def test_stepped_lab_time_moves_only_when_told(control: Control) -> None:
    before = control.now()
    assert control.now() == before
    assert control.advance(2.5) == pytest.approx(before + 2.5, abs=1e-12)
    assert control.now() == pytest.approx(before + 2.5, abs=1e-12)


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf, "2", None, True])
def test_time_that_makes_no_sense_is_refused(control: Control, seconds: object) -> None:
    before = control.now()
    with pytest.raises(ValueError, match=r"advance|seconds"):
        control.ask("advance", seconds=seconds)
    assert control.now() == before


def test_faults_are_named_checked_and_cleared(control: Control) -> None:
    assert "no_answer" in control.faults(1)
    assert "refused_output" in control.faults("source")
    with pytest.raises(ValueError, match="gremlin"):
        control.inject(1, "gremlin")
    with pytest.raises(ValueError, match="rate"):
        control.inject(1, "corrupted_bytes", rate=2.0)
    with pytest.raises(ValueError, match="99"):
        control.inject(99, "no_cf")
    control.inject(1, "brown_out", duration=10.0)
    assert control.board(1)["supply"] < 4.0
    control.clear(1)
    assert control.board(1)["supply"] == 5.0


def test_seed_and_endpoints(control: Control) -> None:
    assert control.ask("seed") == 4
    endpoints = control.endpoints()
    assert set(endpoints.spi) == {str(number) for number in range(1, 33)}
    assert set(endpoints.visa) == {"source", "reference", "counter", "relays"}


@pytest.mark.parametrize(
    "line", [b"nonsense", b"[]", b'{"do": 5}', b'{"do": "explode"}', b'{"do": "advance"}', b"\xff"]
)
def test_nonsense_gets_an_answer_and_the_connection_stays(control: Control, line: bytes) -> None:
    host, port = control.address.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        stream = raw.makefile("rwb")
        stream.write(line + b"\n")
        stream.flush()
        assert "error" in json.loads(stream.readline())
        stream.write(b'{"do": "protocol"}\n')
        stream.flush()
        assert json.loads(stream.readline()) == {"ok": 1}


def test_a_twin_process_that_is_gone_is_noticed() -> None:
    with twin_process("virtual") as endpoints:
        channel = Control(endpoints.control)
    with pytest.raises(LinkClosed):
        channel.now()
    channel.close()


def test_twins_that_cannot_start_say_why(tmp_path: Path) -> None:
    bench = describe(tmp_path, '\n[[faults]]\nrole = "source"\nkind = "gremlin"\n')
    with pytest.raises(StationFault, match="gremlin"), twin_process(bench):
        pass

"""The 34970A twin: command set (reference 2.7), and what it routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.twins.scpi.keysight34970a import Keysight34970A
from bench.twins.scpi.server import ScpiServer
from bench.twins.world import World
from testcases.selftest.scpi_client import PlainClient


@dataclass(frozen=True)
class Named:
    name: str

    def edges(self, start: float, stop: float) -> NDArray[np.float64]:
        return np.empty(0)

    def width(self, frequency: float) -> float:
        return 0.0


A, B = Named("a"), Named("b")


@pytest.fixture
def unit() -> Keysight34970A:
    return Keysight34970A(World(1), {101: A, 202: B})


@pytest.fixture
def client(unit: Keysight34970A) -> Iterator[PlainClient]:
    with ScpiServer(unit, unit.world.lock) as server, PlainClient(server.address) as client:
        client.write("*CLS")
        yield client


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("*IDN?", "HEWLETT-PACKARD,34970A,0,13-2-2"),
        ("SYST:CTYP? 100;CTYP? 200", "HEWLETT-PACKARD,34903A,0,2.3;HEWLETT-PACKARD,34903A,0,2.3"),
        ("SYST:CTYP? 300", "HEWLETT-PACKARD,0,0,0"),
        ("ROUT:CLOS (@101,103:104);CLOS? (@101:105)", "1,0,1,1,0"),
        ("ROUT:CLOS (@101:120);OPEN (@102:119);CLOS? (@101,102,120)", "1,0,1"),
        ("ROUT:CLOS (@101);OPEN? (@101,102)", "0,1"),
        ("ROUT:CLOS (@101);CLOS:EXCL (@202);:ROUT:CLOS? (@101,202)", "0,1"),
        ("ROUT:CLOS (@101,201);:SYST:CPON 100;:ROUT:CLOS? (@101,201)", "0,1"),
        ("ROUT:CLOS (@101);*RST;CLOS? (@101)", "0"),
        ("*TST?;*OPC?;ROUT:DONE?", "+0;1;1"),
    ],
)
def test_replies(client: PlainClient, message: str, reply: str) -> None:
    assert client.query(message) == reply
    assert client.errors() == []


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("ROUT:CLOS (@101,301)", '+111,"Channel list: slot number out of range"'),
        ("ROUT:CLOS (@101,121)", '+112,"Channel list: channel number out of range"'),
        ("ROUT:CLOS 101", '-128,"Numeric data not allowed;101"'),
        ("ROUT:CLOS", '-109,"Missing parameter"'),
        ("SYST:CTYP? 150", '-224,"Illegal parameter value;150"'),
    ],
)
def test_a_refused_command_switches_nothing(client: PlainClient, message: str, error: str) -> None:
    client.write(message)
    assert client.errors() == [error]
    assert "1" not in client.query("ROUT:CLOS? (@101:120)")


def test_closed_channels_reach_the_counter(client: PlainClient, unit: Keysight34970A) -> None:
    assert unit.routed() == []
    client.query("ROUT:CLOS (@101,102);*OPC?")
    assert unit.routed() == [A]
    client.query("ROUT:CLOS (@202);*OPC?")
    assert unit.routed() == [A, B]
    client.query("*RST;*OPC?")
    assert unit.routed() == []


@pytest.mark.parametrize("reported", [0, 1])
def test_stuck_open(client: PlainClient, unit: Keysight34970A, reported: int) -> None:
    unit.inject("stuck_open", channel=101, reported=reported)
    assert client.query("ROUT:CLOS (@101);CLOS? (@101)") == ("0" if reported else "1")
    assert unit.routed() == []
    unit.clear()
    assert unit.routed() == [A]


@pytest.mark.parametrize("reported", [0, 1])
def test_stuck_closed(client: PlainClient, unit: Keysight34970A, reported: int) -> None:
    unit.inject("stuck_closed", channel=202, reported=reported)
    assert client.query("ROUT:CLOS (@101);OPEN (@202);CLOS? (@202)") == str(reported)
    assert unit.routed() == [A, B]


def test_other_cards() -> None:
    unit = Keysight34970A(World(1), {}, cards={300: "34902A"})
    with ScpiServer(unit, unit.world.lock) as server, PlainClient(server.address) as client:
        assert client.query("SYST:CTYP? 300") == "HEWLETT-PACKARD,34902A,0,2.3"
        client.write("ROUT:CLOS (@317)")
        assert client.errors() == ['+112,"Channel list: channel number out of range"']

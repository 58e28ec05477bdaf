"""How positions come to their SPI buses: shared nodes once, decoders, twins, clear errors."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench import spi
from bench.control import Endpoints
from bench.description.positions import PositionTable
from bench.spi import SpiBuses
from drivers.clock import WallClock
from drivers.errors import LinkClosed, StationFault
from drivers.spi.bus import Segment

ENDPOINTS = Endpoints("127.0.0.1:1", {"1": "/somewhere/1", "2": "127.0.0.1:7#5"}, {})


class FakeBus:
    """Remembers what is done to it."""

    def __init__(self, place: str, speed: int) -> None:
        self.place, self.speed = place, speed
        self.transfers: list[int] = []
        self.closed = 0

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        self.transfers.append(chip)
        return [bytes(len(segment.data)) for segment in segments]

    def refresh(self) -> None:
        """Nothing to set up."""

    def close(self) -> None:
        self.closed += 1


class FakeRelays:
    """A relay unit that remembers its choices."""

    def __init__(self) -> None:
        self.selected: list[int] = []

    def select(self, channel: int) -> None:
        self.selected.append(channel)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[FakeBus]:
    buses: list[FakeBus] = []

    def make(place: str, speed: int) -> FakeBus:
        buses.append(FakeBus(place, speed))
        return buses[-1]

    for adapter in ("spidev", "ftdi", "socket"):
        monkeypatch.setitem(spi._ADAPTERS, adapter, make)
    return buses


def row(number: int, **table: object) -> PositionTable:
    return PositionTable.model_validate({"number": number, "serial": f"S{number}", "spi": table})


def test_boards_behind_a_decoder_share_node_and_decoder(made: list[FakeBus]) -> None:
    relays = FakeRelays()
    buses = SpiBuses(WallClock(), relays, None)  # type: ignore[arg-type]
    decoder = {"kind": "relay", "settle": 0.0}
    rows = [
        row(n, adapter="spidev", node="/dev/spidev0.0", decoder=decoder, setting=100 + n)
        for n in (1, 2)
    ]
    opened = [buses.open(one) for one in rows]
    assert len(made) == 1
    assert opened[0][0] is opened[1][0]
    for bus, chip in (*opened, opened[0]):
        bus.transfer(chip, [Segment(b"\0")])
    assert relays.selected == [101, 102, 101]
    assert made[0].transfers == [0, 0, 0]
    buses.close()
    assert made[0].closed >= 1


def test_a_node_with_a_chip_number(made: list[FakeBus]) -> None:
    buses = SpiBuses(WallClock(), None, None)
    bus, chip = buses.open(row(1, adapter="ftdi", node="ftdi://ftdi:232h/1#3", speed=500_000))
    other, second = buses.open(row(2, adapter="ftdi", node="ftdi://ftdi:232h/1#4", speed=500_000))
    assert (chip, second) == (3, 4)
    assert bus is other
    assert (made[0].place, made[0].speed) == ("ftdi://ftdi:232h/1", 500_000)


def test_a_twins_place_comes_from_the_twin_process(made: list[FakeBus]) -> None:
    buses = SpiBuses(WallClock(), None, ENDPOINTS)
    assert buses.open(row(1, adapter="twin"))[1] == 0
    assert made[0].place == "/somewhere/1"
    assert buses.open(row(2, adapter="twin"))[1] == 5
    assert made[1].place == "127.0.0.1:7"
    assert buses.address(row(2, adapter="twin")) == "socket 127.0.0.1:7#5"
    with pytest.raises(StationFault, match="position 3: no twin"):
        buses.open(row(3, adapter="twin"))


def test_a_bus_that_does_not_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(place: str, speed: int) -> FakeBus:
        raise LinkClosed(f"{place}: no such node")

    monkeypatch.setitem(spi._ADAPTERS, "spidev", refuse)
    buses = SpiBuses(WallClock(), None, None)
    with pytest.raises(StationFault, match=r"position 7: /dev/spidev9\.9: no such node"):
        buses.open(row(7, adapter="spidev", node="/dev/spidev9.9"))


def test_a_relay_decoder_needs_a_relay_unit(made: list[FakeBus]) -> None:
    buses = SpiBuses(WallClock(), None, None)
    table = row(1, adapter="spidev", node="/dev/x", decoder={"kind": "relay"}, setting=1)
    with pytest.raises(StationFault, match=r"needs a \[relays\] unit"):
        buses.open(table)

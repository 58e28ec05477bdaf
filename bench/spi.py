"""Opens the SPI bus that each position of a bench description names; shared nodes once."""

from __future__ import annotations

from bench.control import Endpoints
from bench.description.models import TWIN, PositionTable
from drivers.clock import Clock
from drivers.errors import LinkError, StationFault
from drivers.roles import RelayUnit
from drivers.spi.bus import SpiBus
from drivers.spi.socket_bus import SocketBus
from drivers.spi.spidev_bus import SpidevBus


class SpiBuses:
    """The SPI buses of a bench. A node that several positions share is opened once."""

    def __init__(self, clock: Clock, relays: RelayUnit | None, endpoints: Endpoints | None) -> None:
        self._clock = clock
        self._relays = relays
        self._endpoints = endpoints
        self._buses: dict[tuple[str, str, int], SpiBus] = {}

    def address(self, row: PositionTable) -> str:
        """Where the chip of a position is, for people."""
        adapter, node = self._place(row)
        setting = "" if row.spi.setting is None else f" setting {row.spi.setting}"
        return f"{adapter} {node}{setting}"

    def open(self, row: PositionTable) -> tuple[SpiBus, int]:
        """The bus of a position and its chip number there; `StationFault` when it cannot open."""
        adapter, node = self._place(row)
        place, _, chip = node.partition("#")
        key = (adapter, place, row.spi.speed)
        try:
            if key not in self._buses:
                self._buses[key] = _open(adapter, place, row.spi.speed)
        except (LinkError, ValueError) as error:
            raise StationFault(f"position {row.number}: {error}") from error
        return self._buses[key], int(chip or 0)

    def close(self) -> None:
        """Close all buses."""
        for bus in self._buses.values():
            bus.close()
        self._buses.clear()

    def _place(self, row: PositionTable) -> tuple[str, str]:
        """Adapter and node, those of the twin where a twin plays the position."""
        spi = row.spi
        if spi.adapter != TWIN:
            return spi.adapter, spi.node or ""
        if self._endpoints is None or str(row.number) not in self._endpoints.spi:
            raise StationFault(
                f"position {row.number}: no twin runs for it: start the twins of this bench"
            )
        node = self._endpoints.spi[str(row.number)]
        return ("spidev" if node.startswith("/") else "socket"), node


def _open(adapter: str, place: str, speed: int) -> SpiBus:
    match adapter:
        case "spidev":
            return SpidevBus(place, speed_hz=speed)
        case "socket":
            return SocketBus(place, speed_hz=speed)
        case _:
            raise ValueError(f"unknown SPI adapter {adapter!r}")

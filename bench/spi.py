"""Opens the SPI bus that each position of a bench description names; shared nodes once."""

from __future__ import annotations

from collections.abc import Callable

from bench.control import Endpoints
from bench.description.positions import Decoder, PositionTable
from bench.description.table import TWIN
from drivers.clock import Clock
from drivers.errors import LinkError, StationFault
from drivers.roles import RelayUnit
from drivers.spi.bus import SpiBus
from drivers.spi.decoder import DecodedBus, GpioDecoder, RelayDecoder
from drivers.spi.ftdi_bus import FtdiBus
from drivers.spi.socket_bus import SocketBus
from drivers.spi.spidev_bus import SpidevBus

_ADAPTERS: dict[str, Callable[[str, int], SpiBus]] = {
    "spidev": SpidevBus,
    "ftdi": FtdiBus,
    "socket": SocketBus,
}
"""By the adapter's name in descriptions."""


class SpiBuses:
    """The SPI buses of a bench. A node that several positions share is opened once."""

    def __init__(self, clock: Clock, relays: RelayUnit | None, endpoints: Endpoints | None) -> None:
        self._clock = clock
        self._relays = relays
        self._endpoints = endpoints
        self._buses: dict[tuple[str, str, int], SpiBus] = {}
        self._decoders: dict[str, SpiBus] = {}

    def address(self, row: PositionTable) -> str:
        """Where the chip of a position is, for people."""
        adapter, node = self._place(row)
        setting = "" if row.spi.setting is None else f" setting {row.spi.setting}"
        return f"{adapter} {node}{setting}"

    def open(self, row: PositionTable) -> tuple[SpiBus, int]:
        """The bus of a position and its chip number there; `StationFault` when it cannot open."""
        adapter, node = self._place(row)
        place, _, chip = node.partition("#")
        try:
            bus = self._bus(adapter, place, row.spi.speed)
            if row.spi.decoder is None:
                return bus, int(chip or 0)
            return self._decoded(bus, row.spi.decoder, node, int(chip or 0)), row.spi.setting or 0
        except (LinkError, ValueError) as error:
            raise StationFault(f"position {row.number}: {error}") from error

    def close(self) -> None:
        """Close all buses."""
        for bus in (*self._decoders.values(), *self._buses.values()):
            bus.close()
        self._decoders.clear()
        self._buses.clear()

    def _bus(self, adapter: str, place: str, speed: int) -> SpiBus:
        key = (adapter, place, speed)
        if key not in self._buses:
            self._buses[key] = _ADAPTERS[adapter](place, speed)
        return self._buses[key]

    def _decoded(self, bus: SpiBus, table: Decoder, node: str, chip: int) -> SpiBus:
        """The bus behind `table`: boards that share a node share its decoder."""
        if node not in self._decoders:
            if table.kind == "gpio":
                decoder: GpioDecoder | RelayDecoder = GpioDecoder(table.chip or "", table.lines)
            elif self._relays is not None:
                decoder = RelayDecoder(self._relays)
            else:
                raise ValueError("a relay decoder needs a [relays] unit in the bench")
            self._decoders[node] = DecodedBus(bus, decoder, self._clock, table.settle, chip)
        return self._decoders[node]

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

"""How a message of transfers becomes frames on a chip: selects, bits, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bench.twins.spi.slave import SpiSlave


class Burst(NamedTuple):
    """One transfer: `data` at `bit_time` s per bit, then `delay` s, then perhaps chip select.

    `change`: as the kernel's cs_change: on any but the last burst, raise chip select and lower it
    again; on the last one, leave it low.
    """

    data: bytes
    bit_time: float
    delay: float
    change: bool


class ChipSelect:
    """A chip select line with a slave behind it; remembers whether it was left low."""

    def __init__(self, slave: SpiSlave) -> None:
        self._slave = slave
        self._low = False

    def clock(self, bursts: Sequence[Burst], mode: int) -> bytes:
        """Clock `bursts` in SPI mode `mode`; return what came back, joined.

        The caller holds the world's lock. Whatever happens, chip select ends as asked.
        """
        slave = self._slave
        received = []
        last = len(bursts) - 1
        stay = False
        if not self._low:
            slave.select()
            self._low = True
        try:
            for index, (data, bit_time, delay, change) in enumerate(bursts):
                if data:
                    received.append(slave.exchange(data, bit_time, mode))
                if delay:
                    slave.pause(delay)
                if index == last:
                    stay = change
                elif change:
                    slave.deselect()
                    slave.select()
        finally:
            if not stay:
                slave.deselect()
                self._low = False
        return b"".join(received)

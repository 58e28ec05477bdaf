"""What sits behind a chip select: the interface between SPI nodes and chip twins."""

from __future__ import annotations

from typing import Protocol


class SpiSlave(Protocol):
    """A chip on the bus. Times are bus times in seconds; they do not move lab time."""

    def select(self) -> None:
        """Chip select falls: a new frame begins."""
        ...

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        """Clock `data` in without a pause at `bit_time` s per bit; return as many bytes.

        `mode` is the SPI mode 0..3 that the master uses.
        """
        ...

    def pause(self, seconds: float) -> None:
        """The clock rests for `seconds` with chip select held."""
        ...

    def deselect(self) -> None:
        """Chip select rises: the frame ends, wherever it was."""
        ...

"""The SPI bus as a driver sees it: frames of segments with gaps, one chip select at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes clocked without a pause, and what follows them.

    `data`: bytes put out on MOSI (at least one); as many come back from MISO.
    `gap_us`: idle time after the last bit, in microseconds (>= 0), chip select held low.
    `release`: raise chip select after the gap, so that the next segment starts a new frame. The
    last segment of a transfer always releases.
    `direction`: which way the bytes count. A master that cannot do both at once (FT232H in mode 1)
    needs "out" (MISO is not wanted: zeros come back) or "in" (MOSI is not wanted: `data` only says
    how many bytes); others treat all alike.
    """

    data: bytes
    gap_us: float = 0.0
    release: bool = False
    direction: Literal["both", "out", "in"] = "both"

    def __post_init__(self) -> None:
        if not self.data:
            raise ValueError("an SPI segment needs at least one byte")
        if self.gap_us < 0:
            raise ValueError(f"gap of {self.gap_us} us: it must not be negative")


class SpiBus(Protocol):
    """One SPI master with one or more chips behind it."""

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Clock `segments` to `chip` as one uninterrupted exchange; return MISO per segment.

        `chip`: the bus's own number of the chip select or decoder setting, from 0.
        No other transfer on this bus comes between the segments. Raises `LinkError` when the
        adapter fails; a chip that does not answer cannot be told from one that sends 00h or FFh.
        """
        ...

    def refresh(self) -> None:
        """Set the port up again: called before a retry.

        A spidev node keeps its mode for all programs that have it open, so another program can
        change it under us; a decoder can have been switched by hand. Raises `LinkError` when the
        set-up does not hold.
        """
        ...

    def close(self) -> None:
        """Release the port; a second call does nothing."""
        ...

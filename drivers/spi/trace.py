"""The last transfers to one chip, kept for the report of a failure."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

from drivers.spi.bus import Segment, SpiBus

_Entry = tuple[float, tuple[Segment, ...], "list[bytes] | str"]


class TracedBus:
    """An SPI bus that remembers its last transfers, at the price of a time stamp each.

    One for each driver on a shared bus: each chip then has a trace of its own. `length` transfers
    are kept, the oldest goes first; `ValueError` when below 1. Errors are those of `bus`.
    """

    def __init__(self, bus: SpiBus, length: int = 500) -> None:
        if length < 1:
            raise ValueError(f"a trace of {length} transfers: it needs at least one")
        self._bus = bus
        self._entries: deque[_Entry] = deque(maxlen=length)

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Clock `segments` to `chip`; return MISO per segment. Errors as the bus raises them."""
        try:
            received = self._bus.transfer(chip, segments)
        except Exception as error:
            self._entries.append((time.time(), tuple(segments), f"{error}"))
            raise
        # Appending to a deque is atomic, and the text is made only when somebody wants it.
        self._entries.append((time.time(), tuple(segments), received))
        return received

    def refresh(self) -> None:
        """Set the port up again; `LinkError` when the set-up does not hold."""
        self._bus.refresh()

    def close(self) -> None:
        """Release the port; a second call does nothing."""
        self._bus.close()

    @property
    def lines(self) -> list[str]:
        """What is kept, oldest first: wall time, MOSI > MISO of each segment, | between them."""
        return [_line(*entry) for entry in tuple(self._entries)]

    def __str__(self) -> str:
        return "\n".join(self.lines)


def _line(at: float, segments: Sequence[Segment], received: list[bytes] | str) -> str:
    clock = f"{time.strftime('%H:%M:%S', time.localtime(at))}.{int(at % 1 * 1e6):06d}"
    sent = [segment.data.hex(" ") for segment in segments]
    if isinstance(received, str):
        return f"{clock} {' | '.join(sent)} ! {received}"
    answers = [back.hex(" ") for back in received]
    return f"{clock} " + " | ".join(map(" > ".join, zip(sent, answers, strict=True)))

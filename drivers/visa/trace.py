"""The last messages of a link, kept for the report of a failure."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One message: wall time in s since the epoch, direction and text.

    `direction` is ">" for sent, "<" for received, "!" for what happened to the link.
    """

    at: float
    direction: str
    text: str

    def __str__(self) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(self.at))
        return f"{clock}.{int(self.at % 1 * 1e6):06d} {self.direction} {self.text}"


class Trace:
    """A ring buffer of the last messages; safe to read while the link is in use."""

    def __init__(self, length: int = 1000) -> None:
        """`length` messages are kept, the oldest goes first; `ValueError` when below 1."""
        if length < 1:
            raise ValueError(f"a trace of {length} messages: it needs at least one")
        self._entries: deque[TraceEntry] = deque(maxlen=length)
        self._lock = Lock()

    def add(self, direction: str, text: str) -> None:
        """Note one message with the time of now."""
        with self._lock:
            self._entries.append(TraceEntry(time.time(), direction, text))

    @property
    def entries(self) -> tuple[TraceEntry, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def __str__(self) -> str:
        return "\n".join(str(entry) for entry in self.entries)

"""A message link as a driver sees it: whole messages, one owner, one lock."""

from __future__ import annotations

from threading import RLock
from typing import Protocol

from drivers.visa.trace import Trace


class MessageLink(Protocol):
    """A wire that carries whole messages to one instrument.

    After any failure in the middle of an exchange the link is down, so that a late reply can
    never be taken for the answer to a later question; the next message opens it again.
    """

    address: str
    """Where the instrument is: its VISA resource name."""

    lock: RLock
    """Held over a question, its answer and the error check that follows."""

    trace: Trace
    """The last messages."""

    opened: int
    """How often the link was opened: a change tells that the instrument may have forgotten."""

    def open(self) -> str:
        """Open the link if it is down; return the reply to the greeting. Raises `LinkError`."""
        ...

    def write(self, message: str) -> None:
        """Send a message, terminator excluded. Raises `LinkError`."""
        ...

    def query(self, message: str, timeout: float | None = None) -> str:
        """Send a message and return the reply, terminators stripped.

        `timeout` in s of wall time, in place of the link's own. Raises `LinkError`.
        """
        ...

    def drop(self, reason: str) -> None:
        """Take the link down until the next message; a second call does nothing."""
        ...

    def close(self) -> None:
        """Take the link down for good; a second call does nothing."""
        ...

"""A plain socket client for SCPI, so that twins are not judged by our own drivers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

WALL_LIMIT = 5.0
"""Seconds after which a reply counts as missing."""


def until(condition: Callable[[], bool], lock: AbstractContextManager[object]) -> None:
    """Come back as soon as `condition`, looked at with `lock` held, is true."""
    deadline = time.monotonic() + WALL_LIMIT
    while time.monotonic() < deadline:
        with lock:
            if condition():
                return
    raise TimeoutError("the condition did not come true")


class PlainClient:
    """Lines out, lines in, over one TCP connection."""

    def __init__(self, address: tuple[str, int], limit: float = WALL_LIMIT) -> None:
        self.socket = socket.create_connection(address, timeout=limit)
        self._pending = b""

    def write(self, message: str) -> None:
        self.socket.sendall(message.encode("latin-1") + b"\n")

    def read(self) -> str:
        """One line; `TimeoutError` when none comes, `ConnectionError` when the peer is gone."""
        return self.read_bytes().decode("latin-1")

    def read_bytes(self) -> bytes:
        while b"\n" not in self._pending:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionError("the instrument hung up")
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def query(self, message: str) -> str:
        self.write(message)
        return self.read()

    def errors(self) -> list[str]:
        """All queued errors, oldest first."""
        found = []
        while not (entry := self.query("SYST:ERR?")).lstrip("+").startswith("0,"):
            found.append(entry)
        return found

    def closed(self) -> bool:
        """Whether the peer has hung up (waits for it)."""
        try:
            return not self.socket.recv(1)
        except ConnectionError:
            return True

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> PlainClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

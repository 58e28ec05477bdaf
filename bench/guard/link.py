"""Connections of the guard's own: no driver, no port lock, and no VISA where a socket will do.

The port lock keeps two programs from garbling each other's replies. Switching off must not wait for
it: the owner may be dead, hang, or be the one to be stopped.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from typing import Any, Protocol

from drivers.errors import LinkClosed, LinkTimeout

_SOCKET = re.compile(r"TCPIP\d*::([^:]+)::(\d+)::SOCKET", re.IGNORECASE)


class Link(Protocol):
    """A connection that carries lines."""

    def tell(self, message: str) -> None:
        """Send one line; `LinkError` when nobody takes it."""
        ...

    def ask(self, message: str) -> str:
        """Send one line and return the reply; `LinkError` when there is none."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def open_link(resource: str, timeout: float) -> Link:
    """Connect to a VISA resource; `timeout` in s of wall time per step. `LinkError`."""
    match = _SOCKET.fullmatch(resource)
    if match is None:
        return VisaLink(resource, timeout)
    return SocketLink(match[1], int(match[2]), timeout)


def prepare(resource: str) -> None:
    """Load what `open_link` will need, so that it is there when every millisecond counts."""
    if _SOCKET.fullmatch(resource) is None:
        import drivers.visa.manager  # noqa: F401


class SocketLink:
    """A raw TCP socket."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        """Connect; `LinkClosed` when nobody listens, `LinkTimeout` when nobody answers."""
        self.address = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), timeout)
        except TimeoutError as error:
            raise LinkTimeout(f"{self.address} does not answer") from error
        except OSError as error:
            raise LinkClosed(f"{self.address} cannot be reached: {error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")

    def tell(self, message: str) -> None:
        """Send one line. Raises `LinkClosed`, `LinkTimeout`."""
        self._exchange(message, 0)

    def ask(self, message: str) -> str:
        """Send one line and return the reply. Raises `LinkClosed`, `LinkTimeout`."""
        return self._exchange(message, 1)

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._lines.close()
            self._socket.close()

    def _exchange(self, message: str, replies: int) -> str:
        reply = b""
        try:
            self._socket.sendall(message.encode() + b"\n")
            if replies:
                reply = self._lines.readline()
        except TimeoutError as error:
            raise LinkTimeout(f"{self.address} does not answer {message!r}") from error
        except OSError as error:
            raise LinkClosed(f"{self.address} is gone: {error}") from error
        if replies and not reply:
            raise LinkClosed(f"{self.address} hung up at {message!r}")
        return reply.decode("latin-1").strip()


class VisaLink:
    """Any other VISA resource, by pyvisa."""

    def __init__(self, resource: str, timeout: float) -> None:
        """Open the resource. Raises `LinkClosed`."""
        from drivers.visa.manager import open_session

        self.address = resource
        self._session = open_session(resource, backend="@py", timeout=timeout)
        # On a bus all sessions share one output queue: the dead owner's last reply may be in it.
        self._guarded(self._session.clear, ignore=True)

    def tell(self, message: str) -> None:
        """Send one line. Raises `LinkClosed`."""
        self._guarded(lambda: self._session.write_raw(message.encode() + b"\n"))

    def ask(self, message: str) -> str:
        """Send one line and return the reply. Raises `LinkClosed`."""
        self.tell(message)
        reply: bytes = self._guarded(self._session.read_raw)
        return reply.decode("latin-1").strip()

    def close(self) -> None:
        """Hang up."""
        self._guarded(self._session.close, ignore=True)

    def _guarded(self, work: Any, *, ignore: bool = False) -> Any:
        try:
            return work()
        except Exception as error:  # pyvisa-py raises VisaIOError, OSError and bare Exceptions
            if ignore:
                return None
            raise LinkClosed(f"{self.address} does not answer: {error}") from error

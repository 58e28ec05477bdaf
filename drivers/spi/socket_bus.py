"""SPI over TCP to a twin: for machines that cannot serve virtual device nodes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence

from drivers.errors import LinkClosed, LinkError, LinkFraming, LinkTimeout
from drivers.spi import socket_protocol as protocol
from drivers.spi.bus import Segment


class SocketBus:
    """All chips of one SPI socket server; `chip` is the server's number, from 0.

    `address`: HOST:PORT; `speed_hz`, `mode`: as on a real bus, the twin judges them; `timeout`:
    wall seconds for connecting and for each reply. A transfer is never sent twice on its own (a
    read can clear a register): when the connection breaks, that transfer fails, and the next one
    connects again. The server keeps clients apart, so there is no lock against other processes.
    """

    def __init__(
        self, address: str, speed_hz: int = 1_000_000, mode: int = 1, timeout: float = 5.0
    ) -> None:
        """Connect; `ValueError` on a bad address, `LinkClosed` when nobody listens there."""
        if speed_hz <= 0 or mode not in range(4) or timeout <= 0:
            raise ValueError("SPI clock and time-out must be positive, the mode 0 to 3")
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or int(port) > 0xFFFF:
            raise ValueError(f"SPI socket address {address!r}: it must be HOST:PORT")
        self.address = address
        self._peer = (host.strip("[]"), int(port))
        self._speed_hz, self._mode, self._timeout = speed_hz, mode, timeout
        self._guard = threading.Lock()
        self._sequence = 0
        self._closed = False
        self._socket: socket.socket | None = self._connect()

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        """Have the server clock `segments` to `chip`; return MISO per segment.

        `ValueError` when the transfer does not fit the protocol; `LinkClosed`, `LinkTimeout`,
        `LinkFraming` when the connection fails; `LinkError` with the server's words on a refusal.
        """
        with self._guard:
            if self._closed:
                raise LinkClosed(f"{self.address} is closed: open the bus again")
            self._sequence = (self._sequence + 1) & 0xFFFF
            message = protocol.encode_request(
                protocol.Request(self._sequence, chip, self._mode, self._speed_hz, tuple(segments))
            )
            if self._socket is None:
                self._socket = self._connect()
            try:
                return self._exchange(self._socket, message, segments)
            except (TimeoutError, OSError, LinkFraming, LinkClosed) as error:
                # What is still under way would be taken for the next answer.
                self._socket.close()
                self._socket = None
                raise self._link_error(error) from error

    def refresh(self) -> None:
        """Nothing to set up: every request carries its settings."""

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        with self._guard:
            self._closed = True
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _exchange(
        self, peer: socket.socket, message: bytes, segments: Sequence[Segment]
    ) -> list[bytes]:
        peer.sendall(message)
        body = protocol.read_message(lambda size: _receive(peer, size))
        sequence, status, content = protocol.decode_reply(body)
        if sequence != self._sequence:
            raise LinkFraming(f"reply {sequence} to request {self._sequence}")
        if status != protocol.GOOD:
            words = content.decode(errors="replace")
            raise LinkError(f"{self.address} refuses the transfer: {words}")
        return protocol.split(content, segments)

    def _connect(self) -> socket.socket:
        try:
            peer = socket.create_connection(self._peer, self._timeout)
        except OSError as error:
            raise LinkClosed(
                f"no SPI server at {self.address}: {error}: start the twins, or check the address"
            ) from error
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return peer

    def _link_error(self, error: Exception) -> LinkError:
        if isinstance(error, TimeoutError):
            return LinkTimeout(
                f"no reply from the SPI server at {self.address} within {self._timeout} s: "
                "is the twin process stopped?"
            )
        if isinstance(error, LinkFraming):
            return LinkFraming(f"{self.address}: {error}: is that an SPI server?")
        return LinkClosed(f"the SPI server at {self.address} closed the connection: {error}")


def _receive(peer: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = peer.recv(size)
        if not part:
            raise LinkClosed("end of data")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

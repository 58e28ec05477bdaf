"""The socket server for the socket adapter: many chips behind one TCP port."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress

from bench.twins.spi.frames import Burst, ChipSelect
from bench.twins.spi.slave import SpiSlave
from drivers.errors import LinkClosed, LinkFraming
from drivers.spi import socket_protocol as protocol

_log = logging.getLogger(__name__)


class SocketServer:
    """Serves `slaves`, numbered from 0, to any number of connections.

    `lock`: taken around every transfer, so a transfer is atomic; `host`, `port`: where to listen,
    port 0 for a free one. A request that cannot be done is refused in words and the connection
    stays; bytes that are no request end the connection.
    """

    def __init__(
        self,
        slaves: Sequence[SpiSlave],
        lock: AbstractContextManager[object],
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._lines = [ChipSelect(slave) for slave in slaves]
        self._lock = lock
        self._where = (host, port)
        self._listener: socket.socket | None = None
        self._guard = threading.Lock()
        self._peers: dict[socket.socket, threading.Thread] = {}
        self._acceptor: threading.Thread | None = None

    @property
    def address(self) -> str:
        """HOST:PORT; '' while not started."""
        if self._listener is None:
            return ""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    def start(self) -> str:
        """Listen; return `address`. `OSError` when the port is taken."""
        self._listener = socket.create_server(self._where)
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener,), name="spi socket", daemon=True
        )
        self._acceptor.start()
        return self.address

    def stop(self) -> None:
        """Close the port and all connections; a second call does nothing."""
        listener, self._listener = self._listener, None
        if listener is None or self._acceptor is None:
            return
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        listener.close()
        self._acceptor.join()
        with self._guard:
            peers = dict(self._peers)
        for peer, thread in peers.items():
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
            thread.join()

    def __enter__(self) -> SocketServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(peer,), daemon=True)
            with self._guard:
                self._peers[peer] = thread
            thread.start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            stream = peer.makefile("rb")

            def receive(size: int) -> bytes:
                data = stream.read(size)
                if len(data) != size:
                    raise LinkClosed("end of data")
                return data

            while True:
                request = protocol.decode_request(protocol.read_message(receive))
                peer.sendall(self._answer(request))
        except (OSError, LinkClosed, LinkFraming) as error:
            _log.debug("SPI connection ends: %s", error)
        finally:
            with self._guard:
                self._peers.pop(peer, None)
            peer.close()

    def _answer(self, request: protocol.Request) -> bytes:
        if request.chip >= len(self._lines):
            words = f"no chip {request.chip}: there are 0 to {len(self._lines) - 1}"
            return protocol.encode_reply(request.sequence, protocol.REFUSED, words.encode())
        last = len(request.segments) - 1
        bursts = [
            Burst(
                segment.data,
                1.0 / request.speed_hz,
                segment.gap_us * 1e-6,
                segment.release and index < last,
            )
            for index, segment in enumerate(request.segments)
        ]
        try:
            with self._lock:
                content = self._lines[request.chip].clock(bursts, request.mode)
        except Exception as error:
            _log.exception("an SPI twin failed")
            words = f"the twin failed: {error}"
            return protocol.encode_reply(request.sequence, protocol.REFUSED, words.encode())
        return protocol.encode_reply(request.sequence, protocol.GOOD, content)

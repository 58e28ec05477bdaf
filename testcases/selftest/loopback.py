"""A TCP server on the loopback interface that misbehaves as told, for the traps of raw sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[str, socket.socket], None]


class LoopbackInstrument:
    """Calls `answer` with every line and its connection; notes what it heard."""

    def __init__(self, answer: Answer) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.resource = f"TCPIP::127.0.0.1::{port}::SOCKET"
        self._answer = answer
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.heard: list[str] = []
        self.connected = 0
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        self.hang_up()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            finally:
                connection.close()
        self._connections.clear()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connected += 1
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as lines:
                for line in lines:
                    text = line.decode().rstrip("\r\n")
                    self.heard.append(text)
                    self._answer(text, connection)
        except (OSError, ValueError):
            return


@contextmanager
def loopback(answer: Answer) -> Iterator[LoopbackInstrument]:
    server = LoopbackInstrument(answer)
    try:
        yield server
    finally:
        server.stop()


def echo(line: str, connection: socket.socket) -> None:
    """An instrument that answers every query with the query."""
    if line == "*IDN?":
        connection.sendall(b"maker,echo,0,1\n")
    elif line.endswith("?"):
        connection.sendall(line.encode() + b"\n")

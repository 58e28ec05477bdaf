"""An instrument on a TCP socket: lines in, lines out, several clients, one thread."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field

from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.session import Session

POLL = 0.001
"""Wall seconds between looks at a condition that somebody's message waits for."""
_CHUNK = 65536


@dataclass(eq=False)
class _Client:
    socket: socket.socket
    session: Session
    late: list[tuple[float, bytes]] = field(default_factory=list)
    """Replies on their way: when they leave (monotonic seconds), and what."""


class ScpiServer:
    """Serves one instrument until `stop`; the world's lock is taken per message.

    A message that waits for lab time holds its own session only, and without the lock.
    """

    def __init__(
        self,
        instrument: ScpiInstrument,
        lock: contextlib.AbstractContextManager[object],
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Port 0 takes a free one; nothing listens before `start`."""
        self.instrument = instrument
        self._lock = lock
        self._host = host
        self._port = port
        self._clients: dict[socket.socket, _Client] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._power_cycles = instrument.power_cycles

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self._host, self._port

    @property
    def resource(self) -> str:
        """The VISA resource name."""
        return f"TCPIP::{self._host}::{self._port}::SOCKET"

    def start(self) -> ScpiServer:
        """Listen and serve in a thread of its own; `OSError` when the port is taken."""
        self._listener = socket.create_server((self._host, self._port), backlog=128)
        self._listener.setblocking(False)
        self._port = self._listener.getsockname()[1]
        self._waker, self._wakened = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._stopping = False
        self._thread = threading.Thread(
            target=self._serve, name=f"scpi {self.instrument.IDENTITY.model}", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody and end the thread; a second call does nothing."""
        if self._thread is None:
            return
        self._stopping = True
        self._waker.send(b"x")
        self._thread.join()
        self._thread = None
        for client in list(self._clients.values()):
            self._hang_up(client)
        self._selector.close()
        for end in (self._listener, self._waker, self._wakened):
            end.close()

    def __enter__(self) -> ScpiServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select(self._patience()):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.data, _Client) and events & selectors.EVENT_READ:
                    self._receive(key.data)
            for client in list(self._clients.values()):
                self._work(client)

    def _patience(self) -> float | None:
        """How long the selector may sleep, in wall seconds; None for ever."""
        clients = self._clients.values()
        if any(client.session.waiting for client in clients):
            return POLL
        due = [client.late[0][0] for client in clients if client.late]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            link, _ = self._listener.accept()
            link.setblocking(False)
            refusal = self.instrument.SINGLE_SESSION if self._clients else ""
            with self._lock:
                up = self.instrument.link_up()
            if refusal or not up:
                with contextlib.suppress(OSError):
                    link.send(refusal.encode())
                link.close()
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = _Client(link, Session(self.instrument))
            self._clients[link] = client
            self._selector.register(link, selectors.EVENT_READ, client)

    def _receive(self, client: _Client) -> None:
        try:
            data = client.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(client)
            return
        with self._lock:
            if self._link_lost():
                return
            client.session.receive(data)

    def _work(self, client: _Client) -> None:
        """Execute what can be executed, and send what can be sent."""
        progress = True
        while progress and client.socket in self._clients and not self._stopping:
            with self._lock:
                progress = client.session.step()
                if self._link_lost():
                    return
                self._disturb(client)
        if client.socket in self._clients:
            self._send(client)

    def _link_lost(self) -> bool:
        """Hang up on all when the instrument's link went down; whether it did."""
        cut = self.instrument.power_cycles != self._power_cycles
        self._power_cycles = self.instrument.power_cycles
        if not cut and self.instrument.link_up():
            return False
        for client in list(self._clients.values()):
            self._hang_up(client)
        return True

    def _disturb(self, client: _Client) -> None:
        """What a fault does to a reply on its way out."""
        output = client.session.output
        if output and self.instrument.fault("silent") is not None:
            output.clear()
        elif output and (late := self.instrument.fault("late_reply")) is not None:
            client.late.append((time.monotonic() + late["delay"], bytes(output)))
            output.clear()

    def _send(self, client: _Client) -> None:
        output = client.session.output
        try:
            while client.late and client.late[0][0] <= time.monotonic():
                client.socket.send(client.late.pop(0)[1])
            if output:
                del output[: client.socket.send(output)]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(client)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if output else 0)
        self._selector.modify(client.socket, wanted, client)

    def _hang_up(self, client: _Client) -> None:
        if self._clients.pop(client.socket, None):
            self._selector.unregister(client.socket)
            client.socket.close()

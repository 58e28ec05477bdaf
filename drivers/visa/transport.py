"""The message link over VISA."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import RLock
from typing import TypeVar

from pyvisa.constants import StatusCode
from pyvisa.errors import InvalidSession, VisaIOError
from pyvisa.resources import MessageBasedResource

from drivers.errors import LinkBusy, LinkClosed, LinkFraming, LinkTimeout
from drivers.locking import PortLock
from drivers.visa.manager import await_reply, canonical_name, hung_up, open_session, unread
from drivers.visa.trace import Trace

T = TypeVar("T")

FORGETTING = 0.5
"""s of wall time that an instrument with one session may take to forget the one just dropped."""


class VisaTransport:
    """Messages, or frames of bytes, over one VISA resource; implements `MessageLink`.

    Any failure in the middle of an exchange, Ctrl-C included, takes the link down: a reply that
    comes late has nowhere to go, where pyvisa would hand it to the next question. The next
    message opens the link again, with `first` and the greeting. Threads may share a transport;
    other processes and other transports get `LinkBusy` until `close`.
    """

    def __init__(
        self,
        resource: str,
        *,
        first: Sequence[str] = (),
        greeting: str = "*IDN?",
        accept: Callable[[str], object] | None = None,
        timeout: float = 5.0,
        backend: str = "@py",
        trace: Trace | None = None,
    ) -> None:
        """Nothing is sent before `open`.

        `first`: messages sent at every opening before anything else, such as a source's off.
        `greeting`: the question that proves that somebody answers; '' asks nothing. `accept`
        judges each reply to it, and raises what `open` then raises.
        `timeout`: of connecting and of each reply, in s of wall time (> 0).
        `backend`: pyvisa's name of the VISA library, "@py" or "@ivi". Raises `ValueError` when
        `resource` is no VISA resource name or `timeout` not above 0.
        """
        if not timeout > 0:
            raise ValueError(f"time-out of {timeout} s for {resource}: it must be above 0")
        self.address = resource
        self.lock = RLock()
        self.trace = trace or Trace()
        self.opened = 0
        self.timeout = timeout
        self._port = PortLock(canonical_name(resource))
        self._first = tuple(first)
        self._greeting = greeting
        self._accept = accept
        self._greeted = ""
        self._backend = backend
        self._session: MessageBasedResource | None = None
        self._closed = False

    def open(self) -> str:
        """Open the link if it is down; return the reply to the greeting.

        Raises `LinkClosed` when nobody listens, `LinkTimeout` when somebody does but stays
        silent, `LinkBusy` when another owner holds the port, and what `accept` raises.
        """
        with self.lock:
            if self._closed:
                raise LinkClosed(f"{self.address} was closed by this program: open a new driver")
            if self._session is None:
                self._port.acquire()
                patience = time.monotonic() + (FORGETTING if self.opened else 0.0)
                while self._session is None:
                    try:
                        self._connect()
                    except (LinkClosed, LinkBusy):
                        if time.monotonic() >= patience:
                            raise
                        time.sleep(0.02)
            return self._greeted

    def write(self, message: str) -> None:
        """Send one line, terminator excluded.

        Raises `ValueError` for a message outside ASCII or of several lines, `LinkError` when the
        peer is gone or takes nothing.
        """
        self._send(_line(message), message)

    def send(self, frame: bytes) -> None:
        """Send bytes as they are. Raises `LinkError` when the peer is gone or takes nothing."""
        self._send(frame, frame.hex(" "))

    def read(self, timeout: float | None = None) -> str:
        """The next line, terminators (LF, CR LF) stripped; `timeout` in s of wall time (> 0).

        Raises `LinkTimeout`, `LinkClosed`, or `LinkFraming` for bytes that are not ASCII.
        """
        line = self._receive(lambda session: session.read_raw(), timeout)
        try:
            text = line.decode("ascii").rstrip("\r\n")
        except UnicodeDecodeError as error:
            self.drop("bytes that are not ASCII")
            raise LinkFraming(
                f"{self.address} answered {line!r}, which is not ASCII: check that the "
                "instrument's data format is ASCII and its line settings are right"
            ) from error
        self.trace.add("<", text)
        return text

    def receive(self, count: int, timeout: float | None = None) -> bytes:
        """Exactly `count` bytes (>= 1); `timeout` in s of wall time (> 0).

        Raises `LinkTimeout` or `LinkClosed`.
        """
        frame = self._receive(lambda session: session.read_bytes(count), timeout)
        self.trace.add("<", frame.hex(" "))
        return frame

    def query(self, message: str, timeout: float | None = None) -> str:
        """Send a line and return the reply; `timeout` in s of wall time (> 0), None for its own.

        Anything that came before is not the reply: the link is opened anew then.
        Raises `ValueError` as `write` does, `LinkTimeout`, `LinkClosed` or `LinkFraming`.
        """
        line = _line(message)
        with self.lock:
            if self._session is not None and unread(self._session) and not hung_up(self._session):
                self.drop("a reply that nobody had asked for")
            try:
                self._send(line, message)
                return self.read(timeout)
            except BaseException:  # Ctrl-C between question and answer leaves a reply under way
                self.drop("exchange broken off")
                raise

    def drop(self, reason: str) -> None:
        """Take the link down until the next message; a second call does nothing."""
        with self.lock:
            session, self._session = self._session, None
            if session is not None:
                self.trace.add("!", f"dropped: {reason}")
                with suppress(VisaIOError, InvalidSession, OSError):
                    session.close()

    def reopen(self) -> str:
        """Close the link and open it anew, dropping whatever was under way; as `open`."""
        with self.lock:
            self.drop("asked to")
            return self.open()

    def clear(self) -> None:
        """Bring the exchange to a known state: nothing unread, nothing half sent.

        Raises `LinkError` when the link cannot be opened again.
        """
        self.reopen()  # pyvisa-py's clear misses a reply that comes after it

    def close(self) -> None:
        """Take the link down for good and free the port; a second call does nothing."""
        with self.lock:
            self._closed = True
            self.drop("closed")
            self._port.release()

    def _connect(self) -> None:
        self._session = open_session(self.address, backend=self._backend, timeout=self.timeout)
        self.opened += 1
        self.trace.add("!", f"opened {self.address}")
        try:
            for message in self._first:
                self.write(message)
            self._greeted = self.query(self._greeting) if self._greeting else ""
            if self._accept is not None:
                self._accept(self._greeted)
        except BaseException as error:
            self.drop(f"not accepted: {error!r}")
            raise

    def _send(self, data: bytes, shown: str) -> None:
        with self.lock:
            self.open()

            def put(session: MessageBasedResource) -> None:
                if hung_up(session):
                    raise ConnectionResetError("the instrument closed the connection")
                session.write_raw(data)

            self._guarded(put)
            self.trace.add(">", shown)

    def _receive(
        self, get: Callable[[MessageBasedResource], bytes], timeout: float | None
    ) -> bytes:
        wait = self.timeout if timeout is None else timeout
        with self.lock:
            if self._session is None:
                raise LinkClosed(f"{self.address} is down: a reply that was due is lost; ask again")

            def take(session: MessageBasedResource) -> bytes:
                await_reply(session, wait)
                session.timeout = wait * 1000
                return get(session)

            return self._guarded(take)

    def _guarded(self, work: Callable[[MessageBasedResource], T]) -> T:
        """Do `work` with the session; on any failure take the link down and say what it was."""
        session = self._session
        assert session is not None
        started = time.monotonic()
        try:
            return work(session)
        except BaseException as error:
            silent = isinstance(error, TimeoutError) or (
                isinstance(error, VisaIOError) and error.error_code == StatusCode.error_timeout
            )
            gone = not silent or hung_up(session)
            self.drop(str(error) or type(error).__name__)
            if not isinstance(error, VisaIOError | InvalidSession | OSError):
                raise
            if gone:
                raise LinkClosed(
                    f"{self.address} is gone ({error}): check power and cable, then try again"
                ) from error
            raise LinkTimeout(
                f"{self.address} did not answer within {time.monotonic() - started:.3g} s: "
                "the link is reopened with the next message"
            ) from error


def _line(message: str) -> bytes:
    if "\n" in message or not message.isascii():
        raise ValueError(f"{message!r} is not one line of ASCII")
    return message.encode() + b"\n"

"""The process's only door to pyvisa: sessions opened with everything set explicitly."""

from __future__ import annotations

import select
import socket
from threading import Lock
from typing import Any

import pyvisa
from pyvisa import rname
from pyvisa.errors import InvalidSession
from pyvisa.resources import MessageBasedResource

from drivers.errors import LinkClosed

_guard = Lock()


def canonical_name(resource: str) -> str:
    """The full spelling of a VISA resource name, so that two spellings of one port are one.

    Raises `ValueError` when `resource` is not a VISA resource name.
    """
    try:
        return str(rname.ResourceName.from_string(resource))
    except rname.InvalidResourceName as error:
        raise ValueError(
            f"{resource!r} is not a VISA resource name: {error}; "
            "write it as in TCPIP::192.168.1.5::5025::SOCKET or GPIB::17::INSTR"
        ) from error


def open_session(resource: str, *, backend: str, timeout: float) -> MessageBasedResource:
    """Open `resource` with LF as terminator and `timeout` in s (> 0); `LinkClosed` when it fails.

    A raw socket that refuses the connection opens all the same (pyvisa-py 0.8.1): only the first
    exchange tells. pyvisa gives one manager per backend and process, whoever asks; nobody here
    ever closes it, and asking anew each time gives a live one if other code did.
    """
    milliseconds = max(1, round(timeout * 1000))
    with _guard:
        try:
            session = pyvisa.ResourceManager(backend).open_resource(
                resource,
                open_timeout=milliseconds,
                timeout=milliseconds,
                read_termination="\n",
                write_termination="\n",
            )
        # pyvisa-py raises VisaIOError, OSError, serial errors and bare Exceptions here
        except Exception as error:
            raise LinkClosed(
                f"{resource} cannot be opened: {error}; check address, cable and power"
            ) from error
    if not isinstance(session, MessageBasedResource):
        session.close()
        raise LinkClosed(f"{resource} carries no messages: give an INSTR or SOCKET resource")
    wire = socket_of(session)
    if wire is not None:
        # Without this each command and the error query behind it take 43 ms: Nagle's algorithm
        # waits for the delayed acknowledgement. pyvisa-py 0.8.1 refuses VI_ATTR_TCPIP_NODELAY.
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return session


def socket_of(session: MessageBasedResource) -> socket.socket | None:
    """The socket below a pyvisa-py socket session, None for any other backend or interface."""
    sessions: Any = getattr(session.visalib, "sessions", {})
    try:
        wire = getattr(sessions.get(session.session), "interface", None)
    except InvalidSession:  # somebody closed the process's manager
        return None
    return wire if isinstance(wire, socket.socket) else None


def await_reply(session: MessageBasedResource, timeout: float) -> None:
    """Wait up to `timeout` s (> 0) until a raw socket has something to read; else do nothing.

    Raises `TimeoutError`, or `ConnectionResetError` at once when the peer closes: pyvisa-py spins
    on a closed socket until its time-out.
    """
    wire = socket_of(session)
    if wire is None or _buffered(session):
        return
    readable, _, _ = select.select([wire], [], [], timeout)
    if not readable:
        raise TimeoutError(f"nothing came within {timeout:g} s")
    if hung_up(session):
        raise ConnectionResetError("the instrument closed the connection")


def unread(session: MessageBasedResource) -> bool:
    """Whether something came that nobody read; False where that cannot be told."""
    wire = socket_of(session)
    if wire is None:
        return False
    return _buffered(session) or bool(select.select([wire], [], [], 0)[0])


def hung_up(session: MessageBasedResource) -> bool:
    """Whether the peer has closed a raw socket; False where that cannot be told.

    pyvisa-py reports a closed peer as a time-out.
    """
    wire = socket_of(session)
    if wire is None:
        return False
    try:
        return wire.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _buffered(session: MessageBasedResource) -> bool:
    """Whether pyvisa-py holds bytes that came behind the last line."""
    sessions: Any = getattr(session.visalib, "sessions", {})
    return bool(getattr(sessions.get(session.session), "_pending_buffer", b""))

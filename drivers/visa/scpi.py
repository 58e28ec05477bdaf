"""What all SCPI instruments have in common: identity, error queue, status, self-test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from drivers.clock import Clock
from drivers.errors import (
    CommandRejected,
    DeviceError,
    LinkBusy,
    LinkError,
    LinkFraming,
    LinkTimeout,
    WrongDevice,
)
from drivers.roles import Identity
from drivers.visa.link import MessageLink
from drivers.visa.transport import VisaTransport

ERROR_QUEUE_DEPTH = 32
"""More entries than any error queue holds (20 on most, IEEE 488.2 gives no number)."""

LOCKED = 514
"""Keysight's answer to a second session: Not allowed; Instrument locked by another I/O session."""

SELF_TEST_TIMEOUT = 60.0
"""Longest `*TST?` in s of wall time."""

_ERROR = re.compile(r'\s*([+-]?\d+)(?:\s*,\s*"(.*)")?\s*$', re.DOTALL)


class ScpiInstrument:
    """Base of the SCPI drivers.

    A subclass names the models it is for, declares its commands with `control`, `measurement` and
    `setting`, and sets the instrument up in `_prepare`. One lock covers a command, its reply and
    its error check, so threads may share an instrument.
    """

    MODELS: ClassVar[tuple[str, ...]] = ()
    """Accepted models, second field of `*IDN?`."""

    FIRST: ClassVar[tuple[str, ...]] = ()
    """Messages sent at every opening of the link before anything else."""

    ERROR_QUERY: ClassVar[str] = ":SYST:ERR?"

    def __init__(
        self,
        resource: str,
        clock: Clock,
        *,
        timeout: float = 5.0,
        backend: str = "@py",
        link: MessageLink | None = None,
    ) -> None:
        """Open, identify and prepare the instrument at the VISA resource `resource`.

        `clock`: lab time, for physical waits. `timeout`: of one reply, in s of wall time (> 0).
        `link`: another link than VISA. Raises `LinkError` when nobody answers, `WrongDevice`
        when it is another model, `CommandRejected` when it refuses its set-up.
        """
        self.clock = clock
        self.link: MessageLink = link or VisaTransport(
            resource,
            first=self.FIRST,
            accept=self._accepted,
            timeout=timeout,
            backend=backend,
        )
        self._prepared_at = 0
        try:
            self.identity = self._accepted(self.link.open())
            self.tell("*CLS")
            self.ensure_prepared()
        except BaseException:
            self.link.close()
            raise

    @property
    def address(self) -> str:
        """The VISA resource name."""
        return self.link.address

    @property
    def suffixes(self) -> Mapping[str, object]:
        """Placeholders of headers: none on the instrument itself."""
        return {}

    def identify(self) -> Identity:
        """Ask for the identity. Raises `LinkError` when nobody answers, `WrongDevice`."""
        return self._accepted(self.ask("*IDN?"))

    def self_check(self) -> str:
        """Run the instrument's own test, up to 60 s; '' when good, else its complaint in words.

        Raises `LinkError` when nobody answers.
        """
        reply = self.ask("*TST?", timeout=SELF_TEST_TIMEOUT)
        return "" if reply.strip() in ("0", "+0") else f"*TST? answered {reply}, expected 0"

    def reset(self) -> None:
        """`*RST`: settings to the instrument's defaults. Raises `LinkError`, `CommandRejected`."""
        self.tell("*RST")

    def clear_status(self) -> None:
        """`*CLS`: empty the error queue and events. Raises `LinkError`."""
        self.link.write("*CLS")

    def operation_complete(self) -> bool:
        """`*OPC?`: wait until all commands so far are done; `LinkTimeout` when they are not."""
        return self.ask("*OPC?").strip() == "1"

    def close(self) -> None:
        """Release the port; a second call does nothing."""
        self.link.close()

    def tell(self, message: str) -> None:
        """Send a command and empty the error queue.

        Raises `CommandRejected` with the instrument's code and text and the command, `LinkError`.
        """
        with self.link.lock:
            self.link.write(message)
            self._raise_for(message, self.drain_errors())

    def ask(self, message: str, timeout: float | None = None) -> str:
        """Send a query and return the reply; `timeout` in s of wall time, None for the usual.

        A refused query is not answered: after a time-out the error queue tells why. Raises
        `CommandRejected` then, else `LinkTimeout` or `LinkClosed`.
        """
        with self.link.lock:
            try:
                return self.link.query(message, timeout)
            except LinkTimeout as silence:
                try:
                    errors = self.drain_errors()
                except LinkError:
                    raise silence from None
                self._raise_for(message, errors)
                raise

    def drain_errors(self) -> list[tuple[int, str]]:
        """Empty the error queue; return (code, text) oldest first.

        Raises `LinkError`, or `DeviceError` when the queue never becomes empty.
        """
        errors: list[tuple[int, str]] = []
        with self.link.lock:
            while len(errors) < ERROR_QUEUE_DEPTH:
                reply = self.link.query(self.ERROR_QUERY)
                match = _ERROR.match(reply)
                if match is None:
                    self.resynchronise(f"{reply!r} is no error")
                    raise LinkFraming(
                        f"{self.address}: {self.ERROR_QUERY} was answered {reply!r}, expected a "
                        'number and a text as in 0,"No error"'
                    )
                if int(match[1]) == 0:
                    return errors
                errors.append((int(match[1]), match[2] or ""))
        raise DeviceError(
            f"{self.address}: the error queue is not empty after {ERROR_QUEUE_DEPTH} entries, the "
            f"last {errors[-1]}: switch the instrument off and on"
        )

    def resynchronise(self, reason: str) -> None:
        """Take the link down: a reply of the wrong shape may be that to another question."""
        self.link.drop(reason)

    def ensure_prepared(self) -> None:
        """Open the link if it is down; set the instrument up again if it was opened anew.

        Raises `LinkError` or `CommandRejected`.
        """
        with self.link.lock:
            self.link.open()
            opened = self.link.opened
            if opened != self._prepared_at:
                self._prepare()
                self._prepared_at = opened

    def _prepare(self) -> None:
        """Bring the instrument to the state that the driver's methods start from."""

    def _raise_for(self, message: str, errors: list[tuple[int, str]]) -> None:
        if errors:
            code, text = errors[0]
            more = "".join(f"; then {also[0]}, {also[1]!r}" for also in errors[1:])
            raise CommandRejected(
                f"{self.address} refused {message!r}: error {code}, {text!r}{more}",
                code=code,
                text=text,
            )

    def _accepted(self, reply: str) -> Identity:
        if reply.startswith(f"{LOCKED},"):
            raise LinkBusy(
                f"{self.address} serves one session at a time and has one: end the other program"
            )
        fields = [field.strip() for field in reply.split(",", 3)]
        if len(fields) < 2:
            raise LinkFraming(
                f"{self.address}: *IDN? was answered {reply!r}, expected maker, model, serial "
                "number and firmware: check the address"
            )
        identity = Identity(*[*fields, "", ""][:4])
        if identity.model.upper() not in self.MODELS:
            raise WrongDevice(
                f"{self.address} is a {identity}, expected {' or '.join(self.MODELS)}: correct "
                "the address or the driver in the bench description"
            )
        return identity

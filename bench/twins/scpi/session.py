"""One client's message exchange with an instrument: input queue, output queue, query errors.

After IEEE 488.2, 6.3: a new message that begins while a reply is unread discards that reply (-410).
On a stream nobody tells when a reply was read, so one that has left the output queue counts as read
and one that has not, as unread: of two queries that arrive together only the second is answered.
A line feed always ends a message, also within a block: none of these instruments takes blocks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.instrument import Execution, ScpiInstrument
from bench.twins.scpi.message import WHITE

_log = logging.getLogger(__name__)

INPUT_QUEUE = 65536
"""Bytes that may wait to be executed."""


class Session:
    """Input and output queue of one client. Call everything with the world's lock held."""

    def __init__(self, instrument: ScpiInstrument) -> None:
        self.instrument = instrument
        self.output = bytearray()
        self._input = bytearray()
        self._overrun = False
        self._execution: Execution | None = None
        self._ready: Callable[[], bool] = bool

    @property
    def waiting(self) -> bool:
        """Whether a message is held back until lab time moves."""
        return self._execution is not None

    def receive(self, data: bytes) -> None:
        """Take bytes from the client into the input queue.

        Too many at once are lost: -430 when a message is still held back, else -363.
        """
        if self._overrun:
            _, end, data = data.partition(b"\n")
            self._overrun = not end
        self._input += data
        if len(self._input) > INPUT_QUEUE:
            rest = self._input.rpartition(b"\n")[2]
            self._overrun = bool(rest)
            self._input.clear()
            self.instrument.status.report(ScpiError(-430 if self.waiting else -363))

    def step(self) -> bool:
        """Execute as far as one message goes; whether there was anything to do."""
        if self._execution is not None:
            if not self._ready():
                return False
        else:
            message = self._next_message()
            if message is None:
                return False
            if self.output:
                self.output.clear()
                self.instrument.status.report(ScpiError(-410))
            self._execution = self.instrument.execute(message)
        try:
            self._ready = next(self._execution)
        except StopIteration as end:
            self._execution = None
            if end.value:
                self.output += end.value + b"\n"
        except Exception:  # a twin's own mistake must not take the other sessions down
            _log.exception("%s: a message failed", self.instrument.IDENTITY.model)
            self._execution = None
            self.instrument.status.report(ScpiError(-310))
        return True

    def read(self) -> bytes:
        """Take the whole reply, as a bus does that tells when it reads; -420 when there is none."""
        if not self.output and not self.waiting:
            self.instrument.status.report(ScpiError(-420))
        reply = bytes(self.output)
        self.output.clear()
        return reply

    def _next_message(self) -> str | None:
        while b"\n" in self._input:
            line, _, rest = self._input.partition(b"\n")
            self._input = bytearray(rest)
            message = line.decode("latin-1").strip(WHITE)
            if message:
                return message
        return None

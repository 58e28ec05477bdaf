"""Status reporting: error queue, event registers, status byte (IEEE 488.2, 11; SCPI-99, 9)."""

from __future__ import annotations

from collections import deque

from bench.twins.scpi.errors import QUEUE_OVERFLOW, TEXTS, ScpiError, event_bit

QUEUE_LENGTH = 20
OPERATION_COMPLETE, POWER_ON = 1 << 0, 1 << 7

ERRORS, QUESTIONABLE, MESSAGE = 1 << 2, 1 << 3, 1 << 4
EVENT, MASTER, OPERATION = 1 << 5, 1 << 6, 1 << 7
"""Bits of the status byte."""

REGISTER_MASK = 0x7FFF
"""Bit 15 of a SCPI register is always 0."""


class ErrorQueue:
    """First in, first out; when full, the last entry becomes -350."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, str]] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, code: int, text: str) -> None:
        """Queue one error."""
        if len(self._entries) < QUEUE_LENGTH:
            self._entries.append((code, text))
        else:
            self._entries[-1] = (QUEUE_OVERFLOW, TEXTS[QUEUE_OVERFLOW])

    def pop(self) -> tuple[int, str]:
        """Take the oldest; `(0, "No error")` when empty."""
        return self._entries.popleft() if self._entries else (0, TEXTS[0])

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()


class EventRegister:
    """A SCPI register: condition now, event latched on a rising condition, enable mask."""

    def __init__(self) -> None:
        self.condition = 0
        self.event = 0
        self.enable = 0

    def show(self, condition: int) -> None:
        """The condition is now so; bits that rose are latched."""
        self.event |= condition & ~self.condition & REGISTER_MASK
        self.condition = condition & REGISTER_MASK

    def take(self) -> int:
        """Read and clear the event register."""
        event, self.event = self.event, 0
        return event


class Status:
    """All of an instrument's status."""

    def __init__(self) -> None:
        self.errors = ErrorQueue()
        self.questionable = EventRegister()
        self.operation = EventRegister()
        self.power_on()

    def power_on(self) -> None:
        """As after power on: everything is zero but the power on event."""
        self.errors.clear()
        self.events = POWER_ON
        self.event_enable = 0
        self.service_enable = 0
        for register in (self.questionable, self.operation):
            register.condition = register.event = register.enable = 0

    def report(self, error: ScpiError) -> None:
        """Queue an error and set the event bit of its class."""
        self.events |= event_bit(error.code)
        self.errors.push(error.code, error.text)

    def take_events(self) -> int:
        """Read and clear the standard event status register."""
        events, self.events = self.events, 0
        return events

    def byte(self, message_available: bool) -> int:
        """The status byte with MSS in bit 6, as `*STB?` tells it."""
        byte = (
            (ERRORS if len(self.errors) else 0)
            | (QUESTIONABLE if self.questionable.event & self.questionable.enable else 0)
            | (MESSAGE if message_available else 0)
            | (EVENT if self.events & self.event_enable else 0)
            | (OPERATION if self.operation.event & self.operation.enable else 0)
        )
        return byte | (MASTER if byte & self.service_enable else 0)

    def clear(self) -> None:
        """`*CLS`: events and errors go, enables stay."""
        self.events = 0
        self.questionable.event = self.operation.event = 0
        self.errors.clear()

    def preset(self) -> None:
        """`STATus:PRESet`: SCPI's own enables to 0; those of IEEE 488.2 stay."""
        self.questionable.enable = self.operation.enable = 0

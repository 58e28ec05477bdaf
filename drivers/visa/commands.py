"""Instrument commands as class attributes: header, unit, range, and what it is, in one line.

The idea is pymeasure's `Instrument.control`; reading the attribute asks the instrument, assigning
to it checks the value, sends it and empties the error queue. Placeholders such as {phase} in a
header are filled from the object's `suffixes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, Self, TypeVar, overload

from drivers.errors import LinkFraming
from drivers.visa.values import Kind

T = TypeVar("T")


class Talker(Protocol):
    """Whoever has commands: an instrument, or one channel of it."""

    @property
    def suffixes(self) -> Mapping[str, object]:
        """What fills the placeholders of headers."""
        ...

    def ask(self, message: str) -> str:
        """Send a query and return the reply."""
        ...

    def tell(self, message: str) -> None:
        """Send a command and check the error queue."""
        ...

    def resynchronise(self, reason: str) -> None:
        """Drop whatever is under way after a reply that does not fit its question."""
        ...


class Part:
    """A part of an instrument, such as a channel, with commands and suffixes of its own."""

    def __init__(self, talker: Talker, **suffixes: object) -> None:
        """`talker`: the instrument, or a part of it; `suffixes` come on top of its own."""
        self._talker = talker
        self.suffixes: Mapping[str, object] = {**talker.suffixes, **suffixes}

    def ask(self, message: str) -> str:
        """Send a query and return the reply. Raises `LinkError`, `CommandRejected`."""
        return self._talker.ask(message)

    def tell(self, message: str) -> None:
        """Send a command, check the error queue. Raises `LinkError`, `CommandRejected`."""
        self._talker.tell(message)

    def resynchronise(self, reason: str) -> None:
        """Drop whatever is under way after a reply that does not fit its question."""
        self._talker.resynchronise(reason)


class Measurement(Generic[T]):
    """A value that can only be asked for."""

    def __init__(self, header: str, kind: Kind[T], what: str) -> None:
        """`what` it is, in words; `ValueError` unless `header` begins with one of : and *."""
        if not header.startswith((":", "*")):
            raise ValueError(f"header {header!r} must start at the root, with a colon")
        self.header = header
        self.kind = kind
        self.__doc__ = f"{what}: {kind.words}. Raises `LinkError` or `CommandRejected`."

    @overload
    def __get__(self, talker: None, owner: type) -> Self: ...
    @overload
    def __get__(self, talker: Talker, owner: type) -> T: ...
    def __get__(self, talker: Talker | None, owner: type) -> Self | T:
        """Ask the instrument; `LinkFraming` when the reply is no such value."""
        if talker is None:
            return self
        query = self.header.format(**talker.suffixes) + "?"
        reply = talker.ask(query)
        try:
            return self.kind.decode(reply)
        except ValueError as error:
            talker.resynchronise(f"{reply!r} is no answer to {query}")
            raise LinkFraming(
                f"{query} was answered {reply!r}, which is not {self.kind.words} ({error}): "
                "check that this driver is meant for this instrument"
            ) from error


class Control(Measurement[T]):
    """A value that can be set and asked for."""

    def __set__(self, talker: Talker, value: T) -> None:
        """Set it: `ValueError` before a byte is sent, `CommandRejected` if it is refused."""
        header = self.header.format(**talker.suffixes)
        try:
            parameter = self.kind.encode(value)
        except ValueError as error:
            raise ValueError(f"{header}: {error}") from error
        talker.tell(f"{header} {parameter}")


class Setting(Control[T]):
    """A value that can only be set."""

    @overload
    def __get__(self, talker: None, owner: type) -> Self: ...
    @overload
    def __get__(self, talker: Talker, owner: type) -> T: ...
    def __get__(self, talker: Talker | None, owner: type) -> Self | T:
        """Only the class attribute can be read; `AttributeError` on an instrument."""
        if talker is None:
            return self
        raise AttributeError(f"{self.header} has no query form")


def control(header: str, kind: Kind[T], what: str) -> Control[T]:
    """A value that can be set and asked for."""
    return Control(header, kind, what)


def measurement(header: str, kind: Kind[T], what: str) -> Measurement[T]:
    """A value that can only be asked for."""
    return Measurement(header, kind, what)


def setting(header: str, kind: Kind[T], what: str) -> Setting[T]:
    """A value that can only be set."""
    return Setting(header, kind, what)

"""Rows of an instrument's command table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.twins.scpi.parameters import Parameter, Value


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a command: header as typed, numeric suffixes in order, parameter values in order.

    A parameter that was left out is None; the typed accessors give its `default` then.
    """

    header: str
    suffixes: tuple[int, ...]
    values: tuple[Value, ...]

    def given(self, index: int) -> bool:
        """Whether parameter `index` was written."""
        return index < len(self.values) and self.values[index] is not None

    def number(self, index: int, default: float = 0.0) -> float:
        """Parameter `index` as a number."""
        value = self.values[index] if self.given(index) else default
        assert isinstance(value, int | float)
        return float(value)

    def flag(self, index: int = 0) -> bool:
        """Parameter `index` as a boolean."""
        return bool(self.values[index])

    def word(self, index: int, default: str = "") -> str:
        """Parameter `index` as a string or a word."""
        value = self.values[index] if self.given(index) else default
        assert isinstance(value, str)
        return value

    def words(self) -> list[str]:
        """All parameters that are strings or words."""
        return [value for value in self.values if isinstance(value, str)]

    def channels(self, index: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Parameter `index` as a channel list."""
        value = self.values[index] if self.given(index) else default
        assert isinstance(value, tuple)
        return value


@dataclass(frozen=True, slots=True)
class Wait:
    """A handler's way to hold back what follows: until `ready()`, then `then()` is the reply.

    Handlers never block: lab time moves only when somebody advances the world.
    """

    ready: Callable[[], bool]
    then: Callable[[], str | bytes | None]


Reply = str | bytes | Wait | None


@dataclass(frozen=True, slots=True)
class Command:
    """A header and what its command form (`write`) and its query form (`ask`) do.

    `takes` and `asks` are their parameters. `indefinite`: the reply is free text, so no other
    query may follow in the same message (IEEE 488.2, 6.5.7.5).
    """

    pattern: str
    write: Callable[[Call], Reply] | None = None
    ask: Callable[[Call], Reply] | None = None
    takes: tuple[Parameter, ...] = ()
    asks: tuple[Parameter, ...] = ()
    indefinite: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that is set, read back, saved, and given its `default` by `*RST`.

    `name` is what the instrument calls it; a header with numeric suffixes has one value for each.
    `changed` is called after the value was stored and may refuse by an error: the old value stays.
    """

    pattern: str
    name: str
    kind: Parameter
    default: Value
    changed: Callable[[Call], None] | None = None

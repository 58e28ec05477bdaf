"""What a SCPI parameter can be: checked and spelled out on the way out, read on the way in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")

SCPI_NAN = 9.91e37
SCPI_INFINITY = 9.9e37


class Kind(Protocol[T]):
    """A kind of parameter."""

    @property
    def words(self) -> str:
        """Unit and range in words."""
        ...

    def encode(self, value: T) -> str:
        """The parameter as SCPI text; `ValueError` when the value is not allowed."""
        ...

    def decode(self, text: str) -> T:
        """The value of a reply; `ValueError` when it is no such thing."""
        ...


def read_number(text: str) -> float:
    """A numeric reply, in whatever unit was asked for: 9.91E37 is NaN, +-9.9E37 infinite.

    SCPI-99, 7.2.1.4 and 7.2.1.5. Raises `ValueError` when `text` is not a number.
    """
    value = float(text)
    if math.isclose(value, SCPI_NAN, rel_tol=1e-5):
        return math.nan
    if math.isclose(abs(value), SCPI_INFINITY, rel_tol=1e-5):
        return math.copysign(math.inf, value)
    return value


def read_numbers(text: str) -> tuple[float, ...]:
    """The numbers of a comma list, in their units; `ValueError` when one is not a number."""
    return tuple(read_number(field) for field in text.split(","))


@dataclass(frozen=True, slots=True)
class Real:
    """A real number in `unit`, `low` to `high`."""

    unit: str
    low: float
    high: float

    @property
    def words(self) -> str:
        """Unit and range in words."""
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()

    def encode(self, value: float) -> str:
        """`value` in `unit` as NR3 with nine digits; `ValueError` when out of range or NaN."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{value} {self.unit} is outside {self.words}")
        return f"{value + 0.0:.9G}"  # no minus before a zero

    def decode(self, text: str) -> float:
        """The number in `unit`, NaN and infinities included; `ValueError` when it is none."""
        return read_number(text)


@dataclass(frozen=True, slots=True)
class Switch:
    """ON or OFF."""

    @property
    def words(self) -> str:
        """Range in words."""
        return "on or off"

    def encode(self, value: bool) -> str:
        """ON or OFF."""
        return "ON" if value else "OFF"

    def decode(self, text: str) -> bool:
        """Instruments answer 0 or 1, a few the words; `ValueError` for anything else."""
        word = text.strip().upper()
        if word in ("ON", "OFF"):
            return word == "ON"
        return bool(round(float(word)))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words, sent as it stands."""

    words_allowed: tuple[str, ...]

    @property
    def words(self) -> str:
        """The allowed words."""
        return "one of " + ", ".join(self.words_allowed)

    def encode(self, value: str) -> str:
        """The word; `ValueError` when it is not allowed."""
        if value not in self.words_allowed:
            raise ValueError(f"{value!r} is not {self.words}")
        return value

    def decode(self, text: str) -> str:
        """The word in capitals, quotes taken off."""
        return text.strip().strip("\"'").upper()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A list of strings in double quotes."""

    @property
    def words(self) -> str:
        """What it is in words."""
        return "quoted strings"

    def encode(self, value: Sequence[str]) -> str:
        """Quoted and comma separated; `ValueError` for an empty list or a quote inside."""
        if not value or any('"' in item for item in value):
            raise ValueError(f"{value!r} cannot be sent as a list of quoted strings")
        return ",".join(f'"{item}"' for item in value)

    def decode(self, text: str) -> Sequence[str]:
        """The strings without quotes."""
        return tuple(item.strip().strip('"') for item in text.split(","))


@dataclass(frozen=True, slots=True)
class Several(Generic[T]):
    """A fixed number of parameters, comma separated."""

    kinds: tuple[Kind[T], ...]

    @property
    def words(self) -> str:
        """Unit and range of each in words."""
        return ", ".join(kind.words for kind in self.kinds)

    def encode(self, value: Sequence[T]) -> str:
        """Comma separated; `ValueError` when the number is wrong or one is not allowed."""
        if len(value) != len(self.kinds):
            raise ValueError(f"{value!r}: needs {len(self.kinds)} values")
        return ",".join(kind.encode(one) for kind, one in zip(self.kinds, value, strict=True))

    def decode(self, text: str) -> Sequence[T]:
        """The values; `ValueError` when the number is wrong or one cannot be read."""
        fields = text.split(",")
        if len(fields) != len(self.kinds):
            raise ValueError(f"{len(fields)} values instead of {len(self.kinds)}")
        return tuple(kind.decode(one) for kind, one in zip(self.kinds, fields, strict=True))

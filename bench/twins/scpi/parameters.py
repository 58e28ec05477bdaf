"""Parameter kinds of a command table: each turns a data element into a value, or refuses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.twins.scpi.data import Element, Kind, element
from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.header import means, short_form
from bench.twins.scpi.units import factor

Value = float | bool | str | tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`optional` may be left out (its value is then None); `repeated` takes all that follow."""

    optional: bool = False
    repeated: bool = False

    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of data elements that can stand here."""
        raise NotImplementedError

    def value(self, given: Element) -> Value:
        """The value of an element of one of those kinds; `ScpiError` when it is not legal."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Number(Parameter):
    """A number in `unit` from `low` to `high`, or MIN, MAX, DEF; `whole` rounds it.

    `infinite` admits INF and NINF as well. With `clipped`, a number out of range becomes the limit
    and `clipped` is told which one; else it is an error.
    """

    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    default: float | None = None
    whole: bool = False
    infinite: bool = False
    clipped: Callable[[str], None] | None = None

    def kinds(self) -> tuple[Kind, ...]:
        """Numbers, and words for limits."""
        return (Kind.NUMBER, Kind.CHARACTER)

    def value(self, given: Element) -> float:
        """The number in `unit`; `ScpiError` -222 when out of range."""
        if given.kind is Kind.CHARACTER:
            return self.named(given.text)
        number = given.value * factor(given.suffix, self.unit)
        if self.whole and math.isfinite(number):
            number = float(math.floor(number + 0.5))
        if not self.low <= number <= self.high:
            if self.clipped:
                self.clipped("upper" if number > self.high else "lower")
                return min(max(number, self.low), self.high)
            raise ScpiError(-222, given.text)
        return number

    def named(self, word: str) -> float:
        """The number that a word stands for; `ScpiError` -148 or -141 when it is none here."""
        words: dict[str, float | None] = {
            "MINimum": self.low,
            "MAXimum": self.high,
            "DEFault": self.default,
        }
        if self.infinite:
            words |= {"INFinity": math.inf, "NINFinity": -math.inf}
        limited = math.isfinite(self.low) or math.isfinite(self.high)
        for name, number in words.items():
            if means(name, word) and number is not None and (self.infinite or limited):
                return number
        raise ScpiError(-141 if limited else -148, word)


@dataclass(frozen=True, slots=True)
class Boolean(Parameter):
    """ON, OFF, or a number that is rounded: 0 is OFF (SCPI-99, volume 1, 7.3)."""

    def kinds(self) -> tuple[Kind, ...]:
        """Words and numbers."""
        return (Kind.NUMBER, Kind.CHARACTER)

    def value(self, given: Element) -> bool:
        """True for ON."""
        if given.kind is Kind.NUMBER:
            number = given.value * factor(given.suffix, "")
            return math.isinf(number) or math.floor(abs(number) + 0.5) != 0
        if given.text.upper() not in ("ON", "OFF"):
            raise ScpiError(-141, given.text)
        return given.text.upper() == "ON"


@dataclass(frozen=True, slots=True)
class Choice(Parameter):
    """One of some words in the manual's notation; the value is the short form."""

    words: tuple[str, ...]

    def kinds(self) -> tuple[Kind, ...]:
        """Words."""
        return (Kind.CHARACTER,)

    def value(self, given: Element) -> str:
        """The short form; `ScpiError` -224 for another word."""
        for word in self.words:
            if means(word, given.text):
                return short_form(word)
        raise ScpiError(-224, given.text)


@dataclass(frozen=True, slots=True)
class NumberChoice(Parameter):
    """One of some numbers, or MIN, MAX."""

    numbers: tuple[float, ...]
    unit: str = ""

    def kinds(self) -> tuple[Kind, ...]:
        """Numbers, and words for limits."""
        return (Kind.NUMBER, Kind.CHARACTER)

    def value(self, given: Element) -> float:
        """The number; `ScpiError` -224 for another one."""
        if given.kind is Kind.CHARACTER:
            return Number(low=min(self.numbers), high=max(self.numbers)).named(given.text)
        number = given.value * factor(given.suffix, self.unit)
        if number not in self.numbers:
            raise ScpiError(-224, given.text)
        return number


@dataclass(frozen=True, slots=True)
class Anything(Parameter):
    """Any data element, as written."""

    def kinds(self) -> tuple[Kind, ...]:
        """All."""
        return tuple(Kind)

    def value(self, given: Element) -> str:
        """The text."""
        return given.text


@dataclass(frozen=True, slots=True)
class Text(Parameter):
    """A quoted string."""

    def kinds(self) -> tuple[Kind, ...]:
        """Strings."""
        return (Kind.STRING,)

    def value(self, given: Element) -> str:
        """What stands between the quotes."""
        return given.text


@dataclass(frozen=True, slots=True)
class Channels(Parameter):
    """A channel list such as `(@101,103:105)` (SCPI-99, volume 1, 8.3.2)."""

    most: int = 1000

    def kinds(self) -> tuple[Kind, ...]:
        """Expressions."""
        return (Kind.EXPRESSION,)

    def value(self, given: Element) -> tuple[int, ...]:
        """The channels in the order written; `ScpiError` -171 when it is no channel list."""
        inner = given.text[1:-1].strip()
        if not inner.startswith("@"):
            raise ScpiError(-171, given.text)
        channels: list[int] = []
        for part in inner[1:].split(","):
            ends = [end.strip() for end in part.split(":")]
            if len(ends) > 2 or not all(e.isascii() and e.isdecimal() for e in ends):
                raise ScpiError(-171, given.text)
            first, last = int(ends[0][:9]), int(ends[-1][:9])
            step = 1 if last >= first else -1
            if abs(last - first) >= self.most:
                raise ScpiError(-223, given.text)
            channels.extend(range(first, last + step, step))
        if len(channels) > self.most:
            raise ScpiError(-223, given.text)
        return tuple(channels)


def values(given: Sequence[str], wanted: Sequence[Parameter]) -> tuple[Value, ...]:
    """The values of the written parameters `given`, as the table row wants them.

    Raises `ScpiError` -108 (too many), -109 (too few), or what the kinds say.
    """
    elements = [element(text) for text in given]
    result: list[Value] = []
    for parameter in wanted:
        if not elements:
            if not parameter.optional:
                raise ScpiError(-109)
            result.append(None)
        elif elements[0].kind not in parameter.kinds():
            if not parameter.optional:
                raise ScpiError(elements[0].kind.value, elements[0].text)
            result.append(None)
        else:
            result.append(parameter.value(elements.pop(0)))
            while parameter.repeated and elements:
                if elements[0].kind not in parameter.kinds():
                    raise ScpiError(elements[0].kind.value, elements[0].text)
                result.append(parameter.value(elements.pop(0)))
    if elements:
        raise ScpiError(-108, elements[0].text)
    return tuple(result)

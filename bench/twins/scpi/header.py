"""Command headers: patterns in the manual's notation, and which one a typed header means.

A pattern such as `[SOURce:]PHASe<1-3>:VOLTage[:STATe]` has long and short forms (the capitals),
optional nodes in brackets, and numeric suffixes with their range; `<0-3,0>` names a default other
than 1 (SCPI-99, volume 1, 6.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.twins.scpi.errors import ScpiError

_NODE = re.compile(r"(\[)?:?([A-Za-z]+)(?:<(\d+)-(\d+)(?:,(\d+))?>)?:?\]?")
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9_]*(:[A-Za-z][A-Za-z0-9_]*)*")
LONGEST_MNEMONIC = 12
"""IEEE 488.2, 7.6.1.4.1."""
_REMEMBERED = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Suffix:
    """The numeric suffix of one node; a node `without` a range takes 1 or nothing."""

    low: int = 1
    high: int = 1
    default: int = 1
    counted: bool = False


def short_form(word: str) -> str:
    """The capitals and digits of a word in the manual's notation."""
    return "".join(c for c in word if not c.islower())


def means(word: str, typed: str) -> bool:
    """Whether `typed` is the long or the short form of `word`, in any case."""
    return typed.upper() in (word.upper(), short_form(word))


class _Pattern:
    def __init__(self, pattern: str) -> None:
        expression = ""
        suffixes: list[Suffix] = []
        for optional, word, low, high, default in _NODE.findall(pattern):
            node = f":(?:{word.upper()}|{short_form(word)})(\\d*)"
            expression += f"(?:{node})?" if optional else node
            suffixes.append(
                Suffix(int(low), int(high), int(default or 1), True) if low else Suffix()
            )
        self.regex = re.compile(expression)
        self.suffixes = tuple(suffixes)

    def numbers(self, found: re.Match[str]) -> tuple[int, ...] | None:
        """The suffixes of the nodes that have a range; None when one is out of it."""
        numbers = []
        for suffix, digits in zip(self.suffixes, found.groups(), strict=True):
            number = int(digits[:9]) if digits else suffix.default
            if digits and not suffix.low <= number <= suffix.high:
                return None
            if suffix.counted:
                numbers.append(number)
        return tuple(numbers)


class HeaderTable(Generic[T]):
    """Patterns and what each stands for."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        """`rows`: pattern and meaning, all patterns different."""
        self._rows = [(_Pattern(pattern), meaning) for pattern, meaning in rows]
        self._found: dict[str, tuple[T, tuple[int, ...]]] = {}

    def find(self, header: str) -> tuple[T, tuple[int, ...]]:
        """The meaning of a typed header from the root, and its suffixes.

        Raises `ScpiError` -101, -102, -112 (not a header), -113 (unknown), -114 (suffix).
        """
        key = header.upper()
        if key not in self._found:
            found = self._search(header, key)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = found
        return self._found[key]

    def _search(self, header: str, key: str) -> tuple[T, tuple[int, ...]]:
        check_typed(header)
        suffix_wrong = False
        for pattern, meaning in self._rows:
            if match := pattern.regex.fullmatch(":" + key):
                numbers = pattern.numbers(match)
                if numbers is not None:
                    return meaning, numbers
                suffix_wrong = True
        raise ScpiError(-114 if suffix_wrong else -113, header)


def check_typed(header: str) -> None:
    """Raise `ScpiError` when `header` cannot be one at all."""
    if not _TYPED.fullmatch(header):
        strange = any(not (c.isascii() and (c.isalnum() or c in "_:?*")) for c in header)
        raise ScpiError(-101 if strange else -102, printable(header))
    if any(len(mnemonic) > LONGEST_MNEMONIC for mnemonic in header.split(":")):
        raise ScpiError(-112, printable(header))


def printable(text: str, longest: int = 60) -> str:
    """`text` as it may stand in an error message."""
    clean = "".join(c if " " <= c <= "~" and c != '"' else "?" for c in text)
    return clean[:longest]

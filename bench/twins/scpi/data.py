"""Data elements: what kind of thing a parameter is, before a command judges it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bench.twins.scpi.errors import ScpiError
from bench.twins.scpi.header import printable
from bench.twins.scpi.message import block_length

_DECIMAL = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:\s*[eE]\s*[+-]?\d+)?)\s*([A-Za-z/][A-Za-z0-9/.\-]*)?", re.ASCII
)
_NON_DECIMAL = re.compile(r"#(?:[hH]([0-9a-fA-F]+)|[qQ]([0-7]+)|[bB]([01]+))")
_CHARACTER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LARGEST_EXPONENT = 32000
"""IEEE 488.2, 7.7.2.4.1: beyond it the exponent is too large (-123); here -120."""


class Kind(Enum):
    """Kinds of data elements, and the error of one that is not allowed where it stands."""

    NUMBER = -128
    CHARACTER = -148
    STRING = -158
    BLOCK = -168
    EXPRESSION = -178


@dataclass(frozen=True, slots=True)
class Element:
    """One parameter: `value` for a number, `text` for all others, `suffix` its unit as typed."""

    kind: Kind
    text: str
    value: float = 0.0
    suffix: str = ""


def element(text: str) -> Element:
    """The data element written in `text` (not empty); `ScpiError` when it is none."""
    first = text[0]
    if first in "\"'":
        return Element(Kind.STRING, _string(text))
    if first == "(":
        return Element(Kind.EXPRESSION, text)
    if first == "#":
        return _hash(text)
    if _CHARACTER.fullmatch(text):
        return Element(Kind.CHARACTER, text)
    if found := _DECIMAL.fullmatch(text):
        return Element(Kind.NUMBER, text, _value(found.group(1)), found.group(2) or "")
    if first.isascii() and (first.isdecimal() or first in "+-."):
        raise ScpiError(-121, printable(text))
    raise ScpiError(-102 if first.isascii() and first.isprintable() else -101, printable(text))


def _value(text: str) -> float:
    compact = "".join(text.split())
    exponent = re.search(r"[eE]([+-]?\d+)$", compact)
    if exponent and abs(int(exponent.group(1)[:9])) > _LARGEST_EXPONENT:
        raise ScpiError(-120, printable(text))
    return float(compact)


def _string(text: str) -> str:
    quote = text[0]
    inner = text[1:-1].replace(quote * 2, "")
    if len(text) < 2 or text[-1] != quote or quote in inner:
        raise ScpiError(-151, printable(text))
    return text[1:-1].replace(quote * 2, quote)


def _hash(text: str) -> Element:
    if text[1:2].isdecimal():
        length = block_length(text)
        if length != len(text):
            raise ScpiError(-161)
        return Element(Kind.BLOCK, text[2 + int(text[1]) :])
    found = _NON_DECIMAL.fullmatch(text)
    if not found:
        raise ScpiError(-121, printable(text))
    digits, base = next((d, b) for d, b in zip(found.groups(), (16, 8, 2), strict=True) if d)
    if len(digits) > 64:
        raise ScpiError(-120, printable(text))
    return Element(Kind.NUMBER, text, float(int(digits, base)))

"""A program message taken apart: units at `;`, parameters at `,` (IEEE 488.2, 7.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.twins.scpi.errors import ScpiError

WHITE = "".join(chr(code) for code in range(33) if code != 10)
"""White space: control characters and blank, without the line feed (IEEE 488.2, 7.4.1.2)."""

_HEADER = re.compile(r"[^\x00-\x20]+")


def units(message: str) -> Iterator[tuple[str, str]]:
    """Header (with its `?`) and parameter text of each unit, blank units left out.

    `ScpiError` at a unit that cannot be delimited; the units before it are good.
    """
    for text in _split(message, ";"):
        unit = text.strip(WHITE)
        if found := _HEADER.match(unit):
            yield found.group(), unit[found.end() :].strip(WHITE)


def parameters(text: str) -> list[str]:
    """The parameters of one unit; `ScpiError` -102 when one is empty."""
    if not text:
        return []
    parts = [part.strip(WHITE) for part in _split(text, ",")]
    if not all(parts):
        raise ScpiError(-102, "empty parameter")
    return parts


def _split(text: str, separator: str) -> Iterator[str]:
    """Split at `separator` outside strings, blocks and parentheses."""
    start = at = 0
    while at < len(text):
        if text[at] == separator:
            yield text[start:at]
            start = at = at + 1
        else:
            at = _skip(text, at)
    yield text[start:]


def _skip(text: str, at: int) -> int:
    """The position after the data element part that begins at `at`."""
    character = text[at]
    if character in "\"'":
        return _closing(text, at, character, -151)
    if character == "(":
        return _closing(text, at, ")", -171)
    if character == "#" and text[at + 1 : at + 2].isdecimal():
        return at + block_length(text[at:])
    return at + 1


def _closing(text: str, at: int, mark: str, code: int) -> int:
    end = text.find(mark, at + 1)
    if end < 0:
        raise ScpiError(code)
    return end + 1


def block_length(text: str) -> int:
    """Length of the block data that `text` begins with, preamble included (IEEE 488.2, 7.7.6)."""
    digits = int(text[1])
    if digits == 0:
        return len(text)
    count = text[2 : 2 + digits]
    if len(count) < digits or not (count.isascii() and count.isdecimal()):
        raise ScpiError(-161)
    return 2 + digits + int(count)

"""How instruments write numbers, strings and blocks in their answers (IEEE 488.2, 8.7)."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

NAN, INFINITE = 9.91e37, 9.9e37
"""What SCPI writes for "not a number" and infinity (SCPI-99, volume 1, 7.2.1.4)."""


def finite(value: float) -> float:
    """`value`, or SCPI's number for NaN and the infinities."""
    if math.isnan(value):
        return NAN
    return math.copysign(INFINITE, value) if math.isinf(value) else value


def scientific(value: float) -> str:
    """Shortest scientific form without a plus sign: 14.4 is `1.44E1` (Fluke 6105A)."""
    mantissa, exponent = f"{finite(value) + 0.0:.12E}".split("E")
    whole, _, fraction = mantissa.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"


def signed(value: float, digits: int, exponent_digits: int = 2) -> str:
    """Scientific form with its sign, `digits` after the point: `+2.30000E+02`."""
    mantissa, exponent = f"{finite(value):+.{digits}E}".split("E")
    power = int(exponent)
    return f"{mantissa}E{'-' if power < 0 else '+'}{abs(power):0{exponent_digits}d}"


def quoted(text: str) -> str:
    """A string response: double quotes, those inside doubled."""
    return '"' + text.replace('"', '""') + '"'


def block(values: Sequence[float], bits: int, swapped: bool) -> bytes:
    """A definite block of IEEE 754 numbers of 32 or 64 `bits`, big-endian unless `swapped`."""
    letter = "f" if bits == 32 else "d"
    return _definite(struct.pack(f"{'<' if swapped else '>'}{len(values)}{letter}", *values))


def block_of_bytes(values: Sequence[int]) -> bytes:
    """A definite block of small integers, one byte each."""
    return _definite(bytes(values))


def _definite(data: bytes) -> bytes:
    length = str(len(data))
    return f"#{len(length)}{length}".encode() + data

"""Unit suffixes of numbers: units, their multipliers, and where M means mega."""

from __future__ import annotations

from bench.twins.scpi.errors import ScpiError

UNITS = ("V", "A", "W", "VA", "VAR", "HZ", "S", "DEG", "RAD", "OHM", "PCT", "PPM", "F", "CEL")

MULTIPLIERS = {
    "": 1.0,
    "EX": 1e18,
    "PE": 1e15,
    "T": 1e12,
    "G": 1e9,
    "MA": 1e6,
    "K": 1e3,
    "M": 1e-3,
    "U": 1e-6,
    "N": 1e-9,
    "P": 1e-12,
    "F": 1e-15,
    "A": 1e-18,
}
"""IEEE 488.2, table 7-2."""

MEGA_BY_M = ("HZ", "OHM")
"""MHZ and MOHM are mega, against the table (IEEE 488.2, 7.7.3.4)."""


def factor(suffix: str, unit: str) -> float:
    """What a number with `suffix` is multiplied by to be in `unit` ('' takes no suffix).

    `ScpiError` -138 for a unit that is not legal here, -131 for an unknown one.
    """
    typed = suffix.upper()
    if not typed:
        return 1.0
    if unit and (found := _multiplier(typed, unit)) is not None:
        return found
    known = any(_multiplier(typed, other) is not None for other in UNITS)
    raise ScpiError(-138 if known else -131, suffix)


def _multiplier(typed: str, unit: str) -> float | None:
    if not typed.endswith(unit):
        return None
    prefix = typed.removesuffix(unit)
    if prefix == "M" and unit in MEGA_BY_M:
        return 1e6
    return MULTIPLIERS.get(prefix)

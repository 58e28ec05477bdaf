"""Tables of a standard: limits of the percentage error, and of its variation with influences.

A number that the reference disputes, or has from memory, carries that as `doubt` in its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bench.description.meter import Design
from bench.description.table import Positive, Table
from bench.loadpoint import amperes, phase_angle

_TOLERANCE = 1e-9
"""Relative: a current that is meant to be the end of a range is in it."""

Quantity = Literal[
    "voltage",
    "frequency",
    "harmonic",
    "phase-fired",
    "burst",
    "half-wave",
    "temperature",
    "phase sequence",
    "voltage unbalance",
    "magnetic field",
    "direct-current magnet",
    "permanent magnet",
    "radio frequency",
    "fast transients",
    "accessory",
    "self-heating",
    "over-current",
    "earth fault",
]


class Row(Table):
    """A row of numbers; `doubt`: disputed or from memory, in words, '' when neither."""

    doubt: str = ""


class CurrentRange(Row):
    """From `at_least` up to `up_to` (with it) or `below` (without it); "0.05 Ib", "Imax"."""

    at_least: str
    up_to: str = ""
    below: str = ""

    @model_validator(mode="after")
    def _one_end(self) -> CurrentRange:
        if bool(self.up_to) == bool(self.below):
            raise ValueError(f"from {self.at_least}: give either up_to or below")
        return self

    def covers(self, design: Design, current: float, minimum: float) -> bool:
        """Whether `current` lies in the range; `minimum` is Imin, both in A."""
        low, high = self.ends(design, minimum)
        if current < low * (1 - _TOLERANCE):
            return False
        if self.up_to:
            return current <= high * (1 + _TOLERANCE)
        return current < high * (1 - _TOLERANCE)

    def ends(self, design: Design, minimum: float) -> tuple[float, float]:
        """Both ends in A."""
        return (
            amperes(design, self.at_least, minimum),
            amperes(design, self.up_to or self.below, minimum),
        )


class ErrorLimit(CurrentRange):
    """Largest percentage error in % at these power factors; `scaled`: times Imin/I below Imin.

    `between`: any power factor between those named, with 1 on the way or not as they are named.
    `asked`: only where the customer asks for it.
    """

    power_factors: Annotated[Sequence[str], Field(min_length=1)]
    limit: Positive
    scaled: bool = False
    between: bool = False
    asked: bool = False

    def applies(self, design: Design, current: float, angle: float, minimum: float) -> bool:
        """Whether it limits `current` (A) lagging by `angle` (deg); `minimum` is Imin in A."""
        angles = [phase_angle(text) for text in self.power_factors]
        near = any(abs(angle - own) < 1e-6 for own in angles)
        inside = self.between and min(angles) <= angle <= max(angles)
        return (near or inside) and self.covers(design, current, minimum)

    def value(self, current: float, minimum: float) -> float:
        """The limit in % at `current`, both in A."""
        return self.limit * (minimum / current if self.scaled else 1)


class HarmonicSignal(Table):
    """One harmonic, ratios to the fundamentals, in phase at their rising zero crossing."""

    order: Annotated[int, Field(ge=2, le=100)]
    voltage: Annotated[float, Field(ge=0, le=1)]
    current: Annotated[float, Field(ge=0, le=1)]


class BurstSignal(Table):
    """Whole periods of the mains with current, then without."""

    on: Annotated[int, Field(ge=1)]
    off: Annotated[int, Field(ge=1)]


_NEEDS = {
    "voltage": "ratios",
    "frequency": "ratios",
    "harmonic": "harmonic",
    "phase-fired": "firing_angle",
    "burst": "burst",
}


class InfluenceLimit(CurrentRange):
    """Largest *variation* of the percentage error when one quantity leaves its reference value.

    The error at reference conditions is taken first and subtracted; the disturbed error itself is
    never compared with these numbers. `limit` in %, in % per K with `per = "K"`. `points`: currents
    at which a plan tries it, none where this bench has no means for it. `ratios`: of nominal
    voltage or frequency.
    """

    quantity: Quantity
    power_factor: str = "1"
    limit: Positive
    per: Literal["", "K"] = ""
    points: Sequence[str] = ()
    ratios: Sequence[Positive] = ()
    harmonic: HarmonicSignal | None = None
    firing_angle: Annotated[float, Field(gt=0, lt=180)] | None = None
    burst: BurstSignal | None = None

    @model_validator(mode="after")
    def _has_what_its_quantity_needs(self) -> InfluenceLimit:
        needed = _NEEDS.get(self.quantity)
        if self.points and needed is None:
            raise ValueError(f"{self.quantity}: this bench cannot set it, so it has no points")
        if needed is not None and not getattr(self, needed):
            raise ValueError(f"{self.quantity}: missing key {needed}")
        return self


class Interruption(Row):
    """A dip to `level` (ratio of nominal, 0 an interruption) of `seconds`, `times` over.

    `recovery`: seconds between, at nominal voltage.
    """

    name: str
    level: Annotated[float, Field(ge=0, lt=1)]
    seconds: Positive
    times: Annotated[int, Field(ge=1)] = 1
    recovery: Annotated[float, Field(ge=0)] = 0.0

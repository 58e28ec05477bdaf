"""What a procedure tells the store: the head of a run, an instrument, a quantity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

AS_FOUND = "as found"
"""Stage of a measurement before anything was adjusted."""
AS_LEFT = "as left"
"""Stage of a measurement after the last adjustment; the verdict rests on these."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named value with its unit ('' for a plain number or word)."""

    name: str
    value: float | int | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RunHead:
    """What is known of a run when it begins.

    `description`: the text of the bench description. `clock`: stepped, live or wall. `seed`: of the
    twins, None with real devices. `traceable`: false with an expired or uncalibrated instrument.
    `standard`, `edition`: what the limits rest on. `decision_rule`: how they are applied, the name
    and text of a rule of `bench.metrology.decision`, '' for its default. `design`: the meter
    design; `environment`: temperature, humidity and so on, as far as somebody measured them.
    """

    procedure: str
    description: str
    code_version: str
    operator: str
    station: str
    clock: str
    seed: int | None = None
    traceable: bool = True
    standard: str = ""
    edition: str = ""
    decision_rule: str = ""
    design: Sequence[Quantity] = ()
    environment: Sequence[Quantity] = ()


@dataclass(frozen=True, slots=True)
class InstrumentFacts:
    """An instrument in its role: who answered where, and its calibration certificate."""

    role: str
    identity: str
    address: str
    certificate: str = ""
    issued: date | None = None
    due: date | None = None


class RegisterFacts(Protocol):
    """A row of a register table, as far as a constant needs it."""

    @property
    def name(self) -> str:
        """Name of the register."""
        ...

    @property
    def bits(self) -> int:
        """Width in bits."""
        ...

    def encode(self, value: int) -> int:
        """Raw bits of `value`; `ValueError` out of range."""
        ...


def finite(value: float | None, what: str) -> float | None:
    """`value` as a float; `ValueError` when not finite: a missing value is None, never NaN."""
    if value is None:
        return None
    if not math.isfinite(value):
        raise ValueError(f"{what} = {value}: pass None where there is no value")
    return float(value)

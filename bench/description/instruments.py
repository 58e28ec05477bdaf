"""The instruments of a bench, as a description has them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bench.description.table import TWIN, Positive, Table
from bench.description.uncertainty import (
    CounterUncertainty,
    ReferenceUncertainty,
    SourceUncertainty,
)

Phases = Annotated[int, Field(ge=1, le=3)]


class Certificate(Table):
    """The calibration certificate of an instrument."""

    number: str
    issued: date
    due: date


class Limits(Table):
    """What the source may put out on this site, whatever it could: V, A (RMS), Hz."""

    voltage: Positive
    current: Positive
    frequency_low: Positive = 45.0
    frequency_high: Positive = 65.0


class InstrumentTable(Table):
    """What every instrument has. `timeout` in s of wall time."""

    driver: str
    address: str
    certificate: Certificate | None = None
    timeout: Positive = 5.0

    @property
    def is_twin(self) -> bool:
        """Whether a twin plays this instrument."""
        return self.address == TWIN


class SourceTable(InstrumentTable):
    """The power source. `ramp`, `settle` in s of lab time; `lagging_sign` of its angle command.

    `phases` that it has, 1 to 3.
    """

    limits: Limits
    phases: Phases = 1
    ramp: Annotated[float, Field(ge=0)] = 2.0
    settle: Annotated[float, Field(ge=0)] = 12.0
    lagging_sign: Literal[-1, 1] = -1
    uncertainty: SourceUncertainty | None = None


class ReferenceTable(InstrumentTable):
    """The reference meter. `aperture` in s; `phases` that it reads, 1 to 3.

    Without `uncertainty` readings have none, and only simple acceptance can be the decision rule.
    """

    aperture: Positive = 1.0
    phases: Phases = 1
    uncertainty: ReferenceUncertainty | None = None


class CounterTable(InstrumentTable):
    """The pulse counter. `level` in V."""

    level: Positive = 2.5
    uncertainty: CounterUncertainty | None = None


class RelayTable(InstrumentTable):
    """The relay unit that routes one pulse output at a time to the counter."""

"""The meter under test, as a description has it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bench.description.table import Positive, Table
from bench.description.uncertainty import MeterUncertainty


class CurrentTransformer(Table):
    """Current front end: `ratio` primary to secondary turns, `burden` in ohm."""

    ratio: Positive
    burden: Positive


class Divider(Table):
    """Voltage front end: resistors in ohm, `lower` across the chip's pins."""

    upper: Positive
    lower: Positive


class Design(Table):
    """The meter under test: V, A, Hz, imp/kWh, chip clock in Hz."""

    voltage: Positive
    basic_current: Positive
    maximum_current: Positive
    minimum_current: Positive
    frequency: Annotated[float, Field(ge=45, le=65)]
    meter_constant: Positive
    clkin: Annotated[float, Field(ge=1e6, le=4e6)]
    current_transformer: CurrentTransformer
    divider: Divider
    uncertainty: MeterUncertainty | None = None

    @model_validator(mode="after")
    def _currents_in_order(self) -> Design:
        if not self.minimum_current < self.basic_current < self.maximum_current:
            raise ValueError(
                "minimum_current < basic_current < maximum_current must hold, got "
                f"{self.minimum_current}, {self.basic_current}, {self.maximum_current} A"
            )
        return self

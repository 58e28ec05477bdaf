"""A whole bench description; each of its tables is a strict model of its own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bench.description.calibration import CalibrationTable
from bench.description.instruments import (
    CounterTable,
    InstrumentTable,
    ReferenceTable,
    RelayTable,
    SourceTable,
)
from bench.description.meter import Design
from bench.description.positions import PositionTable
from bench.description.ranges import expand
from bench.description.safety import InterlockTable
from bench.description.table import TWIN, Table
from bench.description.twins import FaultTable, TwinsTable


class Description(Table):
    """A whole bench description."""

    name: str
    title: str = ""
    design: Design
    source: SourceTable
    reference: ReferenceTable
    counter: CounterTable | None = None
    relays: RelayTable | None = None
    interlock: InterlockTable | None = None
    positions: Annotated[tuple[PositionTable, ...], Field(min_length=1)]
    calibration: CalibrationTable = CalibrationTable()
    twins: TwinsTable = TwinsTable()
    faults: tuple[FaultTable, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _expand_ranges(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("positions"), list):
            rows = [one for row in data["positions"] for one in expand(row)]
            data = {**data, "positions": tuple(rows)}
        if isinstance(data, dict) and isinstance(data.get("faults"), list):
            data = {**data, "faults": tuple(data["faults"])}
        return data

    @model_validator(mode="after")
    def _no_duplicates(self) -> Description:
        for key in ("number", "serial", "cf_channel"):
            seen: dict[Any, int] = {}
            for index, position in enumerate(self.positions):
                value = getattr(position, key)
                if value is not None and value in seen:
                    raise ValueError(
                        f"duplicate position: {key} {value} stands in entries "
                        f"{seen[value] + 1} and {index + 1}; each must be unique"
                    )
                seen[value] = index
        numbers = {position.number for position in self.positions}
        for fault in self.faults:
            if fault.position is not None and fault.position not in numbers:
                raise ValueError(f"fault {fault.kind}: there is no position {fault.position}")
        return self

    @model_validator(mode="after")
    def _phases_are_fed_and_measured(self) -> Description:
        for position in self.positions:
            for role, row in (("source", self.source), ("reference", self.reference)):
                if position.phase_index >= row.phases:
                    raise ValueError(
                        f"position {position.number} is on {position.phase}, but {role}.phases is "
                        f"{row.phases}"
                    )
        return self

    @model_validator(mode="after")
    def _interlock_has_a_card(self) -> Description:
        if self.interlock is None:
            return self
        if self.relays is None:
            raise ValueError("interlock: its input is one of the relay unit: add a [relays] table")
        for position in self.positions:
            if position.cf_channel is not None and (
                position.cf_channel // 100 * 100 == self.interlock.slot
            ):
                raise ValueError(
                    f"interlock.channel = {self.interlock.channel}: the card in that slot switches "
                    f"the pulse output of position {position.number}; give another slot"
                )
        return self

    @model_validator(mode="after")
    def _rule_has_its_uncertainty(self) -> Description:
        rule = self.calibration.decision_rule
        if self.reference.uncertainty is None and rule != "simple acceptance":
            raise ValueError(
                f'calibration.decision_rule = "{rule}" needs a [reference.uncertainty] table; '
                'without one only "simple acceptance" can be used'
            )
        return self

    @property
    def instruments(self) -> dict[str, InstrumentTable]:
        """The instruments by role, those that the bench has."""
        rows = {
            "source": self.source,
            "reference": self.reference,
            "counter": self.counter,
            "relays": self.relays,
        }
        return {role: row for role, row in rows.items() if row is not None}

    @property
    def has_twins(self) -> bool:
        """Whether any device is a twin."""
        return any(row.is_twin for row in self.instruments.values()) or any(
            position.spi.adapter == TWIN for position in self.positions
        )

    @property
    def is_virtual(self) -> bool:
        """Whether every device is a twin."""
        return all(row.is_twin for row in self.instruments.values()) and all(
            position.spi.adapter == TWIN for position in self.positions
        )

"""A test plan: what is walked, by which standard and edition, and what each item comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bench.description.meter import Design
from bench.description.table import Positive, Table
from bench.loadpoint import LoadPoint, amperes, load_point, phase_angle
from bench.metrology.limits import ErrorLimit, InfluenceLimit, Interruption, Row
from bench.metrology.no_load import NO_LOAD_RULES
from bench.metrology.starting_current import STARTING_RULES

READINGS = 2
PULSES = 2


class PlanPoint(Row):
    """Load points at one current, each with its own power factor.

    `limit` in % where the plan sets its own, else that of the standard's table holds. `readings`
    are averaged; `pulses`: least of a pulse gate. `least_ratio`: only for meters whose Imax/Ib is
    at least this.
    """

    current: str
    power_factors: Annotated[Sequence[str], Field(min_length=1)] = ("1",)
    limit: Positive | None = None
    readings: Annotated[int, Field(ge=1)] = READINGS
    pulses: Annotated[int, Field(ge=1)] = PULSES
    least_ratio: Annotated[float, Field(ge=0)] = 0.0


class StartingTable(Row):
    """Starting current: "0.004 Ib"; time by `rule`; as many `pulses` prove that it goes on."""

    current: str
    rule: str
    pulses: Annotated[int, Field(ge=2)] = 2

    @model_validator(mode="after")
    def _known(self) -> StartingTable:
        if self.rule not in STARTING_RULES:
            raise ValueError(f"rule {self.rule!r}: allowed are {', '.join(STARTING_RULES)}")
        return self


class NoLoadTable(Row):
    """No-load test by `rule`; `base_limit`: b of OIML R 46 in %; `starting`: Ist where asked."""

    rule: str
    base_limit: Positive = 1.5
    starting: str = "0.004 Ib"

    @model_validator(mode="after")
    def _known(self) -> NoLoadTable:
        if self.rule not in NO_LOAD_RULES:
            raise ValueError(f"rule {self.rule!r}: allowed are {', '.join(NO_LOAD_RULES)}")
        return self


class ConstantTable(Row):
    """Meter constant: register against pulses over an `advance` in kWh."""

    current: str = "Imax"
    power_factor: str = "1"
    advance: Positive = 0.1


class RepeatabilityTable(Row):
    """Standard deviation in % of at least five errors at each power factor."""

    current: str
    power_factors: Annotated[Sequence[str], Field(min_length=1)]
    limit: Positive
    readings: Annotated[int, Field(ge=5)] = 5


class Plan(Table):
    """A plan by a `standard` and `edition` for meters of `meter_class`.

    `name`: that of its file, without the ending. `minimum_current`: Imin of the standard; '' takes
    the design's. `judged_on`: whether limits are held against the mean error or its rounded value;
    `rounding`: class of `rounding.ERROR_STEP`. `limits`: of the percentage error by range. `parts`:
    tables that plans share, already taken in. `left_out`: what the standard asks for and this plan
    does not do, with the reason.
    """

    name: str
    title: str
    standard: str
    edition: str
    meter_class: str
    source: str
    rounding: str
    judged_on: Literal["mean", "rounded mean"] = "mean"
    judged_doubt: str = ""
    minimum_current: str = ""
    minimum_doubt: str = ""
    limits: Sequence[ErrorLimit] = ()
    points: Annotated[Sequence[PlanPoint], Field(min_length=1)]
    reverse: Sequence[PlanPoint] = ()
    starting_current: StartingTable | None = None
    no_load: NoLoadTable | None = None
    meter_constant: ConstantTable | None = None
    repeatability: Sequence[RepeatabilityTable] = ()
    influence: Sequence[InfluenceLimit] = ()
    interruptions: Sequence[Interruption] = ()
    parts: Sequence[str] = ()
    left_out: Sequence[str] = ()

    def minimum(self, design: Design) -> float:
        """Imin in A."""
        return (
            amperes(design, self.minimum_current)
            if self.minimum_current
            else (design.minimum_current)
        )

    def point(
        self,
        design: Design,
        current: str,
        power_factor: str = "1",
        voltage: float = 1.0,
        frequency: float = 1.0,
    ) -> LoadPoint:
        """A load point in this plan's currents, with the limit of its table where there is one."""
        minimum = self.minimum(design)
        amps = amperes(design, current, minimum)
        row = self.limit_row(design, amps, phase_angle(power_factor))
        return load_point(
            design,
            current,
            power_factor,
            voltage,
            None if row is None else row.value(amps, minimum),
            frequency=frequency,
            minimum=minimum,
        )

    def limit_row(self, design: Design, current: float, angle: float) -> ErrorLimit | None:
        """The tightest row that limits `current` (A) lagging by `angle` (deg), None if none does.

        Rows that hold only where the customer asks are left aside.
        """
        minimum = self.minimum(design)
        rows = [
            row
            for row in self.limits
            if not row.asked and row.applies(design, current, angle, minimum)
        ]
        return min(rows, key=lambda row: row.value(current, minimum), default=None)

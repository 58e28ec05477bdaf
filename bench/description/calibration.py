"""The calibration procedure's settings, as a description has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from bench.description.table import Positive, Table


class VerifyPoint(Table):
    """A load point of the verification: "0.05 Ib", power factor "0.5L"; `limit` in %."""

    current: str
    power_factor: str = "1"
    limit: Positive


class CalibrationTable(Table):
    """The calibration procedure's settings; half line cycles set each accumulation's length.

    `verify_resolution`: the part of a verification point's limit that one energy LSB may be; it
    sets how long that point accumulates. `pulse_gate` in s, `pulse_limit` in %. `quorum`: positions
    that must take part for the run to go on. `decision_rule`: how limits and uncertainty make a
    verdict, see `bench.metrology.decision`.
    """

    method: Literal["reference meter", "accurate source"] = "reference meter"
    gain_half_cycles: Annotated[int, Field(ge=2, le=65535)] = 2000
    phase_half_cycles: Annotated[int, Field(ge=2, le=65535)] = 2000
    offset_half_cycles: Annotated[int, Field(ge=2, le=65535)] = 12000
    verify_resolution: Annotated[float, Field(gt=0, le=0.5)] = 0.05
    rms_readings: Annotated[int, Field(ge=1, le=1000)] = 20
    pulse_gate: Positive = 5.0
    pulse_limit: Positive = 0.2
    quorum: Annotated[int, Field(ge=1)] = 1
    decision_rule: Literal[
        "simple acceptance", "guard band", "RDS", "Z540.3 method 6", "non-binary"
    ] = "non-binary"
    verify: Sequence[VerifyPoint] = (
        VerifyPoint(current="Ib", power_factor="1", limit=0.1),
        VerifyPoint(current="Imax", power_factor="1", limit=0.1),
        VerifyPoint(current="Ib", power_factor="0.5L", limit=0.15),
        VerifyPoint(current="Ib", power_factor="0.8C", limit=0.15),
        VerifyPoint(current="0.05 Ib", power_factor="1", limit=0.3),
    )

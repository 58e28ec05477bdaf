"""What a bench description may hold: one strict model per table of the TOML file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bench.description.ranges import expand

TWIN = "twin"
"""The address of a device that is played by a twin."""

Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Table(BaseModel):
    """A TOML table: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Certificate(Table):
    """The calibration certificate of an instrument."""

    number: str
    issued: date
    due: date


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

    @model_validator(mode="after")
    def _currents_in_order(self) -> Design:
        if not self.minimum_current < self.basic_current < self.maximum_current:
            raise ValueError(
                "minimum_current < basic_current < maximum_current must hold, got "
                f"{self.minimum_current}, {self.basic_current}, {self.maximum_current} A"
            )
        return self


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
    """The power source. `ramp`, `settle` in s of lab time; `lagging_sign` of its angle command."""

    limits: Limits
    ramp: Annotated[float, Field(ge=0)] = 2.0
    settle: Annotated[float, Field(ge=0)] = 12.0
    lagging_sign: Literal[-1, 1] = -1


class ReferenceTable(InstrumentTable):
    """The reference meter. `aperture` in s."""

    aperture: Positive = 1.0


class CounterTable(InstrumentTable):
    """The pulse counter. `level` in V."""

    level: Positive = 2.5


class RelayTable(InstrumentTable):
    """The relay unit that routes one pulse output at a time to the counter."""


class Decoder(Table):
    """What selects one board of several behind one chip select.

    `kind` "gpio": `chip` is the GPIO character device, `lines` its line numbers, LSB first.
    `kind` "relay": the relay unit closes channel `setting`. `settle` in s.
    """

    kind: Literal["gpio", "relay"]
    chip: str | None = None
    lines: tuple[int, ...] = ()
    settle: Annotated[float, Field(ge=0)] = 0.001

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("lines"), list):
            return {**data, "lines": tuple(data["lines"])}
        return data

    @model_validator(mode="after")
    def _gpio_has_lines(self) -> Decoder:
        if self.kind == "gpio" and not (self.chip and self.lines):
            raise ValueError("a gpio decoder needs chip and lines")
        return self


class Spi(Table):
    """How a position's chip is reached.

    `adapter` "twin": wherever the twin process puts it. "spidev": `node` is the device node.
    "ftdi": `node` is a pyftdi URL and chip select, `ftdi://…/1#cs`. "socket": `node` is
    HOST:PORT#chip.
    `speed` is the SCLK frequency in Hz. `setting` goes to the decoder.
    """

    adapter: Literal["twin", "spidev", "ftdi", "socket"]
    node: str | None = None
    speed: Annotated[int, Field(ge=1000, le=10_000_000)] = 1_000_000
    decoder: Decoder | None = None
    setting: int | None = None

    @model_validator(mode="after")
    def _complete(self) -> Spi:
        if self.adapter != TWIN and not self.node:
            raise ValueError(f"adapter {self.adapter!r} needs a node")
        if self.decoder is not None and self.setting is None:
            raise ValueError("a decoder needs a setting")
        return self


class PositionTable(Table):
    """One place in the jig. `cf_channel` is the relay channel of its pulse output."""

    number: Annotated[int, Field(ge=1, le=999)]
    driver: str = "ade7753"
    serial: str
    spi: Spi
    cf_channel: int | None = None


class FaultTable(Table):
    """A fault for a twin: of a `position` number or of a `role`."""

    position: int | None = None
    role: Literal["source", "reference", "counter", "relays"] | None = None
    kind: str
    parameters: dict[str, float | int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_target(self) -> FaultTable:
        if (self.position is None) == (self.role is None):
            raise ValueError("a fault needs either position or role")
        return self


class TwinsTable(Table):
    """How the virtual side behaves. `seed` decides all chance."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    spi: Literal["auto", "fuse", "socket"] = "auto"
    engine: Literal["auto", "steady", "samples"] = "auto"


class VerifyPoint(Table):
    """A load point of the verification: "0.05 Ib", power factor "0.5L"; `limit` in %."""

    current: str
    power_factor: str = "1"
    limit: Positive


class CalibrationTable(Table):
    """The calibration procedure's settings; half line cycles set each accumulation's length.

    `verify_resolution`: the part of a verification point's limit that one energy LSB may be; it
    sets how long that point accumulates. `pulse_gate` in s, `pulse_limit` in %. `quorum`: positions
    that must take part for the run to go on.
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
    verify: Sequence[VerifyPoint] = (
        VerifyPoint(current="Ib", power_factor="1", limit=0.1),
        VerifyPoint(current="Imax", power_factor="1", limit=0.1),
        VerifyPoint(current="Ib", power_factor="0.5L", limit=0.15),
        VerifyPoint(current="Ib", power_factor="0.8C", limit=0.15),
        VerifyPoint(current="0.05 Ib", power_factor="1", limit=0.3),
    )


class Description(Table):
    """A whole bench description."""

    name: str
    title: str = ""
    design: Design
    source: SourceTable
    reference: ReferenceTable
    counter: CounterTable | None = None
    relays: RelayTable | None = None
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

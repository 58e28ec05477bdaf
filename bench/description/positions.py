"""The places of a jig, as a description has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bench.description.table import TWIN, Table

PHASES = ("L1", "L2", "L3")
"""Phases of a source and of a reference meter, in their order."""


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
    """One place in the jig. `cf_channel` is the relay channel of its pulse output.

    `phase`: the phase of the source that feeds it, voltage in parallel and current in series with
    all others of that phase.
    """

    number: Annotated[int, Field(ge=1, le=999)]
    driver: str = "ade7753"
    serial: str
    spi: Spi
    cf_channel: int | None = None
    phase: Literal["L1", "L2", "L3"] = "L1"

    @property
    def phase_index(self) -> int:
        """The place of `phase` in what source and reference list, from 0."""
        return PHASES.index(self.phase)

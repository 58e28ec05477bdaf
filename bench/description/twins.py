"""The virtual side of a bench, as a description has it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from bench.description.table import Table


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

"""What all tables of a bench description have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TWIN = "twin"
"""The address of a device that is played by a twin."""

Positive = Annotated[float, Field(gt=0)]


class Table(BaseModel):
    """A TOML table: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

"""What keeps people safe at a bench, as a description has it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from bench.description.table import Table


class InterlockTable(Table):
    """The interlock of the jig, on a digital input of the relay unit.

    `channel`: slot x 100 + port, such as 301; `bit`: line of that port. `closed`: its level while
    the chain is closed; "low" (contacts to ground) also takes a broken wire for an open chain.
    """

    channel: int
    bit: Annotated[int, Field(ge=0, le=7)] = 0
    closed: Literal["low", "high"] = "low"

    @field_validator("channel")
    @classmethod
    def _is_a_port(cls, channel: int) -> int:
        if channel // 100 not in (1, 2, 3) or channel % 100 not in (1, 2):
            raise ValueError(
                f"channel {channel}: a digital input is slot (1 to 3) x 100 + port (1 or 2), "
                "such as 301"
            )
        return channel

    @property
    def slot(self) -> int:
        """The slot of its card, as 100, 200 or 300."""
        return self.channel // 100 * 100

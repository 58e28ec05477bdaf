"""One place in the jig during a run: its chip, and why it may have dropped out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from drivers.ade7753.driver import Ade7753
from drivers.errors import DeviceError, LinkError
from drivers.spi.trace import TracedBus

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Position:
    """A position of the opened station.

    `reason`: why it takes no further part in the run, '' while it does. `cf_channel`: the relay
    channel of its pulse output, None when it is not wired. `address`: of its chip, for people.
    `phase`: which of the source's phases feeds it, from 0. `restored`: registers that lost what was
    written to them since the start, and were put right. `trace`: the last transfers to the chip.
    """

    number: int
    serial: str
    chip: Ade7753
    cf_channel: int | None = None
    address: str = ""
    phase: int = 0
    reason: str = field(default="")
    restored: list[str] = field(default_factory=list)
    trace: TracedBus | None = None

    @property
    def takes_part(self) -> bool:
        """Whether the position still takes part."""
        return not self.reason

    def reject(self, reason: str) -> None:
        """Drop out; the first reason stands."""
        self.reason = self.reason or reason

    def attempt(self, action: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | None:
        """What `action(*args, **named)` gives, None when the position does not take part.

        A dead wire or a device that refuses drops this position out with the error's words, and
        never stops the others.
        """
        if self.reason:
            return None
        try:
            return action(*args, **named)
        except (LinkError, DeviceError) as error:
            self.reject(str(error))
            return None

"""Lab time for procedures and fixtures: stepped, live, or the wall."""

from __future__ import annotations

from typing import Protocol

from drivers.clock import Clock, WallClock

__all__ = ["Clock", "TwinClock", "WallClock"]


class TimeKeeper(Protocol):
    """The far end of a control channel, as far as time goes."""

    def now(self) -> float:
        """Lab time of the world in s."""
        ...

    def advance(self, seconds: float) -> float:
        """Let lab time pass; the new lab time in s."""
        ...


class TwinClock:
    """Lab time of a twin process: `sleep` makes its world advance and returns at once.

    The world is stepped (time stands still in between) or live (time also follows the wall clock);
    which one is the twin process's affair. `slept` counts the seconds slept on this clock.
    """

    def __init__(self, keeper: TimeKeeper) -> None:
        self._keeper = keeper
        self.slept = 0.0

    def now(self) -> float:
        """Lab time in s since the world began."""
        return self._keeper.now()

    def sleep(self, seconds: float) -> None:
        """Advance the world by `seconds` (>= 0); `ValueError` when negative."""
        if seconds < 0:
            raise ValueError(f"cannot sleep {seconds} s: the time must not be negative")
        self._keeper.advance(seconds)
        self.slept += seconds

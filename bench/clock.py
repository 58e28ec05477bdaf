"""Lab time for procedures and fixtures: stepped, live, or the wall."""

from __future__ import annotations

import time
from typing import Protocol

from drivers.clock import Clock, WallClock

__all__ = ["Clock", "CountingClock", "TwinClock", "WallClock"]


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
    which one is the twin process's affair.
    """

    def __init__(self, keeper: TimeKeeper) -> None:
        self._keeper = keeper

    def now(self) -> float:
        """Lab time in s since the world began."""
        return self._keeper.now()

    def sleep(self, seconds: float) -> None:
        """Advance the world by `seconds` (>= 0); `ValueError` when negative."""
        if seconds < 0:
            raise ValueError(f"cannot sleep {seconds} s: the time must not be negative")
        self._keeper.advance(seconds)


class CountingClock:
    """A clock that also counts what was slept on it.

    `slept`: s of lab time. `waited`: s of wall time that these sleeps took.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.slept = 0.0
        self.waited = 0.0

    def now(self) -> float:
        """Lab time in s."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Sleep `seconds` (>= 0) of lab time; `ValueError` when negative."""
        begun = time.perf_counter()
        self._clock.sleep(seconds)
        self.waited += time.perf_counter() - begun
        self.slept += seconds

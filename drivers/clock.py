"""The clock that a driver waits by: a physical wait goes through it, a protocol time-out does not.

On a bench of twins lab time is not wall time, so a driver never calls `time.sleep` to let a device
settle: it sleeps on the clock it was given. `bench.clock` has the other kinds.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Lab time."""

    def now(self) -> float:
        """Lab time in seconds since an epoch of the clock's own; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` (>= 0) of lab time pass."""
        ...


class WallClock:
    """Lab time that is wall time: for real devices."""

    def now(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` (>= 0) of wall time; `ValueError` when negative."""
        if seconds < 0:
            raise ValueError(f"cannot sleep {seconds} s: the time must not be negative")
        time.sleep(seconds)

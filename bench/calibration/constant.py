"""A calibration constant: a register value and the number it was rounded from."""

from __future__ import annotations

import math
from dataclasses import dataclass


def nearest(value: float) -> int:
    """The integer nearest to `value`, halves away from zero.

    The data sheet writes INT, but its worked examples round: 125.8 gives 126, -1.72 gives -2.
    """
    return math.floor(value + 0.5) if value >= 0 else -math.floor(0.5 - value)


@dataclass(frozen=True, slots=True)
class Constant:
    """What to write to `register`.

    `value` is the signed register value, `exact` the number before rounding. The value is not
    forced into the register's range: `bench.calibration.plausibility` rejects the board first.
    """

    register: str
    value: int
    exact: float

    @classmethod
    def rounded(cls, register: str, exact: float) -> Constant:
        """The constant nearest to `exact`."""
        return cls(register, nearest(exact), exact)

"""What the value of an input means: a half-width, an expanded uncertainty, a deviation."""

from __future__ import annotations

import math
from enum import StrEnum


class Distribution(StrEnum):
    """How an input's value becomes a standard uncertainty (JCGM 100:2008, 4.2 and 4.3).

    `RECTANGULAR`, `TRIANGULAR`, `U_SHAPED`: the value is the half-width. A difference of two equal
    rectangular ones is triangular; the sine of a random angle is U-shaped. `EXPANDED`: as
    certificates state it, k = 2. `NORMAL`, `TYPE_A`: a standard deviation, for type A that of the
    mean of the observations.
    """

    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    U_SHAPED = "U-shaped"
    EXPANDED = "normal, k = 2"
    NORMAL = "normal"
    TYPE_A = "type A"

    @property
    def divisor(self) -> float:
        """Value over standard uncertainty."""
        return _DIVISORS[self]


_DIVISORS = {
    Distribution.RECTANGULAR: math.sqrt(3),
    Distribution.TRIANGULAR: math.sqrt(6),
    Distribution.U_SHAPED: math.sqrt(2),
    Distribution.EXPANDED: 2.0,
    Distribution.NORMAL: 1.0,
    Distribution.TYPE_A: 1.0,
}

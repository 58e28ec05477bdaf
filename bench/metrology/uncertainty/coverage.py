"""The coverage factor: 2, and more where few observations stand behind the uncertainty."""

from __future__ import annotations

import bisect

_TABLE: dict[float, float] = {
    1: 13.97,
    2: 4.53,
    3: 3.31,
    4: 2.87,
    5: 2.65,
    6: 2.52,
    7: 2.43,
    8: 2.37,
    9: 2.32,
    10: 2.28,
    11: 2.25,
    12: 2.23,
    13: 2.21,
    14: 2.20,
    15: 2.18,
    16: 2.17,
    17: 2.16,
    18: 2.15,
    19: 2.14,
    20: 2.13,
    25: 2.11,
    30: 2.09,
    35: 2.07,
    40: 2.06,
    45: 2.06,
    50: 2.05,
    100: 2.025,
}
"""Degrees of freedom to Student's t for 95.45 % (JCGM 100:2008, table G.2)."""
ENOUGH = 200.0
"""Degrees of freedom from which k = 2 is right to 0.6 %."""
_STEPS = sorted(_TABLE)


def coverage_factor(degrees_of_freedom: float) -> float:
    """k for the coverage of 95.45 % that k = 2 has with a normal distribution.

    `degrees_of_freedom` (>= 1) between two entries of the table take the lower one.
    """
    if degrees_of_freedom < 1:
        raise ValueError(f"{degrees_of_freedom} degrees of freedom: at least 1 is needed")
    if degrees_of_freedom >= ENOUGH:
        return 2.0
    return _TABLE[_STEPS[bisect.bisect_right(_STEPS, degrees_of_freedom) - 1]]

"""Rounding of a mean error for the record: to steps of a tenth of the class, half to even.

In decimal arithmetic, because 0.15/0.1 in binary is not a tie. Rounding is for what is printed;
whether a verdict is given on the rounded or on the unrounded mean is said by the plan.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

ERROR_STEP = {
    "0.02": Decimal("0.002"),
    "0.05": Decimal("0.005"),
    "0.1": Decimal("0.01"),
    "0.2": Decimal("0.02"),
    "0.5": Decimal("0.05"),
    "1": Decimal("0.1"),
    "2": Decimal("0.2"),
    "3": Decimal("0.2"),
}
"""Class to step of the percentage error in %; 0.02 to 0.1 are reference standards."""

DEVIATION_STEP = {
    "0.02": Decimal("0.0002"),
    "0.05": Decimal("0.0005"),
    "0.1": Decimal("0.001"),
    "0.2": Decimal("0.004"),
    "0.5": Decimal("0.01"),
    "1": Decimal("0.02"),
    "2": Decimal("0.04"),
    "3": Decimal("0.04"),
}
"""Class to step of the standard deviation in %."""


def round_to(value: float | Decimal, step: Decimal) -> Decimal:
    """`value` to the next multiple of `step` (> 0), half to even; a rounded zero has no sign.

    A float is taken as it prints (0.15 is 0.15). `ValueError` when `step` is not above 0.
    """
    if not step > 0:
        raise ValueError(f"rounding step {step}: must be above 0")
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    steps = (exact / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    rounded = steps * step
    return abs(rounded) if rounded == 0 else rounded

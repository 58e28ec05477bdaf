"""The arithmetic that WGAIN and VAGAIN share: a gain of 1 + register/4096."""

from __future__ import annotations

from bench.calibration.constant import Constant

STEPS = 4096
"""Register steps per unit of gain."""


def gain_constant(register: str, *, expected: float, measured: float, present: int) -> Constant:
    """The value that turns `measured`, read at gain `present`, into `expected`.

    The new gain multiplies the present one, so a second pass lands on the target and does not add
    to a stale value. `ValueError` unless both readings are positive.
    """
    if not (expected > 0 and measured > 0):
        raise ValueError(
            f"{register}: no gain makes {expected} out of a reading of {measured}: "
            f"check that current flows and which way round it is connected"
        )
    gain = (1 + present / STEPS) * expected / measured
    return Constant.rounded(register, (gain - 1) * STEPS)

"""VRMSOS and IRMSOS from two points each, and the scale from codes to volts and amperes.

Points: nominal voltage and a tenth of it (VRMS is linear down to 1/20 of full scale); basic current
and 1/50 of the maximum current (IRMS is linear down to 1/100). Average readings that are
synchronous to zero crossings: both registers carry ripple at twice the line frequency.
Source: ADE7753 data sheet Rev. C, RMS offset compensation.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.calibration.constant import Constant

IRMSOS_WEIGHT = 32_768
"""One IRMSOS LSB in units of IRMS squared."""


@dataclass(frozen=True, slots=True)
class RmsPoint:
    """What was applied, in V or A RMS by the reference meter, and the mean register code."""

    applied: float
    code: float


def voltage_offset(high: RmsPoint, low: RmsPoint, present: int = 0) -> Constant:
    """VRMSOS that puts both points on a line through zero; `present` is VRMSOS meanwhile.

    `ValueError` when both points have the same voltage. Out of range: trim with CH2OS first.
    """
    _differ(high, low, "V")
    offset = (high.applied * low.code - low.applied * high.code) / (low.applied - high.applied)
    return Constant.rounded("VRMSOS", present + offset)


def current_offset(high: RmsPoint, low: RmsPoint, present: int = 0) -> Constant:
    """IRMSOS that puts the squares of both points on a line through zero.

    `present` is IRMSOS meanwhile. `ValueError` when both points have the same current.
    """
    _differ(high, low, "A")
    squares = high.applied**2 * low.code**2 - low.applied**2 * high.code**2
    offset = squares / (low.applied**2 - high.applied**2) / IRMSOS_WEIGHT
    return Constant.rounded("IRMSOS", present + offset)


def scale(point: RmsPoint) -> float:
    """Volts or amperes per code, with the offset in place and at the line frequency in use.

    `ValueError` when the code is not positive.
    """
    if not point.code > 0:
        raise ValueError(f"RMS code {point.code} at {point.applied}: the channel sees no signal")
    return point.applied / point.code


def _differ(high: RmsPoint, low: RmsPoint, unit: str) -> None:
    if high.applied == low.applied:
        raise ValueError(f"two RMS points needed, both are at {high.applied} {unit}")

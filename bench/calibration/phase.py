"""PHCAL: delay of the voltage channel, (PHCAL - 13) * 8/CLKIN. At basic current, PF 0.5 L.

Source: ADE7753 data sheet Rev. C, phase calibration and phase compensation. The sheet gives two
ranges that contradict each other; the narrower, -31 to +29, is used (1Dh to 21h as 6-bit codes).
"""

from __future__ import annotations

import math

from bench.calibration.constant import Constant

NEUTRAL = 13
"""PHCAL without delay, and its reset value (0Dh)."""
LEGAL = (-31, 29)
"""First and last PHCAL code in use."""


def phase_error(error: float, angle: float = 60.0, unity_error: float = 0.0) -> float:
    """Phase error of a board in degrees; negative when it sees the current lag too little.

    `error`: percentage error at a load whose current lags by `angle` degrees (0 < |angle| < 90,
    negative for a leading current). `unity_error`: percentage error at PF 1 with the same gain,
    which is no phase error and is divided out. Exact: cos(angle + phase error) is what the board
    measures. `ValueError` when no angle explains the error.
    """
    if not 0 < abs(angle) < 90:
        raise ValueError(f"angle = {angle} degrees: must lie between 0 and 90, either sign")
    cosine = (1 + error / 100) / (1 + unity_error / 100) * math.cos(math.radians(angle))
    if not -1 <= cosine <= 1:
        raise ValueError(
            f"an error of {error:.3g} % at {angle:.1f} degrees is no phase error: "
            f"check current and voltage channel gain first"
        )
    return math.copysign(math.degrees(math.acos(cosine)), angle) - angle


def phase_error_linearised(error: float) -> float:
    """Phase error in degrees from a percentage error at PF 0.5 L, as the data sheet has it.

    -asin(error/sqrt 3) leaves out that the cosine of the phase error is not quite 1; at 0.1 degree
    the difference is below a hundredth of a PHCAL step.
    """
    return -math.degrees(math.asin(error / 100 / math.sqrt(3)))


def from_phase_error(degrees: float, period: float, present: int = NEUTRAL) -> Constant:
    """PHCAL that takes out `degrees`, with PHCAL = `present` while it was measured.

    `period` is the chip's PERIOD: it counts the same 8/CLKIN that PHCAL delays by, so a crystal
    that is off does not matter here. The correction is a delay: right in time at any frequency, so
    in degrees proportional to frequency.
    """
    return Constant.rounded("PHCAL", present + degrees * period / 360)


def legal(code: int) -> bool:
    """Whether PHCAL = `code` lies in the range that the data sheet calls valid."""
    return LEGAL[0] <= code <= LEGAL[1]

"""VAGAIN: apparent power times 1 + VAGAIN/4096. From the same run as watt gain.

Source: ADE7753 data sheet Rev. C, VA gain calibration.
"""

from __future__ import annotations

from bench.calibration.constant import Constant
from bench.calibration.gain import gain_constant


def from_error(error: float, present: int = 0) -> Constant:
    """VAGAIN from a percentage error of apparent energy, VAGAIN = `present` while it was read.

    `ValueError` at an error of -100 % or less.
    """
    return gain_constant("VAGAIN", expected=1.0, measured=1 + error / 100, present=present)


def from_energy(expected: float, measured: float, present: int = 0) -> Constant:
    """VAGAIN from LVAENERGY `expected` and `measured` in LSB.

    `present` is VAGAIN during the measurement. `ValueError` when no energy was measured.
    """
    return gain_constant("VAGAIN", expected=expected, measured=measured, present=present)

"""WGAIN: active power times 1 + WGAIN/4096. At nominal voltage, basic current, PF 1.

Source: ADE7753 data sheet Rev. C, calibrating watt gain with a reference meter or a source.
"""

from __future__ import annotations

from bench.calibration.constant import Constant, nearest
from bench.calibration.gain import gain_constant

LINEARISED_STEP = 0.0244
"""Percent per LSB as the data sheet prints it (100/4096)."""


def from_error(error: float, present: int = 0) -> Constant:
    """WGAIN from a percentage error (reference meter), with WGAIN = `present` while it was read.

    `ValueError` at an error of -100 % or less: no gain repairs a dead or reversed board.
    """
    return gain_constant("WGAIN", expected=1.0, measured=1 + error / 100, present=present)


def from_energy(expected: float, measured: float, present: int = 0) -> Constant:
    """WGAIN from LAENERGY `expected` and `measured` in LSB (accurate source).

    `present` is WGAIN during the measurement. `ValueError` when no positive energy was measured.
    """
    return gain_constant("WGAIN", expected=expected, measured=measured, present=present)


def linearised(error: float) -> int:
    """WGAIN from a percentage error as the data sheet has it: -error / 0.0244.

    Off by error^2: -3.07 % gives 126 where 129.7 is needed. Kept as the check of the published
    example; `from_error` is what the bench uses.
    """
    return nearest(-error / LINEARISED_STEP)

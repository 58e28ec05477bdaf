"""APOS: power offset, 1/256 of an LPF2 LSB. At nominal voltage, minimum current, PF 1.

Source: ADE7753 data sheet Rev. C, watt offset calibration.
"""

from __future__ import annotations

from bench.calibration.constant import Constant
from bench.calibration.gain import STEPS


def error_rate_from_error(error: float, energy_rate: float, gain_error: float = 0.0) -> float:
    """Error in AENERGY LSB per s from a percentage error at the minimum current.

    `energy_rate`: AENERGY LSB per s that a perfect board counts there, which is the expected CF
    times (CFDEN + 1)/(CFNUM + 1). `gain_error`: percentage error left at the basic current; it is
    no offset and is taken out.
    """
    return (error - gain_error) / 100 * energy_rate


def error_rate_from_energy(measured: float, expected: float, time: float) -> float:
    """Error in AENERGY LSB per s from LAENERGY `measured` and `expected` (LSB) over `time` s."""
    if not time > 0:
        raise ValueError(f"accumulation time = {time} s: must be above 0")
    return (measured - expected) / time


def from_error_rate(error_rate: float, clkin: float, present: int = 0, wgain: int = 0) -> Constant:
    """APOS that takes out `error_rate` (AENERGY LSB per s) at `clkin` Hz.

    One APOS LSB adds 2^-33 AENERGY LSB every 4/CLKIN. `present` is APOS while it was measured.
    `wgain`: the block diagram adds the offset before the watt gain, so the gain acts on it too;
    the data sheet's formula leaves that out (`wgain` = 0), a second-order difference.
    """
    step = error_rate * 2**35 / clkin / (1 + wgain / STEPS)
    return Constant.rounded("APOS", present - step)

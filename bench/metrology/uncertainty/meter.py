"""What the meter under test adds to a budget: its register steps, its ripple, its noise."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bench.metrology.uncertainty.budget import Input
from bench.metrology.uncertainty.distribution import Distribution
from bench.metrology.uncertainty.reference import ReferenceMean

LPF2_CORNER = 8.9
"""Hz; the filter behind the multiplier of the ADE7753 (data sheet Rev. C, active power)."""
CUT_OFF = 0.5
"""LSB that LAENERGY is too small by on average: it is the whole part of what was accumulated."""
CLOCKS_PER_SAMPLE = 128
"""CLKIN periods between two samples, and so between two looks for a zero crossing."""


def line_cycle_count(expected: float) -> Input:
    """One end: accumulation starts at zero and the result is cut off, `CUT_OFF` put right.

    `expected`: LSB of a meter without error. Percent of these, not of the LSB counted, or a meter
    that counts nothing would get an uncertainty that excuses it.
    """
    return Input(
        "LAENERGY: whole part of the energy",
        0.5,
        "LSB",
        Distribution.RECTANGULAR,
        100 / abs(expected),
        random=True,
    )


def zero_crossings(clkin: float, seconds: float) -> Input:
    """Both ends of a line-cycle accumulation lie on samples, not on the crossings (`clkin` Hz)."""
    return Input(
        "line cycles: sampling of both zero crossings",
        CLOCKS_PER_SAMPLE / clkin,
        "s",
        Distribution.TRIANGULAR,
        100 / seconds,
        random=True,
    )


def register_difference(expected: float) -> Input:
    """Both ends: each reading is cut off, the difference of two is off by up to one LSB.

    `expected`: LSB by which the register of a meter without error advances.
    """
    return Input(
        "AENERGY: whole part at both ends",
        1.0,
        "LSB",
        Distribution.TRIANGULAR,
        100 / abs(expected),
        random=True,
    )


def ripple(mean: ReferenceMean, seconds: float) -> Iterator[Input]:
    """Ends at any part of a cycle: LPF2 leaves some of the power's ripple at twice the frequency.

    The power swings by S around P; behind the filter by r S, with r = 1/sqrt(1 + (2f/8.9 Hz)^2).
    Its integral swings by r S / (4 pi f), which is worth the time r S/P / (4 pi f) at the start
    and as much at the end.
    """
    double = 2 * mean.frequency
    left = 1 / math.sqrt(1 + (double / LPF2_CORNER) ** 2)
    swing = left * mean.apparent / abs(mean.active) / (2 * math.pi * double)
    for end in ("start", "end"):
        yield Input(
            f"ripple of the power at the {end}",
            swing,
            "s",
            Distribution.U_SHAPED,
            100 / seconds,
            random=True,
        )


def repeatability(
    deviation: float, basic_power: float, mean: ReferenceMean, seconds: float
) -> Input:
    """Noise of the meter itself, pooled over boards of the design.

    `deviation`: of an energy reading of 1 s at `basic_power` (W; nominal voltage, basic current,
    power factor 1), in %. It is white noise of the current channel, so the deviation in watt-hours
    does not depend on the current: in % it falls with power, and with the root of time.
    """
    return Input(
        "meter under test: repeatability, pooled",
        deviation * basic_power / abs(mean.active) / math.sqrt(seconds),
        "%",
        Distribution.NORMAL,
        random=True,
    )

"""What the reference meter adds to a budget."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Protocol

from bench.description.uncertainty import ReferenceUncertainty
from bench.metrology.uncertainty.budget import Input
from bench.metrology.uncertainty.distribution import Distribution


class ReferenceMean(Protocol):
    """Means over `readings` readings of a reference meter: W, var, VA, Hz."""

    @property
    def active(self) -> float:
        """Active power in W."""
        ...

    @property
    def reactive(self) -> float:
        """Reactive power in var."""
        ...

    @property
    def apparent(self) -> float:
        """Apparent power in VA."""
        ...

    @property
    def frequency(self) -> float:
        """Frequency in Hz."""
        ...

    @property
    def readings(self) -> int:
        """How many were averaged."""
        ...


def power_inputs(table: ReferenceUncertainty, mean: ReferenceMean) -> Iterator[Input]:
    """Inputs of the active power.

    An error of the angle between voltage and current enters with tan(phi), as P is
    proportional to cos(phi): 0.050 % per arc minute at a power factor of 0.5.
    """
    tangent = abs(mean.reactive / mean.active)
    yield Input(
        "reference meter: accuracy between calibrations",
        table.accuracy,
        "%",
        Distribution.RECTANGULAR,
    )
    yield Input("reference meter: certificate", table.certificate, "%", Distribution.EXPANDED)
    yield Input("reference meter: drift", table.drift, "%", Distribution.RECTANGULAR)
    yield Input(
        "reference meter: phase angle",
        table.angle,
        "deg",
        Distribution.EXPANDED,
        100 * math.radians(1.0) * tangent,
    )
    yield Input(
        f"reference meter: repeatability, mean of {mean.readings}",
        table.repeatability / math.sqrt(mean.readings),
        "%",
        Distribution.NORMAL,
        random=True,
    )
    yield _last_digit("reference meter: last digit of the power", mean.active, "W", table.digits)


def frequency_inputs(table: ReferenceUncertainty, mean: ReferenceMean) -> Iterator[Input]:
    """Inputs of a time that is so many half cycles at the reference's frequency."""
    yield Input("reference meter: frequency", table.frequency, "ppm", Distribution.EXPANDED, 1e-4)
    yield _last_digit(
        "reference meter: last digit of the frequency", mean.frequency, "Hz", table.digits
    )


def _last_digit(name: str, value: float, unit: str, digits: int) -> Input:
    """Half a step of the last of `digits` significant digits."""
    half = 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits)
    return Input(name, half, unit, Distribution.RECTANGULAR, 100 / abs(value))

"""A load point: what is applied to all positions of the jig."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.description.meter import Design
from drivers.roles import Harmonic, PhaseSetting

TRANSITIONAL = 0.1
"""Itr by Ib of a directly connected meter: the new standards count currents from Itr."""

_CURRENT = re.compile(r"\s*(\d*\.?\d+)?\s*(Ib|Itr|Imax|Imin|A)\s*")
_POWER_FACTOR = re.compile(r"\s*(-?\d*\.?\d+)\s*([LC])?\s*")


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Voltage (V), current (A), both RMS, phase angle (deg, current lagging positive), Hz.

    `name` is how people and records call it, such as "0.05 Ib PF 1". With `voltage_harmonics` and
    `current_harmonics` (by order, as in `drivers.roles`), voltage, current and angle are those of
    the fundamental.
    """

    name: str
    voltage: float
    current: float
    angle: float
    frequency: float
    limit: float | None = field(default=None, compare=False)
    voltage_harmonics: Mapping[int, Harmonic] = field(default_factory=dict, hash=False)
    current_harmonics: Mapping[int, Harmonic] = field(default_factory=dict, hash=False)

    @property
    def power_factor(self) -> float:
        """cos phi of the fundamental; its sign is that of the active power."""
        return math.cos(math.radians(self.angle))

    @property
    def active(self) -> float:
        """Set active power in W (equation 3), that of the harmonics included."""
        harmonic = sum(
            u.ratio * self.current_harmonics[order].ratio * self._harmonic_factor(order)
            for order, u in self.voltage_harmonics.items()
            if order in self.current_harmonics
        )
        return self.voltage * self.current * (self.power_factor + harmonic)

    def _harmonic_factor(self, order: int) -> float:
        """cos of the angle between voltage and current of `order`."""
        current = self.current_harmonics[order].angle - order * self.angle
        return math.cos(math.radians(self.voltage_harmonics[order].angle - current))

    @property
    def setting(self) -> PhaseSetting:
        """What the source is asked for."""
        return PhaseSetting(
            self.voltage,
            self.current,
            self.angle,
            voltage_harmonics=self.voltage_harmonics,
            current_harmonics=self.current_harmonics,
        )


def load_point(
    design: Design,
    current: str,
    power_factor: str = "1",
    voltage: float = 1.0,
    limit: float | None = None,
    *,
    frequency: float = 1.0,
    minimum: float | None = None,
) -> LoadPoint:
    """The load point of a meter `design` in the field's short hand.

    `current`: "Ib", "0.05 Ib", "Itr", "Imax", "Imin" or "2 A". `power_factor`: "1", "0.5L"
    (lagging), "0.8C" (leading), "-1" (reverse). `voltage` and `frequency` as ratios of the nominal
    ones. `limit` of the percentage error in %. `minimum`: Imin in A of a standard that has its own,
    instead of the design's. Raises ValueError when a text cannot be read.
    """
    amps = amperes(design, current, minimum)
    name = f"{current.strip()} PF {power_factor.strip()}"
    if voltage != 1.0:
        name += f" {voltage:g} Un"
    if frequency != 1.0:
        name += f" {frequency:g} fn"
    angle = phase_angle(power_factor)
    volts, hertz = design.voltage * voltage, design.frequency * frequency
    return LoadPoint(name, volts, amps, angle, hertz, limit)


def phase_angle(power_factor: str) -> float:
    """Degrees by which the current lags, of "1", "0.5L", "0.8C", "-1"; ValueError otherwise."""
    match = _POWER_FACTOR.fullmatch(power_factor)
    if match is None or abs(float(match[1])) > 1:
        raise ValueError(f'power factor {power_factor!r}: write it as "1", "0.5L" or "0.8C"')
    if match[2] is None and abs(float(match[1])) != 1:
        raise ValueError(f"power factor {power_factor!r}: say L (lagging) or C (leading)")
    angle = round(math.degrees(math.acos(float(match[1]))), 9)
    return -angle if match[2] == "C" else angle


def amperes(design: Design, text: str, minimum: float | None = None) -> float:
    """A of "Ib", "0.05 Ib", "0.4 Itr", "Imax", "Imin" or "2 A"; ValueError otherwise.

    `minimum` stands for the design's Imin where given, in A.
    """
    match = _CURRENT.fullmatch(text)
    if match is None:
        raise ValueError(
            f'current {text!r}: write it as "Ib", "0.05 Ib", "Itr", "Imax", "Imin" or "2 A"'
        )
    unit = {
        "Ib": design.basic_current,
        "Itr": TRANSITIONAL * design.basic_current,
        "Imax": design.maximum_current,
        "Imin": design.minimum_current if minimum is None else minimum,
        "A": 1.0,
    }[match[2]]
    return float(match[1] or 1.0) * unit

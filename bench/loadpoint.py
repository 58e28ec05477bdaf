"""A load point: what is applied to all positions of the jig."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.description.meter import Design
from drivers.roles import Harmonic, PhaseSetting

_CURRENT = re.compile(r"\s*(\d*\.?\d+)?\s*(Ib|Imax|Imin|A)\s*")
_POWER_FACTOR = re.compile(r"\s*(-?\d*\.?\d+)\s*([LC])?\s*")


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Voltage (V), current (A), both RMS, phase angle (deg, current lagging positive), Hz.

    `name` is how people and records call it, such as "0.05 Ib PF 1". Voltage and current are those
    of the fundamental; `voltage_harmonics`, `current_harmonics` by order come on top.
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
        """cos phi; its sign is that of the active power."""
        return math.cos(math.radians(self.angle))

    @property
    def active(self) -> float:
        """Set active power in W (equation 3), harmonics included."""
        ratio = self.power_factor
        for order, voltage in self.voltage_harmonics.items():
            current = self.current_harmonics.get(order, Harmonic(0.0))
            # A harmonic's angle counts from the zero crossing of its own fundamental.
            lag = order * self.angle + voltage.angle - current.angle
            ratio += voltage.ratio * current.ratio * math.cos(math.radians(lag))
        return self.voltage * self.current * ratio

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
) -> LoadPoint:
    """The load point of a meter `design` in the field's short hand.

    `current`: "Ib", "0.05 Ib", "Imax", "Imin" or "2 A". `power_factor`: "1", "0.5L" (lagging),
    "0.8C" (leading), "-1" (reverse). `voltage` as a ratio of the nominal one. `limit` of the
    percentage error in %. Raises ValueError when a text cannot be read.
    """
    amperes = _amperes(design, current)
    name = f"{current.strip()} PF {power_factor.strip()}"
    if voltage != 1.0:
        name += f" {voltage:g} Un"
    angle = phase_angle(power_factor)
    return LoadPoint(name, design.voltage * voltage, amperes, angle, design.frequency, limit)


def phase_angle(power_factor: str) -> float:
    """Degrees by which the current lags, of "1", "0.5L", "0.8C", "-1"; ValueError otherwise."""
    match = _POWER_FACTOR.fullmatch(power_factor)
    if match is None or abs(float(match[1])) > 1:
        raise ValueError(f'power factor {power_factor!r}: write it as "1", "0.5L" or "0.8C"')
    if match[2] is None and abs(float(match[1])) != 1:
        raise ValueError(f"power factor {power_factor!r}: say L (lagging) or C (leading)")
    angle = round(math.degrees(math.acos(float(match[1]))), 9)
    return -angle if match[2] == "C" else angle


def _amperes(design: Design, text: str) -> float:
    match = _CURRENT.fullmatch(text)
    if match is None:
        raise ValueError(f'current {text!r}: write it as "Ib", "0.05 Ib", "Imax", "Imin" or "2 A"')
    unit = {
        "Ib": design.basic_current,
        "Imax": design.maximum_current,
        "Imin": design.minimum_current,
        "A": 1.0,
    }[match[2]]
    return float(match[1] or 1.0) * unit

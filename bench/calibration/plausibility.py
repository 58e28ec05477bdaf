"""What a good board's constants and readings can be; outside, the board is rejected with a reason.

Half the gain range and a third of a degree are far more than part spread needs: a constant out
there would hide a wrong part. The limits are a modelling choice of the bench, not chip facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.calibration import phase
from bench.calibration.constant import Constant
from bench.calibration.gain import STEPS

LPF2_STEPS = 256
"""APOS steps per LPF2 LSB."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A register's plausible span; `cause` puts a value outside it into words.

    `centre` +- `span`, cut to `legal` where the register has codes that must not be used.
    """

    register: str
    centre: int
    span: int
    cause: Callable[[int], str]
    legal: tuple[int, int] | None = None

    @property
    def low(self) -> int:
        """Smallest plausible value."""
        return self._cut(self.centre - self.span)

    @property
    def high(self) -> int:
        """Largest plausible value."""
        return self._cut(self.centre + self.span)

    def _cut(self, value: int) -> int:
        if self.legal is None:
            return value
        return min(max(value, self.legal[0]), self.legal[1])

    def __str__(self) -> str:
        if self.centre == 0:
            return f"+-{self.span}"
        return f"{self.low} to {self.high}"


def _watt_gain(value: int) -> str:
    percent = f"{abs(value) / STEPS:.0%}".replace("%", " %")
    return f"current or voltage channel gain is wrong by {percent}: check burden, divider, CT ratio"


def _apparent_gain(value: int) -> str:
    percent = f"{abs(value) / STEPS:.0%}".replace("%", " %")
    return f"the IRMS x VRMS product is wrong by {percent}: check burden, divider, CT ratio, GAIN"


def _phase(value: int) -> str:
    steps = value - phase.NEUTRAL
    return (
        f"the channels are {abs(steps)} delay steps apart: "
        f"check burden, CT and the input filters of both channels"
    )


def _watt_offset(value: int) -> str:
    offset = abs(value) / LPF2_STEPS
    return (
        f"{offset:.1f} LPF2 LSB of power are there without load: "
        f"check crosstalk between the channels and the high-pass filter (MODE.DISHPF = 0)"
    )


def _current_offset(value: int) -> str:
    return "the current channel is noisy or not linear: check burden, CT saturation, input filter"


def _voltage_offset(value: int) -> str:
    return "the voltage channel is noisy or offset: check divider and CH2OS"


LIMITS: dict[str, Limit] = {
    row.register: row
    for row in (
        Limit("WGAIN", 0, 1500, _watt_gain),
        Limit("VAGAIN", 0, 1500, _apparent_gain),
        Limit("PHCAL", phase.NEUTRAL, 20, _phase, legal=phase.LEGAL),
        Limit("APOS", 0, 5000, _watt_offset),
        Limit("IRMSOS", 0, 1000, _current_offset),
        Limit("VRMSOS", 0, 1500, _voltage_offset),
    )
}


def constant_reason(constant: Constant) -> str:
    """'' when the constant is plausible, else why the board is rejected, in words."""
    limit = LIMITS[constant.register]
    if limit.low <= constant.value <= limit.high:
        return ""
    name, value = constant.register, constant.value
    return f"{name} {value} is outside {limit}: {limit.cause(value)}"


MINIMUM_ENERGY = 0.01
"""Below this part of the expected energy a board counts as dead, not as badly calibrated."""


def energy_reason(measured: float, expected: float, register: str = "LAENERGY") -> str:
    """'' when a gain can be computed from an energy reading in LSB, else why not, in words.

    `expected` is positive. A reversed current transformer gives the right energy with the wrong
    sign, which no constant may hide.
    """
    if abs(measured) < MINIMUM_ENERGY * expected:
        return (
            f"{register} is {measured:.0f} where {expected:.0f} is expected: no energy is counted: "
            f"check the current loop, the voltage terminals and the supply of the board"
        )
    if measured < 0:
        return (
            f"{register} is {measured:.0f} where {expected:.0f} is expected: "
            f"the phase is reversed: swap the leads of the current transformer or the voltage input"
        )
    return ""

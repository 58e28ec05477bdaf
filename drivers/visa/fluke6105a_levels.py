"""From a load point to what the Fluke 6105A is told: ranges, amplitudes and angles per channel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from drivers.roles import Harmonic, PhaseSetting
from drivers.visa.limits import SiteLimits

FREQUENCY = (16.0, 850.0)
"""Hz; from memory, not in a source at hand."""

HIGHEST_ORDER = 100

VOLTAGE_RANGES = (
    (0.0, 23.0),
    (0.0, 45.0),
    (0.0, 90.0),
    (0.0, 180.0),
    (0.0, 360.0),
    (0.0, 650.0),
    (0.0, 1008.0),
)
"""V. Upper ends as seen in use; labs send 0 as the lower end."""

CURRENT_RANGES = (
    (0.05, 0.25),
    (0.05, 0.5),
    (0.1, 1.0),
    (0.2, 2.0),
    (0.5, 5.0),
    (1.0, 10.0),
    (2.0, 21.0),
    (5.0, 50.0),
    (8.0, 80.0),
)
"""A. 50 A and 80 A are options of the instrument. Users manual, p. 5-45."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One component: RMS amplitude in V or A, angle in degrees as the instrument counts it."""

    amplitude: float
    angle: float


@dataclass(frozen=True, slots=True)
class ChannelLevels:
    """What one output channel is to put out; `range_` is (low, high) in V or A."""

    range_: tuple[float, float]
    fundamental: Tone
    harmonics: Mapping[int, Tone]


@dataclass(frozen=True, slots=True)
class LoadLevels:
    """Frequency in Hz; voltage and current channel by phase number, None where it is off."""

    frequency: float
    voltages: Mapping[int, ChannelLevels | None]
    currents: Mapping[int, ChannelLevels | None]


@dataclass(frozen=True, slots=True)
class LevelRules:
    """What decides between a load point and the instrument's settings.

    `headroom`: a range is taken when it covers the level times this (>= 1). `lagging_sign`: sign
    of the current angle that makes the current lag its voltage, -1 or 1; not in a source at hand,
    check it on the first real unit. `largest_current`: of the fitted option in A (21, 50 or 80).
    """

    limits: SiteLimits
    headroom: float = 1.02
    lagging_sign: int = -1
    largest_current: float = 80.0

    def __post_init__(self) -> None:
        if not self.headroom >= 1:
            raise ValueError(f"headroom {self.headroom}: must be at least 1")
        if self.lagging_sign not in (-1, 1):
            raise ValueError(f"lagging_sign {self.lagging_sign}: must be -1 or 1")
        if self.largest_current not in {high for _, high in CURRENT_RANGES}:
            raise ValueError(
                f"largest_current {self.largest_current} A is no range of the instrument: "
                "21 without option, 50 or 80 with"
            )

    def levels(
        self, frequency: float, phases: Sequence[PhaseSetting], fitted: Iterable[int]
    ) -> LoadLevels:
        """Settings of all `fitted` phases for a load point; phases beyond the list are off.

        `frequency` in Hz, 16 to 850. Raises `ValueError`, naming the limit, when the source or the
        site does not allow it.
        """
        limits = self.limits
        _within(frequency, "frequency", "Hz", FREQUENCY, "the source")
        _within(
            frequency, "frequency", "Hz", (limits.frequency_low, limits.frequency_high), "the site"
        )
        fitted = tuple(fitted)
        for phase in range(1, len(phases) + 1):
            if phase not in fitted:
                raise ValueError(
                    f"phase {phase} is not fitted: fitted are {', '.join(map(str, fitted))}"
                )
        ranges = [row for row in CURRENT_RANGES if row[1] <= self.largest_current]
        voltages: dict[int, ChannelLevels | None] = {}
        currents: dict[int, ChannelLevels | None] = {}
        for phase in fitted:
            if phase > len(phases):
                voltages[phase] = currents[phase] = None
                continue
            asked = phases[phase - 1]
            voltages[phase] = self._channel(
                f"voltage of phase {phase}",
                "V",
                VOLTAGE_RANGES,
                limits.voltage,
                Tone(asked.voltage, fold(asked.voltage_angle)),
                asked.voltage_harmonics,
            )
            currents[phase] = self._channel(
                f"current of phase {phase}",
                "A",
                ranges,
                limits.current,
                Tone(asked.current, fold(self.lagging_sign * asked.angle)),
                asked.current_harmonics,
            )
        return LoadLevels(frequency, voltages, currents)

    def _channel(
        self,
        what: str,
        unit: str,
        ranges: Sequence[tuple[float, float]],
        limit: float,
        fundamental: Tone,
        harmonics: Mapping[int, Harmonic],
    ) -> ChannelLevels:
        for order, harmonic in harmonics.items():
            _within(order, f"{what}: harmonic order", "", (2, HIGHEST_ORDER), "the source")
            _within(harmonic.ratio, f"{what}: harmonic {order}", "", (0.0, 1.0), "the source")
        level = fundamental.amplitude
        rms = level * math.sqrt(1.0 + sum(h.ratio**2 for h in harmonics.values()))
        _within(rms, what, unit, (0.0, limit), "the site")
        # A range is one of peaks too: take the worst case, all peaks at the same instant.
        worst = level * (1.0 + sum(h.ratio for h in harmonics.values()))
        _within(worst, f"{what} with harmonics", unit, (0.0, ranges[-1][1]), "the source")
        return ChannelLevels(
            range_=_narrowest(ranges, worst, self.headroom),
            fundamental=fundamental,
            harmonics={
                order: Tone(level * harmonic.ratio, fold(harmonic.angle))
                for order, harmonic in sorted(harmonics.items())
            },
        )


def fold(angle: float) -> float:
    """The same angle within -180 to 180 degrees; `ValueError` when it is not finite."""
    if not math.isfinite(angle):
        raise ValueError(f"angle {angle} deg is not a number")
    return math.remainder(angle, 360.0)


def _narrowest(
    ranges: Sequence[tuple[float, float]], level: float, headroom: float
) -> tuple[float, float]:
    """The narrowest range with head-room over `level`, else the widest."""
    return next((row for row in ranges if level * headroom <= row[1]), ranges[-1])


def _within(value: float, what: str, unit: str, span: tuple[float, float], whose: str) -> None:
    if not span[0] <= value <= span[1]:
        raise ValueError(
            f"{what} = {value:g} {unit}: the limits of {whose} are "
            f"{span[0]:g} to {span[1]:g} {unit}".rstrip()
        )

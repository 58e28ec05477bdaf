"""What the reference meter said while the positions accumulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from drivers.roles import ReferenceReading


@dataclass(frozen=True, slots=True)
class Reference:
    """Means over `readings` readings: V, A (RMS), W, var, VA, Hz; `spread`: of the power, in %."""

    voltage: float
    current: float
    active: float
    reactive: float
    apparent: float
    frequency: float
    spread: float
    readings: int

    @classmethod
    def means(cls, readings: Sequence[ReferenceReading]) -> tuple[Reference, ...]:
        """The means of all phases over `readings` (at least one)."""
        return tuple(cls.mean(readings, phase) for phase in range(len(readings[0].phases)))

    @classmethod
    def mean(cls, readings: Sequence[ReferenceReading], phase: int = 0) -> Reference:
        """The mean of one phase, counted from 0, over `readings` (at least one)."""
        phases = [reading.phases[phase] for reading in readings]
        active = fmean(phase.active for phase in phases)
        spread = max(abs(phase.active - active) for phase in phases)
        return cls(
            voltage=fmean(phase.voltage for phase in phases),
            current=fmean(phase.current for phase in phases),
            active=active,
            reactive=fmean(phase.reactive for phase in phases),
            apparent=fmean(phase.apparent for phase in phases),
            frequency=fmean(reading.frequency for reading in readings),
            spread=100 * spread / abs(active) if active else 0.0,
            readings=len(readings),
        )

    def record(self) -> dict[str, float]:
        """For the results store."""
        return asdict(self)

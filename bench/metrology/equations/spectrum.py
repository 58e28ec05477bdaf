"""A periodic voltage or current as RMS phasors by order of harmonic."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.roles import Harmonic

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """x(t) = X0 + sum over h >= 1 of sqrt(2) |Xh| sin(h w t + arg Xh), w = 2 pi `frequency`.

    `frequency` of order 1 in Hz, above 0. `phasors`: RMS value and angle per order, in V or A;
    order 0 is direct current, real and signed. With order 4 as the mains, orders 1, 2, 3 are
    sub-harmonics and orders between 4 and 8 inter-harmonics. `ValueError` for what is neither.
    """

    frequency: float
    phasors: Mapping[int, complex] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.frequency) and self.frequency > 0):
            raise ValueError(f"frequency = {self.frequency} Hz: must be above 0")
        if any(order < 0 for order in self.phasors):
            raise ValueError(f"orders {sorted(self.phasors)}: must not be negative")
        if complex(self.phasors.get(0, 0)).imag:
            raise ValueError(f"direct current {self.phasors[0]}: must be real")

    @classmethod
    def sine(
        cls,
        rms: float,
        frequency: float,
        angle: float = 0.0,
        harmonics: Mapping[int, Harmonic] | None = None,
    ) -> Spectrum:
        """A sine of `rms` (V or A) that leads by `angle` degrees, with `harmonics`.

        A harmonic's angle counts from the rising zero crossing of the fundamental, as in
        `drivers.roles.Harmonic`.
        """
        turn = math.radians(angle)
        phasors = {1: cmath.rect(rms, turn)}
        for order, harmonic in (harmonics or {}).items():
            phase = order * turn + math.radians(harmonic.angle)
            phasors[order] = cmath.rect(rms * harmonic.ratio, phase)
        return cls(frequency, phasors)

    @property
    def period(self) -> float:
        """Seconds of one period of order 1."""
        return 1 / self.frequency

    @property
    def rms(self) -> float:
        """True RMS value: the root of the sum of all orders squared (Parseval)."""
        return math.hypot(*map(abs, self.phasors.values()))

    @property
    def fundamental(self) -> Spectrum:
        """Order 1 alone."""
        return Spectrum(self.frequency, {1: self.phasor(1)})

    @property
    def quadrature(self) -> Spectrum:
        """Every component a quarter of its own period later; direct current has none."""
        turned = {order: x * -1j for order, x in self.phasors.items() if order > 0}
        return Spectrum(self.frequency, turned)

    def phasor(self, order: int) -> complex:
        """RMS phasor of `order`, 0 where there is none."""
        return complex(self.phasors.get(order, 0))

    def angle(self, order: int) -> float:
        """Degrees by which `order` leads its own sine at t = 0, -180 to 180."""
        x = self.phasor(order)
        return math.degrees(math.atan2(x.imag, x.real))

    def at(self, t: Values) -> Values:
        """Values at times `t` (s), same shape."""
        theta = 2 * np.pi * self.frequency * np.asarray(t, dtype=np.float64)
        total = np.full_like(theta, self.phasor(0).real)
        for order, x in self.phasors.items():
            if order > 0:
                angle = order * theta
                total += math.sqrt(2) * (x.real * np.sin(angle) + x.imag * np.cos(angle))
        return total

    def __neg__(self) -> Spectrum:
        return Spectrum(self.frequency, {order: -x for order, x in self.phasors.items()})

    def __add__(self, other: Spectrum) -> Spectrum:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Spectrum) -> Spectrum:
        return self._with(other, lambda a, b: a - b)

    def _with(self, other: Spectrum, join: Callable[[complex, complex], complex]) -> Spectrum:
        same_frequency(self, other)
        orders = sorted({*self.phasors, *other.phasors})
        joined = {order: join(self.phasor(order), other.phasor(order)) for order in orders}
        return Spectrum(self.frequency, joined)


def same_frequency(*spectra: Spectrum) -> float:
    """The frequency in Hz that all `spectra` share; `ValueError` when they do not."""
    frequencies = {spectrum.frequency for spectrum in spectra}
    if len(frequencies) != 1:
        raise ValueError(f"spectra of different frequencies: {sorted(frequencies)} Hz")
    return frequencies.pop()

"""What a voltage or a current looks like over lab time: a sum of harmonics, or recorded samples."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.roles import Harmonic


@dataclass(frozen=True, slots=True)
class Harmonics:
    """A periodic waveform x(t) = Re sum over h of peaks[h] * exp(j*h*theta(t)).

    theta(t) = 2 pi frequency (t - epoch) in rad. `peaks`: complex peak value per order, order 0
    (DC, real) included; V or A. `frequency` in Hz, above 0. `epoch` in s of lab time.
    """

    frequency: float
    peaks: Mapping[int, complex] = field(default_factory=dict)
    epoch: float = 0.0

    def at(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at lab times `t` (s), same shape."""
        theta = 2.0 * np.pi * self.frequency * (np.asarray(t, dtype=np.float64) - self.epoch)
        total = np.zeros_like(theta)
        for order, peak in self.peaks.items():
            total += peak.real * np.cos(order * theta) - peak.imag * np.sin(order * theta)
        return total

    @property
    def rms(self) -> float:
        """True RMS value."""
        return math.sqrt(
            sum(abs(peak) ** 2 * (1.0 if order == 0 else 0.5) for order, peak in self.peaks.items())
        )

    def scaled(self, factor: float) -> Harmonics:
        """The same shape, `factor` times as large."""
        return Harmonics(
            self.frequency, {h: peak * factor for h, peak in self.peaks.items()}, self.epoch
        )

    def retimed(self, frequency: float, now: float) -> Harmonics:
        """The same shape at another frequency (Hz), its phase continuous at lab time `now` (s)."""
        turns = self.frequency * (now - self.epoch)
        return Harmonics(frequency, self.peaks, now - turns / frequency)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A recorded waveform, linear between its samples.

    `values`: V or A, one per 1/rate seconds (`rate` in Hz), the first at lab time `start` (s).
    `repeat`: start again after the last sample, else zero outside the record.
    """

    rate: float
    values: NDArray[np.float64]
    start: float = 0.0
    repeat: bool = False

    def at(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at lab times `t` (s), same shape."""
        position = (np.asarray(t, dtype=np.float64) - self.start) * self.rate
        count = len(self.values)
        if self.repeat:
            position = np.mod(position, count)
            index = np.minimum(position.astype(np.int64), count - 1)
            left, right = self.values[index], self.values[(index + 1) % count]
            return np.asarray(left + (right - left) * (position - index))
        return np.interp(position, np.arange(count), self.values, left=0.0, right=0.0)


Waveform = Harmonics | Sampled


def sine(
    rms: float,
    frequency: float,
    angle: float = 0.0,
    harmonics: Mapping[int, Harmonic] | None = None,
    epoch: float = 0.0,
) -> Harmonics:
    """sqrt(2) rms sin(2 pi frequency (t - epoch) + angle), angle in degrees, plus `harmonics`.

    A harmonic of order h, ratio r and angle b adds sqrt(2) r rms sin(h theta + h angle + b): its
    angle counts from the rising zero crossing of the fundamental.
    """
    turn = math.radians(angle)
    peak = math.sqrt(2.0) * rms
    peaks = {1: peak * cmath.exp(1j * (turn - math.pi / 2))}
    for order, harmonic in (harmonics or {}).items():
        shift = order * turn + math.radians(harmonic.angle) - math.pi / 2
        peaks[order] = peak * harmonic.ratio * cmath.exp(1j * shift)
    return Harmonics(frequency, peaks, epoch)

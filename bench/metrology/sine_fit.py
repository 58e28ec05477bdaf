"""Least-squares sine fit of a captured waveform, of one channel or of two that share a frequency.

The four-parameter fit of IEEE 1057: amplitude, phase, offset and frequency, the frequency by
repeated linearisation. Every sample has its own time, so gaps in a capture and channels that were
sampled one after the other do no harm. No whole number of periods is needed. Harmonics pull
the frequency of a short capture (10 % of fifth in four periods: 0.04 % of the amplitude).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LOWEST, HIGHEST = 40.0, 70.0
"""Hz: where the fundamental is looked for unless told otherwise."""
_STEPS_PER_LINE = 4
"""Trial frequencies per 1/duration: close enough for the linearised steps to converge."""
_ITERATIONS = 30
_CONVERGED = 1e-13


@dataclass(frozen=True, slots=True)
class SineFit:
    """x(t) = offset + amplitude sin(2 pi frequency t + angle).

    `amplitude` (peak, not negative), `offset` and `residual` (RMS of what the sine leaves) in the
    samples' unit; `frequency` in Hz; `angle` in degrees, -180 to 180, at t = 0.
    """

    amplitude: float
    frequency: float
    angle: float
    offset: float
    residual: float

    @property
    def rms(self) -> float:
        """RMS value of the sine alone: the U or I of equations (1) and (2)."""
        return self.amplitude / math.sqrt(2)

    @property
    def total_rms(self) -> float:
        """RMS value of sine, offset and residual together."""
        return math.sqrt(self.rms**2 + self.offset**2 + self.residual**2)


@dataclass(frozen=True, slots=True)
class PairFit:
    """A voltage and a current that share their frequency."""

    voltage: SineFit
    current: SineFit

    @property
    def phi(self) -> float:
        """Degrees by which the current lags, -180 to 180: the phi of equation (2)."""
        return math.remainder(self.voltage.angle - self.current.angle, 360)


def fit_sine(
    times: Values, values: Values, lowest: float = LOWEST, highest: float = HIGHEST
) -> SineFit:
    """Fit one sine to `values` taken at `times` (s), its frequency from `lowest` to `highest` Hz.

    `ValueError` when lengths differ, for fewer than five samples, for less than one period of
    `lowest`, or when no sine between the two frequencies is the best one.
    """
    return _fit([(times, values)], lowest, highest)[0]


def fit_pair(
    voltage: tuple[Values, Values],
    current: tuple[Values, Values],
    lowest: float = LOWEST,
    highest: float = HIGHEST,
) -> PairFit:
    """Fit a voltage and a current of one frequency; each is (times in s, values in V or A).

    Both count time from the same zero; they need not be sampled at the same instants. `ValueError`
    as `fit_sine`.
    """
    u, i = _fit([voltage, current], lowest, highest)
    return PairFit(u, i)


@dataclass(frozen=True, slots=True)
class _Channel:
    times: Values
    values: Values
    scale: float


def _fit(captures: Sequence[tuple[Values, Values]], lowest: float, highest: float) -> list[SineFit]:
    channels = [_channel(times, values) for times, values in captures]
    first = min(float(c.times.min()) for c in channels)
    last = max(float(c.times.max()) for c in channels)
    if not 0 < lowest < highest:
        raise ValueError(f"frequencies {lowest} to {highest} Hz: must rise from above 0")
    for channel in channels:
        if float(np.ptp(channel.times)) * lowest < 1:
            raise ValueError(
                f"a capture of {np.ptp(channel.times):g} s is less than a period of {lowest:g} Hz"
            )
    middle = (first + last) / 2
    moved = [_Channel(c.times - middle, c.values, c.scale) for c in channels]
    count = max(2, math.ceil((highest - lowest) * (last - first) * _STEPS_PER_LINE))
    trials = np.linspace(lowest, highest, count)
    start = min(trials, key=lambda f: _solve(moved, float(f))[1])
    frequency = _refine(moved, float(start))
    if not lowest <= frequency <= highest:
        raise ValueError(f"no sine of {lowest:g} to {highest:g} Hz in the capture")
    phasors, _ = _solve(moved, frequency)
    return [
        _result(channel, phasor, offset, frequency, middle)
        for channel, (phasor, offset) in zip(moved, phasors, strict=True)
    ]


def _channel(times: Values, values: Values) -> _Channel:
    t, x = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if t.shape != x.shape or t.ndim != 1 or len(t) < 5:
        raise ValueError(f"{t.shape} times and {x.shape} values: five or more of each are needed")
    if not (np.all(np.isfinite(t)) and np.all(np.isfinite(x))):
        raise ValueError("times and values must be finite numbers")
    scale = float(np.std(x))
    if scale == 0:
        raise ValueError("the capture is constant: there is no sine in it")
    return _Channel(t, x, scale)


def _solve(
    channels: Sequence[_Channel], frequency: float
) -> tuple[list[tuple[complex, float]], float]:
    """Phasor (peak, sine at angle 0 is real) and offset per channel, and the weighted residual."""
    found, left = [], 0.0
    for channel in channels:
        angle = 2 * np.pi * frequency * channel.times
        basis = np.column_stack([np.sin(angle), np.cos(angle), np.ones_like(angle)])
        a, b, offset = np.linalg.lstsq(basis, channel.values, rcond=None)[0]
        rest = channel.values - basis @ np.array([a, b, offset])
        left += float(np.sum(np.square(rest / channel.scale)))
        found.append((complex(a, b), float(offset)))
    return found, left


def _refine(channels: Sequence[_Channel], frequency: float) -> float:
    """Gauss-Newton on the one frequency, each channel weighted by its own size."""
    for _ in range(_ITERATIONS):
        phasors, _ = _solve(channels, frequency)
        blocks, right = [], []
        for index, channel in enumerate(channels):
            phasor, _ = phasors[index]
            angle = 2 * np.pi * frequency * channel.times
            sine, cosine = np.sin(angle), np.cos(angle)
            slope = channel.times * (phasor.real * cosine - phasor.imag * sine)
            block = np.zeros((len(angle), 3 * len(channels) + 1))
            block[:, 3 * index : 3 * index + 3] = np.column_stack(
                [sine, cosine, np.ones_like(angle)]
            )
            block[:, -1] = 2 * np.pi * slope
            blocks.append(block / channel.scale)
            right.append(channel.values / channel.scale)
        step = float(np.linalg.lstsq(np.vstack(blocks), np.concatenate(right), rcond=None)[0][-1])
        frequency += step
        if abs(step) <= _CONVERGED * frequency:
            break
    return frequency


def _result(
    channel: _Channel, phasor: complex, offset: float, frequency: float, middle: float
) -> SineFit:
    angle = 2 * np.pi * frequency * channel.times
    fitted = phasor.real * np.sin(angle) + phasor.imag * np.cos(angle) + offset
    residual = math.sqrt(float(np.mean(np.square(channel.values - fitted))))
    turned = math.degrees(math.atan2(phasor.imag, phasor.real)) - 360 * frequency * middle
    return SineFit(abs(phasor), frequency, math.remainder(turned, 360), offset, residual)

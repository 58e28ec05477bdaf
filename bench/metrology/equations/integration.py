"""Integrals of the product of two waveforms, in closed form."""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from bench.metrology.equations.samples import Samples
from bench.metrology.equations.spectrum import Spectrum

Values = NDArray[np.float64]
Waveform = Spectrum | Samples

_SMALL = 0.1
"""Below this argument the first moment is summed as a series: its closed form cancels there."""


def integral(a: Waveform, b: Waveform, start: float, stop: float) -> float:
    """Integral of a(t) b(t) over t from `start` to `stop` (s), in the product's unit times s.

    Exact, up to rounding: for spectra, of one frequency or two, over any interval, whole periods or
    not; for samples as the straight lines between them; for one of each. Negative when `stop` lies
    before `start`. `ValueError` outside a record.
    """
    if stop < start:
        return -integral(a, b, stop, start)
    for wave in (a, b):
        if isinstance(wave, Samples):
            wave.check(start, stop)
    if isinstance(a, Spectrum) and isinstance(b, Spectrum):
        return _of_spectra(a, b, start, stop)
    if isinstance(a, Samples) and isinstance(b, Samples):
        return _of_samples(a, b, start, stop)
    if isinstance(a, Samples) and isinstance(b, Spectrum):
        return _of_mixed(b, a, start, stop)
    assert isinstance(a, Spectrum)
    assert isinstance(b, Samples)
    return _of_mixed(a, b, start, stop)


def _terms(spectrum: Spectrum) -> list[tuple[complex, float]]:
    """(c, omega) of x(t) = sum of Re(c exp(j omega t)); sin(x) is Re(-j exp(j x))."""
    return [
        (x if order == 0 else -1j * math.sqrt(2) * x, 2 * np.pi * order * spectrum.frequency)
        for order, x in spectrum.phasors.items()
        if x != 0
    ]


def _of_spectra(a: Spectrum, b: Spectrum, start: float, stop: float) -> float:
    """Each pair of components makes one oscillation at the sum and one at the difference."""
    middle, half = (start + stop) / 2, (stop - start) / 2
    total = 0.0
    for c, omega_c in _terms(a):
        for d, omega_d in _terms(b):
            for partner, omega in ((d, omega_c + omega_d), (d.conjugate(), omega_c - omega_d)):
                turned = c * partner * cmath.exp(1j * omega * middle)
                total += turned.real * half * float(np.sinc(omega * half / np.pi))
    return total


def _knots(start: float, stop: float, *records: Samples) -> Values:
    inside = [times[(times > start) & (times < stop)] for times in (r.times for r in records)]
    return np.unique(np.concatenate([[start, stop], *inside]))


def _of_samples(a: Samples, b: Samples, start: float, stop: float) -> float:
    """Between knots the product of two straight lines is a parabola: Simpson's rule is exact."""
    knots = _knots(start, stop, a, b)
    left, right = np.clip(knots[:-1], start, stop), knots[1:]
    u, i = np.asarray(a.at(knots)), np.asarray(b.at(knots))
    ends = 2 * (u[:-1] * i[:-1] + u[1:] * i[1:]) + u[:-1] * i[1:] + u[1:] * i[:-1]
    return float(np.sum((right - left) / 6 * ends))


def _of_mixed(spectrum: Spectrum, record: Samples, start: float, stop: float) -> float:
    """A straight line times an oscillation, segment by segment."""
    knots = _knots(start, stop, record)
    values = record.at(knots)
    middle, half = (knots[:-1] + knots[1:]) / 2, (knots[1:] - knots[:-1]) / 2
    level = (values[:-1] + values[1:]) / 2
    rise = (values[1:] - values[:-1]) / 2
    total = 0.0
    for c, omega in _terms(spectrum):
        x = omega * half
        turned = c * np.exp(1j * omega * middle)
        even = 2 * half * level * np.sinc(x / np.pi)
        odd = 2 * half * rise * _first_moment(x)
        total += float(np.sum(turned.real * even - turned.imag * odd))
    return total


def _first_moment(x: Values) -> Values:
    """(sin x - x cos x) / x^2: half the integral of s sin(x s) over s from -1 to 1."""
    small = np.abs(x) < _SMALL
    safe = np.where(small, 1.0, x)
    closed = (np.sin(safe) - safe * np.cos(safe)) / safe**2
    series = x / 3 - x**3 / 30 + x**5 / 840 - x**7 / 45_360
    return np.where(small, series, closed)

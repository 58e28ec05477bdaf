"""Currents of switched loads as spectra: phase-fired, and burst-fired.

Both are a sine that is there only within windows of its angle. IEC 62053-21 tests them at "0.5 Ib";
here the sine behind the switch is as large as makes the mean power that of a plain 0.5 Ib.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

from bench.metrology.equations.spectrum import Spectrum
from drivers.roles import Harmonic

HIGHEST_ORDER = 39
"""Harmonics of a phase-fired current that are put out; their limit is that of the source."""


def windowed_sine(
    frequency: float, order: int, windows: Sequence[tuple[float, float]], highest: int
) -> Spectrum:
    """sin(order theta) of peak sqrt(2) where theta lies in one of `windows` (degrees), else 0.

    theta turns once per period of `frequency` (Hz). Orders up to `highest`, in closed form.
    """
    ranges = [(math.radians(a), math.radians(b)) for a, b in windows]
    phasors = {}
    for h in range(highest + 1):
        c = sum(_moment(order - h, *r) - _moment(-order - h, *r) for r in ranges) / 2j
        # c is the integral of sin(order theta) exp(-j h theta)
        x = 1j * c / math.pi
        phasors[h] = complex(math.sqrt(2) * c.real / (2 * math.pi)) if h == 0 else x
    return Spectrum(frequency, phasors)


def _moment(k: int, start: float, stop: float) -> complex:
    """Integral of exp(j k theta) from `start` to `stop` (rad)."""
    if k == 0:
        return complex(stop - start)
    return (cmath.exp(1j * k * stop) - cmath.exp(1j * k * start)) / (1j * k)


def phase_fired(frequency: float, firing_angle: float, highest: int = HIGHEST_ORDER) -> Spectrum:
    """A sine of 1 A RMS that a triac lets through from `firing_angle` (deg) to each zero."""
    windows = [(firing_angle, 180.0), (180.0 + firing_angle, 360.0)]
    return windowed_sine(frequency, 1, windows, highest)


def burst_fired(frequency: float, on: int, off: int, highest: int) -> Spectrum:
    """A sine of 1 A RMS and `frequency` Hz, `on` periods long, then `off` periods nothing.

    The spectrum's own frequency is that of the repetition; order `on` + `off` is the mains.
    `highest` counts in these orders.
    """
    cycles = on + off
    return windowed_sine(frequency / cycles, cycles, [(0.0, 360.0 * on / cycles)], highest)


def mean_power(switched: Spectrum, order: int = 1) -> float:
    """Power factor by which a `switched` sine's power at its own voltage is below the plain one."""
    return switched.phasor(order).real


def relative_harmonics(spectrum: Spectrum) -> dict[int, Harmonic]:
    """Orders 2 and up as ratios of the fundamental and angles (deg) from its rising zero."""
    first = spectrum.phasor(1)
    found = {}
    for order, x in spectrum.phasors.items():
        if order < 2 or abs(x) <= 1e-12 * abs(first):
            continue
        angle = spectrum.angle(order) - order * spectrum.angle(1)
        found[order] = Harmonic(abs(x) / abs(first), math.remainder(angle, 360))
    return found

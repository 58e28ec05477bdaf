"""Equations (4) and (8): energy of one phase over time, by exact integration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.metrology.equations.integration import Waveform, integral
from bench.metrology.equations.power import sinusoidal_power
from bench.metrology.equations.reactive import Reactive
from bench.metrology.equations.spectrum import Spectrum

Values = NDArray[np.float64]
JOULES_PER_KWH = 3.6e6


def sinusoidal_energy(voltage: float, current: float, phi: float, seconds: float) -> float:
    """Equation (4), right-hand side: W = T U I cos(phi) in J, T = `seconds`.

    RMS `voltage` in V, `current` in A, `phi` in degrees, positive when the current lags. Holds over
    whole periods (half periods too) of a sinusoidal load. Source: meter paper, equation (4).
    """
    return seconds * sinusoidal_power(voltage, current, phi)


def active_energy(voltage: Waveform, current: Waveform, start: float, stop: float) -> float:
    """Equations (4) and (8): W = Ep = integral of u i from `start` to `stop` (s), in J.

    Exact over any interval for spectra and for straight lines between samples; harmonics count,
    direct current too. Source: meter paper, equations (4) and (8). `ValueError` outside a record.
    """
    return integral(voltage, current, start, stop)


def reactive_energy(
    voltage: Spectrum, current: Waveform, start: float, stop: float, meaning: Reactive
) -> float:
    """Equation (8): Eq = integral of q(t) from `start` to `stop` (s), in var s.

    q(t) is i(t) times the voltage with each order a quarter of its own period later, so that its
    mean over a period is the reactive power of `meaning`; positive when the current lags. With
    FUNDAMENTAL only order 1 of the voltage takes part, which leaves only order 1 of a periodic
    current in the mean. Source: meter paper, equation (8), which leaves q(t) open.
    """
    if meaning is Reactive.FUNDAMENTAL:
        voltage = voltage.fundamental
    return integral(voltage.quadrature, current, start, stop)


def energy_of_power(times: Values, powers: Values) -> float:
    """Equation (8) of a recorded power: integral of p(t) or q(t), in J or var s.

    `powers` in W or var at rising `times` (s), straight lines between. A step is two records at one
    time. `ValueError` when lengths differ or times fall.
    """
    t, p = np.asarray(times, dtype=np.float64), np.asarray(powers, dtype=np.float64)
    if t.shape != p.shape or t.ndim != 1:
        raise ValueError(f"{t.shape} times do not fit {p.shape} powers")
    if np.any(np.diff(t) < 0):
        raise ValueError("times of a power record must not fall")
    return float(np.sum(np.diff(t) * (p[1:] + p[:-1]) / 2))

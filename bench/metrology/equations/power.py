"""Equation (3): active power of one phase, and what belongs to it."""

from __future__ import annotations

import math

from bench.metrology.equations.spectrum import Spectrum, same_frequency


def sinusoidal_power(voltage: float, current: float, phi: float) -> float:
    """Equation (3), right-hand side: P = U I cos(phi) in W.

    RMS `voltage` in V and `current` in A; `phi` in degrees, positive when the current lags.
    Source: meter paper, equation (3). Holds for sinusoidal voltage and current.
    """
    return voltage * current * math.cos(math.radians(phi))


def active_power(voltage: Spectrum, current: Spectrum) -> float:
    """Equation (3): P = 1/T * integral of u i over a period, in W.

    With harmonics it is the sum over all orders of Uh Ih cos(phi h), direct current included.
    Source: meter paper, equation (3). `ValueError` for spectra of two frequencies.
    """
    same_frequency(voltage, current)
    return sum((u * current.phasor(order).conjugate()).real for order, u in voltage.phasors.items())


def apparent_power(voltage: Spectrum, current: Spectrum) -> float:
    """S = U I in VA of true RMS values; never below |P|."""
    return voltage.rms * current.rms


def power_factor(voltage: Spectrum, current: Spectrum) -> float:
    """P / S, -1 to 1; `ValueError` without voltage or current."""
    apparent = apparent_power(voltage, current)
    if apparent == 0:
        raise ValueError("no power factor without voltage and current: apply a load first")
    return active_power(voltage, current) / apparent

"""Reactive power: which one is meant, and what it comes to."""

from __future__ import annotations

from enum import Enum

from bench.metrology.equations.spectrum import Spectrum, same_frequency


class Reactive(Enum):
    """The definition of reactive power; for sinusoidal voltage and current both are U I sin(phi).

    FUNDAMENTAL: U1 I1 sin(phi1), the meaning of IEC 62053-24. BUDEANU: the sum over all orders of
    Uh Ih sin(phi h), as a quarter-period shift of each order gives it. IEC 62053-23 defines
    reactive energy for sinusoidal signals only.
    """

    FUNDAMENTAL = "fundamental"
    BUDEANU = "Budeanu"


def reactive_power(voltage: Spectrum, current: Spectrum, meaning: Reactive) -> float:
    """Q in var of a phase, positive when the current lags; `ValueError` at two frequencies."""
    same_frequency(voltage, current)
    if meaning is Reactive.FUNDAMENTAL:
        voltage = voltage.fundamental
    return sum(
        (u * current.phasor(order).conjugate()).imag
        for order, u in voltage.phasors.items()
        if order > 0
    )

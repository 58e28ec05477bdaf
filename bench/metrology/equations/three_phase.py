"""Equations (5), (6) and (7): three phases, with three wires or four."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.metrology.equations.power import active_power, sinusoidal_power
from bench.metrology.equations.reactive import Reactive, reactive_power
from bench.metrology.equations.spectrum import Spectrum


@dataclass(frozen=True, slots=True)
class Power:
    """Active power in W and reactive power in var of an element, or of a sum of elements."""

    active: float
    reactive: float

    @property
    def apparent(self) -> float:
        """Vector apparent power sqrt(P^2 + Q^2) in VA, the S of equations (6) and (7)."""
        return math.hypot(self.active, self.reactive)

    @classmethod
    def sinusoidal(cls, voltage: float, current: float, phi: float) -> Power:
        """One element: RMS `voltage` in V, `current` in A, `phi` in degrees (lagging positive)."""
        return cls(
            sinusoidal_power(voltage, current, phi),
            voltage * current * math.sin(math.radians(phi)),
        )

    @classmethod
    def of(cls, voltage: Spectrum, current: Spectrum, meaning: Reactive) -> Power:
        """One element of any waveform; `meaning` names the reactive power."""
        return cls(active_power(voltage, current), reactive_power(voltage, current, meaning))

    @classmethod
    def total(cls, elements: Iterable[Power]) -> Power:
        """The signed sum: an element that runs backwards is subtracted."""
        parts = tuple(elements)
        return cls(sum(part.active for part in parts), sum(part.reactive for part in parts))


def three_phase_energy(energies: Sequence[float]) -> float:
    """Equation (5): W = WA + WB + WC, in the unit of the three `energies`, signed.

    Source: meter paper, equation (5). `ValueError` unless there are three.
    """
    if len(energies) != 3:
        raise ValueError(f"{len(energies)} energies: equation (5) adds three phases")
    return math.fsum(energies)


def three_wire(
    u_ab: Spectrum, i_a: Spectrum, u_cb: Spectrum, i_c: Spectrum, meaning: Reactive
) -> Power:
    """Equation (6): P3, Q3 and S3 of a three-wire system from two elements.

    P3 = UAB IA cos(phi1) + UCB IC cos(phi2), in W; Q3 likewise with sin, in var. phi1 is the angle
    between UAB and IA, phi2 between UCB and IC. Holds as long as iA + iB + iC = 0: a neutral
    current is not seen. Source: meter paper, equation (6).
    """
    return Power.total((Power.of(u_ab, i_a, meaning), Power.of(u_cb, i_c, meaning)))


def four_wire(
    voltages: Sequence[Spectrum], currents: Sequence[Spectrum], meaning: Reactive
) -> Power:
    """Equation (7): P4, Q4 and S4 of a four-wire system from phases A, B, C.

    P4 = sum of U I cos(phi) in W, Q4 = sum of U I sin(phi) in var. S4 is the vector sum; see
    `arithmetic_apparent`. Source: meter paper, equation (7). `ValueError` unless three phases.
    """
    if len(voltages) != 3 or len(currents) != 3:
        raise ValueError(
            f"{len(voltages)} voltages and {len(currents)} currents: equation (7) takes three each"
        )
    pairs = zip(voltages, currents, strict=True)
    return Power.total(Power.of(u, i, meaning) for u, i in pairs)


def arithmetic_apparent(voltages: Sequence[Spectrum], currents: Sequence[Spectrum]) -> float:
    """Sum of the phases' U I in VA; at least the vector S, and above it when phases differ."""
    return math.fsum(u.rms * i.rms for u, i in zip(voltages, currents, strict=True))

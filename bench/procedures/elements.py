"""Three boards as the elements of a polyphase meter: equations (5), (6) and (7)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.calibration.reactive import varh_per_lsb
from bench.metrology.equations.three_phase import Power
from bench.procedures.accumulate import Accumulation
from bench.procedures.energy import JOULES_PER_WH, EnergyRun
from bench.procedures.reference import Reference
from bench.station import Station


@dataclass(frozen=True, slots=True)
class ElementReading:
    """Energy of a while, and line cycles of the elements that have a voltage."""

    station: Station
    run: EnergyRun
    cycles: Accumulation

    def metered_energies(self) -> list[float]:
        """Energy in J of each element, signed."""
        return [self.run.metered(position) for position in self.station.active]

    def applied_energies(self) -> list[float]:
        """The same by the reference meter."""
        return [self.run.applied(position) for position in self.station.active]

    def metered(self) -> Power:
        """Power of all elements in W and var, as the boards have it; dead ones have none."""
        return Power.total(
            Power(
                self.run.metered(position) / self.run.energies[position.number].duration,
                reactive_power(self.station, self.cycles, position.number),
            )
            for position in self.station.active
        )

    def applied(self) -> Power:
        """The sum of U I cos(phi) and U I sin(phi) over the elements, by the reference meter."""
        return Power.total(_element(reference) for reference in self.run.references)


def reactive_power(station: Station, cycles: Accumulation, number: int) -> float:
    """Mean reactive power in var of position `number`; 0 when it had no voltage to count by."""
    if number not in cycles.counts:
        return 0.0
    position = next(p for p in station.positions if p.number == number)
    wgain = position.chip.read("WGAIN")
    frequency = cycles.reference(position).frequency
    unit = varh_per_lsb(station.meter, wgain, frequency) * JOULES_PER_WH
    return cycles.counts[number].reactive * unit / cycles.time


def _element(reference: Reference) -> Power:
    if not reference.apparent:
        return Power(0.0, 0.0)
    phi = math.degrees(math.atan2(reference.reactive, reference.active))
    return Power.sinusoidal(reference.voltage, reference.current, phi)

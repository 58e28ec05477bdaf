"""Energy that all positions register in a while, beside the energy by the reference meter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.position import Position
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.energy import LONGEST_GAP, Energy
from drivers.roles import ReferenceReading

JOULES_PER_WH = 3600.0
MOMENT = 1e-6
"""Seconds of lab time that do not matter: less is rounding of the clock."""


@dataclass(frozen=True, slots=True)
class EnergyRun:
    """What the free-running registers advanced by; works without zero crossings too.

    `references`: by phase, over the same time. `energies`: by position number, in LSB; a position
    that dropped out is missing.
    """

    references: tuple[Reference, ...]
    energies: dict[int, Energy]
    joules_per_lsb: float

    def metered(self, position: Position) -> float:
        """Energy in J that the position registered, signed."""
        return self.energies[position.number].active * self.joules_per_lsb

    def applied(self, position: Position) -> float:
        """Energy in J by the reference meter (equation 4): power of its phase times the time."""
        return self.references[position.phase].active * self.energies[position.number].duration

    def error(self, position: Position) -> float | None:
        """Percentage error, None when the position dropped out."""
        if position.number not in self.energies:
            return None
        return 100 * (self.metered(position) / self.applied(position) - 1)


def run_energy(station: Station, seconds: float) -> EnergyRun:
    """Let all positions register for `seconds` of lab time at the load that is applied now.

    Starts all positions, waits once while the reference meter reads, reads all. The registers wrap:
    a long run is read in between. `StationFault` when fewer than the quorum are left.
    """
    readings: list[ReferenceReading] = []
    energies = advances(station, seconds, lambda part: readings.extend(station.references(part)))
    lsb = station.meter.wh_per_lsb * JOULES_PER_WH
    return EnergyRun(Reference.means(readings), energies, lsb)


def advances(station: Station, seconds: float, wait: Callable[[float], None]) -> dict[int, Energy]:
    """What each position's registers advance by in `seconds` (> 0) of lab time, in LSB.

    `wait` lets about so many seconds pass and may do more meanwhile. Starts all positions, reads
    them together, in between too, because the registers wrap. A position that drops out is
    missing; `StationFault` when fewer than the quorum are left.
    """
    for position in station.active:
        position.attempt(position.chip.energy.start)
    energies: dict[int, Energy] = {}
    end = station.clock.now() + seconds
    while (left := end - station.clock.now()) > MOMENT:
        wait(min(left, LONGEST_GAP / 2))
        for position in station.active:
            energy = position.attempt(position.chip.energy.read)
            if energy is not None:
                energies[position.number] = energy
    station.check_quorum()
    return {position.number: energies[position.number] for position in station.active}

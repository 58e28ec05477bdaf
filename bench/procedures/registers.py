"""Energy registers of all positions over a time by the station's clock, beside the reference."""

from __future__ import annotations

from dataclasses import dataclass

from bench.loadpoint import LoadPoint
from bench.metrology.percentage_error import percentage_error
from bench.metrology.uncertainty import Budget, Budgets
from bench.position import Position
from bench.procedures.energy import advances
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.energy import Energy
from drivers.roles import ReferenceReading


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """What AENERGY of one position advanced by, and what the reference said meanwhile.

    `error`: percentage error in %, None when the position dropped out, with `reason` saying why.
    `budget`: its uncertainty, None when the bench states none.
    """

    point: LoadPoint
    reference: Reference
    energy: Energy | None
    error: float | None
    reason: str = ""
    budget: Budget | None = None

    @property
    def uncertainty(self) -> float | None:
        """Expanded uncertainty (k = 2) of the error in %."""
        return None if self.budget is None else self.budget.expanded


def read_registers(
    station: Station, point: LoadPoint, seconds: float
) -> dict[int, RegisterReading]:
    """Apply `point`, take AENERGY's advance over at least `seconds`, compare with the reference.

    Counting is between two reads, wherever in a line cycle they fall: the registers are not tied to
    zero crossings. `ValueError` unless `seconds` is above 0.
    """
    if not seconds > 0:
        raise ValueError(f"energy over {seconds} s: the time must be above 0")
    station.apply(point)
    readings: list[ReferenceReading] = []
    energies = advances(station, seconds, lambda part: readings.extend(station.references(part)))
    means = Reference.means(readings)
    return {
        position.number: _reading(
            station, point, position, energies.get(position.number), means[position.phase]
        )
        for position in station.positions
    }


def _reading(
    station: Station,
    point: LoadPoint,
    position: Position,
    energy: Energy | None,
    reference: Reference,
) -> RegisterReading:
    if energy is None:
        return RegisterReading(point, reference, None, None, position.reason)
    expected = station.meter.expected_energy(reference.active, energy.duration)
    budgets = Budgets.of(station.description)
    return RegisterReading(
        point,
        reference,
        energy,
        percentage_error(energy.active, expected),
        budget=None if budgets is None else budgets.register(reference, expected, energy.duration),
    )

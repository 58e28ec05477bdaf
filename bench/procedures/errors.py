"""Percentage errors of all positions at a load point."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bench.loadpoint import LoadPoint
from bench.metrology.gate import half_cycle_gate
from bench.metrology.percentage_error import line_cycle_error
from bench.metrology.uncertainty import Budget, Budgets
from bench.metrology.uncertainty.meter import CUT_OFF
from bench.position import Position
from bench.procedures.accumulate import Accumulation, accumulate
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.line_cycles import LineCycleResult

SHORTEST, LONGEST = 100, 65_535
"""Half line cycles of an accumulation: a second, and what LINECYC holds."""


@dataclass(frozen=True, slots=True)
class PointReading:
    """What one position and the reference said at a load point.

    `error`: percentage error of the active energy in %, None when the position dropped out, with
    `reason` saying why. `budget`: its uncertainty, None when the bench states none.
    """

    point: LoadPoint
    reference: Reference
    counts: LineCycleResult | None
    error: float | None
    reason: str = ""
    budget: Budget | None = None

    @property
    def uncertainty(self) -> float | None:
        """Expanded uncertainty (k = 2) of the error in %."""
        return None if self.budget is None else self.budget.expanded

    def record(self) -> dict[str, object]:
        """The register values, for the results store."""
        return {} if self.counts is None else asdict(self.counts)


def half_cycles_for(station: Station, point: LoadPoint) -> int:
    """Half line cycles after which one energy LSB is the described part of the point's limit.

    `ValueError` when the point has no limit or no active power.
    """
    if not point.limit or not point.active:
        raise ValueError(f"{point.name}: a verification point needs a limit and active power")
    return half_cycle_gate(
        point.active,
        station.meter.wh_per_lsb,
        point.frequency,
        station.description.calibration.verify_resolution * point.limit,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def read_errors(station: Station, point: LoadPoint) -> dict[int, PointReading]:
    """Apply `point`, accumulate for as long as its limit needs, compare with the reference."""
    station.apply(point)
    accumulation = accumulate(station, half_cycles_for(station, point))
    return {
        position.number: _reading(station, point, accumulation, position)
        for position in station.positions
    }


def error_of(station: Station, accumulation: Accumulation, position: Position) -> float:
    """Percentage error in % of `position` in `accumulation`.

    LAENERGY is the whole part of what was accumulated: half an LSB is added to what it shows.
    """
    reference = accumulation.reference(position)
    return line_cycle_error(
        accumulation.counts[position.number].active + CUT_OFF,
        station.meter.wh_per_lsb,
        reference.active,
        accumulation.half_cycles,
        reference.frequency,
    )


def budget_of(station: Station, accumulation: Accumulation, position: Position) -> Budget | None:
    """The uncertainty of `error_of`, None when the bench states none of its reference meter."""
    budgets = Budgets.of(station.description)
    if budgets is None:
        return None
    reference = accumulation.reference(position)
    expected = station.meter.expected_energy(reference.active, accumulation.time)
    return budgets.line_cycles(reference, expected, accumulation.half_cycles)


def _reading(
    station: Station, point: LoadPoint, accumulation: Accumulation, position: Position
) -> PointReading:
    reference = accumulation.reference(position)
    counts = accumulation.counts.get(position.number)
    if counts is None:
        return PointReading(point, reference, None, None, position.reason)
    error = error_of(station, accumulation, position)
    budget = budget_of(station, accumulation, position)
    return PointReading(point, reference, counts, error, position.reason, budget)

"""Percentage errors of all positions at a load point."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from bench.calibration.percentage_error import line_cycle_error
from bench.loadpoint import LoadPoint
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
    `reason` saying why.
    """

    point: LoadPoint
    reference: Reference
    counts: LineCycleResult | None
    error: float | None
    reason: str = ""

    def record(self) -> dict[str, object]:
        """The register values, for the results store."""
        return {} if self.counts is None else asdict(self.counts)


def half_cycles_for(station: Station, point: LoadPoint) -> int:
    """Half line cycles after which one energy LSB is the described part of the point's limit.

    `ValueError` when the point has no limit or no active power.
    """
    if not point.limit or not point.active:
        raise ValueError(f"{point.name}: a verification point needs a limit and active power")
    resolution = station.description.calibration.verify_resolution
    counts = 100 / (resolution * point.limit)
    seconds = counts / station.meter.expected_energy(abs(point.active), 1.0)
    return min(max(math.ceil(2 * point.frequency * seconds), SHORTEST), LONGEST)


def read_errors(station: Station, point: LoadPoint) -> dict[int, PointReading]:
    """Apply `point`, accumulate for as long as its limit needs, compare with the reference."""
    station.apply(point)
    accumulation = accumulate(station, half_cycles_for(station, point))
    return {
        position.number: _reading(station, point, accumulation, position)
        for position in station.positions
    }


def error_of(station: Station, accumulation: Accumulation, position: Position) -> float:
    """Percentage error in % of `position` in `accumulation`."""
    reference = accumulation.reference(position)
    return line_cycle_error(
        accumulation.counts[position.number].active,
        station.meter.wh_per_lsb,
        reference.active,
        accumulation.half_cycles,
        reference.frequency,
    )


def _reading(
    station: Station, point: LoadPoint, accumulation: Accumulation, position: Position
) -> PointReading:
    counts = accumulation.counts.get(position.number)
    error = None if counts is None else error_of(station, accumulation, position)
    return PointReading(point, accumulation.reference(position), counts, error, position.reason)

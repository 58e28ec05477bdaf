"""Percentage errors of all positions at a load point."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bench.calibration.percentage_error import line_cycle_error
from bench.loadpoint import LoadPoint
from bench.procedures.accumulate import Accumulation, accumulate
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.line_cycles import LineCycleResult


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


def read_errors(station: Station, point: LoadPoint, half_cycles: int) -> dict[int, PointReading]:
    """Apply `point`, accumulate over `half_cycles`, and compare with the reference meter."""
    station.apply(point)
    accumulation = accumulate(station, half_cycles)
    return {
        position.number: _reading(station, point, accumulation, position.number, position.reason)
        for position in station.positions
    }


def error_of(station: Station, accumulation: Accumulation, number: int) -> float:
    """Percentage error in % of position `number` in `accumulation`."""
    return line_cycle_error(
        accumulation.counts[number].active,
        station.meter.wh_per_lsb,
        accumulation.reference.active,
        accumulation.half_cycles,
        accumulation.reference.frequency,
    )


def _reading(
    station: Station, point: LoadPoint, accumulation: Accumulation, number: int, reason: str
) -> PointReading:
    counts = accumulation.counts.get(number)
    error = None if counts is None else error_of(station, accumulation, number)
    return PointReading(point, accumulation.reference, counts, error, reason)

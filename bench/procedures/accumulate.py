"""Line-cycle accumulation on all positions at once, beside the reference meter."""

from __future__ import annotations

from dataclasses import dataclass

from bench.calibration.percentage_error import half_cycle_time
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.line_cycles import LineCycles

MARGIN = 0.2
"""Seconds of lab time beyond the two accumulations: start and zero crossings are not in step."""


@dataclass(frozen=True, slots=True)
class Accumulation:
    """What each position counted over `half_cycles`, and what the reference meter said meanwhile.

    `counts`: by position number; a position that dropped out is missing.
    """

    half_cycles: int
    reference: Reference
    counts: dict[int, LineCycles]

    @property
    def time(self) -> float:
        """Seconds of the accumulation, by the reference's frequency."""
        return half_cycle_time(self.half_cycles, self.reference.frequency)


def accumulate(station: Station, half_cycles: int) -> Accumulation:
    """Accumulate over `half_cycles` half line cycles at the load that is applied now.

    Starts all positions, waits once, reads all. The wait covers two accumulations, because the
    first after a start is not valid (data sheet, line-cycle accumulation mode).
    """
    for position in station.active:
        position.attempt(lambda chip=position.chip: chip.start_line_cycles(half_cycles))
    wait = 2 * half_cycle_time(half_cycles, station.description.design.frequency) + MARGIN
    reference = Reference.mean(station.references(wait))
    counts = {}
    for position in station.active:
        counted = position.attempt(position.chip.collect_line_cycles)
        if counted is not None:
            counts[position.number] = counted
    station.check_quorum()
    return Accumulation(half_cycles, reference, counts)

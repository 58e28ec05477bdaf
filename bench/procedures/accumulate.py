"""Line-cycle accumulation on all positions at once, beside the reference meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.metrology.percentage_error import half_cycle_time
from bench.position import Position
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.ade7753.line_cycles import LineCycleResult
from drivers.roles import ReferenceReading

ATTEMPTS = 3
"""How often an accumulation is tried before the board is rejected."""


@dataclass(frozen=True, slots=True)
class Accumulation:
    """What each position counted over `half_cycles`, and what the reference meter said meanwhile.

    `references`: by phase. `counts`: by position number; a position that dropped out is missing.
    """

    half_cycles: int
    references: tuple[Reference, ...]
    counts: dict[int, LineCycleResult]

    def reference(self, position: Position) -> Reference:
        """What the reference meter said of the phase that feeds `position`."""
        return self.references[position.phase]

    @property
    def time(self) -> float:
        """Seconds of the accumulation, by the reference's frequency."""
        return half_cycle_time(self.half_cycles, self.references[0].frequency)


def accumulate(
    station: Station, half_cycles: int, positions: Sequence[Position] | None = None
) -> Accumulation:
    """Accumulate over `half_cycles` half line cycles at the load that is applied now.

    Starts all positions, waits once, reads all. The wait covers two accumulations, because the
    first after a start is not valid (data sheet, line-cycle accumulation mode). A chip whose
    configuration changed under way (a corrupted byte can do that) has counted with wrong constants:
    it is put right and counts again, `ATTEMPTS` times at most. `positions`: those that have a
    voltage, None for all.
    """
    counts: dict[int, LineCycleResult] = {}
    readings: list[ReferenceReading] = []
    wanted = [p for p in positions or station.positions if p.takes_part]
    for _ in range(ATTEMPTS):
        readings += _run(station, wanted, half_cycles)
        for position in wanted:
            counted = position.attempt(position.chip.line_cycles.collect)
            changed = position.attempt(position.chip.check)
            position.restored += changed or ()
            if counted is not None and not changed and position.takes_part:
                counts[position.number] = counted
        wanted = [p for p in wanted if p.takes_part and p.number not in counts]
        if not wanted:
            break
    for position in wanted:
        position.reject(
            f"its configuration changed during each of {ATTEMPTS} accumulations: check the SPI "
            "wiring and the supply of the board"
        )
    station.check_quorum()
    return Accumulation(half_cycles, Reference.means(readings), counts)


def _run(station: Station, positions: list[Position], half_cycles: int) -> list[ReferenceReading]:
    """Start `positions`, and read the reference meter until their result must be there."""
    frequency = station.description.design.frequency
    for position in positions:
        position.attempt(position.chip.line_cycles.start, half_cycles, frequency)
    return station.references(
        max((p.chip.line_cycles.wait_time for p in positions if p.takes_part), default=0.0)
    )

"""Mean RMS registers of all positions."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from bench.position import Position
from bench.procedures.reference import Reference
from bench.station import Station


@dataclass(frozen=True, slots=True)
class RmsReading:
    """Mean codes of VRMS and IRMS over some readings, and the last PERIOD."""

    voltage: float
    current: float
    period: int


@dataclass(frozen=True, slots=True)
class RmsReadings:
    """By position number, with what the reference meter said of each phase."""

    references: tuple[Reference, ...]
    codes: dict[int, RmsReading]

    def reference(self, position: Position) -> Reference:
        """What the reference meter said of the phase that feeds `position`."""
        return self.references[position.phase]


def read_rms(station: Station, readings: int) -> RmsReadings:
    """Mean of `readings` (>= 1) readings per position.

    Both registers carry ripple at twice the line frequency. Readings one half cycle plus 1/readings
    of one apart meet every part of that ripple once, so it cancels in the mean.
    """
    half_cycle = 0.5 / station.description.design.frequency
    gap = half_cycle * (1 + 1 / readings)
    codes: dict[int, list[dict[str, int]]] = {p.number: [] for p in station.active}
    for _ in range(readings):
        station.clock.sleep(gap)
        for position in station.active:
            values = position.attempt(position.chip.read_many, ("VRMS", "IRMS", "PERIOD"))
            if values is not None:
                codes[position.number].append(values)
    references = Reference.means([station.reference.read()])
    station.check_quorum()
    return RmsReadings(
        references,
        {
            position.number: RmsReading(
                fmean(row["VRMS"] for row in codes[position.number]),
                fmean(row["IRMS"] for row in codes[position.number]),
                codes[position.number][-1]["PERIOD"],
            )
            for position in station.active
        },
    )

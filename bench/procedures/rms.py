"""Mean RMS registers of all positions."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

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
    """By position number, with what the reference meter said."""

    reference: Reference
    codes: dict[int, RmsReading]


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
    reference = Reference.mean([station.reference.read()])
    station.check_quorum()
    return RmsReadings(
        reference,
        {
            position.number: RmsReading(
                fmean(row["VRMS"] for row in codes[position.number]),
                fmean(row["IRMS"] for row in codes[position.number]),
                codes[position.number][-1]["PERIOD"],
            )
            for position in station.active
        },
    )

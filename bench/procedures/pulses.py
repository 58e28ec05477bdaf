"""The pulse outputs of all positions, one after the other through the relay unit."""

from __future__ import annotations

from dataclasses import dataclass

from bench.calibration.percentage_error import pulse_error
from bench.loadpoint import LoadPoint
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.errors import StationFault


@dataclass(frozen=True, slots=True)
class PulseReading:
    """What the counter saw of one position: Hz, and the error in % against the meter constant.

    `error` is None when no pulse came or the position takes no part; `reason` says which.
    """

    point: LoadPoint
    reference: Reference | None
    frequency: float
    error: float | None
    limit: float
    reason: str = ""


def read_pulses(
    station: Station, point: LoadPoint, gate: float, limit: float
) -> dict[int, PulseReading]:
    """Apply `point`, then count each position's pulses for `gate` s; `limit` of the error in %.

    `StationFault` when the bench has no counter or no relay unit.
    """
    if station.counter is None or station.relays is None:
        raise StationFault("the pulse test needs a [counter] and a [relays] unit in the bench")
    station.apply(point)
    readings = {}
    for position in station.positions:
        if position.reason or position.cf_channel is None:
            reason = position.reason or "its pulse output is not wired to the relay unit"
            readings[position.number] = PulseReading(point, None, 0.0, None, limit, reason)
            continue
        station.relays.select(position.cf_channel)
        frequency = station.counter.frequency(gate)
        reference = Reference.mean([station.reference.read()], position.phase)
        error = (
            pulse_error(frequency, station.meter.meter_constant, reference.active)
            if frequency > 0
            else None
        )
        reason = "" if error is not None else "no pulses on CF: check the CF line and its coupler"
        readings[position.number] = PulseReading(point, reference, frequency, error, limit, reason)
    station.relays.open_all()
    return readings

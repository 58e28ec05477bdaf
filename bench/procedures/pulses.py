"""The pulse outputs of all positions, one after the other through the relay unit."""

from __future__ import annotations

from dataclasses import dataclass

from bench.loadpoint import LoadPoint
from bench.metrology.percentage_error import pulse_error
from bench.metrology.uncertainty import Budget, Budgets
from bench.metrology.uncertainty.methods import pulse_time
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.errors import StationFault


@dataclass(frozen=True, slots=True)
class PulseReading:
    """What the counter saw of one position: Hz, and the error in % against the meter constant.

    `error` is None when no pulse came or the position takes no part; `reason` says which.
    `budget`: the uncertainty of the error, None when the bench states none.
    """

    point: LoadPoint
    reference: Reference | None
    frequency: float
    error: float | None
    limit: float
    reason: str = ""
    budget: Budget | None = None

    @property
    def uncertainty(self) -> float | None:
        """Expanded uncertainty (k = 2) of the error in %."""
        return None if self.budget is None else self.budget.expanded

    def record(self) -> dict[str, object]:
        """What the counter said, for the results store."""
        return {"CF frequency": self.frequency}


def read_pulses(
    station: Station, point: LoadPoint, gate: float, limit: float
) -> dict[int, PulseReading]:
    """Apply `point`, then count each position's pulses for `gate` s; `limit` of the error in %.

    `StationFault` when the bench has no counter or no relay unit.
    """
    if station.counter is None or station.relays is None:
        raise StationFault("the pulse test needs a [counter] and a [relays] unit in the bench")
    station.apply(point)
    budgets = Budgets.of(station.description)
    readings = {}
    for position in station.positions:
        if position.reason or position.cf_channel is None:
            reason = position.reason or "its pulse output is not wired to the relay unit"
            readings[position.number] = PulseReading(point, None, 0.0, None, limit, reason)
            continue
        station.relays.select(position.cf_channel)
        frequency = station.counter.frequency(gate)
        reference = Reference.mean([station.reference.read()], position.phase)
        if not frequency > 0:
            reason = "no pulses on CF: check the CF line and its coupler"
            readings[position.number] = PulseReading(point, reference, 0.0, None, limit, reason)
            continue
        readings[position.number] = PulseReading(
            point,
            reference,
            frequency,
            pulse_error(frequency, station.meter.meter_constant, reference.active),
            limit,
            budget=None
            if budgets is None
            else budgets.pulses(reference, pulse_time(frequency, gate)),
        )
    station.relays.open_all()
    return readings

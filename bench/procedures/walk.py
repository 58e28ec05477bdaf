"""Walks the items of a test plan over all positions at once."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.loadpoint import LoadPoint
from bench.metrology.gate import half_cycle_gate
from bench.metrology.items import (
    ConstantItem,
    ErrorItem,
    InfluenceItem,
    InterruptionItem,
    Item,
    NoLoadItem,
    RepeatabilityItem,
    StartingItem,
)
from bench.position import Position
from bench.procedures.accumulate import accumulate
from bench.procedures.energy import advances
from bench.procedures.errors import LONGEST, SHORTEST, budget_of, error_of
from bench.procedures.reference import Reference
from bench.station import Station
from drivers.errors import StationFault


@dataclass(frozen=True, slots=True)
class Finding:
    """One value found at a position, with its limits; `uncertainty` is the expanded one (k = 2).

    `value` None: it could not be found, `reason` says why.
    """

    name: str
    value: float | None
    unit: str
    lower: float | None = None
    upper: float | None = None
    uncertainty: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an item came to: findings by position number, and the lab time it took in s.

    `applied`: its load point. `reference`: what the reference meter said there, None where only
    registers or pulses were looked at.
    """

    item: Item
    applied: LoadPoint
    findings: Mapping[int, Sequence[Finding]]
    lab_time: float
    reference: Reference | None = None

    @property
    def load_point(self) -> str:
        """Name of the load point."""
        return self.applied.name


@dataclass(frozen=True, slots=True)
class Errors:
    """Percentage errors of one position at a load point, and the uncertainty of each in %."""

    values: tuple[float, ...]
    uncertainty: float | None

    @property
    def mean(self) -> float:
        """Mean error in %."""
        return statistics.fmean(self.values)


def cannot_walk(item: Item) -> str:
    """Why this bench cannot walk `item`, '' when it can."""
    if isinstance(item, InterruptionItem):
        return "the source ramps: it cannot interrupt the voltage for a second or less"
    if isinstance(item, InfluenceItem) and item.burst is not None:
        return "the source driver cannot switch the current by the mains cycle"
    return ""


@dataclass(slots=True)
class Walk:
    """One walk on an opened station; errors at reference load points are read once and kept."""

    station: Station
    _known: dict[tuple[LoadPoint, float], dict[int, Errors]] = field(default_factory=dict)
    _reference: Reference | None = None

    def item(self, item: Item) -> ItemResult:
        """Walk one item; `StationFault` for one that `cannot_walk`."""
        if reason := cannot_walk(item):
            raise StationFault(f"{type(item).__name__}: {reason}")
        begun = self.station.clock.now()
        self._reference = None
        match item:
            case ErrorItem():
                findings = self._basic_error(item)
            case RepeatabilityItem():
                findings = self._repeatability(item)
            case InfluenceItem():
                findings = self._influence(item)
            case StartingItem():
                findings = self._starting(item)
            case NoLoadItem():
                findings = self._no_load(item)
            case ConstantItem():
                findings = self._constant(item)
            case InterruptionItem():
                raise AssertionError("cannot_walk refuses it")
        point = item.disturbed if isinstance(item, InfluenceItem) else item.point
        lab_time = self.station.clock.now() - begun
        return ItemResult(item, point, findings, lab_time, self._reference)

    def _basic_error(self, item: ErrorItem) -> dict[int, list[Finding]]:
        found = self._errors(item.point, item.limit, item.readings)
        return self._each(
            lambda position: [
                Finding(
                    "percentage error",
                    found[position.number].mean,
                    "%",
                    -item.limit,
                    item.limit,
                    found[position.number].uncertainty,
                )
            ],
            "percentage error",
        )

    def _repeatability(self, item: RepeatabilityItem) -> dict[int, list[Finding]]:
        found = self._errors(item.point, item.limit, item.readings)
        return self._each(
            lambda position: [
                Finding(
                    "standard deviation of the error",
                    statistics.stdev(found[position.number].values),
                    "%",
                    upper=item.limit,
                )
            ],
            "standard deviation of the error",
        )

    def _influence(self, item: InfluenceItem) -> dict[int, list[Finding]]:
        key = (item.reference, item.limit)
        if key not in self._known:
            self._known[key] = self._errors(item.reference, item.limit, 1)
        before = self._known[key]
        after = self._errors(item.disturbed, item.limit, 1)
        name = f"variation with {item.quantity}"
        return self._each(
            lambda position: [
                Finding(
                    name,
                    after[position.number].mean - before[position.number].mean,
                    "%",
                    -item.limit,
                    item.limit,
                )
            ],
            name,
        )

    def _starting(self, item: StartingItem) -> dict[int, list[Finding]]:
        self.station.apply(item.point)
        first = advances(self.station, item.first, self.station.clock.sleep)
        again = advances(self.station, item.following or item.first, self.station.clock.sleep)
        # A whole pulse's energy in the time means a pulse in it, wherever the divider stood.
        return self._each(
            lambda position: [
                Finding(name, self._pulses(energies[position.number].active), "pulses", lower=1.0)
                for name, energies in (("starting", first), ("going on", again))
            ],
            "starting",
        )

    def _no_load(self, item: NoLoadItem) -> dict[int, list[Finding]]:
        self.station.apply(item.point)
        found = advances(self.station, item.seconds, self.station.clock.sleep)
        return self._each(
            lambda position: [
                Finding(
                    "no-load pulses",
                    abs(self._pulses(found[position.number].active)),
                    "pulses",
                    upper=float(item.pulses),
                )
            ],
            "no-load pulses",
        )

    def _constant(self, item: ConstantItem) -> dict[int, list[Finding]]:
        counter, relays = self.station.counter, self.station.relays
        if counter is None or relays is None:
            raise StationFault("the meter constant needs a [counter] and a [relays] unit")
        self.station.apply(item.point)
        # The time in which a right meter's register advances by what the plan asks for.
        gate = item.advance * 3.6e6 / item.point.active

        def count(position: Position) -> list[Finding]:
            if position.cf_channel is None:
                reason = "its pulse output is not wired to the relay unit"
                return [Finding("pulses less register", None, "pulses", -1.0, 1.0, reason=reason)]
            relays.select(position.cf_channel)
            position.chip.energy.start()
            pulses = counter.count(gate)
            energy = position.chip.energy.read()
            register = self._pulses(energy.active) * gate / energy.duration
            return [Finding("pulses less register", pulses - register, "pulses", -1.0, 1.0)]

        findings = self._each(count, "pulses less register")
        relays.open_all()
        return findings

    def _errors(self, point: LoadPoint, limit: float, readings: int) -> dict[int, Errors]:
        """Apply `point` and take `readings` errors of each position that takes part."""
        station = self.station
        station.apply(point)
        half_cycles = half_cycle_gate(
            point.active,
            station.meter.wh_per_lsb,
            point.frequency,
            station.description.calibration.verify_resolution * limit,
            shortest=SHORTEST,
            longest=LONGEST,
        )
        runs = [accumulate(station, half_cycles) for _ in range(readings)]
        self._reference = runs[-1].references[0]
        errors = {}
        for position in station.active:
            budget = budget_of(station, runs[0], position)
            errors[position.number] = Errors(
                tuple(error_of(station, run, position) for run in runs),
                None if budget is None else budget.expanded,
            )
        return errors

    def _pulses(self, lsb: float) -> float:
        """Pulses that an energy in LSB stands for: one per CFDEN + 1, with CFNUM = 0."""
        return lsb / (self.station.meter.cfden + 1)

    def _each(
        self, find: Callable[[Position], list[Finding]], name: str
    ) -> dict[int, list[Finding]]:
        """Findings of every position; one that dropped out gets its reason instead."""
        findings = {}
        for position in self.station.positions:
            found = position.attempt(find, position)
            findings[position.number] = found or [
                Finding(name, None, "", 0.0, 0.0, reason=position.reason)
            ]
        return findings

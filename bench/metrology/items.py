"""What a plan comes to for a meter of one design: its items, in the order that they are walked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.description.meter import Design
from bench.loadpoint import LoadPoint, amperes
from bench.metrology.equations.spectrum import Spectrum
from bench.metrology.interruption import pulses_allowed, register_change
from bench.metrology.limits import BurstSignal, InfluenceLimit, Interruption
from bench.metrology.meter_constant import expected_pulses
from bench.metrology.no_load import NO_LOAD_RULES, NoLoadCase, no_load_test
from bench.metrology.plan import Plan, PlanPoint
from bench.metrology.starting_current import STARTING_RULES, starting_limit
from bench.metrology.waveforms import burst_fired, mean_power, phase_fired, relative_harmonics
from drivers.errors import DescriptionError
from drivers.roles import Harmonic

BURST_ORDERS = 40
"""Orders of a burst's repetition that its expected energy takes in."""


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """Basic error: mean of `readings` at `point`, whose `limit` is in %; least `pulses` a gate."""

    point: LoadPoint
    readings: int
    pulses: int
    doubt: str = ""

    @property
    def limit(self) -> float:
        """Largest percentage error in %."""
        assert self.point.limit is not None
        return self.point.limit


@dataclass(frozen=True, slots=True)
class StartingItem:
    """Starting current: `pulses` must come, the first within `first` s, the next in `following` s.

    `period` in s of a meter that is right. `following` is None where the rule sets no time.
    """

    point: LoadPoint
    rule: str
    pulses: int
    period: float
    first: float
    following: float | None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class NoLoadItem:
    """No-load test at `point` (0 A: open the current circuits) for `seconds`; `pulses` may come."""

    point: LoadPoint
    rule: str
    seconds: float
    pulses: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class ConstantItem:
    """Meter constant at `point`: over `advance` kWh of the register `pulses` pulses come, +-1."""

    point: LoadPoint
    advance: float
    pulses: float
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class RepeatabilityItem:
    """Standard deviation of `readings` errors at `point`, at most `limit` %."""

    point: LoadPoint
    readings: int
    limit: float
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class InfluenceItem:
    """The error at `disturbed` less that at `reference` is at most `limit` % either way.

    With `burst` the current of `disturbed` is switched, `spectrum` is what flows (A).
    """

    quantity: str
    reference: LoadPoint
    disturbed: LoadPoint
    limit: float
    burst: BurstSignal | None = None
    spectrum: Spectrum | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class InterruptionItem:
    """A dip or interruption without current: the register moves at most `energy` kWh.

    `pulses`: as many may come. `point`: before, between and after.
    """

    point: LoadPoint
    pattern: Interruption
    energy: float
    pulses: int
    doubt: str = ""


Item = (
    ErrorItem
    | StartingItem
    | NoLoadItem
    | ConstantItem
    | RepeatabilityItem
    | InfluenceItem
    | InterruptionItem
)


def items(plan: Plan, design: Design) -> list[Item]:
    """All items of `plan` for a meter of `design`; `DescriptionError` where a limit is missing."""
    return [
        *basic_errors(plan, design),
        *reverse_errors(plan, design),
        *starting(plan, design),
        *no_load(plan, design),
        *constant(plan, design),
        *repeatability(plan, design),
        *influences(plan, design),
        *interruptions(plan, design),
    ]


def basic_errors(plan: Plan, design: Design) -> list[ErrorItem]:
    """Load points of the basic error, highest current first."""
    return list(_errors(plan, design, plan.points))


def reverse_errors(plan: Plan, design: Design) -> list[ErrorItem]:
    """Load points of reverse power."""
    return list(_errors(plan, design, plan.reverse))


def _errors(plan: Plan, design: Design, rows: Sequence[PlanPoint]) -> Iterator[ErrorItem]:
    for row in rows:
        if design.maximum_current / design.basic_current < row.least_ratio:
            continue
        for power_factor in row.power_factors:
            point = plan.point(design, row.current, power_factor)
            doubt = row.doubt
            if row.limit is not None:
                point = replace(point, limit=row.limit)
            elif point.limit is None:
                raise DescriptionError(
                    f"plan {plan.name}: {point.name} has no limit: give it one, or a row in limits"
                )
            else:
                limit = plan.limit_row(design, point.current, point.angle)
                doubt = _joined(doubt, limit.doubt if limit is not None else "")
            yield ErrorItem(point, row.readings, row.pulses, doubt)


def starting(plan: Plan, design: Design) -> list[StartingItem]:
    """The starting-current test, none if the plan has none."""
    table = plan.starting_current
    if table is None:
        return []
    point = replace(plan.point(design, table.current), limit=None)
    limit = starting_limit(table.rule, design.meter_constant, point.voltage, point.current)
    doubt = _joined(table.doubt, STARTING_RULES[table.rule].doubt)
    return [
        StartingItem(
            point, table.rule, table.pulses, limit.period, limit.first, limit.following, doubt
        )
    ]


def no_load(plan: Plan, design: Design) -> list[NoLoadItem]:
    """The no-load test, none if the plan has none."""
    table = plan.no_load
    if table is None:
        return []
    minimum = plan.minimum(design)
    case = NoLoadCase(
        design.meter_constant,
        design.voltage,
        design.maximum_current,
        amperes(design, table.starting, minimum),
        minimum,
        base_limit=table.base_limit,
    )
    test, rule = no_load_test(table.rule, case), NO_LOAD_RULES[table.rule]
    point = LoadPoint(f"no load {rule.voltage:g} Un", test.voltage, 0.0, 0.0, design.frequency)
    doubt = _joined(table.doubt, rule.doubt)
    return [NoLoadItem(point, table.rule, test.seconds, test.pulses, doubt)]


def constant(plan: Plan, design: Design) -> list[ConstantItem]:
    """The meter-constant test, none if the plan has none."""
    table = plan.meter_constant
    if table is None:
        return []
    point = plan.point(design, table.current, table.power_factor)
    pulses = expected_pulses(table.advance, design.meter_constant)
    return [ConstantItem(point, table.advance, pulses, table.doubt)]


def repeatability(plan: Plan, design: Design) -> list[RepeatabilityItem]:
    """Repeatability at each of its load points."""
    return [
        RepeatabilityItem(
            plan.point(design, table.current, power_factor),
            table.readings,
            table.limit,
            table.doubt,
        )
        for table in plan.repeatability
        for power_factor in table.power_factors
    ]


def influences(plan: Plan, design: Design) -> list[InfluenceItem]:
    """Every influence quantity at every load point where the plan tries it."""
    return [
        item
        for row in plan.influence
        for current in row.points
        for item in _influences(plan, design, row, current)
    ]


def _influences(
    plan: Plan, design: Design, row: InfluenceLimit, current: str
) -> Iterator[InfluenceItem]:
    reference = plan.point(design, current, row.power_factor)
    if not row.covers(design, reference.current, plan.minimum(design)):
        raise DescriptionError(
            f"plan {plan.name}: {row.quantity} at {reference.name} is outside its range, from "
            f"{row.at_least} to {row.up_to or row.below}"
        )
    plain = replace(reference, limit=None)

    def item(
        disturbed: LoadPoint, burst: BurstSignal | None = None, flows: Spectrum | None = None
    ) -> InfluenceItem:
        return InfluenceItem(row.quantity, reference, disturbed, row.limit, burst, flows, row.doubt)

    for ratio in row.ratios:
        voltage = ratio if row.quantity == "voltage" else 1.0
        frequency = ratio if row.quantity == "frequency" else 1.0
        shifted = plan.point(design, current, row.power_factor, voltage, frequency)
        yield item(replace(shifted, limit=None))
    if row.harmonic is not None:
        order = row.harmonic.order
        yield item(
            replace(
                plain,
                name=f"{plain.name} harmonic {order}",
                voltage_harmonics={order: Harmonic(row.harmonic.voltage)},
                current_harmonics={order: Harmonic(row.harmonic.current)},
            )
        )
    if row.firing_angle is not None:
        yield item(_fired(plain, row.firing_angle))
    if row.burst is not None:
        yield item(*_burst(plain, row.burst))


def _fired(plain: LoadPoint, firing_angle: float) -> LoadPoint:
    """`plain` with a phase-fired current of the same active power."""
    shape = phase_fired(plain.frequency, firing_angle)
    behind = plain.current / mean_power(shape)
    return replace(
        plain,
        name=f"{plain.name} fired at {firing_angle:g} deg",
        current=behind * shape.fundamental.rms,
        angle=-shape.angle(1),
        current_harmonics=relative_harmonics(shape),
    )


def _burst(plain: LoadPoint, burst: BurstSignal) -> tuple[LoadPoint, BurstSignal, Spectrum]:
    """`plain` with a burst-fired current of the same mean power; the point is that while it is on.

    The source cannot make sub-harmonics from a load point: whoever walks the plan switches it.
    """
    cycles = burst.on + burst.off
    shape = burst_fired(plain.frequency, burst.on, burst.off, BURST_ORDERS)
    behind = plain.current / mean_power(shape, cycles)
    flows = Spectrum(shape.frequency, {h: x * behind for h, x in shape.phasors.items()})
    name = f"{plain.name} burst {burst.on} on {burst.off} off"
    return replace(plain, name=name, current=behind), burst, flows


def interruptions(plan: Plan, design: Design) -> list[InterruptionItem]:
    """Voltage dips and interruptions, without current."""
    energy = register_change(design.voltage, design.maximum_current)
    pulses = pulses_allowed(energy, design.meter_constant)
    point = LoadPoint("no load 1 Un", design.voltage, 0.0, 0.0, design.frequency)
    return [
        InterruptionItem(point, pattern, energy, pulses, pattern.doubt)
        for pattern in plan.interruptions
    ]


def _joined(*doubts: str) -> str:
    return "; ".join(doubt for doubt in doubts if doubt)

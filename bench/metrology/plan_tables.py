"""Plans as tables, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.description.meter import Design
from bench.metrology.items import (
    ConstantItem,
    ErrorItem,
    InfluenceItem,
    InterruptionItem,
    Item,
    NoLoadItem,
    RepeatabilityItem,
    StartingItem,
    items,
)
from bench.metrology.meter_constant import PULSE_TOLERANCE
from bench.metrology.plan import Plan
from bench.tables import Cell, Table

KINDS = {
    ErrorItem: "basic error",
    StartingItem: "starting current",
    NoLoadItem: "no load",
    ConstantItem: "meter constant",
    RepeatabilityItem: "repeatability",
    InfluenceItem: "influence",
    InterruptionItem: "interruption",
}


def plan_list(plans: Sequence[Plan]) -> Table:
    """One row per plan: standard, edition, class, and what kinds of items it has."""
    columns = ("plan", "standard", "edition", "class", "load points", "items", "title")
    return Table("plans", columns, [tuple(_summary(plan)) for plan in plans])


def _summary(plan: Plan) -> Iterator[Cell]:
    yield from (plan.name, plan.standard, plan.edition, plan.meter_class)
    yield sum(len(row.power_factors) for row in plan.points)
    kinds = ["basic error"]
    kinds += ["reverse power"] if plan.reverse else []
    kinds += ["starting current"] if plan.starting_current else []
    kinds += ["no load"] if plan.no_load else []
    kinds += ["meter constant"] if plan.meter_constant else []
    kinds += ["repeatability"] if plan.repeatability else []
    kinds += list(dict.fromkeys(row.quantity for row in plan.influence if row.points))
    kinds += ["interruptions"] if plan.interruptions else []
    yield ", ".join(kinds)
    yield plan.title


def plan_tables(plan: Plan, design: Design) -> list[Table]:
    """The plan's own facts, every item for a meter of `design`, its limits, and its doubts."""
    return [_facts(plan, design), _items(plan, design), _limits(plan), _influences(plan)]


def _facts(plan: Plan, design: Design) -> Table:
    rows: list[tuple[Cell, Cell, Cell]] = [
        ("title", plan.title, ""),
        ("standard", plan.standard, ""),
        ("edition", plan.edition, ""),
        ("class", plan.meter_class, ""),
        ("source", plan.source, ""),
        ("Imin", f"{plan.minimum(design):g} A", plan.minimum_doubt),
        ("judged on", plan.judged_on, plan.judged_doubt),
        *(("left out", words, "") for words in plan.left_out),
    ]
    return Table(f"plan {plan.name}", ("fact", "value", "doubt"), rows)


def _items(plan: Plan, design: Design) -> Table:
    columns = ("item", "load", "V", "A", "deg", "Hz", "limit", "unit", "how", "doubt")
    return Table("items", columns, [_item(item) for item in items(plan, design)])


def _item(item: Item) -> tuple[Cell, ...]:
    point = item.disturbed if isinstance(item, InfluenceItem) else item.point
    limit, unit, how = _demand(item)
    kind = item.quantity if isinstance(item, InfluenceItem) else KINDS[type(item)]
    numbers = (point.voltage, point.current, point.angle, point.frequency)
    rounded = tuple(round(number, 6) for number in numbers)
    return (kind, point.name, *rounded, limit, unit, how, item.doubt)


def _demand(item: Item) -> tuple[float, str, str]:
    """What is limited, its unit, and how it is found."""
    if isinstance(item, ErrorItem | RepeatabilityItem | InfluenceItem):
        return item.limit, "%", _how(item)
    if isinstance(item, StartingItem):
        return round(item.first, 3), "s", _how(item)
    if isinstance(item, ConstantItem):
        return PULSE_TOLERANCE, "pulses", _how(item)
    return item.pulses, "pulses", _how(item)


def _how(item: Item) -> str:
    match item:
        case ErrorItem():
            how = f"mean of {item.readings}, {item.pulses} pulses or more"
        case StartingItem():
            how = f"to the first of {item.pulses} pulses, period {item.period:.1f} s; {item.rule}"
        case NoLoadItem():
            how = f"in {item.seconds / 60:.1f} min; {item.rule}"
        case ConstantItem():
            how = f"from {item.pulses:g} for {item.advance:g} kWh of the register"
        case RepeatabilityItem():
            how = f"standard deviation of {item.readings}"
        case InfluenceItem():
            how = f"variation from {item.reference.name}"
        case InterruptionItem():
            pattern = item.pattern
            how = f"{pattern.name}, {pattern.times} x {pattern.seconds:g} s; {item.energy:g} kWh"
    return how


def _limits(plan: Plan) -> Table:
    columns = ("from", "to", "power factors", "limit %", "remark", "doubt")
    rows = []
    for row in plan.limits:
        end = row.up_to or f"below {row.below}"
        remarks = [
            "times Imin/I" if row.scaled else "",
            "and between" if row.between else "",
            "only if asked" if row.asked else "",
        ]
        factors = ", ".join(row.power_factors)
        remark = ", ".join(filter(None, remarks))
        rows.append((row.at_least, end, factors, row.limit, remark, row.doubt))
    return Table("limits", columns, rows)


def _influences(plan: Plan) -> Table:
    columns = ("quantity", "from", "to", "power factor", "variation", "unit", "tried at", "doubt")
    rows = [
        (
            row.quantity,
            row.at_least,
            row.up_to or f"below {row.below}",
            row.power_factor,
            row.limit,
            "%/K" if row.per else "%",
            ", ".join(row.points),
            row.doubt,
        )
        for row in plan.influence
    ]
    return Table("influence quantities", columns, rows)

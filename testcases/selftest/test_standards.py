"""The plans' tables against the numbers of the reference, typed in again."""

from __future__ import annotations

import pytest

from bench.description import load
from bench.description.meter import Design
from bench.loadpoint import phase_angle
from bench.metrology.items import (
    InfluenceItem,
    basic_errors,
    constant,
    influences,
    interruptions,
    items,
    no_load,
    repeatability,
    starting,
)
from bench.metrology.limits import CurrentRange, InfluenceLimit
from bench.metrology.plan import Plan
from bench.metrology.plans import DEFAULT_PLAN, parse_plan, plan, plan_names, plans
from drivers.errors import DescriptionError

VIRTUAL = load("virtual").design
SMALL = VIRTUAL.model_copy(
    update={"basic_current": 5.0, "maximum_current": 20.0, "minimum_current": 0.1}
)
"""220 V, 5(20) A, 3200 imp/kWh: the meter of the reference's worked numbers."""


def limit(of: Plan, current: float, factor: str, design: Design = SMALL) -> float | None:
    row = of.limit_row(design, current, phase_angle(factor))
    return None if row is None else pytest.approx(row.value(current, of.minimum(design)))


def test_the_plans_that_come_with_the_bench() -> None:
    assert plan_names() == [
        "iec62053-21-class1",
        "iec62053-21-class2",
        "jjg596-class1-direct",
        "jjg596-class2-direct",
        "line-short",
        "r46-class-a",
        "r46-class-b",
        "r46-class-c",
    ]
    assert DEFAULT_PLAN in plan_names()
    for one in plans():
        assert one.standard
        assert one.edition
        assert one.meter_class
        for design in (VIRTUAL, SMALL):
            assert items(one, design)


# basic error, reference 1.2: (A of a 5(20) A meter, PF, class 1, class 2)
OLD = [
    (0.249, "1", None, None),
    (0.25, "1", 1.5, 2.5),
    (0.499, "1", 1.5, 2.5),
    (0.5, "1", 1.0, 2.0),
    (20.0, "1", 1.0, 2.0),
    (20.1, "1", None, None),
    (0.49, "0.5L", None, None),
    (0.5, "0.5L", 1.5, 2.5),
    (0.99, "0.5L", 1.5, 2.5),
    (1.0, "0.5L", 1.0, 2.0),
    (20.0, "0.5L", 1.0, 2.0),
    (0.5, "0.8C", 1.5, None),
    (1.0, "0.8C", 1.0, None),
    (5.0, "0.9L", None, None),
    (5.0, "0.25L", None, None),  # only if the customer asks
]


@pytest.mark.parametrize("family", ["iec62053-21-class{}", "jjg596-class{}-direct"])
@pytest.mark.parametrize(("amperes", "factor", "class1", "class2"), OLD)
def test_limits_of_the_old_generation(
    family: str, amperes: float, factor: str, class1: float | None, class2: float | None
) -> None:
    assert limit(plan(family.format(1)), amperes, factor) == class1
    assert limit(plan(family.format(2)), amperes, factor) == class2


def test_a_range_has_its_lower_end_and_not_what_it_stays_below() -> None:
    """0.1 * 5 A is not 0.5 A to the last bit everywhere: ends count all the same."""
    below = CurrentRange(at_least="0.05 Ib", below="0.1 Ib")
    assert [below.covers(SMALL, amperes, 0.1) for amperes in (0.2499, 0.25, 0.4999, 0.5)] == [
        False,
        True,
        True,
        False,
    ]
    up_to = CurrentRange(at_least="0.05 Ib", up_to="0.1 Ib")
    assert [up_to.covers(SMALL, amperes, 0.1) for amperes in (0.5, 0.5 + 1e-15, 0.5001)] == [
        True,
        True,
        False,
    ]
    assert below.ends(SMALL, 0.1) == pytest.approx((0.25, 0.5))


def test_limits_that_hold_only_when_asked_for() -> None:
    asked = {
        (row.power_factors[0], row.limit) for row in plan("iec62053-21-class1").limits if row.asked
    }
    assert asked == {("0.25L", 3.5), ("0.5C", 2.5)}
    assert not [row for row in plan("iec62053-21-class2").limits if row.asked]


# reference 1.7; Itr = 0.5 A. (A, PF, class A, class B, class C)
NEW = [
    (0.5, "1", 2.0, 1.0, 0.5),
    (20.0, "1", 2.0, 1.0, 0.5),
    (5.0, "0.5L", 2.5, 1.5, 0.6),
    (5.0, "0.8C", 2.5, 1.5, 0.6),
    (5.0, "0.9L", 2.5, 1.5, 0.6),
    (5.0, "0.25L", None, None, None),
    (0.3, "1", 2.5, 1.5, 1.0),
    (0.3, "0.5L", 2.5, 1.8, 1.0),
    (0.05, "1", 2.5 * 0.25 / 0.05, 1.5 * 0.2 / 0.05, 1.0 * 0.1 / 0.05),
    (0.02, "1", None, 1.5 * 0.2 / 0.02, 1.0 * 0.1 / 0.02),
    (0.019, "1", None, None, None),
]


@pytest.mark.parametrize(("amperes", "factor", "a", "b", "c"), NEW)
def test_limits_of_the_new_generation(
    amperes: float, factor: str, a: float | None, b: float | None, c: float | None
) -> None:
    assert limit(plan("r46-class-a"), amperes, factor) == a
    assert limit(plan("r46-class-b"), amperes, factor) == b
    assert limit(plan("r46-class-c"), amperes, factor) == c


def names(of: Plan, design: Design) -> set[str]:
    return {item.point.name for item in basic_errors(of, design)}


def grid(table: str) -> set[str]:
    """Names of "PF, PF @ current" lines, as the reference writes them."""
    found = set()
    for line in table.split(";"):
        factors, current = line.split("@")
        found |= {f"{current.strip()} PF {factor.strip()}" for factor in factors.split(",")}
    return found


CLASS2 = "1,0.5L @ Imax; 1,0.5L @ Ib; 0.5L @ 0.2 Ib; 1,0.5L @ 0.1 Ib; 1 @ 0.05 Ib"
CLASS1 = (
    "1,0.5L,0.8C @ Imax; 1,0.5L,0.8C @ Ib; 0.5L,0.8C @ 0.2 Ib; 1,0.5L,0.8C @ 0.1 Ib; 1 @ 0.05 Ib"
)


def test_load_points_of_jjg_596() -> None:
    """Reference 1.8; the points at 0.5 Imax are for meters with Imax of 4 Ib or more."""
    narrow = SMALL.model_copy(update={"maximum_current": 15.0})
    assert names(plan("jjg596-class2-direct"), narrow) == grid(CLASS2)
    assert names(plan("jjg596-class1-direct"), narrow) == grid(CLASS1)
    assert names(plan("jjg596-class2-direct"), SMALL) == grid(CLASS2 + "; 1,0.5L @ 0.5 Imax")
    assert names(plan("jjg596-class1-direct"), SMALL) == grid(CLASS1 + "; 1,0.5L,0.8C @ 0.5 Imax")


def test_load_points_of_the_new_generation() -> None:
    table = "1,0.5L,0.8C @ Imax; 1,0.5L,0.8C @ 10 Itr; 1,0.5L,0.8C @ Itr; 1 @ Imin"
    assert names(plan("r46-class-b"), SMALL) == grid(table + "; 1,0.5L,0.8C @ 0.5 Imax")
    found = {
        item.point.name: item.point.current for item in basic_errors(plan("r46-class-b"), SMALL)
    }
    assert found["10 Itr PF 1"] == pytest.approx(5.0)
    assert found["Itr PF 1"] == pytest.approx(0.5)
    assert found["Imin PF 1"] == pytest.approx(0.2)


def test_the_short_plan_is_the_verification_of_the_calibration() -> None:
    verify = load("virtual").calibration.verify
    expected = {f"{row.current} PF {row.power_factor}": row.limit for row in verify}
    found = {item.point.name: item.limit for item in basic_errors(plan("line-short"), VIRTUAL)}
    assert found == expected


# reference 1.10: quantity, from, PF, class 1, class 2
INFLUENCES = [
    ("temperature", "0.1 Ib", "1", 0.05, 0.10),
    ("temperature", "0.2 Ib", "0.5L", 0.07, 0.15),
    ("frequency", "0.05 Ib", "1", 0.5, 0.8),
    ("frequency", "0.1 Ib", "0.5L", 0.7, 1.0),
    ("phase sequence", "0.1 Ib", "1", 1.5, 1.5),
    ("voltage unbalance", "Ib", "1", 2.0, 4.0),
    ("harmonic", "0.5 Imax", "1", 0.8, 1.0),
    ("half-wave", "0.70711 Imax", "1", 3.0, 6.0),
    ("phase-fired", "0.5 Ib", "1", 3.0, 6.0),
    ("burst", "0.5 Ib", "1", 3.0, 6.0),
    ("magnetic field", "Ib", "1", 2.0, 3.0),
    ("direct-current magnet", "Ib", "1", 2.0, 3.0),
    ("permanent magnet", "Ib", "1", 1.0, 1.0),
    ("radio frequency", "Ib", "1", 2.0, 3.0),
    ("fast transients", "Ib", "1", 4.0, 6.0),
    ("accessory", "0.05 Ib", "1", 0.5, 1.0),
    ("self-heating", "Imax", "1", 0.7, 1.0),
    ("self-heating", "Imax", "0.5L", 1.0, 1.5),
    ("over-current", "Ib", "1", 1.5, 1.5),
    ("earth fault", "Ib", "1", 0.7, 1.0),
]
VOLTAGE = {
    ((0.9, 1.1), "0.05 Ib", "1"): (0.7, 1.0),
    ((0.9, 1.1), "0.1 Ib", "0.5L"): (1.0, 1.5),
    ((0.8, 1.15), "0.05 Ib", "1"): (2.1, 3.0),
    ((0.8, 1.15), "0.1 Ib", "0.5L"): (3.0, 4.5),
}


@pytest.mark.parametrize("family", ["iec62053-21-class{}", "jjg596-class{}-direct"])
@pytest.mark.parametrize("grade", [1, 2])
def test_influence_quantities(family: str, grade: int) -> None:
    rows = plan(family.format(grade)).influence
    found = {
        (row.quantity, row.at_least, row.power_factor): row.limit
        for row in rows
        if row.quantity != "voltage"
    }
    assert found == {row[:3]: row[2 + grade] for row in INFLUENCES}
    voltages = {
        (tuple(row.ratios), row.at_least, row.power_factor): row.limit
        for row in rows
        if row.quantity == "voltage"
    }
    assert voltages == {key: pair[grade - 1] for key, pair in VOLTAGE.items()}


def row_of(of: Plan, quantity: str) -> InfluenceLimit:
    return next(row for row in of.influence if row.quantity == quantity)


def test_disputed_numbers_carry_their_mark_into_the_loaded_tables() -> None:
    """Reference section 8, and every row that it has from memory."""
    one, a, b, c = (plan(n) for n in (DEFAULT_PLAN, "r46-class-a", "r46-class-b", "r46-class-c"))
    for quantity in (
        "magnetic field",
        "direct-current magnet",
        "radio frequency",
        "fast transients",
        "accessory",
    ):
        assert "from memory" in row_of(one, quantity).doubt
    assert "5 %" in row_of(one, "frequency").doubt
    assert not row_of(one, "harmonic").doubt
    assert all("from memory" in row.doubt for plan_ in (a, b, c) for row in plan_.influence)
    unsure = [row for row in b.limits if "0.5L" in row.power_factors]
    assert [row.limit for row in unsure] == [1.5, 1.8]
    assert all("from memory" in row.doubt for row in unsure)
    assert all("State Grid" in row.doubt for row in a.limits)
    assert "0.4" in c.minimum_doubt
    (lagging,) = (item for item in basic_errors(a, SMALL) if item.point.name == "Itr PF 0.5L")
    for words in ("class B only", "from memory", "State Grid"):
        assert words in lagging.doubt
    assert all("0.1" in item.doubt for item in repeatability(one, SMALL))
    assert "rounded" in plan("jjg596-class1-direct").judged_doubt
    assert "from memory" in no_load(b, SMALL)[0].doubt
    assert "from memory" in starting(b, SMALL)[0].doubt


def test_worked_numbers_of_the_reference_through_the_plan() -> None:
    """220 V, 5(20) A, 3200 imp/kWh, class 1."""
    jjg = plan("jjg596-class1-direct")
    (start,), (creep,), (ratio,) = starting(jjg, SMALL), no_load(jjg, SMALL), constant(jjg, SMALL)
    assert start.point.current == pytest.approx(0.02)
    assert start.period == pytest.approx(255.7, abs=0.05)
    assert start.first / 60 == pytest.approx(5.11, abs=0.005)
    assert creep.seconds / 60 == pytest.approx(42.6, abs=0.05)
    assert creep.point.voltage == pytest.approx(253.0)
    assert (creep.point.current, creep.pulses) == (0.0, 1)
    assert ratio.pulses == pytest.approx(320.0)
    (dip, short, long) = sorted(interruptions(jjg, SMALL), key=lambda i: -i.pattern.level)
    assert {item.pulses for item in (dip, short, long)} == {14}
    assert dip.energy == pytest.approx(0.0044)
    assert (dip.pattern.seconds, dip.pattern.level) == (60.0, 0.5)
    found = {(i.pattern.seconds, i.pattern.times, i.pattern.recovery) for i in (short, long)}
    assert found == {(1.0, 3, 0.05), (0.02, 1, 0.0)}


def test_starting_currents() -> None:
    wanted = {
        "iec62053-21-class1": 0.02,
        "iec62053-21-class2": 0.025,
        "jjg596-class1-direct": 0.02,
        "jjg596-class2-direct": 0.025,
        "r46-class-a": 0.025,
        "r46-class-b": 0.02,
        "r46-class-c": 0.02,
    }
    for name, amperes in wanted.items():
        assert starting(plan(name), SMALL)[0].point.current == pytest.approx(amperes)
    assert starting(plan("line-short"), SMALL) == []


def influence(quantity: str) -> InfluenceItem:
    found = influences(plan(DEFAULT_PLAN), SMALL)
    return next(item for item in found if item.quantity == quantity)


def test_the_harmonic_signal_carries_four_per_cent_more_power() -> None:
    item = influence("harmonic")
    assert item.reference.current == pytest.approx(10.0)
    assert item.disturbed.active == pytest.approx(1.04 * item.reference.active)
    assert item.limit == 0.8


@pytest.mark.parametrize("quantity", ["voltage", "frequency"])
def test_voltage_and_frequency_are_taken_to_both_ends(quantity: str) -> None:
    found = [i for i in influences(plan(DEFAULT_PLAN), SMALL) if i.quantity == quantity]
    field, ratios = {
        "voltage": ("voltage", {0.8, 0.9, 1.1, 1.15}),
        "frequency": ("frequency", {0.98, 1.02}),
    }[quantity]
    seen = {
        round(getattr(item.disturbed, field) / getattr(item.reference, field), 9) for item in found
    }
    assert seen == ratios
    assert {item.disturbed.current / item.reference.current for item in found} == {1.0}


# a plan of one's own

OWN = """
title = "own"
standard = "house"
edition = "1"
meter_class = "1"
source = "house"
rounding = "1"
[[points]]
current = "Ib"
limit = 0.5
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("limit = 0.5\nlimits = 3", ["points.1.limits"]),
        ("limit = -1.0", ["points.1.limit = -1.0", "greater than 0"]),
        ('limit = "1"', ["points.1.limit = '1'", "number"]),
        ('limit = 0.5\n[no_load]\nrule = "JJG 1"', ["JJG 1", "OIML R 46"]),
        ('limit = 0.5\n[starting_current]\ncurrent = "Ib"\nrule = "x"', ["'x'", "JJG 596-2012"]),
        ("limit = ", ["TOML"]),
        (
            'limit = 0.5\n[[limits]]\nat_least = "Ib"\npower_factors = ["1"]\nlimit = 1.0',
            ["either up_to or below"],
        ),
        (
            'limit = 0.5\n[[influence]]\nquantity = "burst"\nat_least = "Ib"\n'
            'up_to = "Ib"\nlimit = 1.0',
            ["missing key burst"],
        ),
        (
            'limit = 0.5\n[[influence]]\nquantity = "magnetic field"\nat_least = "Ib"\n'
            'up_to = "Ib"\nlimit = 1.0\npoints = ["Ib"]',
            ["cannot set it"],
        ),
    ],
)
def test_a_bad_plan_is_refused_with_one_message(change: str, words: list[str]) -> None:
    with pytest.raises(DescriptionError) as caught:
        parse_plan(OWN.replace("limit = 0.5", change), "own")
    for word in ["plan own", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"), [('name = "x"', "called as its file"), ('parts = ["x"]', "influence-class1")]
)
def test_bad_heads(line: str, words: str) -> None:
    with pytest.raises(DescriptionError, match=words):
        parse_plan(line + OWN, "own")


def test_a_point_without_any_limit_is_refused() -> None:
    with pytest.raises(DescriptionError, match="Ib PF 1 has no limit"):
        items(parse_plan(OWN.replace("limit = 0.5", ""), "own"), SMALL)


def test_an_influence_outside_its_own_range_is_refused() -> None:
    row = (
        '[[influence]]\nquantity = "voltage"\nat_least = "0.1 Ib"\nup_to = "Ib"\nlimit = 1.0\n'
        'ratios = [0.9]\npoints = ["Imax"]\n'
    )
    with pytest.raises(DescriptionError, match=r"Imax PF 1 is outside its range"):
        items(parse_plan(OWN + row, "own"), SMALL)

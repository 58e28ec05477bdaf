"""Decision rules: their acceptance limits, their verdicts, and what they risk."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.description.loader import parse, read
from bench.metrology.decision import DEFAULT, RULES, rule_of
from bench.metrology.risk import global_risk
from bench.results.verdict import Verdict, judge
from drivers.errors import DescriptionError

TL = 0.1
PASSED, OPEN, FAILED = Verdict.PASSED, Verdict.INCONCLUSIVE, Verdict.FAILED


@pytest.mark.parametrize(
    ("name", "uncertainty", "limit"),
    [
        ("simple acceptance", 0.05, 0.1),
        ("guard band", 0.02, 0.08),
        ("non-binary", 0.02, 0.08),
        ("RDS", 0.06, 0.08),  # 6-8-10 triangle
        ("RDS", 0.2, -0.1),  # nothing is accepted
        ("Z540.3 method 6", 0.025, 0.1 - 0.053 * 0.025),  # TUR 4
        ("Z540.3 method 6", 0.05, 0.1 - 0.28 * 0.05),  # TUR 2
        ("Z540.3 method 6", 0.01, 0.1),  # TUR 10: no guard band
    ],
)
def test_acceptance_limits(name, uncertainty, limit):
    rule = RULES[name]
    assert rule.acceptance_limit(TL, uncertainty) == pytest.approx(limit, abs=1e-4)
    assert rule.acceptance_limit(TL, 0.0) == TL
    if limit > 0:
        for sign in (1, -1):
            inside, outside = sign * (limit - 2e-4), sign * (limit + 2e-4)
            assert judge(inside, -TL, TL, uncertainty, rule) is PASSED
            assert judge(outside, -TL, TL, uncertainty, rule) is not PASSED


@pytest.mark.parametrize(
    ("name", "verdicts"),
    [  # of 0.07, 0.09, 0.11 and 0.13 against 0.1 with U = 0.02
        ("simple acceptance", (PASSED, PASSED, FAILED, FAILED)),
        ("guard band", (PASSED, FAILED, FAILED, FAILED)),
        ("RDS", (PASSED, PASSED, FAILED, FAILED)),
        ("Z540.3 method 6", (PASSED, PASSED, FAILED, FAILED)),
        ("non-binary", (PASSED, OPEN, OPEN, FAILED)),
    ],
)
def test_verdicts(name, verdicts):
    values = (0.07, 0.09, 0.11, 0.13)
    assert tuple(judge(v, -TL, TL, 0.02, RULES[name]) for v in values) == verdicts
    assert judge(0.1, -TL, TL, None, RULES[name]) is PASSED, "no U: the value alone decides"
    assert judge(0.101, -TL, TL, None, RULES[name]) is FAILED


@pytest.mark.parametrize("name", [name for name in RULES if name != "simple acceptance"])
def test_a_one_sided_limit_is_guarded_by_all_of_u(name):
    assert judge(0.95, upper=1.0, uncertainty=0.1, rule=RULES[name]) is not PASSED
    assert judge(0.89, upper=1.0, uncertainty=0.1, rule=RULES[name]) is PASSED


def test_the_name_comes_back_from_the_record():
    assert DEFAULT.name == "non-binary"
    assert rule_of("") is DEFAULT
    for rule in RULES.values():
        assert rule_of(str(rule)) is rule
        assert rule_of(rule.name) is rule
    with pytest.raises(ValueError, match="allowed are simple acceptance, guard band"):
        rule_of("hope: it will do")


def test_descriptions_know_the_rules_and_need_an_uncertainty_for_them():
    text = read("virtual")
    for name in RULES:
        chosen = parse(f'{text}\n[calibration]\ndecision_rule = "{name}"\n', "x")
        assert chosen.calibration.decision_rule == name
    start = text.index("[reference.uncertainty]")
    without = text[:start] + text[text.index("[counter]", start) :]
    with pytest.raises(DescriptionError, match=r"needs a \[reference.uncertainty\] table"):
        parse(without, "x")
    parse(f'{without}\n[calibration]\ndecision_rule = "simple acceptance"\n', "x")


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 0.05), (0.03, 0.04), (0.0, 0.02)])
@pytest.mark.parametrize("name", RULES)
def test_global_risk_is_what_drawing_gives(name, mean, deviation):
    """A million boards and readings, drawn; the prediction integrates."""
    standard, count = 0.012, 1_000_000
    chance = np.random.default_rng(3)
    true = chance.normal(mean, deviation, count)
    seen = true + chance.normal(0.0, standard, count)
    limit = RULES[name].acceptance_limit(TL, 2 * standard)
    good, accepted = np.abs(true) <= TL, np.abs(seen) <= limit
    risk = global_risk(TL, limit, standard, mean, deviation)
    for predicted, drawn in (
        (risk.false_accept, np.mean(~good & accepted)),
        (risk.false_reject, np.mean(good & ~accepted)),
    ):
        assert predicted == pytest.approx(drawn, abs=4 * math.sqrt(max(drawn, 1e-6) / count))


def test_method_6_keeps_its_promise():
    """At most 2 % false acceptance, for the worst of all productions centred on zero."""
    rule = RULES["Z540.3 method 6"]
    for ratio in (1.5, 2.0, 3.0, 4.0):
        expanded = TL / ratio
        limit = rule.acceptance_limit(TL, expanded)
        worst = max(
            global_risk(TL, limit, expanded / 2, 0.0, part * TL).false_accept
            for part in (0.2, 0.4, 0.6, 0.8, 1.0, 1.5)
        )
        assert 0.001 < worst <= 0.0205, ratio


@pytest.mark.parametrize("bad", [(0.0, 0.1, 0.1), (0.1, 0.0, 0.1), (0.1, 0.1, -1.0)])
def test_a_risk_needs_real_spreads(bad):
    tolerance, standard, deviation = bad
    with pytest.raises(ValueError, match="must be above 0"):
        global_risk(tolerance, 0.1, standard, 0.0, deviation)

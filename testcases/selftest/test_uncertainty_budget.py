"""Budgets: published worked examples, distributions by drawing, and what the methods put in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from bench.description.loader import load
from bench.metrology.uncertainty import Budget, Budgets, Distribution, Input
from bench.metrology.uncertainty.budget import repeated
from bench.metrology.uncertainty.coverage import _TABLE, coverage_factor


@dataclass
class Mean:
    """Means of a reference meter."""

    active: float = 2200.0
    reactive: float = 0.0
    apparent: float = 2200.0
    frequency: float = 50.0
    readings: int = 4


def names(budget: Budget) -> dict[str, float]:
    return {row.name: row.contribution for row in budget.inputs}


def test_the_gum_end_gauge_example():
    """JCGM 100:2008, H.1.6: 32 nm with 16 degrees of freedom from four inputs (nm)."""
    rows = [("standard", 25, 18), ("difference", 9.7, 25.6), ("expansion", 2.9, 50)]
    rows.append(("temperature", 16.6, 2))
    budget = Budget(tuple(Input(n, u, "nm", Distribution.NORMAL, 1.0, nu) for n, u, nu in rows))
    assert round(budget.standard) == 32
    assert math.floor(budget.degrees_of_freedom) == 16


def test_the_illustrative_budget_of_a_class_0_05_bench():
    """The reference's table: 0.039 % combined, 0.079 % expanded."""
    rectangular = (0.05, 0.02, 0.0025 * math.sqrt(3) * 2, 0.005, 0.01, 0.02, 0.02)
    inputs = [Input("", value, "%", Distribution.RECTANGULAR) for value in rectangular]
    inputs.append(Input("certificate", 0.02, "%", Distribution.EXPANDED))
    inputs.append(Input("repeatability", 0.010, "%", Distribution.TYPE_A))
    budget = Budget(tuple(inputs))
    assert budget.standard == pytest.approx(0.039, abs=0.001)
    assert budget.expanded == pytest.approx(0.079, abs=0.002)  # it adds up rounded rows


@pytest.mark.parametrize(
    ("distribution", "draw"),
    [
        (Distribution.RECTANGULAR, lambda c, n: c.uniform(-1, 1, n)),
        (Distribution.TRIANGULAR, lambda c, n: c.uniform(-0.5, 0.5, n) - c.uniform(-0.5, 0.5, n)),
        (Distribution.U_SHAPED, lambda c, n: np.sin(c.uniform(0, 2 * np.pi, n))),
        (Distribution.EXPANDED, lambda c, n: c.normal(0, 0.5, n)),
        (Distribution.NORMAL, lambda c, n: c.normal(0, 1, n)),
        (Distribution.TYPE_A, lambda c, n: c.normal(0, 1, n)),
    ],
)
def test_divisors_are_those_of_what_they_name(distribution, draw):
    drawn = np.std(draw(np.random.default_rng(1), 200_000))
    assert Input("x", 1.0, "%", distribution).contribution == pytest.approx(drawn, rel=0.01)


def test_coverage_factors_are_students_t():
    """Integrated here: each entry leaves 95.45 % between -k and +k."""
    x = np.linspace(-1, 1, 200_001)
    for degrees, k in _TABLE.items():
        scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2))
        density = (1 + (k * x) ** 2 / degrees) ** (-(degrees + 1) / 2)
        inside = np.trapezoid(density, k * x) * scale / math.sqrt(degrees * math.pi)
        assert inside == pytest.approx(0.9545, abs=0.0012), degrees


def test_the_coverage_factor_falls_to_two():
    assert coverage_factor(math.inf) == coverage_factor(1e6) == 2.0
    assert coverage_factor(9.9) == 2.32  # never better than what is known
    values = [coverage_factor(n) for n in range(1, 300)]
    assert values == sorted(values, reverse=True)
    with pytest.raises(ValueError, match="at least 1"):
        coverage_factor(0.5)


def test_few_observations_widen_the_interval():
    row = repeated("repeatability", [0.01, 0.03, 0.02, 0.04, 0.00])
    assert row.value == pytest.approx(0.0158114 / math.sqrt(5), rel=1e-5)
    assert row.degrees_of_freedom == 4
    assert Budget((row,)).expanded == pytest.approx(2.87 * row.value)
    assert repeated("pooled", [0.01, 0.03], averaged=1).value == pytest.approx(0.0141421, rel=1e-5)
    with pytest.raises(ValueError, match="two readings"):
        repeated("repeatability", [0.01])


@pytest.mark.parametrize(
    ("value", "degrees"), [(-0.1, math.inf), (math.nan, math.inf), (math.inf, 5), (0.1, 0.5)]
)
def test_an_input_that_is_none_is_refused(value, degrees):
    with pytest.raises(ValueError, match=r"finite number|degrees of freedom"):
        Input("x", value, "%", Distribution.NORMAL, 1.0, degrees)


def test_an_arc_minute_is_0_050_percent_at_half_power_factor():
    budgets = Budgets.of(load("virtual"))
    angle = "reference meter: phase angle"
    lag = Mean(1100.0, 2200.0 * math.sin(math.pi / 3), 2200.0)
    per_degree = names(budgets.pulses(lag, 5.0))[angle] / (0.006 / 2)
    assert per_degree / 60 == pytest.approx(0.050, abs=5e-4)
    assert names(budgets.pulses(Mean(), 5.0))[angle] == 0


def test_each_method_has_its_own_quantisation():
    budgets = Budgets.of(load("virtual"))
    line = names(budgets.line_cycles(Mean(), 20_000.0, 2000))
    register = names(budgets.register(Mean(), 20_000.0, 20.0))
    pulses = names(budgets.pulses(Mean(), 20.0))
    # Half an LSB at one end, an LSB at two, of 20 000.
    assert line["LAENERGY: whole part of the energy"] == pytest.approx(0.0025 / math.sqrt(3))
    assert register["AENERGY: whole part at both ends"] == pytest.approx(0.005 / math.sqrt(6))
    # 1/sqrt(1 + (100/8.9)^2) = 0.0886 of S is left at 100 Hz: 0.141 ms of P, at each end.
    for row in (register, pulses):
        assert row["ripple of the power at the end"] == pytest.approx(
            100 * 0.141e-3 / 20 / math.sqrt(2), rel=2e-3
        )
    assert not any("ripple" in name for name in line)
    assert pulses["counter: time base"] == pytest.approx(1e-4)
    assert line["reference meter: frequency"] == pytest.approx(2e-4)
    assert line["reference meter: repeatability, mean of 4"] == pytest.approx(0.001)


def test_a_dead_meter_gets_no_uncertainty_that_excuses_it():
    """Quantisation counts by the energy that should be there, not by that which is."""
    budgets = Budgets.of(load("virtual"))
    assert budgets.line_cycles(Mean(), 20_000.0, 2000).expanded < 0.03


def test_reverse_power_is_as_certain_as_forward_power():
    budgets = Budgets.of(load("virtual"))
    back = Mean(-2200.0)
    assert budgets.line_cycles(back, -20_000.0, 2000) == budgets.line_cycles(Mean(), 20_000.0, 2000)


def test_a_mean_has_less_of_what_is_random():
    one = Budgets.of(load("virtual")).pulses(Mean(), 5.0)
    four = one.averaged(4)
    for before, after in zip(one.inputs, four.inputs, strict=True):
        share = 0.5 if before.random else 1.0
        assert after.contribution == pytest.approx(share * before.contribution)
    systematic = {row.name for row in one.inputs if not row.random}
    assert "reference meter: certificate" in systematic
    assert "counter: time base" in systematic
    assert not any("ripple" in name or "repeatability" in name for name in systematic)
    assert one.averaged(1) == one
    with pytest.raises(ValueError, match="at least 1"):
        one.averaged(0)


def test_an_interval_from_few_readings_holds_the_truth():
    """20,000 means of 4 readings: k = 2 alone would hold it in 90 % only.

    Welch and Satterthwaite's formula is an approximation: 94.4 % for 95.45 %.
    """
    chance = np.random.default_rng(5)
    systematic = Input("certificate", 0.01, "%", Distribution.EXPANDED)
    held = held_by_two = 0
    for _ in range(20_000):
        bias = chance.normal(0, 0.005)
        readings = bias + chance.normal(0, 0.02, 4)
        noise = Input("noise", 1.0, "%", Distribution.NORMAL, random=True)  # to be replaced
        budget = Budget((systematic, noise)).observed(readings.tolist())
        held += abs(readings.mean()) <= budget.expanded
        held_by_two += abs(readings.mean()) <= 2 * budget.standard
    assert 0.94 < held / 20_000 < 0.965
    assert held_by_two / 20_000 < 0.91


def test_the_record_adds_up():
    record = Budgets.of(load("virtual")).line_cycles(Mean(), 20_000.0, 2000).record()
    squares = sum(row["contribution"] ** 2 for row in record["inputs"])
    assert record["standard"] == pytest.approx(math.sqrt(squares))
    assert record["expanded"] == pytest.approx(2 * record["standard"])
    assert record["k"] == 2
    assert record["degrees_of_freedom"] is None
    assert all(row["value"] > 0 for row in record["inputs"]), "what is stated as 0 is no input"

"""`bench verify`: walk a standard's test plan on every board in the jig."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.judging import AllowExpired, Allure, Judging, Operator, Timing
from bench.commands.options import (
    DEFAULT_BENCH,
    DEFAULT_RESULTS,
    Bench,
    Json,
    Results,
    Seed,
    Twins,
)
from bench.metrology.plans import DEFAULT_PLAN

PLAN_TESTS = "accuracy"
"""Folder of the tests of a plan, beside those of the equations."""


def verify(
    bench: Bench = DEFAULT_BENCH,
    plan: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Test plan; `bench plans` lists them.")
    ] = DEFAULT_PLAN,
    twins: Twins = None,
    seed: Seed = None,
    results: Results = DEFAULT_RESULTS,
    operator: Operator = "",
    allow_expired: AllowExpired = False,
    timing: Timing = False,
    json: Json = False,
    allure: Allure = None,
) -> None:
    """Walk a test plan on all boards; write a certificate for each.

    Boards get the constants of their last passed calibration from the results store; if one has
    none there, all are calibrated first. Exit status: 0 all boards passed, 1 a board failed, 2 the
    bench could not do its job.
    """
    judging = Judging(bench, twins, seed, results, operator, allow_expired, timing, json, allure)
    judging.run("verify", [PLAN_TESTS], f"--plan={plan}", "-k", "test_plan_")

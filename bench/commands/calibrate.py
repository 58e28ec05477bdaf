"""`bench calibrate`: calibrate and verify every board in the jig."""

from __future__ import annotations

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


def calibrate(
    bench: Bench = DEFAULT_BENCH,
    twins: Twins = None,
    seed: Seed = None,
    results: Results = DEFAULT_RESULTS,
    operator: Operator = "",
    allow_expired: AllowExpired = False,
    timing: Timing = False,
    json: Json = False,
    allure: Allure = None,
) -> None:
    """Calibrate and verify all boards; write a certificate for each.

    Exit status: 0 all boards passed, 1 a board failed, 2 the bench could not do its job.
    """
    judging = Judging(bench, twins, seed, results, operator, allow_expired, timing, json, allure)
    judging.run("calibrate", ["calibration"])

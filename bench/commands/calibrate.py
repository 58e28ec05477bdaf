"""`bench calibrate`: calibrate and verify every board in the jig."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from bench.commands.options import (
    DEFAULT_BENCH,
    DEFAULT_RESULTS,
    Bench,
    Json,
    Results,
    Seed,
    Twins,
)
from bench.commands.reporter import Reporter
from bench.session import run


def calibrate(
    bench: Bench = DEFAULT_BENCH,
    twins: Twins = None,
    seed: Seed = None,
    results: Results = DEFAULT_RESULTS,
    operator: Annotated[str, typer.Option(help="Who runs this, for the record.")] = "",
    allow_expired: Annotated[
        bool, typer.Option(help="Use expired instruments; the run is then not traceable.")
    ] = False,
    timing: Annotated[bool, typer.Option(help="Tell where the time went.")] = False,
    json: Json = False,
) -> None:
    """Calibrate and verify all boards; write a certificate for each.

    Exit status: 0 all boards passed, 1 a board failed, 2 the bench could not do its job.
    """
    options = [f"--bench={bench}", f"--results={results}", f"--operator={operator}"]
    if twins is not None:
        options.append(f"--twins={twins}")
    if seed is not None:
        options.append(f"--seed={seed}")
    if allow_expired:
        options.append("--allow-expired")
    reporter = Reporter(Console(), timing=timing, as_json=json)
    status = run("calibration", options, reporter)
    reporter.close()
    raise typer.Exit(status)

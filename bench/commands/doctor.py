"""`bench doctor`: open everything, and say what to do about each problem."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer

from bench.commands.options import DEFAULT_BENCH, Bench, Json, Seed, Twins
from bench.description import load
from bench.doctor import Finding, examine, virtual_nodes
from bench.exit import Exit
from bench.opening import check
from bench.tables import Form, Table, show
from bench.twin_process import twin_control


def doctor(
    bench: Bench = DEFAULT_BENCH,
    twins: Twins = None,
    seed: Seed = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Open every device, print address, identity, calibration due date and self-check.

    Exit status: 0 all is well, 2 something must be done first.
    """
    try:
        form = Form.chosen(json=json, csv=csv)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    description = load(bench)
    check(description)
    with ExitStack() as stack:
        control = twin_control(stack, description, bench, twins, seed)
        findings = examine(description, control)
        nodes = virtual_nodes(control)
    show([_table([*findings, *([nodes] if nodes else [])])], form)
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(Exit.FAULT)


def _table(findings: list[Finding]) -> Table:
    columns = ("device", "address", "identity", "due", "check", "advice")
    rows = [tuple(getattr(finding, column) for column in columns) for finding in findings]
    return Table("doctor", columns, rows)

"""`bench plans`: the test plans by standard and edition, or one with all its numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import DEFAULT_BENCH, Bench, Json
from bench.description import load
from bench.metrology.plan_tables import plan_list, plan_tables
from bench.metrology.plans import plan, plans
from bench.tables import Form, show


def list_plans(
    name: Annotated[
        str | None, typer.Argument(metavar="PLAN", help="A plan's name, or a file.")
    ] = None,
    bench: Bench = DEFAULT_BENCH,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """List the test plans, or show one: every item, limit and doubt, for the meter of a bench."""
    try:
        form = Form.chosen(json=json, csv=csv)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if name is None:
        show([plan_list(plans())], form)
    else:
        show(plan_tables(plan(name), load(bench).design), form)

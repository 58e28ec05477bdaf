"""`bench results`: what the store holds."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import DEFAULT_RESULTS, Json, Results
from bench.results.queries import list_runs, load_run
from bench.results.store import Store
from bench.results.tables import run_list, run_tables
from bench.tables import Form, show


def results(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="A run's identifier, the beginning of it, or last."),
    ] = None,
    results: Results = DEFAULT_RESULTS,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """List the runs in the results store, or show one run."""
    try:
        form = Form.chosen(json=json, csv=csv)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with Store(results, read_only=True) as store:
        if run is None:
            show([run_list(list_runs(store))], form)
        else:
            show(run_tables(load_run(store, run)), form)

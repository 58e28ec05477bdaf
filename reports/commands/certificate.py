"""`bench certificate`: rebuild certificates from the store, or tell whether files were changed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import DEFAULT_RESULTS, Json, Results
from bench.results.queries import load_unit
from bench.results.store import Store
from bench.tables import Form, Table, show
from reports.certificate import Finding, State, certificate_folder, write_position
from reports.certificate import check as check_file


def certificate(
    names: Annotated[
        list[str],
        typer.Argument(metavar="SERIAL...", help="Serial numbers, or files with --check."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Tell whether the files were changed.")
    ] = False,
    run: Annotated[
        str,
        typer.Option(metavar="RUN", help="A run, the beginning of its identifier, or last."),
    ] = "",
    results: Results = DEFAULT_RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to, instead of beside the results."),
    ] = None,
    json: Json = False,
) -> None:
    """Rebuild the certificates of boards from the results store, the same to the byte.

    With --check, compare certificate files with their seals and with the store. Exit status: 0
    unchanged, 1 changed, 2 cannot tell.
    """
    if check:
        findings = _check([Path(name) for name in names], results)
        rows = [(str(item.path), str(item.state), item.words) for item in findings]
        form = Form.chosen(json=json, csv=False)
        show([Table("certificates", ("file", "state", "why"), rows)], form)
        raise typer.Exit(_status(findings))
    with Store(results, read_only=True) as store:
        positions = [load_unit(store, name, run) for name in names]
        written = [
            (position.serial or "", str(path))
            for position in positions
            for path in write_position(
                position, out or certificate_folder(results, position.run_id)
            )
        ]
    show([Table("certificates", ("serial", "file"), written)], Form.chosen(json=json, csv=False))


def _check(paths: Sequence[Path], results: str) -> list[Finding]:
    """Each file; the store is asked where there is one, and must be there when named."""
    with ExitStack() as stack:
        store = None
        if results != DEFAULT_RESULTS or Path(results).exists():
            store = stack.enter_context(Store(results, read_only=True))
        return [check_file(path, store) for path in paths]


def _status(findings: Sequence[Finding]) -> int:
    """Changed outweighs unknown: one proof is enough."""
    states = {finding.state for finding in findings}
    return State.CHANGED if State.CHANGED in states else max(states)

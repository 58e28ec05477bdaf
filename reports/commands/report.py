"""`bench report`: the HTML report of Allure results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.allure.html import make_report


def report(
    allure: Annotated[
        Path, typer.Option(metavar="DIR", help="Allure results: what --allure DIR was given.")
    ] = Path("results/allure"),
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the report goes.")] = Path(
        "results/report"
    ),
) -> None:
    """Make the HTML report of Allure results, with the Allure program that is installed.

    Exit status: 0 the report is there, 2 something is missing: the message says what.
    """
    typer.echo(make_report(allure, out))

"""What the commands that judge boards have in common: options, a session, a reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bench.commands.reporter import Reporter
from bench.session import run

Operator = Annotated[str, typer.Option(help="Who runs this, for the record.")]
AllowExpired = Annotated[
    bool, typer.Option(help="Use expired instruments; the run is then not traceable.")
]
Allure = Annotated[
    Path | None, typer.Option("--allure", metavar="DIR", help="Write Allure results there.")
]
Timing = Annotated[bool, typer.Option(help="Tell where the time went.")]


@dataclass(frozen=True, slots=True)
class Judging:
    """What was chosen on the command line."""

    bench: str
    twins: str | None
    seed: int | None
    results: str
    operator: str
    allow_expired: bool
    timing: bool
    json: bool
    allure: Path | None = None

    def run(self, procedure: str, selections: Sequence[str], *more: str) -> NoReturn:
        """Judge with the tests in `selections` of `testcases/`, and end with the exit status."""
        options = [
            f"--procedure={procedure}",
            f"--bench={self.bench}",
            f"--results={self.results}",
            f"--operator={self.operator}",
            *more,
        ]
        if self.twins is not None:
            options.append(f"--twins={self.twins}")
        if self.seed is not None:
            options.append(f"--seed={self.seed}")
        if self.allow_expired:
            options.append("--allow-expired")
        if self.allure is not None:
            options += ["-p", "allure_pytest.plugin", f"--alluredir={self.allure}"]
        reporter = Reporter(Console(), timing=self.timing, as_json=self.json)
        status = run(selections, options, reporter)
        reporter.close()
        raise typer.Exit(status)

"""The command line `bench`: one typer command per file in `bench/commands/`."""

from __future__ import annotations

import typer

from bench.commands.calibrate import calibrate
from bench.commands.doctor import doctor
from bench.commands.results import results
from bench.commands.twins import twins
from bench.entry import guarded

app = typer.Typer(
    help="Test bench for electricity-metering electronics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (calibrate, doctor, results, twins):
    app.command()(command)


def main() -> None:
    """Run the command line."""
    guarded(app)

"""The command line `bench`: one typer command per file in `bench/commands/`."""

from __future__ import annotations

import sys

import typer

from bench.commands.calibrate import calibrate
from bench.commands.doctor import doctor
from bench.commands.results import results
from bench.commands.twins import twins
from bench.session import Exit
from drivers.errors import BenchError

app = typer.Typer(
    help="Test bench for electricity-metering electronics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (calibrate, doctor, results, twins):
    app.command()(command)


def main() -> None:
    """Run the command line; an error of the bench is one message and status 2."""
    try:
        app()
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(Exit.FAULT)
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)  # noqa: T201
        sys.exit(Exit.FAULT)

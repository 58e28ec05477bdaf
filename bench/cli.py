"""The command line `bench`: one typer command per file in `bench/commands/`, and those of others.

What lies above this floor, or in another package, names its commands as entry points of the group
`meterbench.commands`: nothing here imports it.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from bench.commands.calibrate import calibrate
from bench.commands.doctor import doctor
from bench.commands.off import off
from bench.commands.plans import list_plans
from bench.commands.results import results
from bench.commands.twins import twins
from bench.commands.verify import verify
from bench.entry import guarded

app = typer.Typer(
    help="Test bench for electricity-metering electronics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (calibrate, doctor, off, results, twins, verify):
    app.command()(command)
app.command("plans")(list_plans)
for entry in sorted(entry_points(group="meterbench.commands"), key=lambda entry: entry.name):
    app.command(entry.name)(entry.load())


def main() -> None:
    """Run the command line."""
    guarded(app)

"""`python -m bench.twins`: the same as `bench twins`."""

import typer

from bench.commands.twins import twins
from bench.entry import guarded

if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(twins)
    guarded(app)

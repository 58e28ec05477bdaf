"""`python -m bench.twins`: the same as `bench twins`."""

import typer

from bench.commands.twins import twins

if __name__ == "__main__":
    typer.run(twins)

"""`bench twins`: run a virtual bench in the foreground, for any program to use."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.commands.options import DEFAULT_BENCH, Bench, Json, Seed


def twins(
    bench: Bench = DEFAULT_BENCH,
    seed: Seed = None,
    json: Json = False,
    stepped: Annotated[
        bool, typer.Option(help="Lab time moves only when told, not with the wall clock.")
    ] = False,
    rate: Annotated[
        float, typer.Option(min=0.001, max=1000.0, help="Lab seconds per wall second.")
    ] = 1.0,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", hidden=True, help="End when standard input ends.")
    ] = False,
) -> None:
    """Run the twins of a bench until Ctrl-C or SIGTERM; the first line tells where they are."""
    from bench.twins.process import serve  # the virtual side is loaded only where it is wanted

    serve(bench, seed=seed, as_json=json, rate=None if stepped else rate, until_eof=until_eof)

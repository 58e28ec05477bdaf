"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Bench = Annotated[str, typer.Option(metavar="NAME|FILE", help="Bench description.")]
Twins = Annotated[
    str | None,
    typer.Option(metavar="CONTROL", help="Join running twins: the control value they printed."),
]
Seed = Annotated[
    int | None, typer.Option(min=0, help="Seed of the twins, instead of the description's.")
]
Results = Annotated[str, typer.Option(metavar="FILE|URL", help="Results store.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_RESULTS = "results/meterbench.sqlite"
"""Where results go unless told otherwise."""
DEFAULT_BENCH = "virtual"
"""The shipped bench whose devices are all twins."""

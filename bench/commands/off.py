"""`bench off`: emergency off, whoever has the source."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Annotated

import typer

from bench.commands.options import DEFAULT_BENCH, Bench, Twins
from bench.control import Control
from bench.description import load
from bench.exit import Exit
from bench.guard.off import Source, switch_all_off
from bench.opening import check, sources_of
from drivers.errors import StationFault

HOLD = 0.5
"""Seconds of wall time for which the source must stay off: its owner may be just switching on."""


def off(
    bench: Bench = DEFAULT_BENCH,
    twins: Twins = None,
    patience: Annotated[
        float, typer.Option(min=0, max=600, help="Seconds for which to try again.")
    ] = 5.0,
) -> None:
    """Switch every source of a bench off at once, even while another program is using it.

    A run that is under way ends with its next step. Exit status: 0 every source has been read back
    as off, 2 one has not: cut its mains.
    """
    sources = _sources(bench, twins)
    failures = switch_all_off(sources, typer.echo, patience)
    if not failures:
        time.sleep(HOLD)
        failures = switch_all_off(sources, lambda words: None, patience)
    if failures:
        raise StationFault(f"NOT OFF: {'; '.join(failures)}: cut the mains of the source now")
    raise typer.Exit(Exit.PASSED)


def _sources(bench: str, twins: str | None) -> list[Source]:
    description = load(bench)
    check(description)
    if twins is None:
        if description.source.is_twin:
            raise StationFault(
                f"the source of bench {description.name} is a twin: say with --twins CONTROL "
                "which twins run; those of a `bench` command end with that command"
            )
        return sources_of(description, None)
    with closing(Control(twins)) as control:
        return sources_of(description, control.endpoints())

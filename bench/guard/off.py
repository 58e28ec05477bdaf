"""Switches sources off over connections of its own, and proves it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from bench.guard.link import open_link
from drivers.errors import BenchError, LinkError, OutputRefused
from drivers.safe import SafeSequence

TIMEOUT = 1.0
"""Seconds of wall time for connecting and for each reply."""
RETRY = 0.1
"""Seconds of wall time between two attempts."""
PATIENCE = 30.0
"""Seconds of wall time after which a source that cannot be proved off is given up."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as far as one must know it to switch it off. `is_twin`: it is a program."""

    name: str
    resource: str
    safe: SafeSequence
    is_twin: bool = False


def switch_off(source: Source) -> str:
    """Output off, read back; what is known then, in words.

    `OutputRefused` when it says that it is on all the same, `LinkError` when it says nothing.
    A twin that nobody can connect to has ended, and its output with it.
    """
    try:
        with closing(open_link(source.resource, TIMEOUT)) as link:
            link.tell(source.safe.off)
            reply = link.ask(source.safe.query)
    except LinkError as error:
        if source.is_twin and isinstance(error.__cause__, ConnectionRefusedError):
            return "its twin has ended"
        raise
    if reply.upper().lstrip("+") not in source.safe.off_replies:
        raise OutputRefused(f"{source.resource} answers {reply!r} to {source.safe.query}")
    return "off"


def switch_all_off(
    sources: Sequence[Source],
    tell: Callable[[str], None],
    patience: float = PATIENCE,
) -> list[str]:
    """Switch every source off, again and again for up to `patience` s; what is left, in words.

    `tell` hears each success and each new kind of failure.
    """
    end = time.monotonic() + patience
    left = dict.fromkeys(sources, "")
    while True:
        for source, before in list(left.items()):
            try:
                tell(f"{source.name}: {switch_off(source)}")
                del left[source]
            except BenchError as error:
                left[source] = str(error)
                if str(error) != before:
                    tell(f"{source.name}: not off yet: {error}")
        if not left or time.monotonic() >= end:
            return [f"{source.name}: {error}" for source, error in left.items()]
        time.sleep(RETRY)

"""How a command ends: an error of the bench is one message and status 2, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench.exit import Exit
from drivers.errors import BenchError

PREFIX = "bench: "


def guarded(command: Callable[[], object]) -> None:
    """Run `command`; `BenchError` and Ctrl-C become a message on standard error and status 2."""
    try:
        command()
    except BenchError as error:
        _stop(str(error))
    except KeyboardInterrupt:
        _stop("interrupted")


def _stop(words: str) -> None:
    print(f"{PREFIX}{words}", file=sys.stderr)  # noqa: T201
    sys.exit(Exit.FAULT)

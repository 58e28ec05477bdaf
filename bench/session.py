"""A `bench` command that judges something is a pytest session over `testcases/`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest

from bench.exit import Exit
from drivers.errors import BenchError

ROOT = Path(__file__).resolve().parent.parent
"""The folder of `testcases/` and the root `conftest.py`."""

PLUGINS = ("pytest_timeout",)
"""Third-party plugins that a session of ours loads; the reporter takes the terminal's place."""


class Reporter(Protocol):
    """A pytest plugin object that shows a session; `faults`: what the bench itself got wrong."""

    faults: list[str]


def run(selections: Sequence[str], options: Sequence[str], reporter: Reporter) -> Exit:
    """Run the `selections` of `testcases/` with our `options` and `reporter`.

    The status is that of the boards: 1 when a test failed, 2 when the bench could not do its job.
    """
    arguments = [
        *(str(ROOT / "testcases" / selection) for selection in selections),
        f"--rootdir={ROOT}",
        "--disable-plugin-autoload",
        *(part for plugin in PLUGINS for part in ("-p", plugin)),
        *("-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no"),
        "--override-ini=addopts=--strict-markers --import-mode=importlib",
        *options,
    ]
    try:
        status = pytest.main(arguments, plugins=[reporter])
    except BenchError as error:  # from the teardown of an interrupted session
        reporter.faults.append(str(error))
    if reporter.faults:
        return Exit.FAULT
    return {pytest.ExitCode.OK: Exit.PASSED, pytest.ExitCode.TESTS_FAILED: Exit.FAILED}.get(
        pytest.ExitCode(status), Exit.FAULT
    )

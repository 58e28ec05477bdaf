"""A `bench` command that judges something is a pytest session over `testcases/`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.exit import Exit

ROOT = Path(__file__).resolve().parent.parent
"""The folder of `testcases/` and the root `conftest.py`."""

PLUGINS = ("pytest_timeout",)
"""Third-party plugins that a session of ours loads; the reporter takes the terminal's place."""


def run(selection: str, options: Sequence[str], reporter: object) -> Exit:
    """Run `testcases/<selection>` with our `options` and `reporter` (a pytest plugin object).

    The status is that of the boards: 1 when a test failed, 2 when the bench could not do its job.
    """
    arguments = [
        str(ROOT / "testcases" / selection),
        f"--rootdir={ROOT}",
        "--disable-plugin-autoload",
        *(part for plugin in PLUGINS for part in ("-p", plugin)),
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "--capture=no",
        "--override-ini=addopts=--strict-markers --import-mode=importlib",
        *options,
    ]
    status = pytest.main(arguments, plugins=[reporter])
    sys.stdout.flush()
    match status:
        case pytest.ExitCode.OK:
            return Exit.PASSED
        case pytest.ExitCode.TESTS_FAILED:
            return Exit.FAILED
        case _:
            return Exit.FAULT

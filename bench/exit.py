"""Exit status of the commands."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit status of every command that judges."""

    PASSED = 0
    FAILED = 1
    FAULT = 2

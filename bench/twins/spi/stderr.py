"""What a C library and its helper programs write to standard error, caught for a message."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from types import TracebackType


class CaughtStderr:
    """Sends file descriptor 2 of this process into a file while the block runs.

    A helper program started meanwhile keeps the file for its whole life, so that its parting words
    do not land on the operator's terminal.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # outlives the block
        self._kept = -1

    def __enter__(self) -> CaughtStderr:
        with suppress(OSError):  # a daemon can have it closed
            self._kept = os.dup(2)
            os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._kept >= 0:
            os.dup2(self._kept, 2)
            os.close(self._kept)
            self._kept = -1

    def text(self) -> str:
        """What was written so far, on one line."""
        self._file.seek(0)
        return " ".join(self._file.read().decode(errors="replace").split())

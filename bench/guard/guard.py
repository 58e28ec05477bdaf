"""The station's end of its guard."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bench.guard.off import Source
from bench.guard.protocol import ARM, DISARM, READY, Orders
from drivers.errors import StationFault
from drivers.locking import lock_directory

STARTUP = 20.0
"""Seconds of wall time within which the guard must be ready."""
PATIENCE = 5.0
"""Seconds of wall time for each answer of the guard, and for its end."""


class Guard:
    """A process that switches the sources off when this one ends without having done so.

    It reads from a pipe whose only writer is this process: whatever ends this process closes the
    pipe. Programs started from here do not inherit the writing end, and forked children close
    theirs. The guard is a session of its own, so that Ctrl-C at the terminal does not reach it.
    """

    def __init__(self, sources: Sequence[Source], controller: int | None = None) -> None:
        """Start the process; `arm` before a source goes on.

        `controller`: the number of a process without which this one must not go on, such as that
        of pytest-xdist's controller for its workers (needs pidfd_open, Linux 5.3). `StationFault`
        when the guard cannot be started.
        """
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.guard"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A pipe there would keep its reader waiting for the guard's end.
                stderr=None if _terminal(2) else subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise StationFault(f"the guard process cannot be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to = self._process.stdin
        self._from = self._process.stdout
        self._ready = False
        itself = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _forget(itself()))
        with suppress(BrokenPipeError):  # told by the first question
            self._to.write(Orders(sources, controller, str(log_file())).line())

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def arm(self) -> None:
        """From now on this process's end switches the sources off; proves that the guard lives.

        `StationFault` when it does not, or when the controller is gone.
        """
        self._ask(ARM)

    def disarm(self) -> None:
        """The sources are off; errors as `arm`."""
        self._ask(DISARM)

    def close(self) -> None:
        """Let the guard end; if it was not disarmed, it switches the sources off first."""
        with suppress(OSError):
            self._to.close()
        with suppress(subprocess.TimeoutExpired):  # one that still tries to switch off goes on
            self._process.wait(PATIENCE)
        self._from.close()

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, request: bytes) -> None:
        if not self._ready:
            self._expect(READY, STARTUP)
            self._ready = True
        with suppress(OSError):  # the missing answer tells
            self._to.write(request)
        self._expect(request, PATIENCE)

    def _expect(self, answer: bytes, patience: float) -> None:
        try:
            ready, _, _ = select.select([self._from], [], [], patience)
            got = self._from.read(1) if ready else None
        except (OSError, ValueError):  # closed
            got = b""
        if got == answer:
            return
        why = {
            None: f"does not answer within {patience:g} s",
            b"": "has ended",
        }.get(got, "reports that the process which controls this one has ended")
        raise StationFault(
            f"the guard process {self.pid} {why}: nobody would switch the source off if this "
            f"program died; start again (its log is {log_file()})"
        )

    def _forget(self) -> None:
        """Close this process's ends, without a word to the guard."""
        for end in (self._to, self._from):  # unbuffered: nothing is flushed
            with suppress(OSError):
                end.close()


def log_file() -> Path:
    """Where the guards of this user write down what they did."""
    return lock_directory().parent / "guard.log"


def _forget(guard: Guard | None) -> None:
    """In a forked child: its copy of the writing end would keep the guard waiting."""
    if guard is not None:
        guard._forget()


def _terminal(number: int) -> bool:
    try:
        return os.isatty(number)
    except OSError:
        return False

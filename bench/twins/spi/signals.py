"""Signal dispositions kept over a library call that replaces them."""

from __future__ import annotations

import ctypes
import signal

_libc = ctypes.CDLL(None)
_SIZE = 512  # more than any libc's struct sigaction


class SignalKeeper:
    """Remembers what SIGHUP, SIGINT, SIGTERM and SIGPIPE do, and puts it back.

    libfuse catches those that have their default action; a process that serves nodes in a thread
    would then no longer end on SIGTERM. Python's own signal module can do this only in the main
    thread, so it is done with sigaction(2).
    """

    _SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)

    def __init__(self) -> None:
        self._saved = {number: ctypes.create_string_buffer(_SIZE) for number in self._SIGNALS}
        for number, action in self._saved.items():
            _libc.sigaction(int(number), None, action)

    def restore(self) -> None:
        """Put the dispositions back as they were when this object was made."""
        for number, action in self._saved.items():
            _libc.sigaction(int(number), action, None)

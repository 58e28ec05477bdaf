"""SIGTERM takes the same path as Ctrl-C, so that teardown runs and the source goes off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType


def sigterm_as_interrupt() -> Callable[[], None]:
    """From now on SIGTERM raises KeyboardInterrupt; the result puts things back.

    Only the main thread may set signals: elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt("SIGTERM")

    before = signal.signal(signal.SIGTERM, interrupt)

    def restore() -> None:
        signal.signal(signal.SIGTERM, before)

    return restore

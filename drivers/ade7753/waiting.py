"""Waiting on the lab clock for something that a chip does."""

from __future__ import annotations

from collections.abc import Callable

from drivers.clock import Clock
from drivers.errors import DeviceTimeout


def wait_until(
    done: Callable[[], bool], clock: Clock, *, step: float, timeout: float, message: str
) -> None:
    """Ask `done` every `step` s of lab time; `DeviceTimeout` with `message` after `timeout` s."""
    end = clock.now() + timeout
    while not done():
        if clock.now() >= end:
            raise DeviceTimeout(message)
        clock.sleep(step)

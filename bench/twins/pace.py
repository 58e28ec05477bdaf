"""How lab time of a world moves: only when told (stepped), or with the wall clock too (live)."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from bench.twins.world import World

TICK = 0.02
"""Seconds of wall time between two looks at the clock when nobody touches the world."""


class Stepped:
    """The lock of a stepped world: lab time moves only by `World.advance`."""

    def __init__(self, world: World) -> None:
        self._lock = world.lock

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""


class Live(Stepped):
    """The lock of a live world: whoever takes it finds lab time where the wall clock has it.

    Lab time runs `rate` times as fast as the wall clock; jumps by `World.advance` come on top.
    """

    def __init__(self, world: World, rate: float = 1.0) -> None:
        super().__init__(world)
        self._world = world
        self._rate = rate
        self._seen = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="pace", daemon=True)

    def __enter__(self) -> None:
        super().__enter__()
        now = time.monotonic()
        elapsed, self._seen = now - self._seen, now
        self._world.advance(elapsed * self._rate)

    def start(self) -> None:
        """Let lab time run."""
        self._seen = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Stop lab time."""
        self._stopped.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._stopped.wait(TICK):
            with self:
                pass

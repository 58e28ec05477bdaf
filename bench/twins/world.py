"""The world: lab time, circuits, scheduled happenings, seeded chance. It alone knows the truth."""

from __future__ import annotations

import heapq
import itertools
import threading
import zlib
from collections.abc import Callable, Mapping

import numpy as np

from bench.twins.circuit import Circuit

AMBIENT = 23.0
"""Ambient temperature in degC at the start."""


class World:
    """The physics that all twins of a bench share.

    Lab time moves only by `advance`. `lock` guards everything in the world: every twin takes it
    around whatever one message or one SPI transfer does. `phases` are the circuits that the power
    source feeds, "L1", "L2", "L3"; boards of a jig hang on one of them, voltage in parallel and
    current in series.
    """

    def __init__(self, seed: int, frequency: float = 50.0) -> None:
        """`seed` decides all chance here; `frequency` in Hz is what dead circuits run at."""
        self.seed = seed
        self.lock = threading.RLock()
        self.ambient = AMBIENT
        self.phases: Mapping[str, Circuit] = {
            name: Circuit(name, lambda: self.now, frequency) for name in ("L1", "L2", "L3")
        }
        self._now = 0.0
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    @property
    def now(self) -> float:
        """Lab time in s since the world began."""
        return self._now

    def chance(self, name: str) -> np.random.Generator:
        """A generator of its own for `name`, the same in every world of this seed."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def schedule(self, at: float, happening: Callable[[], None]) -> None:
        """Call `happening` when lab time reaches `at` (s); at once on the next advance if past."""
        heapq.heappush(self._agenda, (max(at, self._now), next(self._order), happening))

    def advance(self, seconds: float) -> float:
        """Let `seconds` (>= 0) of lab time pass, happenings in order; return the new lab time."""
        if seconds < 0:
            raise ValueError(f"cannot advance {seconds} s: lab time does not go back")
        with self.lock:
            end = self._now + seconds
            while self._agenda and self._agenda[0][0] <= end:
                at, _, happening = heapq.heappop(self._agenda)
                self._now = max(self._now, at)
                happening()
            self._now = end
            return end

"""An input of the Keysight 53230A: which edges of the pulses on it the counter sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.twins.pulses import PulseOutput

PULSE_VOLTS = 5.0
"""Pulses are logic: 0 V, and so many volts while active."""
LOWEST_AUTO_LEVEL = 50.0
"""Hz below which auto-level finds no level, so that nothing is counted."""
LEVEL_STEPS = 2000
"""Steps of the level within the range."""
_RECENT = 1.0
"""Seconds of signal that a level is judged on."""
_UNKNOWN_RATE = 1e-6

Edges = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Conditioning:
    """Level in V (None: auto), range in V, slope POS or NEG, coupling AC or DC."""

    level: float | None
    range: float
    slope: str
    coupling: str

    @property
    def threshold(self) -> float:
        """The fixed level in V, in the steps of the range."""
        step = self.range / LEVEL_STEPS
        return round((self.level or 0.0) / step) * step


class PulseInput:
    """What is wired to one input: several outputs at once just add their edges."""

    def __init__(self, sources: Callable[[], Sequence[PulseOutput]]) -> None:
        """`sources` tells what is on the input now."""
        self._sources = sources

    def pulses(self, start: float, stop: float) -> tuple[Edges, float]:
        """Active edges after `start` up to `stop` (s of lab time), and the pulse width in s."""
        if stop <= start:
            return np.empty(0), 0.0
        sources = self._sources()
        edges = [source.edges(start, stop) for source in sources]
        rate = self._rate(start, stop)
        width = max((source.width(rate) for source in sources), default=0.0)
        return np.sort(np.concatenate(edges)) if edges else np.empty(0), width

    def events(self, start: float, stop: float, how: Conditioning) -> Edges:
        """Lab times in s of what the trigger circuit makes of the signal in (start, stop]."""
        edges, width = self.pulses(start, stop)
        rate = self._rate(start, stop)
        if not self._sees(how, rate, width):
            return np.empty(0)
        if how.slope == "POS":
            return edges
        before, _ = self.pulses(max(0.0, start - width), start)
        trailing = np.concatenate((before, edges)) + width
        return np.asarray(trailing[(trailing > start) & (trailing <= stop)])

    def swing(self, now: float, coupling: str) -> tuple[float, float]:
        """Lowest and highest voltage of the signal of the last second; 0, 0 without pulses."""
        start = max(0.0, now - _RECENT)
        edges, width = self.pulses(start, now)
        if not len(edges):
            return 0.0, 0.0
        return _swing(coupling, self._rate(start, now), width)

    def _sees(self, how: Conditioning, rate: float, width: float) -> bool:
        if how.level is None:
            return rate >= LOWEST_AUTO_LEVEL
        low, high = _swing(how.coupling, rate, width)
        return low < how.threshold < high

    def _rate(self, start: float, stop: float) -> float:
        """Pulses per second over the last second until `stop`, however short the window is."""
        begin = max(0.0, min(start, stop - _RECENT))
        if stop <= begin:
            return _UNKNOWN_RATE
        count = sum(len(source.edges(begin, stop)) for source in self._sources())
        return max(count / (stop - begin), _UNKNOWN_RATE)


def _swing(coupling: str, rate: float, width: float) -> tuple[float, float]:
    """AC coupling takes the mean away."""
    mean = PULSE_VOLTS * min(1.0, rate * width) if coupling == "AC" else 0.0
    return -mean, PULSE_VOLTS - mean

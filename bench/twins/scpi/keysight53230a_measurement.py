"""A measurement of the Keysight 53230A: readings from the edges on its inputs, as lab time goes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Edges = NDArray[np.float64]
Pulses = Callable[[float, float], tuple[Edges, float]]
_ROUNDING = 1e-12
"""s; an edge that falls on the end of a gate ends it."""
_LOOK_BACK = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: `function` FREQ, TOT or CONT; `gate`, `time_out` from the trigger in s.

    `gate_source` TIME, INP or EXT; `gate_polarity` POS or NEG; `count` readings one after another.
    `time_base`: how much longer than a true second the counter's second is, relative.
    """

    function: str
    gate: float
    gate_source: str
    gate_polarity: str
    count: int
    time_out: float
    time_base: float


@dataclass
class Measurement:
    """Readings of one INITiate; `begin` is the lab time of the trigger in s, infinite before it.

    `events(start, stop)` are the counted events in (start, stop], `gating` the pulses and their
    width on the input that gates.
    """

    plan: Plan
    begin: float
    events: Callable[[float, float], Edges]
    gating: Pulses
    readings: list[float] = field(default_factory=list)
    timed_out: bool = False
    aborted_at: float = math.inf

    def __post_init__(self) -> None:
        self._next = self.begin

    @property
    def continuous(self) -> bool:
        """Whether it counts until it is aborted."""
        return self.plan.function == "CONT"

    def trigger(self, now: float) -> None:
        """Begin now (s)."""
        self.begin = self._next = now

    def total(self, now: float) -> float:
        """Events so far, of a continuous count."""
        return float(len(self.events(self.begin, min(now, self.aborted_at))))

    def finished(self, now: float) -> bool:
        """Whether no further reading will come; takes the readings that are complete by `now`."""
        if now >= self.aborted_at:
            return True
        if self.continuous:
            return False
        while len(self.readings) < self.plan.count:
            found = self._reading(self._next, now)
            limit = self._next + self.plan.time_out
            if found is None or found[1] > limit:
                if now < limit:
                    return False
                found = (math.nan, limit)
                self.timed_out = True
            self.readings.append(found[0])
            self._next = found[1]
        return True

    def _reading(self, begin: float, now: float) -> tuple[float, float] | None:
        """One reading that starts at `begin`, and when it is complete; None while it is not."""
        if now <= begin:
            return None
        if self.plan.function == "FREQ":
            return self._frequency(begin, now)
        gate = self._gate(begin, now)
        if gate is None or gate[1] > now:
            return None
        return float(len(self.events(*gate))), gate[1]

    def _frequency(self, begin: float, now: float) -> tuple[float, float] | None:
        """Reciprocal: whole periods, from the first event to the first one after the gate time."""
        events = self.events(begin, now)
        if not len(events):
            return None
        end = int(np.searchsorted(events, events[0] + max(self.plan.gate, _ROUNDING) - _ROUNDING))
        if end == 0 or end >= len(events):
            return None
        span = float(events[end] - events[0]) / (1.0 + self.plan.time_base)
        return end / span, float(events[end])

    def _gate(self, begin: float, now: float) -> tuple[float, float] | None:
        """When the gate of a count opens and closes.

        An external gate opens on one edge and closes on the *opposite* edge: pulses that feed it
        directly gate one pulse width (POS) or one pause (NEG), not one period (reference 2.6).
        """
        if self.plan.gate_source == "TIME":
            return begin, begin + self.plan.gate * (1.0 + self.plan.time_base)
        rising, width = self.gating(max(0.0, begin - _LOOK_BACK), now)
        falling = rising + width
        opening, closing = (
            (rising, falling) if self.plan.gate_polarity == "POS" else (falling, rising)
        )
        opening = opening[opening > begin]
        if not len(opening):
            return None
        closing = closing[closing > opening[0]]
        return (float(opening[0]), float(closing[0])) if len(closing) else None

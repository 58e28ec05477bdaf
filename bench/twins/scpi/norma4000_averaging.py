"""Averaging intervals of a Norma power analyser, laid end to end along lab time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from bench.twins.circuit import Circuit
from bench.twins.waveform import Harmonics, Waveform

SMALLEST_SYNC = {"VOLT": 0.3, "CURR": 0.003}
"""RMS of the fundamental below which there is nothing to synchronise to: V, A; an assumption."""


class Averaging:
    """Lays intervals from `start` on; each is the nominal one stretched to whole signal periods.

    Without a signal to synchronise to, an interval has the nominal length.
    """

    def __init__(
        self, circuits: Sequence[Circuit], nominal: Callable[[], float], source: Callable[[], str]
    ) -> None:
        """`nominal` tells the interval wanted in s; `source` what it is synchronised to."""
        self._circuits = circuits
        self._nominal = nominal
        self._source = source
        self._next = 0.0
        self._left: float = 0.0
        self.last: tuple[float, float] | None = None

    def begin(self, now: float, count: float = math.inf) -> None:
        """Forget what was measured; measure `count` intervals from lab time `now` (s) on."""
        self._next = now
        self._left = count
        self.last = None

    def halt(self) -> None:
        """Begin no further interval."""
        self._left = 0

    def finished(self, now: float) -> bool:
        """Whether all intervals that were wanted are complete."""
        self.catch_up(now)
        return not 0 < self._left < math.inf

    def catch_up(self, now: float) -> None:
        """Complete the intervals that end until lab time `now` (s)."""
        while self._left > 0:
            length = self._length(self._next)
            whole = math.floor((min(now, self._steady_until(self._next)) - self._next) / length)
            if whole < 1:
                if self._next + length > now:
                    return
                whole = 1  # an interval across a change of the stimulus
            whole = int(min(whole, self._left))
            stop = self._next + whole * length
            self.last = (stop - length, stop)
            self._next = stop
            self._left -= whole

    def frequency(self, at: float) -> float:
        """Frequency in Hz of the synchronisation source at lab time `at` (s), NaN without one."""
        source = self._source()
        kind, phase = source[:4], source[4:]
        if kind not in SMALLEST_SYNC or int(phase) > len(self._circuits):
            return math.nan
        wave = self._wave(kind, int(phase) - 1, at)
        if not isinstance(wave, Harmonics):
            return math.nan
        fundamental = abs(wave.peaks.get(1, 0j)) / math.sqrt(2.0)
        return wave.frequency if fundamental >= SMALLEST_SYNC[kind] else math.nan

    def _wave(self, kind: str, phase: int, at: float) -> Waveform | None:
        try:
            stretch = self._circuits[phase].stretch_at(at)
        except ValueError:  # so long ago that the circuit has forgotten it
            return None
        return stretch.voltage if kind == "VOLT" else stretch.current

    def _length(self, at: float) -> float:
        frequency, nominal = self.frequency(at), self._nominal()
        if math.isnan(frequency):
            return nominal
        return math.ceil(nominal * frequency - 1e-9) / frequency

    def _steady_until(self, at: float) -> float:
        """When the stimulus of any circuit changes next after `at`."""
        starts = (s.start for circuit in self._circuits for s in circuit.stretches)
        return min((start for start in starts if start > at), default=math.inf)

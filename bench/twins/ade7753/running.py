"""Which engine advances which chip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.increments import Increments
from bench.twins.ade7753.model import Floats, Integers
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from bench.twins.ade7753.steady import SteadyEngine
from bench.twins.waveform import Harmonics, Waveform

ENGINES = ("auto", "steady", "samples")


class Running:
    """The engines of a bank, between one change of stimulus or settings and the next.

    `rms`: codes of the signals in channels 1 and 2 per chip.
    """

    def __init__(self, engine: str, origin: float, doubts: Doubts) -> None:
        """`engine`: one of `ENGINES`; `origin`: lab time (s) of sample 0."""
        self._engine = engine
        self._steady = SteadyEngine(origin, doubts)
        self._begun = False
        self.rms: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))

    def finish(self, state: State) -> None:
        """Stimulus or settings are about to change."""
        self._steady.finish(state)
        self._begun = False

    def store(self, state: State) -> None:
        """Bring the filter rows of `state` up to date."""
        self._steady.store(state)

    def advance(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
        count: Integers,
    ) -> Increments:
        """Take `count` samples per chip."""
        if not self._begun:
            self._steady.begin(state, settings, current, voltage)
            self.rms = (
                np.abs(settings.gain1) * np.array([_rms(wave) for wave in current]),
                np.abs(settings.gain2) * np.array([_rms(wave) for wave in voltage]),
            )
            self._begun = True
        return self._steady.advance(state, count)


def _rms(wave: Waveform) -> float:
    if isinstance(wave, Harmonics):
        return wave.rms
    return float(np.sqrt(np.mean(wave.values**2)))

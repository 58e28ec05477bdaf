"""Which engine advances which chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.increments import Increments
from bench.twins.ade7753.model import Booleans, Floats, Integers
from bench.twins.ade7753.pulses import Piece, Share
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from bench.twins.ade7753.steady import SteadyEngine
from bench.twins.ade7753.stimulus import channels, frequency, within
from bench.twins.waveform import Harmonics, Waveform

ENGINES = ("auto", "steady", "samples")


class Engine(Protocol):
    """What the two engines have in common."""

    def begin(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
    ) -> None:
        """A stimulus and settings hold from now on."""
        ...

    def advance(self, state: State, count: Integers) -> tuple[Increments, list[Piece]]:
        """Take `count` samples per chip; also the CF pulses, piece by piece."""
        ...

    def store(self, state: State) -> None:
        """Bring the filter rows of `state` up to the last sample taken."""
        ...


@dataclass(slots=True)
class _Share:
    """An engine, the chips that it advances, and its own copy of their state."""

    engine: Engine
    chips: Integers
    state: State


class Running:
    """The engines of a bank, between one change of stimulus or settings and the next.

    `rms`: codes of the signals in channels 1 and 2 per chip.
    """

    def __init__(self, engine: str, origin: float, doubts: Doubts) -> None:
        """`engine`: one of `ENGINES`; `origin`: lab time (s) of sample 0."""
        self._engine = engine
        self._origin = origin
        self._doubts = doubts
        self._shares: list[_Share] = []
        self.rms: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))

    def finish(self, state: State) -> None:
        """Stimulus or settings are about to change: leave all in `state`."""
        self.store(state)
        self._shares = []

    def store(self, state: State) -> None:
        """Bring the filter rows of `state` up to date."""
        for share in self._shares:
            whole = share.state is state
            if not whole:
                share.state.copy_from(state, share.chips)
            share.engine.store(share.state)
            if not whole:
                share.state.copy_to(state, share.chips)

    def advance(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
        count: Integers,
    ) -> tuple[Increments, list[Piece]]:
        """Take `count` samples per chip; also the CF pulses, piece by piece."""
        if not self._shares:
            self._begin(state, settings, current, voltage)
        if self._shares[0].state is state:
            return self._shares[0].engine.advance(state, count)
        increments = Increments.none(len(count))
        pieces: list[Piece] = []
        for share in self._shares:
            share.state.copy_from(state, share.chips)
            added, some = share.engine.advance(share.state, count[share.chips])
            share.state.copy_to(state, share.chips)
            increments.put(share.chips, added)
            pieces += [Share(piece, share.chips, len(count)) for piece in some]
        return increments, pieces

    def _begin(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
    ) -> None:
        first, second = channels(current, voltage, settings)
        self.rms = (
            np.abs(settings.gain1) * np.array([_rms(wave) for wave in first]),
            np.abs(settings.gain2) * np.array([_rms(wave) for wave in second]),
        )
        closed = self._closed(settings, current, voltage)
        for mine, engine in ((closed, self._steady), (~closed, self._samples)):
            if not mine.any():
                continue
            chips = np.nonzero(mine)[0]
            if mine.all():
                share = _Share(engine(), chips, state)
                share.engine.begin(state, settings, current, voltage)
            else:
                share = _Share(engine(), chips, State(len(chips)))
                share.state.copy_from(state, chips)
                share.engine.begin(
                    share.state,
                    settings.of(chips),
                    [current[int(chip)] for chip in chips],
                    [voltage[int(chip)] for chip in chips],
                )
            self._shares.append(share)

    def _closed(
        self, settings: Settings, current: Sequence[Waveform], voltage: Sequence[Waveform]
    ) -> Booleans:
        """Chips whose signals have a closed form: harmonics of one frequency, no ADC clamped."""
        s = settings
        if self._engine == "samples":
            return np.zeros(len(current), dtype=np.bool_)
        first, second = channels(current, voltage, settings)
        periodic = [frequency(v, i) is not None for v, i in zip(voltage, current, strict=True)]
        closed = np.array(periodic)
        closed &= within(first, s.gain1, s.offset1, s.clamp1)
        closed &= within(second, s.gain2, s.offset2, s.clamp2)
        if self._engine == "steady" and not closed.all():
            raise ValueError(
                "the steady engine takes harmonics of one frequency within the ADC span: "
                'use engine "auto" or "samples" for other waveforms'
            )
        return closed

    def _steady(self) -> Engine:
        return SteadyEngine(self._origin, self._doubts)

    def _samples(self) -> Engine:
        from bench.twins.ade7753.samples import SampleEngine  # compiles; only where needed

        return SampleEngine(self._origin, self._doubts)


def _rms(wave: Waveform) -> float:
    if isinstance(wave, Harmonics):
        return wave.rms
    return float(np.sqrt(np.mean(wave.values**2)))

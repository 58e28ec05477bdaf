"""The sample engine: any waveform, at CLKIN/128 of each chip, in blocks over all chips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.ade7753 import events, kernel
from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.increments import Increments
from bench.twins.ade7753.model import APPARENT_SCALE, Floats, Integers, smoothing
from bench.twins.ade7753.plan import INTEGRATOR_GAIN, LPF1, LPF2
from bench.twins.ade7753.pulses import Knots, Piece
from bench.twins.ade7753.settings import Settings
from bench.twins.ade7753.state import State
from bench.twins.ade7753.stimulus import channels
from bench.twins.ade7753.tables import Tables
from bench.twins.waveform import Waveform
from drivers.ade7753.bits import Flag

LONGEST = 1 << 16
"""Samples in one go: positions in a table are worked out anew after each, so that they stay exact;
the chips of a bank are at most this far apart in time."""


class SampleEngine:
    """Advances the state of a bank sample by sample."""

    def __init__(self, origin: float, doubts: Doubts) -> None:
        """`origin`: lab time (s) of sample 0 of every chip."""
        if kernel.stale():
            raise RuntimeError(
                "the compiled chip kernel is older than the layout of its state: "
                f"delete the files kernel.*.nb* in __pycache__ beside {kernel.__file__}"
            )
        self._origin = origin
        self._constants = np.array(
            [
                *(smoothing(corner) for corner in doubts.dc_corners),
                smoothing(doubts.leak),
                INTEGRATOR_GAIN,
                LPF1,
                LPF2,
                smoothing(doubts.lpf3_corner),
                doubts.integrator,
                doubts.reactive_on,
                doubts.reactive_off,
                1.0 / doubts.multiplier,
                doubts.vrms_scale,
                doubts.no_load,
                APPARENT_SCALE,
            ]
        )

    def begin(
        self,
        state: State,
        settings: Settings,
        current: Sequence[Waveform],
        voltage: Sequence[Waveform],
    ) -> None:
        """Lay out a stimulus and settings that hold from now on."""
        self._settings = s = settings
        first, second = channels(current, voltage, settings)
        self._tables = Tables.of(first), Tables.of(second)
        self._numbers = np.array(
            [
                s.square_bias + s.square_offset if name == "square_floor" else getattr(s, name)
                for name in kernel.NUMBERS
            ],
            dtype=np.float64,
        ).T.copy()

    def advance(self, state: State, count: Integers) -> tuple[Increments, list[Piece]]:
        """Take `count` samples per chip; also the CF pulses, piece by piece."""
        increments = Increments.none(len(count))
        pieces: list[Piece] = []
        left = count.copy()
        while left.any():
            some = np.minimum(left, LONGEST)
            added, piece = self._block(state, some)
            increments = increments.then(added)
            pieces.append(piece)
            left -= some
        step = self._settings.wave_step
        state.flags[state.n // step > (state.n - count) // step] |= Flag.WSMP
        events.no_crossing(state, self._settings)
        return increments, pieces

    def store(self, state: State) -> None:
        """Nothing to do: every sample leaves its state."""

    def _block(self, state: State, count: Integers) -> tuple[Increments, Piece]:
        s = self._settings
        added = Increments.none(len(count))
        start = state.n.copy()
        knots = np.zeros((len(count), max(1, -(-int(count.max()) // kernel.KNOT))))
        real, whole = state.real.T.copy(), state.whole.T.copy()
        kernel.advance(
            real,
            whole,
            state.rising,
            self._numbers,
            self._constants,
            count,
            self._channel(self._tables[0], start, s.shift1),
            self._channel(self._tables[1], start, s.shift2),
            added.total,
            added.last,
            added.previous,
            added.ends,
            knots,
        )
        state.real[:], state.whole[:] = real.T, whole.T
        columns = kernel.KNOT * np.arange(1, knots.shape[1] + 1)
        offset = np.minimum(columns[None, :], count[:, None]).astype(np.int32)
        return added, Knots(start, offset, (knots * s.rate_cf[:, None]).astype(np.float32))

    def _channel(self, table: Tables, n: Integers, shift: Floats) -> tuple[object, ...]:
        period = self._settings.period
        time = self._origin + (n + 1.0) * period + shift
        position = (time - table.start) * table.rate
        wrapped = np.where(table.repeat, np.mod(position, table.count), position)
        return (
            table.values,
            table.first,
            table.count,
            table.repeat,
            wrapped,
            table.rate * period,
        )

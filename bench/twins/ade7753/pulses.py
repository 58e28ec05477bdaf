"""The pulse output CF: its edges within the last hour, found when somebody asks for them.

Every stretch of time leaves a piece: CF pulses, signed, since the start of the stretch as a
function of the sample. An edge falls where the pulses, with what was left before, pass the next
integer; energy that flows back and forth below one pulse gives none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.twins.ade7753.longrun import Active
from bench.twins.ade7753.model import Floats, Integers

MEMORY = 3600.0
"""s of lab time for which edges can still be asked for."""
KNOT = 32
"""Samples between the stored values of a span that was computed sample by sample; 1.1 ms."""
KNOTS = 1024
"""Stored values per piece before the next one is begun."""
SECANTS = 12


class Piece(Protocol):
    """CF pulses of all chips over a stretch of samples."""

    @property
    def start(self) -> Integers:
        """The sample per chip after which the piece begins."""
        ...

    @property
    def stop(self) -> Integers:
        """The last sample per chip."""
        ...

    def total(self) -> Floats:
        """Pulses over the whole piece, per chip."""
        ...

    def pulses(self, chip: int, n: Floats) -> Floats:
        """Pulses of one chip from the start up to samples `n`."""
        ...

    def merge(self, following: Piece) -> bool:
        """Take the piece that follows into this one; False when it does not fit."""
        ...


@dataclass(slots=True)
class Knots:
    """Stored values, linear in between: `offset` samples after the start, `value` pulses."""

    start: Integers
    offset: NDArray[np.int32]
    value: NDArray[np.float32]

    @classmethod
    def of(cls, start: Integers, count: Integers, running: Floats) -> Knots:
        """Thin out the running pulses of `count` samples per chip."""
        columns = np.arange(KNOT, running.shape[1], KNOT)
        at = np.minimum(np.append(columns, running.shape[1])[None, :], count[:, None])
        value = np.take_along_axis(running, np.maximum(at - 1, 0), axis=1)
        value = np.where(at > 0, value, 0.0)
        return cls(start.copy(), at.astype(np.int32), value.astype(np.float32))

    @property
    def stop(self) -> Integers:
        """The last sample per chip."""
        return np.asarray(self.start + self.offset[:, -1])

    def total(self) -> Floats:
        """Pulses over the whole piece, per chip."""
        return self.value[:, -1].astype(np.float64)

    def pulses(self, chip: int, n: Floats) -> Floats:
        """Pulses of one chip from the start up to samples `n`."""
        offset = np.append(0, self.offset[chip])
        value = np.append(0.0, self.value[chip])
        return np.asarray(np.interp(n - self.start[chip], offset, value), np.float64)

    def merge(self, following: Piece) -> bool:
        """Take another short piece in."""
        if not isinstance(following, Knots) or self.offset.shape[1] >= KNOTS:
            return False
        offset = following.offset + self.offset[:, -1:]
        value = following.value + self.value[:, -1:]
        near = self.offset.shape[1] > 1 and (
            int((self.offset[:, -1] - self.offset[:, -2]).max()) < KNOT
        )
        keep = -1 if near and following.offset.shape[1] == 1 else None
        self.offset = np.concatenate([self.offset[:, :keep], offset], axis=1)
        self.value = np.concatenate([self.value[:, :keep], value], axis=1)
        return True


@dataclass(slots=True)
class Formula:
    """A long span: closed form of what `active` counted, times the `rate` of pulses."""

    start: Integers
    stop: Integers
    active: Active
    rate: Floats

    def total(self) -> Floats:
        """Pulses over the whole piece, per chip."""
        begin = (self.stop - self.start).astype(np.float64) + self.active.start
        return self.active.to(begin) * self.rate

    def pulses(self, chip: int, n: Floats) -> Floats:
        """Pulses of one chip from the start up to samples `n`."""
        k = n - self.start[chip] + self.active.start[chip]
        return self.active.of(chip, k) * float(self.rate[chip])

    def merge(self, following: Piece) -> bool:
        """Go on with the same formula."""
        if isinstance(following, Formula) and self.active.goes_on(following.active):
            self.stop = following.stop
            return True
        return False


@dataclass(slots=True)
class Share:
    """A piece of some `chips` only, of a bank of so many."""

    piece: Piece
    chips: Integers
    bank: int

    def _spread(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        whole = np.zeros(self.bank, dtype=values.dtype)
        whole[self.chips] = values
        return whole

    @property
    def start(self) -> Integers:
        """The sample per chip after which the piece begins; 0 for the other chips."""
        return self._spread(self.piece.start).astype(np.int64)

    @property
    def stop(self) -> Integers:
        """The last sample per chip; 0 for the other chips."""
        return self._spread(self.piece.stop).astype(np.int64)

    def total(self) -> Floats:
        """Pulses over the whole piece, per chip."""
        return self._spread(self.piece.total()).astype(np.float64)

    def pulses(self, chip: int, n: Floats) -> Floats:
        """Pulses of one chip from the start up to samples `n`."""
        return self.piece.pulses(int(np.searchsorted(self.chips, chip)), n)

    def merge(self, following: Piece) -> bool:
        """Two shares follow each other in turn, so that none is the other's continuation."""
        return False


class History:
    """The pieces of a bank, the pulses left over before each, and the edges in a window."""

    def __init__(self, origin: float) -> None:
        """`origin`: lab time (s) of sample 0."""
        self._origin = origin
        self._pieces: deque[tuple[Piece, Floats]] = deque()

    def add(self, piece: Piece, left: Floats, period: Floats) -> None:
        """Append `piece`; `left` (pulses begun but not given, per chip) is carried on in place."""
        total = piece.total()
        if not (self._pieces and self._pieces[-1][0].merge(piece)):
            self._pieces.append((piece, left.copy()))
        left += total
        left -= np.trunc(left)
        oldest = piece.stop - MEMORY / period
        while (self._pieces[0][0].stop < oldest).all():
            self._pieces.popleft()

    def edges(self, chip: int, period: float, start: float, stop: float) -> Floats:
        """Lab times (s) of the pulses of one chip in (`start`, `stop`].

        What sample n adds, it adds between its own instant and the next one's.
        """
        first, last = ((t - self._origin) / period - 1.0 for t in (start, stop))
        found = [
            _edges(piece, left, chip, max(first, a), min(last, b))
            for piece, left, a, b in self._within(chip, first, last)
        ]
        n = np.concatenate(found) if found else np.zeros(0)
        return np.asarray(self._origin + (n + 1.0) * period)

    def _within(
        self, chip: int, first: float, last: float
    ) -> Iterator[tuple[Piece, float, float, float]]:
        for piece, left in self._pieces:
            a, b = float(piece.start[chip]), float(piece.stop[chip])
            if b > first and a < last and b > a:
                yield piece, float(left[chip]), a, b


def _edges(piece: Piece, left: float, chip: int, first: float, last: float) -> Floats:
    """Samples (real numbers) in (`first`, `last`] where the pulses pass an integer but 0."""
    low, high = (left + piece.pulses(chip, np.array([first, last]))).tolist()
    sign = 1.0 if high >= low else -1.0
    low, high = sign * low, sign * high
    wanted = np.arange(max(np.floor(low) + 1.0, 1.0), np.floor(high) + 1.0)
    if len(wanted) == 0:
        return np.zeros(0)

    def missing(n: Floats) -> Floats:
        return np.asarray(sign * (left + piece.pulses(chip, n)) - wanted)

    slope = (high - low) / (last - first)
    before = first + (wanted - low) / slope
    error = missing(before)
    n = np.clip(before - error / slope, first, last)
    for _ in range(SECANTS):
        now = missing(n)
        moved = n - before
        rise = np.where(moved != 0, (now - error) / np.where(moved != 0, moved, 1.0), slope)
        rise = np.where(rise > 0.1 * slope, rise, slope)
        before, error = n, now
        n = np.clip(n - now / rise, first, last)
        if np.abs(now).max() < 1e-9:
            break
    return np.sort(n)

"""Zero crossings of a settled voltage, counted and found without walking through them."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Booleans, Floats, Integers

TURN = 2.0 * np.pi


class Crossings:
    """The crossings after sample `start` up to and including sample `stop`, per chip.

    `roots`: angles of the crossings of one period, NaN where none; `w`: angle per sample; samples
    are counted like the angles. `count`: how many crossings there are.
    """

    def __init__(self, roots: Floats, w: Floats, start: Floats, stop: Floats) -> None:
        per_turn = w / TURN
        with np.errstate(invalid="ignore"):
            before = np.floor(start[:, None] * per_turn[:, None] - roots / TURN)
            upto = np.floor(stop[:, None] * per_turn[:, None] - roots / TURN)
            first = (roots + TURN * (before + 1.0)) / w[:, None]
        self.count: Integers = np.nan_to_num(upto - before).sum(axis=1).astype(np.int64)
        self._first = np.sort(first, axis=1)
        self._each = np.maximum((~np.isnan(roots)).sum(axis=1), 1)
        self._period = TURN / w

    def sample(self, number: Integers) -> Floats:
        """Sample at which crossing `number` (from 1, per chip or chips x many) shows."""
        index = np.maximum(number - 1, 0)
        flat = index.reshape(len(self._each), -1)
        lap, place = np.divmod(flat, self._each[:, None])
        if self._first.shape[1] == 0:
            return np.full(index.shape, np.nan)
        at = np.take_along_axis(self._first, place, axis=1) + lap * self._period[:, None]
        return np.asarray(np.ceil(at).reshape(index.shape))

    @property
    def longest_gap(self) -> Floats:
        """Most samples between neighbouring crossings, 0 where there are under two."""
        if self._first.shape[1] == 0:
            return np.zeros(len(self._each))
        following = np.concatenate(
            [self._first[:, 1:], np.full((len(self._each), 1), np.nan)], axis=1
        )
        row = np.arange(len(self._each))
        following[row, self._each - 1] = self._first[:, 0] + self._period
        gaps = np.nan_to_num(following - self._first).max(axis=1)
        return np.where(self.count >= 2, np.ceil(gaps), 0.0)


def rising(roots: Floats, jumps: Integers) -> Floats:
    """The rising ones among `roots`."""
    only: Booleans = jumps > 0
    return np.where(only, roots, np.nan)

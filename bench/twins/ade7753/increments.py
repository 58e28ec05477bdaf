"""What a span of time adds to the accumulators, and where its line-cycle runs ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.twins.ade7753.model import Floats, Integers

ACTIVE, APPARENT, REACTIVE, TIME = range(4)
KINDS = 4


@dataclass(slots=True)
class Increments:
    """Per kind (active, apparent, reactive in LSB, time in samples) and chip.

    `total`: added over the span; `last`, `previous`: added up to the last and the last but one end
    of a line-cycle run within the span, of which there were `ends`.
    """

    total: Floats
    last: Floats
    previous: Floats
    ends: Integers

    @classmethod
    def none(cls, chips: int) -> Increments:
        """No time at all."""
        zero = np.zeros((KINDS, chips))
        return cls(zero, zero.copy(), zero.copy(), np.zeros(chips, dtype=np.int64))

    def put(self, chips: Integers, part: Increments) -> None:
        """Fill in what some chips added."""
        self.total[:, chips] = part.total
        self.last[:, chips] = part.last
        self.previous[:, chips] = part.previous
        self.ends[chips] = part.ends

    def then(self, after: Increments) -> Increments:
        """This span and the one that follows it, as one."""
        last = np.where(after.ends >= 1, self.total + after.last, self.last)
        previous = np.where(
            after.ends >= 2,
            self.total + after.previous,
            np.where(after.ends == 1, self.last, self.previous),
        )
        return Increments(self.total + after.total, last, previous, self.ends + after.ends)

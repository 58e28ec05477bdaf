"""A voltage or current that was sampled, linear between its samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """`values` in V or A at `rate` per second (Hz), the first at `start` (s).

    Between samples the value is on the straight line. Before the first and after the last sample it
    is not known. `ValueError` for fewer than two samples, for a value that is not finite or a rate
    that is not above 0.
    """

    rate: float
    values: Values
    start: float = 0.0

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        if values.ndim != 1 or len(values) < 2:
            raise ValueError(f"samples of shape {values.shape}: at least two in a row are needed")
        if not np.all(np.isfinite(values)):
            raise ValueError("samples: each must be a finite number")
        if not (math.isfinite(self.rate) and self.rate > 0):
            raise ValueError(f"sampling rate = {self.rate} Hz: must be above 0")
        object.__setattr__(self, "values", values)

    @property
    def stop(self) -> float:
        """Time of the last sample in s."""
        return self.start + (len(self.values) - 1) / self.rate

    @property
    def times(self) -> Values:
        """Times of all samples in s."""
        return self.start + np.arange(len(self.values)) / self.rate

    def at(self, t: Values) -> Values:
        """Values at times `t` (s), same shape; `ValueError` outside the record."""
        wanted = np.asarray(t, dtype=np.float64)
        if wanted.size:
            self.check(float(wanted.min()), float(wanted.max()))
        return np.interp(wanted, self.times, self.values)

    def check(self, start: float, stop: float) -> None:
        """`ValueError` unless the record covers `start` to `stop` (s)."""
        slack = 1e-9 / self.rate
        if start < self.start - slack or stop > self.stop + slack:
            raise ValueError(
                f"{start:g} to {stop:g} s is not within the record of {self.start:g} to "
                f"{self.stop:g} s"
            )

"""Pulse outputs as a counter sees them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class PulseOutput(Protocol):
    """A pulse output such as a chip's CF."""

    def edges(self, start: float, stop: float) -> NDArray[np.float64]:
        """Lab times (s) of the active edges after `start` up to and including `stop`.

        Any window within the last hour of lab time can be asked for, in any order, also after the
        chip was read or its stimulus changed in between.
        """
        ...

    def width(self, frequency: float) -> float:
        """Pulse width in s at an output frequency of `frequency` Hz."""
        ...

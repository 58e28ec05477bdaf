"""Settings of one voltage or current channel of a Fluke 6105A: range and harmonics."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence

from bench.twins.scpi.errors import ScpiError

VOLTAGE_RANGES: Sequence[tuple[float, float]] = tuple(
    (0.0, high) for high in (23.0, 45.0, 90.0, 180.0, 360.0, 650.0, 1008.0)
)
"""V. The upper ends are those seen in labs; the lower ends are not known and taken as 0."""

CURRENT_RANGES: Sequence[tuple[float, float]] = (
    (0.05, 0.25),
    (0.05, 0.5),
    (0.1, 1.0),
    (0.2, 2.0),
    (0.5, 5.0),
    (1.0, 10.0),
    (2.0, 21.0),
    (5.0, 50.0),
    (8.0, 80.0),
)
"""A (users manual 5-36); the last two are options."""

STANDARD_CURRENT_RANGES = 7
HIGHEST_ORDER = 100


class Channel:
    """What one channel is set to; amplitudes are RMS in V or A, angles in degrees.

    An amplitude below the lower end of the range is taken: whether the real unit refuses it is not
    known. `order` 0 is DC.
    """

    def __init__(self, ranges: Sequence[tuple[float, float]]) -> None:
        self._ranges = ranges
        self.reset()

    def reset(self) -> None:
        """Off, no amplitude, highest range (the real choice after `*RST` is not known)."""
        self.on = False
        self.harmonics_on = False
        self.range_index = len(self._ranges) - 1
        self.harmonics: dict[int, tuple[float, float]] = {1: (0.0, 0.0)}

    @property
    def range(self) -> tuple[float, float]:
        """Lower and upper end of the range."""
        return self._ranges[self.range_index]

    @property
    def rms(self) -> float:
        """RMS of the composite."""
        return rms(self.harmonics)

    @property
    def live(self) -> bool:
        """Whether it puts out anything once the output is on."""
        return self.on and self.harmonics_on

    def choose_range(self, low: float, high: float) -> None:
        """Take the narrowest hardware range that covers both.

        `ScpiError` -222 beyond all ranges, -221 when the present amplitude would not fit.
        """
        if low > high:
            raise ScpiError(-222, "lower end above upper end")
        for index, (_, top) in enumerate(self._ranges):
            if high <= top:
                if self.rms > top:
                    raise ScpiError(-221, f"amplitude {self.rms:g} above range {top:g}")
                self.range_index = index
                return
        raise ScpiError(-222, f"no range up to {high:g}")

    def set_harmonic(self, order: int, amplitude: float, angle: float) -> None:
        """Set one order; `ScpiError` -222 when the composite would not fit the range."""
        if order > 0 and amplitude < 0:
            raise ScpiError(-222, f"{amplitude:g}")
        if order == 0 and angle != 0:
            raise ScpiError(-221, "the angle of DC is 0")
        self._fit({**self.harmonics, order: (amplitude, angle)})

    def scale(self, total: float) -> None:
        """Make the composite RMS `total`, the shape kept; `ScpiError` -221 without a shape."""
        if self.rms == 0:
            self._fit({1: (total, self.harmonics[1][1])})
            return
        factor = total / self.rms
        self._fit({order: (a * factor, angle) for order, (a, angle) in self.harmonics.items()})

    def clear(self) -> None:
        """Forget all but the fundamental."""
        self.harmonics = {1: self.harmonics[1]}

    def peaks(self, turn: float) -> dict[int, complex]:
        """Complex peaks with the fundamental at `turn` degrees.

        The angle of a higher order counts from the rising zero crossing of the fundamental of the
        same channel, as labs use it; the manual's page was not found.
        """
        peaks: dict[int, complex] = {}
        for order, (amplitude, angle) in self.harmonics.items():
            if order == 0:
                peaks[0] = complex(amplitude)
                continue
            own = 0.0 if order == 1 else angle
            shift = math.radians(order * turn + own) - math.pi / 2
            peaks[order] = math.sqrt(2.0) * amplitude * cmath.exp(1j * shift)
        return peaks

    def _fit(self, harmonics: Mapping[int, tuple[float, float]]) -> None:
        if rms(harmonics) > self.range[1] * (1 + 1e-9):
            raise ScpiError(-222, f"{rms(harmonics):g} above range {self.range[1]:g}")
        self.harmonics = {
            order: pair for order, pair in harmonics.items() if order == 1 or pair[0] != 0
        }


def rms(harmonics: Mapping[int, tuple[float, float]]) -> float:
    """RMS of a sum of orders with these RMS amplitudes."""
    return math.sqrt(sum(amplitude**2 for amplitude, _ in harmonics.values()))

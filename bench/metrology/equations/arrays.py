"""The equations on arrays of samples that cover whole periods.

Samples at equal steps over whole periods give the exact mean of a periodic product, as long as
there are more than two samples per period of its highest component; no window, no interpolation.
For any other stretch of a record see `samples.Samples` and `energy`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bench.metrology.equations.reactive import Reactive, reactive_power
from bench.metrology.equations.spectrum import Spectrum

Values = NDArray[np.float64]


def rms_of(values: Values) -> float:
    """Root of the mean square of `values`, in their unit; at least one value."""
    return math.sqrt(float(np.mean(np.square(_some(values)))))


def active_power_of(voltage: Values, current: Values) -> float:
    """Equation (3) on samples: P = mean of u i, in W; V and A at the same instants."""
    return float(np.mean(_some(voltage) * _some(current)))


def apparent_power_of(voltage: Values, current: Values) -> float:
    """S in VA of samples in V and A; never below |P|."""
    return rms_of(voltage) * rms_of(current)


def reactive_power_of(voltage: Values, current: Values, periods: int, meaning: Reactive) -> float:
    """Q in var of samples in V and A over `periods` whole periods, positive when lagging."""
    return reactive_power(
        spectrum_of(voltage, periods, 1.0), spectrum_of(current, periods, 1.0), meaning
    )


def active_energy_of(voltage: Values, current: Values, rate: float) -> float:
    """Equation (4) on samples: W in J of all of them, `rate` samples per second (Hz)."""
    return active_power_of(voltage, current) * len(_some(voltage)) / rate


def spectrum_of(values: Values, periods: int, frequency: float) -> Spectrum:
    """Harmonics of `values` over `periods` whole periods of `frequency` (Hz), by Fourier sums.

    The first sample is at t = 0. Orders up to just below half of the samples of a period.
    `ValueError` for no whole period, or fewer than three samples in each.
    """
    samples = _some(values)
    count = len(samples)
    if periods < 1 or count < 3 * periods:
        raise ValueError(f"{count} samples of {periods} periods: three or more a period needed")
    lines = np.fft.rfft(samples) / count
    highest = (count - 1) // (2 * periods)
    phasors = {0: complex(lines[0].real)}
    for order in range(1, highest + 1):
        phasors[order] = complex(lines[order * periods]) * math.sqrt(2) * 1j
    return Spectrum(frequency, phasors)


def _some(values: Values) -> Values:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"samples of shape {array.shape}: a row of one or more is needed")
    return array

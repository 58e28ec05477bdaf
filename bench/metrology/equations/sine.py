"""Equations (1) and (2): voltage and current of a sinusoidal load over time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def voltage_at(t: Values, rms: float, frequency: float) -> Values:
    """Equation (1): u(t) = sqrt(2) U sin(w t) in V at times `t` (s).

    `rms`: U in V. `frequency` in Hz, w = 2 pi f. Source: meter paper, equation (1).
    """
    return math.sqrt(2) * rms * np.sin(2 * np.pi * frequency * np.asarray(t))


def current_at(t: Values, rms: float, frequency: float, phi: float) -> Values:
    """Equation (2): i(t) = sqrt(2) I sin(w t - phi) in A at times `t` (s).

    `rms`: I in A. `phi` in degrees, positive when the current lags. Source: meter paper, equation
    (2), whose right-hand side prints sqrt(2) U: a misprint. Taken at its word it would make the
    current 220 A on a 220 V line whatever the load, and (3) would be U squared cos(phi).
    """
    angle = math.radians(phi)
    return math.sqrt(2) * rms * np.sin(2 * np.pi * frequency * np.asarray(t) - angle)

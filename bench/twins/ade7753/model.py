"""Numbers of the chip model: ADC scaling, filter coefficients, bit weights.

Source: ADE7753 data sheet Rev. C (ADC transfer, LPF1, LPF2, integrator, energy accumulation), as
digested in the engineering reference, section 4. All filters are digital: in units of samples they
are the same in every chip, whatever its crystal does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Complexes = NDArray[np.complex128]
Booleans = NDArray[np.bool_]

CLKIN = 3_579_545.0
"""Nominal clock in Hz."""
DECIMATION = 128
"""Clock periods per sample."""
ADDITIONS = 32
"""Accumulator additions per sample: one every 4/CLKIN."""
SAMPLE_RATE = CLKIN / DECIMATION
"""Nominal samples per second."""

ADC1 = 16.0 * 262_144.0 * 3.0492
"""Channel-1 code per unit of Vin/Vref (24-bit scale)."""
ADC2 = 16_384.0 * 3.0492
"""Channel-2 code per unit of Vin/Vref (16-bit scale)."""
CLAMP1 = 4_194_304.0
CLAMP2 = 16_384.0

ENERGY_LSB = float(1 << 25)
"""Accumulator units per LSB of the energy registers."""
PER_SAMPLE = ADDITIONS / ENERGY_LSB
"""Register LSB that one sample of one power LSB adds."""
APPARENT_SCALE = 1.0 / (1 << 22)
WRAP = float(1 << 24)
"""Energy registers roll over after this many LSB."""

PGA = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0, 16.0])
"""Gain per PGA code; the codes above 4 are not defined and act as the largest."""
OFFSET_LSB = np.array([1.61e-3, 1.19e-3, 0.97e-3, 0.84e-3, 0.77e-3, 0.77e-3, 0.77e-3, 0.77e-3])
"""Volts at the ADC per LSB of CH1OS and CH2OS, per PGA code."""
RANGE = np.array([1.0, 0.5, 0.25, 1.0])
"""ADC-1 reference factor per SCALE code; code 3 is reserved and acts as 0."""


def smoothing(corner: float) -> float:
    """Coefficient a of y += a (x - y) with its corner at `corner` Hz (at nominal CLKIN)."""
    return -math.expm1(-2.0 * math.pi * corner / SAMPLE_RATE)

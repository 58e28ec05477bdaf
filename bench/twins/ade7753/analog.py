"""What faults make of a board's analog side, under the stimulus of now.

A fault that depends on level or frequency is worked out once per stimulus from its RMS values: the
thing that misbehaves (a warm burden, a core) is slow against a line period, so both engines see a
linear circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.twins.waveform import Harmonics, Waveform

FaultOf = Callable[[str], Mapping[str, float] | None]

COOL = 23.0
"""degC of the air at which a board is calibrated."""
WARMTH, WARM_CURRENT = 20.0, 50.0
"""degC above the air that the burden settles at with so many A; it goes with the square."""


@dataclass(frozen=True, slots=True)
class Stimulus:
    """RMS voltage (V) and current (A), line frequency (Hz), temperature of the air (degC)."""

    voltage: float
    current: float
    frequency: float
    ambient: float

    @classmethod
    def of(cls, voltage: Waveform, current: Waveform, ambient: float) -> Stimulus:
        """What holds now."""
        frequency = voltage.frequency if isinstance(voltage, Harmonics) else 50.0
        return cls(_rms(voltage), _rms(current), frequency, ambient)


def current_gain(fault: FaultOf, at: Stimulus) -> float:
    """Factor on the current channel."""
    factor = -1.0 if fault("reversed_ct") is not None else 1.0
    if gain := fault("gain"):
        factor *= gain["factor"]
    if warm := fault("warm_gain"):
        degrees = at.ambient - COOL + WARMTH * (at.current / WARM_CURRENT) ** 2
        factor *= 1.0 + warm["percent_per_degree"] / 100.0 * degrees
    if (pulled := fault("voltage_gain")) and at.voltage > 0.0:
        factor *= 1.0 + pulled["percent_per_volt"] / 100.0 * (at.voltage - pulled["nominal"])
    if tuned := fault("frequency_gain"):
        factor *= 1.0 + tuned["percent_per_hertz"] / 100.0 * (at.frequency - 50.0)
    return factor


def current_lead(fault: FaultOf, at: Stimulus) -> float:
    """Degrees at 50 Hz by which the current leads more."""
    phase = fault("low_current_phase")
    return phase["degrees"] if phase and at.current < phase["below"] else 0.0


def through(fault: FaultOf, current: Waveform) -> Waveform:
    """What is left of the current behind the front end; recorded waveforms pass whole."""
    blind = fault("harmonic_blind")
    if blind is None or not isinstance(current, Harmonics):
        return current
    kept = {order: peak for order, peak in current.peaks.items() if order <= blind["order"]}
    return Harmonics(current.frequency, kept, current.epoch)


def _rms(wave: Waveform) -> float:
    if isinstance(wave, Harmonics):
        return wave.rms
    return float(np.sqrt(np.mean(wave.values**2)))

"""What a source may put out on this site, whatever it could."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteLimits:
    """Largest RMS voltage in V and current in A of a phase, frequency range in Hz.

    RMS of the whole waveform, harmonics included. The defaults are those of one wire of a
    230 V jig: 265 V, 100 A, 45 to 65 Hz.
    """

    voltage: float = 265.0
    current: float = 100.0
    frequency_low: float = 45.0
    frequency_high: float = 65.0

    def __post_init__(self) -> None:
        if not (self.voltage > 0 and self.current > 0):
            raise ValueError(f"site limits {self.voltage} V, {self.current} A: must be above 0")
        if not 0 < self.frequency_low <= self.frequency_high:
            raise ValueError(
                f"site limits {self.frequency_low} to {self.frequency_high} Hz: must rise from 0"
            )

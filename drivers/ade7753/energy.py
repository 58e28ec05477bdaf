"""Energy from the free-running registers, by modular difference."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.access import RegisterAccess
from drivers.clock import Clock
from drivers.errors import DeviceError, StationFault

_MODULUS = 1 << 24
LONGEST_GAP = 125.0
"""Seconds between two readings that are safe at full scale with any WGAIN (reference 4.5)."""
FASTEST = 22_372.0 * 1.5 * 1.588**2
"""Largest rate of AENERGY in LSB/s: full scale, times WGAIN at its end, times both ADCs at their
clamp (4,194,304 / 2,642,412 = 1.588 times full scale)."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy since the start: `active` (signed) and `apparent`, in LSB of AENERGY and VAENERGY;
    `duration`: the lab time in s between first and last reading."""

    active: int
    apparent: int
    duration: float


class EnergyMeter:
    """Adds up AENERGY and VAENERGY, which wrap around.

    RAENERGY and RVAENERGY are not used: a corrupted read of them would destroy what they held.
    """

    def __init__(self, access: RegisterAccess, clock: Clock) -> None:
        self._access, self._clock = access, clock
        self._last: dict[str, int] | None = None
        self._began = self._at = 0.0
        self._active = self._apparent = 0

    def start(self) -> None:
        """Begin at zero energy (LSB); `LinkChecksum` when the registers cannot be read."""
        self._last, self._at = self._read()
        self._began = self._at
        self._active = self._apparent = 0

    def read(self) -> Energy:
        """Energy since `start`, in LSB, from -2^63 on: to be called at least every 125 s.

        `StationFault` when it was called too late, since the registers may have wrapped unseen;
        `DeviceError` when they moved faster than the chip can count (cleared by a corrupted
        command, or by a reset); `LinkChecksum`.
        """
        if self._last is None:
            raise StationFault(f"{self._access.label}: energy read before start: call start first")
        now, at = self._read()
        elapsed = at - self._at
        if elapsed > LONGEST_GAP:
            raise StationFault(
                f"{self._access.label}: {elapsed:.0f} s between two energy readings: read at least "
                f"every {LONGEST_GAP:.0f} s, the registers wrap"
            )
        active = signed_difference(now["AENERGY"], self._last["AENERGY"])
        apparent = (now["VAENERGY"] - self._last["VAENERGY"]) % _MODULUS
        # One LSB of time passes between reading and clock; live clocks also run during the read.
        most = FASTEST * (elapsed + 0.01) + 2
        if abs(active) > most or apparent > most:
            raise DeviceError(
                f"{self._access.label}: AENERGY moved by {active} and VAENERGY by {apparent} LSB "
                f"in {elapsed:.3f} s, more than the chip can count: repeat the measurement"
            )
        self._last, self._at = now, at
        self._active += active
        self._apparent += apparent
        return Energy(self._active, self._apparent, self._at - self._began)

    def _read(self) -> tuple[dict[str, int], float]:
        values = self._access.read_many(("AENERGY", "VAENERGY"))
        return values, self._clock.now()


def signed_difference(new: int, old: int) -> int:
    """(new - old) modulo 2^24, as a signed number from -2^23 to 2^23 - 1."""
    return (new - old + _MODULUS // 2) % _MODULUS - _MODULUS // 2

"""Waveform samples: N in a row, with the missed ones told."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import DTRT_SHIFT, WAVSEL_SHIFT, Flag
from drivers.ade7753.flags import FlagKeeper
from drivers.clock import Clock
from drivers.errors import DeviceTimeout, StationFault

SOURCES = {"power": 0, "current": 2, "voltage": 3}
"""What WAVEFORM can show, to its WAVSEL code."""
DIVIDERS = {128: 0, 256: 1, 512: 2, 1024: 3}
"""Sample rate CLKIN/divider, to its DTRT code."""
_MASK = 0b11 << DTRT_SHIFT | 0b11 << WAVSEL_SHIFT
SETTLING = 150e-6
"""Channel-1 samples need about 150 us after a change (ADE7763 data sheet Rev. C)."""
_PATIENCE = 50
"""Sample periods without a sample until giving up."""


@dataclass(frozen=True, slots=True)
class Capture:
    """Samples of one capture.

    `samples`: WAVEFORM codes (signed 24 bits); `rate`: samples per second; `gaps`: pairs of index
    and number: before `samples[index]` so many samples were missed.
    """

    samples: tuple[int, ...]
    rate: float
    gaps: tuple[tuple[int, int], ...]

    @property
    def complete(self) -> bool:
        """Whether no sample is missing."""
        return not self.gaps


class WaveformCapture:
    """Reads WAVEFORM sample by sample, paced by the WSMP flag. `clkin`: the chip's clock in Hz."""

    def __init__(
        self, access: RegisterAccess, flags: FlagKeeper, clock: Clock, clkin: float
    ) -> None:
        self._access, self._flags, self._clock, self._clkin = access, flags, clock, clkin
        self._before: dict[str, int] = {}

    def start(self, source: str, divider: int = 128) -> None:
        """Let WAVEFORM show `source` ("power", "current", "voltage") from now on, for `latest`.

        `divider`: 128, 256, 512 or 1024; the chip takes CLKIN/divider samples a second. Energy and
        RMS go on meanwhile; `stop` puts MODE and IRQEN back. `ValueError` before a byte is sent;
        `ReadBackMismatch`, `LinkChecksum`.
        """
        if source not in SOURCES:
            raise ValueError(f"waveform source {source!r}: allowed are {', '.join(SOURCES)}")
        if divider not in DIVIDERS:
            raise ValueError(f"divider {divider}: allowed are {', '.join(map(str, DIVIDERS))}")
        before = self._access.read_raw(("MODE", "IRQEN"))
        self._before = self._before or before
        select = DIVIDERS[divider] << DTRT_SHIFT | SOURCES[source] << WAVSEL_SHIFT
        self._access.write_raw("MODE", before["MODE"] & ~_MASK | select)
        self._access.write_raw("IRQEN", before["IRQEN"] | Flag.WSMP)

    def latest(self) -> int:
        """The newest sample after `start` (code, signed 24 bits), up to one sample period old.

        Samples of an instant cost one read each, so a station can look at all its chips in turn.
        `StationFault` before `start`; `LinkChecksum`.
        """
        if not self._before:
            raise StationFault(f"{self._access.label}: no waveform is selected: call start first")
        return self._access.read_verified("WAVEFORM")

    def stop(self) -> None:
        """Put MODE and IRQEN (no unit) back as before `start`; a second call does nothing.

        `ReadBackMismatch`, `LinkChecksum`.
        """
        for name in ("IRQEN", "MODE"):
            if name in self._before:
                self._access.write_raw(name, self._before.pop(name))

    def capture(self, source: str, count: int, divider: int = 1024) -> Capture:
        """`count` (>= 1) samples of `source` ("power", "current", "voltage"), in codes.

        `divider`: 128, 256, 512 or 1024; the rate is CLKIN/divider in 1/s. One sample takes three
        or more SPI transfers: on a real bus only the slow rates come without gaps. A gap is found
        by the lab clock, since the chip does not tell. Energy and RMS go on meanwhile; MODE and
        IRQEN are put back. `ValueError` out of range; `DeviceTimeout` when no sample comes.
        """
        if count < 1:
            raise ValueError(f"{count} samples: at least 1")
        try:
            self.start(source, divider)
            self._clock.sleep(SETTLING)
            return self._run(count, self._clkin / divider)
        finally:
            self.stop()

    def _run(self, count: int, rate: float) -> Capture:
        period = 1 / rate
        samples: list[int] = []
        gaps: list[tuple[int, int]] = []
        self._flags.take(Flag.WSMP)
        at = None
        while len(samples) < count:
            self._await_sample(period)
            now = self._clock.now()
            if at is not None and (missed := round((now - at) / period) - 1) > 0:
                gaps.append((len(samples), missed))
            at = now
            samples.append(self._access.read_verified("WAVEFORM"))
            # Look again a little before the next sample is due: the chip's clock may be fast.
            self._clock.sleep(period * 0.75)
        return Capture(tuple(samples), rate, tuple(gaps))

    def _await_sample(self, period: float) -> None:
        end = self._clock.now() + _PATIENCE * period
        while not self._flags.take(Flag.WSMP):
            if self._clock.now() >= end:
                raise DeviceTimeout(
                    f"{self._access.label}: no waveform sample in {_PATIENCE} sample periods: is "
                    "the clock (CLKIN) running?"
                )
            self._clock.sleep(period / 8)

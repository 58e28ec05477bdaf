"""RMS readings averaged over zero crossings."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import Flag
from drivers.ade7753.flags import FlagKeeper
from drivers.ade7753.waiting import wait_until
from drivers.clock import Clock
from drivers.errors import StationFault


@dataclass(frozen=True, slots=True)
class RmsReading:
    """Mean VRMS and IRMS in codes (fractions come from averaging), over `count` readings."""

    voltage: float
    current: float
    count: int


class RmsAverage:
    """VRMS and IRMS carry ripple at twice the line frequency, so each reading is taken after a zero
    crossing and many are averaged (data sheet Rev. C, RMS sections).

    A station starts all positions, then lets half a line cycle pass and polls them in turn; `read`
    does it for one chip.
    """

    def __init__(self, access: RegisterAccess, flags: FlagKeeper, clock: Clock) -> None:
        self._access, self._flags, self._clock = access, flags, clock
        self._wanted = 0
        self._voltage: list[int] = []
        self._current: list[int] = []

    def start(self, crossings: int) -> None:
        """Average over the next `crossings` zero crossings (1 to 10000, else `ValueError`)."""
        if not 1 <= crossings <= 10_000:
            raise ValueError(f"{crossings} zero crossings: allowed are 1 to 10000")
        self._flags.take(Flag.ZX)
        self._wanted = crossings
        self._voltage, self._current = [], []

    def poll(self) -> bool:
        """Take a reading (codes) if a crossing came since the last call; True when all are in.

        Does not wait. `DeviceError` when the chip restarted; `LinkChecksum`.
        """
        if len(self._voltage) < self._wanted and self._flags.take(Flag.ZX):
            values = self._access.read_many(("VRMS", "IRMS"))
            self._voltage.append(values["VRMS"])
            self._current.append(values["IRMS"])
        return len(self._voltage) >= self._wanted

    def result(self) -> RmsReading:
        """The averages in codes; `StationFault` while not all readings are in."""
        count = len(self._voltage)
        if not count or count < self._wanted:
            raise StationFault(f"{self._access.label}: {count} of {self._wanted} RMS readings")
        return RmsReading(sum(self._voltage) / count, sum(self._current) / count, count)

    def read(self, crossings: int, timeout: float | None = None) -> RmsReading:
        """Start, wait on the clock, return the averages in codes.

        `crossings`: 1 to 10000; `timeout`: lab time in s (> 0), by default 36 ms a crossing (that
        of the slowest line that PERIOD can measure) and 0.2 s. `DeviceTimeout` when crossings do
        not come; `ValueError`, `DeviceError`, `LinkChecksum` as above.
        """
        self.start(crossings)
        limit = crossings * 0.036 + 0.2 if timeout is None else timeout
        wait_until(
            self.poll,
            self._clock,
            step=1e-3,
            timeout=limit,
            message=f"{self._access.label}: {crossings} zero crossings did not come within "
            f"{limit:.2f} s: is there voltage on channel 2?",
        )
        return self.result()

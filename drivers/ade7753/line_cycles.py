"""Line-cycle accumulation: energy over a whole number of half line cycles, free of ripple."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.access import RegisterAccess
from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.flags import FlagKeeper
from drivers.ade7753.waiting import wait_until
from drivers.clock import Clock
from drivers.errors import DeviceError, DeviceTimeout, StationFault

_RESULTS = ("LAENERGY", "LVAENERGY", "LVARENERGY", "PERIOD")
_MARGIN = 1.01
"""Line frequency may be so much lower than told: 1 %."""


@dataclass(frozen=True, slots=True)
class LineCycleResult:
    """One accumulation: `half_cycles` it covers; `active` (signed), `apparent` and `reactive`
    (signed, positive for a lagging current) energy in LSB; `period`: the PERIOD register then, in
    8/CLKIN s."""

    half_cycles: int
    active: int
    apparent: int
    reactive: int
    period: int

    def duration(self, clkin: float) -> float:
        """Time covered in s, by the chip's own PERIOD and clock (`clkin` in Hz)."""
        return self.half_cycles / 2 * self.period * 8 / clkin


class LineCycles:
    """Starts, awaits and reads line-cycle accumulations of one chip.

    The first result after a start is discarded: it may cover any number of half cycles, and part of
    it lies before the load was applied. The chip goes on accumulating run after run, so a station
    starts all positions, waits `wait_time` once, then reads them all; `collect` does it for one.
    """

    def __init__(self, access: RegisterAccess, flags: FlagKeeper, clock: Clock) -> None:
        self._access, self._flags, self._clock = access, flags, clock
        self._half_cycles = 0
        self._run_time = self._began = 0.0
        self._ends = 0

    def start(self, half_cycles: int, frequency: float) -> None:
        """Accumulate over `half_cycles` (1 to 65535) half line cycles from now on.

        `frequency`: the line frequency in Hz (14 to 500), for the waiting times. `ValueError` out
        of range; `ReadBackMismatch`, `LinkChecksum` when the chip does not take it.
        """
        if not 1 <= half_cycles <= 0xFFFF:
            raise ValueError(f"{half_cycles} half cycles: allowed are 1 to 65535")
        if not 14 <= frequency <= 500:
            raise ValueError(f"line frequency of {frequency} Hz: allowed are 14 to 500")
        self._half_cycles = 0
        self._access.write("LINECYC", half_cycles)
        mode = self._access.shadow.get("MODE", int(Mode.DISCF | Mode.DISSAG))
        self._access.write_raw("MODE", mode | Mode.CYCMODE)
        self._flags.take(Flag.CYCEND)
        self._half_cycles, self._ends = half_cycles, 0
        self._run_time = half_cycles / 2 / frequency
        self._began = self._clock.now()

    @property
    def wait_time(self) -> float:
        """Lab time in s, from `start`, after which a good result is there; 0 before `start`."""
        if not self._half_cycles:
            return 0.0
        # Up to a half cycle until the first crossing, the discarded run, the good run.
        return 2 * (self._run_time + self._run_time / self._half_cycles) * _MARGIN

    def ready(self) -> bool:
        """Whether a good result (no unit) is there; does not wait.

        `StationFault` before `start`; `DeviceError` when the chip restarted; `LinkChecksum`.
        """
        self._require_start()
        ended = bool(self._flags.take(Flag.CYCEND))
        if ended and self._clock.now() >= self._began + 0.999 * self.wait_time:
            # Nobody looked for so long that the first end and a later one show as one flag.
            self._ends = 2
        elif ended:
            self._ends += 1
        return self._ends >= 2

    def read(self) -> LineCycleResult:
        """The latest good result (energies in LSB, signed 24 bits, apparent unsigned 24 bits).

        `DeviceTimeout` when there is none yet; `DeviceError` when the chip restarted or its line
        accumulation was switched off; `LinkChecksum`.
        """
        if not self.ready():
            raise DeviceTimeout(
                f"{self._access.label}: no end of {self._half_cycles} half cycles in "
                f"{self._clock.now() - self._began:.3f} s: is there voltage on channel 2?"
            )
        for _ in range(4):
            values = self._access.read_many(_RESULTS)
            if not self._flags.take(Flag.CYCEND):
                return LineCycleResult(
                    self._half_cycles,
                    active=values["LAENERGY"],
                    apparent=values["LVAENERGY"],
                    reactive=values["LVARENERGY"],
                    period=values["PERIOD"],
                )
            # A run ended meanwhile: the registers may belong to two runs.
        raise DeviceError(
            f"{self._access.label}: runs of {self._half_cycles} half cycles end faster than they "
            "can be read: use more half cycles"
        )

    def collect(self, timeout: float | None = None) -> LineCycleResult:
        """Wait on the clock for a good result, then read it (energies in LSB).

        `timeout` in s (> 0) of lab time from now, by default one and a half times `wait_time` and
        one second. `StationFault` before `start`; else errors as `read`.
        """
        self._require_start()
        limit = self.wait_time * 1.5 + 1.0 if timeout is None else timeout
        wait_until(
            self.ready,
            self._clock,
            step=max(self._run_time / 8, 1e-3),
            timeout=limit,
            message=f"{self._access.label}: no end of {self._half_cycles} half cycles within "
            f"{limit:.3f} s: is there voltage on channel 2?",
        )
        return self.read()

    def stop(self) -> None:
        """Switch the line accumulation (no unit) off; `ReadBackMismatch`, `LinkChecksum`."""
        mode = self._access.shadow.get("MODE", 0)
        self._access.write_raw("MODE", mode & ~Mode.CYCMODE)
        self._half_cycles = 0

    def _require_start(self) -> None:
        if not self._half_cycles:
            raise StationFault(f"{self._access.label}: no line accumulation: call start first")

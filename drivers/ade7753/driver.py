"""The ADE7753 as the bench sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from drivers.ade7753 import pulse_output
from drivers.ade7753.access import RETRIES, RegisterAccess
from drivers.ade7753.energy import EnergyMeter
from drivers.ade7753.flags import FlagKeeper
from drivers.ade7753.frames import Timing
from drivers.ade7753.line_cycles import LineCycles
from drivers.ade7753.offset_trim import OffsetTrim, trim_offsets
from drivers.ade7753.rms import RmsAverage
from drivers.ade7753.settings import Settings, checked_constants
from drivers.ade7753.start_up import require_answer, start_up
from drivers.ade7753.temperature import measure_temperature
from drivers.ade7753.waveform import WaveformCapture
from drivers.clock import Clock, WallClock
from drivers.errors import DeviceError
from drivers.spi.bus import SpiBus

NOMINAL_CLKIN = 3_579_545.0
"""CLKIN in Hz that the data sheet specifies everything at."""
_LOWEST_LINE = 13.9
"""Line frequency in Hz below which PERIOD overflows (reference 4.10)."""


class Ade7753:
    """One ADE7753 on an SPI bus.

    `bus`, `chip`: where it is; `label`: how messages call it, such as "position 7"; `clock`: lab
    time; `clkin`: its clock in Hz, 1 to 4 MHz, else `ValueError`; `hardware_reset`: pulses the
    RESET pin, if the jig can; `retries`, `timing`: see `RegisterAccess`. Nothing is sent before
    `reset`.

    `registers`: all registers by name; `flags`: the interrupt flags; `energy`: AENERGY and VAENERGY
    since a start; `line_cycles`: line-cycle accumulation; `rms`: averaged VRMS and IRMS;
    `waveform`: samples.
    """

    def __init__(
        self,
        bus: SpiBus,
        chip: int = 0,
        clock: Clock | None = None,
        *,
        label: str = "",
        clkin: float = NOMINAL_CLKIN,
        hardware_reset: Callable[[], None] | None = None,
        retries: int = RETRIES,
        timing: Timing | None = None,
    ) -> None:
        if not 1e6 <= clkin <= 4e6:
            raise ValueError(f"CLKIN of {clkin} Hz: allowed are 1 to 4 MHz")
        self.clkin = clkin
        self.clock = clock or WallClock()
        self._hardware_reset = hardware_reset
        self.registers = RegisterAccess(bus, chip, label, retries=retries, timing=timing)
        self.flags = FlagKeeper(self.registers)
        self.energy = EnergyMeter(self.registers, self.clock)
        self.line_cycles = LineCycles(self.registers, self.flags, self.clock)
        self.rms = RmsAverage(self.registers, self.flags, self.clock)
        self.waveform = WaveformCapture(self.registers, self.flags, self.clock, clkin)

    @property
    def label(self) -> str:
        """How messages call this chip."""
        return self.registers.label

    def reset(self) -> None:
        """Reset the chip and check its reset values (no unit); takes 0.2 ms to 0.2 s of lab time.

        `DeviceError` "no answer on SPI", `WrongDevice` "wrong reset value", `DeviceTimeout` without
        a RESET flag, `LinkChecksum` when the wire is too bad.
        """
        start_up(self.registers, self.flags, self.clock, self._hardware_reset)

    def probe(self) -> None:
        """Check that a chip answers, without changing it (plain reads of 5 registers, no unit).

        `DeviceError` "no answer on SPI" when the lines are dead; `LinkError` when the bus fails.
        """
        require_answer(self.registers)

    def configure(self, settings: Settings) -> None:
        """Write `settings` (ranges: see `Settings`), read each back, start with clean flags and
        peaks.

        RMS and PERIOD need 1 to 2 s of lab time afterwards. `ReadBackMismatch`, `LinkChecksum`.
        """
        for name, raw in settings.registers().items():
            self.registers.write_raw(name, raw)
        self.flags.clear()
        self.registers.take("RSTIPEAK")
        self.registers.take("RSTVPEAK")

    def apply_constants(self, constants: Mapping[str, int]) -> None:
        """Write calibration constants by register name (codes), read each back.

        Names: PHCAL (-31 to 29), APOS (16 bits signed), WGAIN, VAGAIN, IRMSOS, VRMSOS (12 bits
        signed), WDIV, VADIV (0 to 255), CFNUM, CFDEN (0 to 4095). `ValueError`, before a byte is
        sent, when one is unknown or out of range; `ReadBackMismatch`, `LinkChecksum`.
        """
        for name, value in checked_constants(dict(constants)).items():
            self.registers.write(name, value)

    def set_meter_constant(
        self,
        meter_constant: float,
        voltage: float,
        current: float,
        full_scale_cf: float = pulse_output.FULL_SCALE_CF,
    ) -> None:
        """Set the divider of CF for `meter_constant` imp/kWh (> 0).

        `voltage` in V, `current` in A: what gives full scale; `full_scale_cf` in Hz. `ValueError`
        when the divider does not fit; `ReadBackMismatch`, `LinkChecksum`.
        """
        self.apply_constants(
            pulse_output.pulse_divider(meter_constant, voltage, current, full_scale_cf)
        )

    def check(self) -> tuple[str, ...]:
        """Compare all configuration registers (bits) with what was written; put changed ones right.

        To be called after a measurement that counts: names that come back make it doubtful.
        `DeviceError` when the chip was reset meanwhile (supply brown-out) or no longer answers;
        `ReadBackMismatch`, `LinkChecksum`.
        """
        require_answer(self.registers)
        self.flags.poll()
        return self.registers.restore()

    def read(self, name: str) -> int:
        """Value of register `name` (its unit and range: see the register table), verified.

        `ValueError` for an unknown register or one that reading clears; `LinkChecksum`.
        """
        return self.registers.read_verified(name)

    def read_many(self, names: Iterable[str]) -> dict[str, int]:
        """Values of registers `names` (units and ranges: see the register table), verified.

        One uninterrupted transfer. `ValueError`, `LinkChecksum` as `read`.
        """
        return self.registers.read_many(names)

    def line_frequency(self) -> float:
        """Line frequency in Hz, 13.9 to 500, from PERIOD; resolution 0.013 % at 60 Hz.

        `DeviceError` when PERIOD makes no sense (no line voltage); `LinkChecksum`.
        """
        period = self.read("PERIOD")
        frequency = self.clkin / 8 / period if period else 0.0
        if not _LOWEST_LINE <= frequency <= 500:
            raise DeviceError(
                f"{self.label}: PERIOD reads {period}: is there voltage on channel 2, for 2 s?"
            )
        return frequency

    def temperature(self, timeout: float = 1.0) -> float:
        """Chip temperature in degC, -110 to 60, uncalibrated (up to 25 degC off).

        `timeout`: lab time in s (> 0). `DeviceTimeout` without zero crossings; `LinkChecksum`.
        """
        return measure_temperature(self.registers, self.flags, self.clock, timeout)

    def peaks(self, *, reset: bool = False) -> tuple[int, int]:
        """Largest magnitudes since the last reset: IPEAK and VPEAK in codes, 0 to 2^24 - 1.

        VPEAK counts twice the channel-2 code. `reset`: start anew. `LinkChecksum`.
        """
        if reset:
            return self.registers.take("RSTIPEAK"), self.registers.take("RSTVPEAK")
        values = self.read_many(("IPEAK", "VPEAK"))
        return values["IPEAK"], values["VPEAK"]

    def trim_offsets(self, samples: int = 64) -> dict[str, OffsetTrim]:
        """Trim the ADC offsets of "current" and "voltage" (codes -31 to 31) with shorted inputs.

        `samples`: 1 to 10000 averaged per point. `ValueError`, `DeviceTimeout`,
        `ReadBackMismatch`, `LinkChecksum`.
        """
        return trim_offsets(self.registers, self.waveform, self.clock, samples)

"""The design of a meter around the ADE7753, and what follows from it for every board.

Source: ADE7753 data sheet Rev. C, pp. 24-34 (signal chain, energy, CF) and 39-46 (calibration).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from bench.calibration.constant import nearest
from drivers.ade7753.bits import CHANNEL1_RANGE_CODES, PGA_CODES
from drivers.ade7753.registers import REGISTERS

CHANNEL_PEAK = 0.5
"""Specified full scale of a channel at gain 1, in V peak at the pin."""
FULL_SCALE_LPF2 = 838_861
"""LPF2 output with both channels at full scale and in phase (0xCCCCD)."""
ACCUMULATOR_SHIFT = 25
"""AENERGY is the accumulator from this bit up; one LPF2 value is added every 4/CLKIN."""
DATA_SHEET_FULL_SCALE_CF = 23_000.0
"""Full-scale undivided CF in Hz that the data sheet's worked example uses ("approximately")."""
FULL_SCALE_IRMS = 1_868_467
"""IRMS with a full-scale sine."""
VRMS_SCALE = 258.28
"""VRMS per unit of the mean absolute channel-2 code: fitted to the data sheet's figures."""
FULL_SCALE_CHANNEL2 = 10_322
"""Channel-2 code at the full-scale peak, before LPF1."""
LPF1_CORNER = 140.0
"""Corner of the low-pass filter in front of VRMS, in Hz at the nominal CLKIN."""


@dataclass(frozen=True, slots=True)
class MeterDesign:
    """What is common to all boards of one design.

    `nominal_voltage` V, `basic_current`, `maximum_current`, `minimum_current` in A, `frequency` in
    Hz; `meter_constant` in imp/kWh. Current channel: `ct_ratio` primary to secondary, `burden` in
    ohm, `channel1_range` in V (0.5, 0.25, 0.125) and gain `pga1`. Voltage channel: `divider` in V
    at the pin per V of mains, gain `pga2`. `clkin` in Hz.

    `full_scale_cf`: undivided CF at full scale in Hz. None takes the register arithmetic (22.37
    kHz), which is what the chip's accumulator does; the data sheet says "approximately 23 kHz" and
    calculates its example with that, so the example needs `DATA_SHEET_FULL_SCALE_CF`.
    """

    nominal_voltage: float
    basic_current: float
    maximum_current: float
    minimum_current: float
    frequency: float
    meter_constant: float
    ct_ratio: float
    burden: float
    divider: float
    clkin: float = 3_579_545.0
    channel1_range: float = 0.5
    pga1: int = 1
    pga2: int = 1
    full_scale_cf: float | None = None

    def __post_init__(self) -> None:
        """Refuse a design that cannot work; `ValueError` names the quantity and the way out."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"meter design: {field.name} = {value}: must be above 0")
        for name in ("pga1", "pga2"):
            if getattr(self, name) not in PGA_CODES:
                raise ValueError(
                    f"meter design: {name} = {getattr(self, name)}: allowed are {list(PGA_CODES)}"
                )
        if self.channel1_range not in CHANNEL1_RANGE_CODES:
            allowed = list(CHANNEL1_RANGE_CODES)
            raise ValueError(
                f"meter design: channel1_range = {self.channel1_range} V: allowed are {allowed}"
            )
        if not self.minimum_current <= self.basic_current <= self.maximum_current:
            raise ValueError(
                f"meter design: minimum, basic and maximum current must rise, not "
                f"{self.minimum_current}, {self.basic_current}, {self.maximum_current} A"
            )
        if self.maximum_current > self.full_scale_current:
            raise ValueError(
                f"meter design: maximum current {self.maximum_current} A overloads the current "
                f"channel (full scale {self.full_scale_current:.4g} A): lower burden or pga1"
            )
        if self.nominal_voltage > self.full_scale_voltage:
            raise ValueError(
                f"meter design: nominal voltage {self.nominal_voltage} V overloads the voltage "
                f"channel (full scale {self.full_scale_voltage:.4g} V): lower divider or pga2"
            )
        _ = self.cfden

    @property
    def full_scale_voltage(self) -> float:
        """V_FS: RMS mains voltage in V that puts the specified full scale on channel 2."""
        return CHANNEL_PEAK / math.sqrt(2) / self.pga2 / self.divider

    @property
    def full_scale_current(self) -> float:
        """I_FS: RMS line current in A that puts the specified full scale on channel 1."""
        return self.channel1_range / math.sqrt(2) / self.pga1 / self.burden * self.ct_ratio

    @property
    def undivided_full_scale_cf(self) -> float:
        """CF at full scale with CFNUM = CFDEN = 0, in Hz; also AENERGY LSB per second there."""
        if self.full_scale_cf is not None:
            return self.full_scale_cf
        return FULL_SCALE_LPF2 * (self.clkin / 4) / (1 << ACCUMULATOR_SHIFT)

    def cf_nominal(self, current: float, voltage: float | None = None) -> float:
        """Undivided CF in Hz of a nominal board at `current` A and `voltage` V, PF 1."""
        voltage = self.nominal_voltage if voltage is None else voltage
        fraction = (voltage / self.full_scale_voltage) * (current / self.full_scale_current)
        return self.undivided_full_scale_cf * fraction

    def cf_expected(self, power: float) -> float:
        """Pulse frequency in Hz that the meter constant asks for at `power` W."""
        return self.meter_constant / 1000 * power / 3600

    @property
    def cfden(self) -> int:
        """CFDEN with CFNUM = 0, the same on all boards; `ValueError` when it does not fit."""
        power = self.nominal_voltage * self.basic_current
        value = nearest(self.cf_nominal(self.basic_current) / self.cf_expected(power)) - 1
        limit = REGISTERS["CFDEN"].maximum
        if not 0 <= value <= limit:
            raise ValueError(
                f"meter design: CFDEN would be {value}, allowed are 0 to {limit}: "
                f"change the meter constant ({self.meter_constant} imp/kWh)"
            )
        return value

    @property
    def wh_per_lsb(self) -> float:
        """Energy of one AENERGY LSB in Wh once a board is calibrated (WDIV = 0)."""
        return 1000 / ((self.cfden + 1) * self.meter_constant)

    @property
    def vah_per_lsb(self) -> float:
        """Apparent energy of one VAENERGY LSB in VAh once a board is calibrated.

        A free choice of the design, as no pulse output counts it: the weight that a nominal board
        has at the nominal frequency with VAGAIN = 0. VRMS, and so the weight, varies with the line
        frequency because LPF1 lies in front of it.
        """
        lpf1 = 1 / math.sqrt(1 + (self.frequency / LPF1_CORNER) ** 2)
        vrms = VRMS_SCALE * FULL_SCALE_CHANNEL2 * lpf1 * 2 / math.pi * self.full_scale_voltage
        apparent_word = FULL_SCALE_IRMS * vrms / self.full_scale_voltage / 2**22
        rate = apparent_word * (self.clkin / 4) / (1 << ACCUMULATOR_SHIFT)
        return self.full_scale_voltage * self.full_scale_current / 3600 / rate

    @property
    def period(self) -> float:
        """PERIOD at the nominal frequency, in steps of 8/CLKIN (not rounded)."""
        return self.clkin / (8 * self.frequency)

    def accumulation_time(self, half_cycles: int, period: float) -> float:
        """Time in s of `half_cycles` by the chip's own PERIOD (steps of 8/CLKIN).

        True only as far as CLKIN is: for errors use the reference's frequency
        (`bench.metrology.percentage_error`).
        """
        return half_cycles / 2 * period * 8 / self.clkin

    def expected_energy(self, power: float, time: float) -> float:
        """LAENERGY (LSB, not rounded) of a calibrated board after `time` s at `power` W."""
        return power * time / 3600 / self.wh_per_lsb

    def expected_apparent(self, apparent: float, time: float) -> float:
        """LVAENERGY (LSB, not rounded) of a calibrated board after `time` s at `apparent` VA."""
        return apparent * time / 3600 / self.vah_per_lsb

"""How an ADE7753 is set up for its board: typed, checked, then turned into register bits."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ade7753.bits import CH1OS_INTEGRATOR, CHANNEL1_RANGE_CODES, PGA_CODES, Mode
from drivers.ade7753.registers import REGISTERS

PHCAL_RANGE = (-31, 29)
"""Smallest and largest PHCAL code that the driver writes.

The data sheet contradicts itself (reference 4.6): codes 1Dh..21h, -2.06 to +0.7 degrees at 60 Hz,
or -102 to +40 us. These limits satisfy the first two of those statements.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the board and the test need; `ValueError` on anything outside its range.

    `pga1`, `pga2`: gain of current and voltage channel, 1, 2, 4, 8 or 16. `channel1_range`: full
    scale of the current channel in V peak, 0.5, 0.25 or 0.125. `integrator`: on for a Rogowski
    coil. `channel1_offset`, `channel2_offset`: CH1OS and CH2OS, -31 to 31 (CH2OS acts inverted).
    `high_pass`: removes DC from the current channel. `pulse_output`: CF on. `positive_only`: count
    positive active power alone. `sag_level`: SAGLVL 0 to 255; `sag_cycles`: whole line cycles below
    it until SAG, 1 to 254, None switches the sag detection off. `crossing_timeout`: ZXTOUT, 1 to
    4095 in units of 128/CLKIN. `current_peak_level`, `voltage_peak_level`: IPKLVL, VPKLVL, 0 to
    255. `interrupts`: IRQEN bits.
    """

    pga1: int = 1
    pga2: int = 1
    channel1_range: float = 0.5
    integrator: bool = False
    channel1_offset: int = 0
    channel2_offset: int = 0
    high_pass: bool = True
    pulse_output: bool = True
    positive_only: bool = False
    sag_level: int = 0
    sag_cycles: int | None = None
    crossing_timeout: int = 0xFFF
    current_peak_level: int = 0xFF
    voltage_peak_level: int = 0xFF
    interrupts: int = 0

    def __post_init__(self) -> None:
        for name, gain in (("pga1", self.pga1), ("pga2", self.pga2)):
            if gain not in PGA_CODES:
                raise ValueError(f"{name} = {gain}: allowed are {', '.join(map(str, PGA_CODES))}")
        if self.channel1_range not in CHANNEL1_RANGE_CODES:
            allowed = ", ".join(map(str, CHANNEL1_RANGE_CODES))
            raise ValueError(f"channel1_range = {self.channel1_range} V: allowed are {allowed}")
        if self.sag_cycles is not None and not 1 <= self.sag_cycles <= 254:
            raise ValueError(f"sag_cycles = {self.sag_cycles}: allowed are 1 to 254, or None")
        if self.crossing_timeout < 1:
            raise ValueError("crossing_timeout = 0 always triggers: allowed are 1 to 4095")
        self.registers()

    def registers(self) -> dict[str, int]:
        """Register bits by name, in the order of the start-up sequence (MODE and IRQEN last)."""
        gain = (
            PGA_CODES[self.pga1]
            | CHANNEL1_RANGE_CODES[self.channel1_range] << 3
            | PGA_CODES[self.pga2] << 5
        )
        channel1 = REGISTERS["CH1OS"].encode(self.channel1_offset)
        values = {
            "ZXTOUT": self.crossing_timeout,
            "SAGCYC": 0xFF if self.sag_cycles is None else self.sag_cycles + 1,
            "SAGLVL": self.sag_level,
            "IPKLVL": self.current_peak_level,
            "VPKLVL": self.voltage_peak_level,
            "MODE": int(self.mode()),
            "IRQEN": self.interrupts,
        }
        return {
            "GAIN": gain,
            "CH1OS": channel1 | (CH1OS_INTEGRATOR if self.integrator else 0),
            "CH2OS": REGISTERS["CH2OS"].encode(self.channel2_offset),
            **{name: REGISTERS[name].encode(value) for name, value in values.items()},
        }

    def mode(self) -> Mode:
        """The MODE bits, without line-cycle accumulation and waveform selection."""
        mode = Mode(0)
        if not self.high_pass:
            mode |= Mode.DISHPF
        if not self.pulse_output:
            mode |= Mode.DISCF
        if self.sag_cycles is None:
            mode |= Mode.DISSAG
        if self.positive_only:
            mode |= Mode.POAM
        return mode


CONSTANTS = (
    "PHCAL", "APOS", "WGAIN", "WDIV", "CFNUM", "CFDEN", "IRMSOS", "VRMSOS", "VAGAIN", "VADIV",
)  # fmt: skip
"""Registers that calibration and the meter constant decide, in the order of writing."""


def checked_constants(constants: dict[str, int]) -> dict[str, int]:
    """`constants` in the order of writing; `ValueError` on an unknown name or a value out of
    range."""
    unknown = sorted(set(constants) - set(CONSTANTS))
    if unknown:
        raise ValueError(f"{unknown[0]} is no constant: allowed are {', '.join(CONSTANTS)}")
    for name, value in constants.items():
        REGISTERS[name].encode(value)
    low, high = PHCAL_RANGE
    phcal = constants.get("PHCAL")
    if phcal is not None and not low <= phcal <= high:
        raise ValueError(f"PHCAL = {phcal}: allowed are {low} to {high} (13 is neutral)")
    return {name: constants[name] for name in CONSTANTS if name in constants}

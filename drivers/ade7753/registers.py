"""The ADE7753 register table: the one place that knows addresses, widths, signs and weights.

Driver, twin, documentation page and Hypothesis strategies are all made from it.
Source: ADE7753 data sheet Rev. C register table (address, type, reset value), sections on CHKSUM,
energy, RMS and line-cycle accumulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Coding(Enum):
    """How the bits of a register make a number."""

    UNSIGNED = "unsigned"
    SIGNED = "two's complement"
    SIGN_MAGNITUDE = "sign and magnitude"


@dataclass(frozen=True, slots=True)
class Register:
    """One row of the register table.

    `bits`: width of the value; it travels right-justified in `size` bytes, MSB first.
    `coding`: of the whole register, except CH1OS and CH2OS, whose sign-magnitude number is bits
    5..0 (bit 5 the sign). `unit` and `weight`: one LSB is `weight` `unit` where the data sheet
    gives a fixed weight, else weight is None. `clears`: address of what a read of it clears.
    """

    name: str
    address: int
    bits: int
    coding: Coding
    writable: bool
    reset: int
    unit: str
    meaning: str
    weight: float | None = None
    clears: int | None = None

    @property
    def size(self) -> int:
        """Bytes on the wire, 1 to 3."""
        return (self.bits + 7) // 8

    @property
    def mask(self) -> int:
        """All value bits set."""
        return (1 << self.bits) - 1

    @property
    def minimum(self) -> int:
        """Smallest value that `encode` takes."""
        match self.coding:
            case Coding.UNSIGNED:
                return 0
            case Coding.SIGNED:
                return -(1 << (self.bits - 1))
            case Coding.SIGN_MAGNITUDE:
                return -SIGN_MAGNITUDE_LIMIT

    @property
    def maximum(self) -> int:
        """Largest value that `encode` takes."""
        match self.coding:
            case Coding.UNSIGNED:
                return self.mask
            case Coding.SIGNED:
                return (1 << (self.bits - 1)) - 1
            case Coding.SIGN_MAGNITUDE:
                return SIGN_MAGNITUDE_LIMIT

    def encode(self, value: int) -> int:
        """Raw bits of `value`; `ValueError` outside `minimum`..`maximum`."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(
                f"{self.name} = {value}: allowed are {self.minimum} to {self.maximum} ({self.unit})"
            )
        if self.coding is Coding.SIGN_MAGNITUDE and value < 0:
            return SIGN_MAGNITUDE_SIGN | -value
        return value & self.mask

    def decode(self, raw: int) -> int:
        """Value of the raw bits; bits above the width are ignored."""
        raw &= self.mask
        match self.coding:
            case Coding.UNSIGNED:
                return raw
            case Coding.SIGNED:
                return raw - (1 << self.bits) if raw >> (self.bits - 1) else raw
            case Coding.SIGN_MAGNITUDE:
                magnitude = raw & SIGN_MAGNITUDE_LIMIT
                return -magnitude if raw & SIGN_MAGNITUDE_SIGN else magnitude


SIGN_MAGNITUDE_LIMIT = 0x1F
SIGN_MAGNITUDE_SIGN = 0x20

_U, _S, _SM = Coding.UNSIGNED, Coding.SIGNED, Coding.SIGN_MAGNITUDE
_RO, _RW = False, True

# fmt: off
_ROWS = (
    # name        addr bits coding  access reset   unit           meaning
    Register("WAVEFORM",   0x01, 24, _S,  _RO, 0,      "code",       "sample selected by MODE.WAVSEL; refreshed while IRQEN.WSMP is 1"),
    Register("AENERGY",    0x02, 24, _S,  _RO, 0,      "energy LSB", "active energy, bits 48..25 of the accumulator"),
    Register("RAENERGY",   0x03, 24, _S,  _RO, 0,      "energy LSB", "AENERGY, cleared by this read", clears=0x02),
    Register("LAENERGY",   0x04, 24, _S,  _RO, 0,      "energy LSB", "active energy over LINECYC half line cycles"),
    Register("VAENERGY",   0x05, 24, _U,  _RO, 0,      "VA energy LSB", "apparent energy, bits 48..25 of the accumulator"),
    Register("RVAENERGY",  0x06, 24, _U,  _RO, 0,      "VA energy LSB", "VAENERGY, cleared by this read", clears=0x05),
    Register("LVAENERGY",  0x07, 24, _U,  _RO, 0,      "VA energy LSB", "apparent energy over LINECYC half line cycles"),
    Register("LVARENERGY", 0x08, 24, _S,  _RO, 0,      "var energy LSB", "reactive energy over LINECYC half line cycles"),
    Register("MODE",       0x09, 16, _U,  _RW, 0x000C, "bits",       "operating mode, see Mode"),
    Register("IRQEN",      0x0A, 16, _U,  _RW, 0x0040, "bits",       "interrupt enable, see Flag"),
    Register("STATUS",     0x0B, 16, _U,  _RO, 0,      "bits",       "event flags, see Flag; not cleared by a read"),
    Register("RSTSTATUS",  0x0C, 16, _U,  _RO, 0,      "bits",       "STATUS, cleared by this read; releases IRQ", clears=0x0B),
    Register("CH1OS",      0x0D,  8, _SM, _RW, 0,      "offset LSB", "current-channel offset trim in bits 5..0; bit 7 switches the integrator on"),
    Register("CH2OS",      0x0E,  8, _SM, _RW, 0,      "offset LSB", "voltage-channel offset trim in bits 5..0, acting inverted"),
    Register("GAIN",       0x0F,  8, _U,  _RW, 0,      "bits",       "PGA1 in bits 2..0, channel-1 range in 4..3, PGA2 in 7..5"),
    Register("PHCAL",      0x10,  6, _S,  _RW, 0x0D,   "8/CLKIN s",  "voltage-channel delay (PHCAL - 13) * 8/CLKIN", weight=8.0),
    Register("APOS",       0x11, 16, _S,  _RW, 0,      "LPF2 LSB",   "active-power offset", weight=1 / 256),
    Register("WGAIN",      0x12, 12, _S,  _RW, 0,      "ratio",      "active-power gain 1 + WGAIN/4096", weight=1 / 4096),
    Register("WDIV",       0x13,  8, _U,  _RW, 0,      "ratio",      "divider of active energy before the register, 0 acts as 1", weight=1.0),
    Register("CFNUM",      0x14, 12, _U,  _RW, 0x03F,  "ratio",      "pulse-output numerator CFNUM + 1", weight=1.0),
    Register("CFDEN",      0x15, 12, _U,  _RW, 0x03F,  "ratio",      "pulse-output denominator CFDEN + 1", weight=1.0),
    Register("IRMS",       0x16, 24, _U,  _RO, 0,      "code",       "channel-1 RMS"),
    Register("VRMS",       0x17, 24, _U,  _RO, 0,      "code",       "channel-2 mean absolute value, scaled"),
    Register("IRMSOS",     0x18, 12, _S,  _RW, 0,      "code^2",     "IRMS offset, in IRMS squared", weight=32768.0),
    Register("VRMSOS",     0x19, 12, _S,  _RW, 0,      "code",       "VRMS offset", weight=1.0),
    Register("VAGAIN",     0x1A, 12, _S,  _RW, 0,      "ratio",      "apparent-power gain 1 + VAGAIN/4096", weight=1 / 4096),
    Register("VADIV",      0x1B,  8, _U,  _RW, 0,      "ratio",      "divider of apparent energy before the register, 0 acts as 1", weight=1.0),
    Register("LINECYC",    0x1C, 16, _U,  _RW, 0xFFFF, "half cycles", "half line cycles of a line-cycle accumulation", weight=1.0),
    Register("ZXTOUT",     0x1D, 12, _U,  _RW, 0xFFF,  "128/CLKIN s", "zero-crossing time-out", weight=128.0),
    Register("SAGCYC",     0x1E,  8, _U,  _RW, 0xFF,   "line cycles", "sag duration in full line cycles, plus one", weight=1.0),
    Register("SAGLVL",     0x1F,  8, _U,  _RW, 0,      "code",       "sag threshold"),
    Register("IPKLVL",     0x20,  8, _U,  _RW, 0xFF,   "code",       "current-peak threshold"),
    Register("VPKLVL",     0x21,  8, _U,  _RW, 0xFF,   "code",       "voltage-peak threshold"),
    Register("IPEAK",      0x22, 24, _U,  _RO, 0,      "code",       "largest magnitude of channel 1"),
    Register("RSTIPEAK",   0x23, 24, _U,  _RO, 0,      "code",       "IPEAK, cleared by this read", clears=0x22),
    Register("VPEAK",      0x24, 24, _U,  _RO, 0,      "code",       "twice the largest magnitude of channel 2"),
    Register("RSTVPEAK",   0x25, 24, _U,  _RO, 0,      "code",       "VPEAK, cleared by this read", clears=0x24),
    Register("TEMP",       0x26,  8, _S,  _RO, 0,      "1/1.5 degC", "temperature code, 0 at about -25 degC", weight=1 / 1.5),
    Register("PERIOD",     0x27, 16, _U,  _RO, 0,      "8/CLKIN s",  "line period", weight=8.0),
    Register("TMODE",      0x3D,  8, _U,  _RW, 0,      "bits",       "factory test, to be left alone"),
    Register("CHKSUM",     0x3E,  6, _U,  _RO, 0,      "ones",       "number of 1-bits in the last register read"),
    Register("DIEREV",     0x3F,  8, _U,  _RO, 0,      "revision",   "die revision; values not documented"),
)
# fmt: on

REGISTERS: dict[str, Register] = {row.name: row for row in _ROWS}
BY_ADDRESS: dict[int, Register] = {row.address: row for row in _ROWS}

WRITE = 0x80
"""Bit 7 of the communications register: 1 = write, 0 = read."""

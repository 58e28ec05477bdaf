"""ADE7753 bit fields: MODE, interrupt flags, GAIN, CH1OS. Source: data sheet Rev. C."""

from __future__ import annotations

from enum import IntFlag


class Mode(IntFlag):
    """MODE (09h); reset value DISCF | DISSAG."""

    DISHPF = 1 << 0
    DISLPF2 = 1 << 1
    DISCF = 1 << 2
    DISSAG = 1 << 3
    ASUSPEND = 1 << 4
    TEMPSEL = 1 << 5
    SWRST = 1 << 6
    CYCMODE = 1 << 7
    DISCH1 = 1 << 8
    DISCH2 = 1 << 9
    SWAP = 1 << 10
    DTRT0 = 1 << 11
    DTRT1 = 1 << 12
    WAVSEL0 = 1 << 13
    WAVSEL1 = 1 << 14
    POAM = 1 << 15


DTRT_SHIFT = 11
"""Waveform rate field: CLKIN / (128 << code)."""
WAVSEL_SHIFT = 13
"""Waveform source field: 0 active power, 2 channel 1, 3 channel 2."""


class Flag(IntFlag):
    """IRQEN (0Ah), STATUS (0Bh), RSTSTATUS (0Ch)."""

    AEHF = 1 << 0
    SAG = 1 << 1
    CYCEND = 1 << 2
    WSMP = 1 << 3
    ZX = 1 << 4
    TEMP = 1 << 5
    RESET = 1 << 6
    AEOF = 1 << 7
    PKV = 1 << 8
    PKI = 1 << 9
    VAEHF = 1 << 10
    VAEOF = 1 << 11
    ZXTO = 1 << 12
    PPOS = 1 << 13
    PNEG = 1 << 14


CH1OS_INTEGRATOR = 0x80
"""CH1OS bit 7: the digital integrator of the current channel is on."""

PGA_CODES = {1: 0, 2: 1, 4: 2, 8: 3, 16: 4}
"""PGA gain to its GAIN code (PGA1 in bits 2..0, PGA2 in bits 7..5)."""
CHANNEL1_RANGE_CODES = {0.5: 0, 0.25: 1, 0.125: 2}
"""Channel-1 full scale in volts to its GAIN code (bits 4..3)."""

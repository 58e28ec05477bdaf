"""When two readings of one register, and its CHKSUM, make a value.

CHKSUM counts the 1-bits of the last register read. It finds a bit that flipped on the way back,
but not a command that flipped on the way out: another register then answers, with a count that
fits. So a register is read twice and the readings must agree.
"""

from __future__ import annotations

from drivers.ade7753.registers import REGISTERS, Register

# Registers that move between two reads some 50 us apart, and by how much at most. Energy: 1 LSB
# lasts 45 us at full scale, 18 us with both inputs at the clamp (reference 4.1, 4.5), 12 us with
# WGAIN at its end. Period: the register is stable to 1 LSB.
_DRIFT = {"AENERGY": 16, "VAENERGY": 16, "PERIOD": 2}
# The RMS registers ripple at twice the line frequency: a few per cent of the value, times
# 2 pi * 130 Hz * 50 us. Near zero there is noise of some hundred codes.
_RIPPLE = {"IRMS": (1 / 64, 2048), "VRMS": (1 / 64, 2048)}


def agree(register: Register, first: int, second: int) -> bool:
    """Whether two raw readings of `register`, taken right after each other, can both be true."""
    if first == second:
        return True
    if register.name in _DRIFT:
        apart = (second - first) & register.mask
        return min(apart, register.mask + 1 - apart) <= _DRIFT[register.name]
    if register.name in _RIPPLE:
        share, floor = _RIPPLE[register.name]
        return abs(second - first) <= max(floor, share * max(first, second))
    return False


def verified(register: Register, first: bytes, second: bytes, count: int) -> int | None:
    """The raw value of two readings and the CHKSUM byte of the second; None when in doubt."""
    value = int.from_bytes(second, "big")
    if value.bit_count() != count or value > register.mask:
        return None
    return value if agree(register, int.from_bytes(first, "big"), value) else None


def plain_name(register: Register) -> str:
    """Name of the register that a read-with-reset register shows and clears."""
    return next(row.name for row in REGISTERS.values() if row.address == register.clears)

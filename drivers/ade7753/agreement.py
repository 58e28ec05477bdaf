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
MOVING = frozenset(_DRIFT) | frozenset(_RIPPLE)


LOOKS = 4
"""Readings of a moving register whose middle is taken."""


class Verifier:
    """Turns the readings of one register, as they come in pairs, into a value.

    Two equal readings and a CHKSUM that fits make a value. A register that moves may give two that
    differ within its drift or ripple; so may a corrupted byte whose 1-bits still count right. Then
    a second pair is taken and the middle reading stands.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._looks: list[int] = []
        self.failed = False

    def add(self, first: bytes, second: bytes, count: int) -> int | None:
        """Take one pair and `count`, the CHKSUM byte of the second.

        Returns the raw value, or None to look again; `failed` then says whether this pair failed
        its check.
        """
        register = self._register
        before, value = int.from_bytes(first, "big"), int.from_bytes(second, "big")
        self.failed = (
            value.bit_count() != count
            or value > register.mask
            or not _agree(register, before, value)
        )
        if self.failed:
            return None
        if before == value or register.name not in MOVING:
            return value
        self._looks += [before, value]
        return self._middle() if len(self._looks) >= LOOKS else None

    def _middle(self) -> int:
        """The middle reading, counted from the last one because energies wrap around."""
        last, size = self._looks[-1], self._register.mask + 1
        apart = sorted((look - last + size // 2) % size - size // 2 for look in self._looks)
        return (last + apart[len(apart) // 2]) % size


def _agree(register: Register, first: int, second: int) -> bool:
    """Whether two raw readings of `register`, taken right after each other, can both be true."""
    if first == second or register.name == "WAVEFORM":  # a sample lasts 36 us
        return True
    if register.name in _DRIFT:
        apart = (second - first) & register.mask
        return min(apart, register.mask + 1 - apart) <= _DRIFT[register.name]
    if register.name in _RIPPLE:
        share, floor = _RIPPLE[register.name]
        return abs(second - first) <= max(floor, share * max(first, second))
    return False


def plain_name(register: Register) -> str:
    """Name of the register that a read-with-reset register shows and clears."""
    return next(row.name for row in REGISTERS.values() if row.address == register.clears)

"""The configuration registers of a bank of chips, stuck bits included."""

from __future__ import annotations

import numpy as np

from bench.twins.ade7753.model import Integers
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS, Coding, Register

ADDRESSES = 64


class RegisterFile:
    """Raw register contents, chips x addresses.

    A stuck bit is a stuck flip-flop: it reads back and acts as it is stuck.
    """

    def __init__(self, chips: int) -> None:
        self.raw: Integers = np.zeros((chips, ADDRESSES), dtype=np.int64)
        self._ones = np.zeros((chips, ADDRESSES), dtype=np.int64)
        self._zeros = np.zeros((chips, ADDRESSES), dtype=np.int64)
        for chip in range(chips):
            self.reset(chip)

    def reset(self, chip: int) -> None:
        """Reset values everywhere."""
        for register in BY_ADDRESS.values():
            self.store(chip, register.address, register.reset)

    def store(self, chip: int, address: int, raw: int) -> None:
        """Put raw bits into a register as far as its bits are free to move."""
        self.raw[chip, address] = self.stuck(chip, address, raw & BY_ADDRESS[address].mask)

    def stuck(self, chip: int, address: int, raw: int) -> int:
        """`raw` as the register's stuck bits make it."""
        return (raw | int(self._ones[chip, address])) & ~int(self._zeros[chip, address])

    def stick(self, chip: int, address: int, ones: int, zeros: int) -> None:
        """From now on the bits `ones` of a register are 1 and `zeros` are 0; none frees it."""
        self._ones[chip, address] = ones
        self._zeros[chip, address] = zeros
        self.store(chip, address, int(self.raw[chip, address]))

    def unstick(self, chip: int) -> None:
        """All bits of a chip can move again."""
        self._ones[chip] = 0
        self._zeros[chip] = 0

    def get(self, chip: int, name: str) -> int:
        """Value of one chip's register, sign applied."""
        register = REGISTERS[name]
        return register.decode(int(self.raw[chip, register.address]))

    def values(self, name: str) -> Integers:
        """Values of all chips, sign applied."""
        return decoded(REGISTERS[name], self.raw[:, REGISTERS[name].address])


def decoded(register: Register, raw: Integers) -> Integers:
    """Numbers of raw register contents."""
    match register.coding:
        case Coding.UNSIGNED:
            return raw
        case Coding.SIGNED:
            return np.where(raw >> (register.bits - 1), raw - (1 << register.bits), raw)
        case Coding.SIGN_MAGNITUDE:
            return np.where(raw & 0x20, -(raw & 0x1F), raw & 0x1F)

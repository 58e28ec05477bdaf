"""The serial interface of the chip: framing, timing, CHKSUM (engineering reference, section 3)."""

from __future__ import annotations

from typing import Protocol

from bench.twins.ade7753.doubts import Doubts
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS, WRITE

CHKSUM = REGISTERS["CHKSUM"].address
WAVEFORM = REGISTERS["WAVEFORM"].address
RESERVED_SIZE = 1
"""Bytes of a reserved address; not documented."""
FLOATING = 0xFF
"""What the master reads while DOUT is high-impedance: the jig pulls the line up."""
MARGIN = 1e-9
"""s by which a time may fall short of its limit by rounding."""


class Registers(Protocol):
    """The chip behind its serial interface."""

    def listens(self) -> bool:
        """Whether the chip has power and is on the bus."""
        ...

    def latch(self, address: int) -> int:
        """Raw register content for a read; clears what a read clears."""
        ...

    def store(self, address: int, place: int, byte: int) -> bool:
        """Put a byte into a register, `place` 0 being its least; True when that resets the chip."""
        ...

    def on_wire(self, byte: int) -> int:
        """What a byte becomes on the wire, in either direction."""
        ...


class Ade7753Slave:
    """`SpiSlave` of one chip.

    Mode 1 is right. Mode 2 samples on the same edge, but its idle-high clock asks for the first
    data bit right after the command, so that pauses do not help t9. In modes 0 and 3 the master
    samples on the edge on which the chip changes DOUT, so that data come one bit late; in mode 3
    the chip also takes DIN one bit late. `timing_violations` counts reads before t9, commands too
    soon after a write, and commands to a chip in reset.
    """

    def __init__(self, registers: Registers, doubts: Doubts) -> None:
        self._registers = registers
        self._doubts = doubts
        self.timing_violations = 0
        self._checksum = 0
        self._buffer = bytes(3)
        self._rest = 1.0
        self._since_write = 1.0
        self._since_reset = 1.0
        self._restart()

    def _restart(self) -> None:
        self._address = -1
        self._left = 0
        self._writing = False
        self._out = b""
        self._waiting = False
        self._in_carry = 0
        self._out_carry = 1

    def select(self) -> None:
        """Chip select falls: the next byte is a command."""
        self._restart()
        self._pass(self._doubts.between_frames)

    def deselect(self) -> None:
        """Chip select rises: what was not complete is dropped."""
        self._restart()

    def pause(self, seconds: float) -> None:
        """The clock rests for `seconds`."""
        self._pass(seconds)

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        """Clock bytes through; `bit_time` in s, `mode` 0 to 3."""
        answer = bytearray(len(data))
        wire = self._registers.on_wire
        for index, sent in enumerate(data):
            byte = wire(sent)
            if mode == 3:
                byte, self._in_carry = (byte >> 1) | (self._in_carry << 7), byte & 1
            out = self._byte(byte, bit_time, mode)
            if mode in (0, 3):
                out, self._out_carry = (out >> 1) | (self._out_carry << 7), out & 1
            answer[index] = wire(out)
        return bytes(answer)

    def _pass(self, seconds: float) -> None:
        self._rest += seconds
        self._since_write += seconds
        self._since_reset += seconds

    def _byte(self, byte: int, bit_time: float, mode: int) -> int:
        if not self._registers.listens():
            self._pass(8.0 * bit_time)
            return FLOATING
        out, reset = FLOATING, False
        if self._left == 0:
            self._command(byte)
        elif self._writing:
            self._left -= 1
            reset = self._registers.store(self._address, self._left, byte)
        else:
            out = self._read(bit_time, mode)
        self._pass(8.0 * bit_time)
        if reset:
            self._since_reset = 0.5 * bit_time
        if self._waiting or self._left == 0:
            # The last falling edge lies half a bit before the end of the byte.
            self._rest = 0.5 * bit_time
        if self._left == 0 and self._writing:
            self._writing = False
            self._since_write = 0.5 * bit_time
        return out

    def _command(self, byte: int) -> None:
        doubts = self._doubts
        if self._since_reset < doubts.reset_time:
            self.timing_violations += 1
            return
        if self._since_write + MARGIN < doubts.after_write:
            self.timing_violations += 1
        address = byte & 0x3F
        register = BY_ADDRESS.get(address)
        self._address = address
        self._left = register.size if register else RESERVED_SIZE
        self._writing = bool(byte & WRITE)
        self._waiting = not self._writing

    def _read(self, bit_time: float, mode: int) -> int:
        if self._waiting:
            self._waiting = False
            self._load(0.5 * bit_time if mode == 2 else self._rest)
        self._left -= 1
        out = self._out[0]
        self._out = self._out[1:]
        self._checksum = (self._checksum + out.bit_count()) & 0x3F
        return out

    def _load(self, available: float) -> None:
        """Fill the serial buffer; too early a clock shifts out what it held before."""
        size = self._left
        value = self._checksum if self._address == CHKSUM else self._registers.latch(self._address)
        self._checksum = 0
        fresh = value.to_bytes(size, "big")
        needed = self._doubts.t9_waveform if self._address == WAVEFORM else self._doubts.t9
        if available + MARGIN < needed:
            self.timing_violations += 1
            self._out = self._buffer[:size]
        else:
            self._out = fresh
        self._buffer = fresh + bytes(3 - size)

"""ADE7753 register accesses as SPI segments: commands, data, gaps.

Source: data sheet Rev. C, serial interface section (communications register, t9, CHKSUM).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.ade7753.registers import REGISTERS, WRITE, Register
from drivers.spi.bus import Segment

CHKSUM = REGISTERS["CHKSUM"]


@dataclass(frozen=True, slots=True)
class Timing:
    """Gaps in microseconds.

    `command`: between a read command and its data, t9, at least 4. `byte`: between the data bytes;
    50 ns suffice by the table (t7, t10), 4 us by the prose and by the slower ADE7759: 0 leaves
    them contiguous, a positive value makes each byte its own segment. `frame`: after the last
    byte, because a read must not start within 4 us of the end of a write. The values exceed 4 by a
    reserve for the resolution of the master's timer.
    """

    command: float = 5.0
    byte: float = 0.0
    frame: float = 5.0

    def __post_init__(self) -> None:
        if self.command < 4 or self.frame < 4 or self.byte < 0:
            raise ValueError(f"{self}: command and frame gap must be at least 4 us, byte gap 0")


def data_bytes(register: Register, raw: int) -> bytes:
    """The bits `raw` as they travel: right-justified, MSB first."""
    return (raw & register.mask).to_bytes(register.size, "big")


def write_frame(register: Register, raw: int, timing: Timing) -> list[Segment]:
    """One write: the command byte and the bits `raw`, in one chip-select frame."""
    data = bytes([WRITE | register.address]) + data_bytes(register, raw)
    return _frame(data, timing, "out")


def read_frame(register: Register, filler: bytes, timing: Timing) -> list[Segment]:
    """One read: the command, t9, and `filler` clocked out while the data come back."""
    command = Segment(bytes([register.address]), timing.command, direction="out")
    return [command, *_frame(filler, timing, "in")]


def _frame(data: bytes, timing: Timing, direction: Literal["out", "in"]) -> list[Segment]:
    if not timing.byte:
        return [Segment(data, timing.frame, release=True, direction=direction)]
    head = [Segment(bytes([byte]), timing.byte, direction=direction) for byte in data[:-1]]
    return [*head, Segment(data[-1:], timing.frame, release=True, direction=direction)]


def received(miso: list[bytes], at: int, size: int) -> tuple[bytes, int]:
    """The `size` data bytes of the read frame at segment `at`, and where the next frame starts."""
    data, end = b"", at + 1
    while len(data) < size:
        data += miso[end]
        end += 1
    return data, end

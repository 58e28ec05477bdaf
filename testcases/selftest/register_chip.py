"""A small ADE7753 stand-in for driver tests, written apart from the twin.

It knows registers, CHKSUM, t9, resets and a few events; its energy is a constant rate.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from bench.twins.spi.frames import Burst, ChipSelect
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS
from drivers.spi.bus import Segment

CYCEND, WSMP, ZX, TEMP, RESET = 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6
SWRST, TEMPSEL, CYCMODE = 1 << 6, 1 << 5, 1 << 7
CLKIN = 3_579_545.0


class RegisterChip:
    """A slave; `advance` lets lab time pass.

    `rate`: AENERGY LSB per s; `frequency`: line frequency in Hz, 0 for no mains. `stuck`: register
    bits that never change, by address. `gone`: what an absent chip sends.
    """

    def __init__(self, frequency: float = 50.0, rate: float = 1000.0) -> None:
        self.frequency, self.rate = frequency, rate
        self.raw = dict.fromkeys(range(64), 0)
        self.stuck: dict[int, int] = {}
        self.gone: int | None = None
        self.log: list[tuple[str, int]] = []
        self.t9_broken = 0
        self.time = 0.0
        self.energy = 0.0
        self._run_energy = 0.0
        self._crossings = 0
        self._samples = 0
        self._sampling = False, 0
        self.reset()

    def reset(self) -> None:
        for address, row in BY_ADDRESS.items():
            self.raw[address] = row.reset
        self.raw[0x3F] = 0x04
        self.energy = 0.0
        self.raw[0x0B] = RESET
        self._half_cycles_done = 0

    def flag(self, bits: int) -> None:
        self.raw[0x0B] |= bits

    # What time does

    def advance(self, seconds: float) -> None:
        end = self.time + seconds
        divider = 128 << (self.raw[0x09] >> 11 & 3)
        sampling = bool(self.raw[0x0A] & WSMP)
        if (sampling, divider) != self._sampling:
            self._sampling = sampling, divider
            self._samples = int(self.time * CLKIN / divider)
        while True:
            crossing = (self._crossings + 1) / (2 * self.frequency) if self.frequency else 1e99
            sample = (self._samples + 1) * divider / CLKIN if sampling else 1e99
            at = min(crossing, sample)
            if at > end:
                break
            self._pass(at)
            if at == crossing:
                self._cross()
            else:
                self._samples += 1
                self.raw[0x01] = (self._samples * 7 - 1000) & 0xFFFFFF
                self.flag(WSMP)
        self._pass(end)

    def _pass(self, at: float) -> None:
        self.energy += self.rate * (at - self.time)
        self.time = at
        self.raw[0x02] = int(self.energy) & 0xFFFFFF
        self.raw[0x05] = int(abs(self.energy)) & 0xFFFFFF
        if self.frequency:
            self.raw[0x27] = round(CLKIN / 8 / self.frequency)

    def _cross(self) -> None:
        self._crossings += 1
        self.flag(ZX)
        if self.raw[0x09] & TEMPSEL:
            self.raw[0x09] &= ~TEMPSEL
            self.raw[0x26] = 72  # 72 / 1.5 - 25 = 23 degC
            self.flag(TEMP)
        if self.raw[0x09] & CYCMODE:
            self._half_cycles_done += 1
            if self._half_cycles_done >= self.raw[0x1C]:
                self._half_cycles_done = 0
                run = self.energy - self._run_energy
                self._run_energy = self.energy
                self.raw[0x04] = round(run) & 0xFFFFFF
                self.raw[0x07] = round(abs(run)) & 0xFFFFFF
                self.raw[0x08] = 0
                self.flag(CYCEND)

    # What the bus does

    def select(self) -> None:
        self._left = 0
        self._rest = 1.0

    def deselect(self) -> None:
        self._left = 0

    def pause(self, seconds: float) -> None:
        self._rest += seconds

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        if self.gone is not None:
            return bytes([self.gone]) * len(data)
        return bytes(self._byte(byte, bit_time, mode) for byte in data)

    def _byte(self, byte: int, bit_time: float, mode: int) -> int:
        if self._left == 0:
            self._address, self._write = byte & 0x3F, byte >> 7
            row = BY_ADDRESS.get(self._address)
            self._left = self._size = row.size if row else 1
            self._rest = bit_time / 2
            return 0xFF
        self._left -= 1
        if self._write:
            self._store(byte)
            return 0xFF
        if self._left == self._size - 1:
            self._latch()
            if self._rest < 4e-6 - 1e-12:
                self.t9_broken += 1
                self._buffer ^= (1 << 8 * self._size) - 1
        out = self._buffer >> 8 * self._left & 0xFF
        self._ones += out.bit_count()
        if self._left == 0:
            self.raw[0x3E] = self._ones
        return out if mode == 1 else out >> 1

    def _latch(self) -> None:
        source = {0x03: 0x02, 0x06: 0x05, 0x0C: 0x0B, 0x23: 0x22, 0x25: 0x24}.get(self._address)
        self._ones = 0
        self._buffer = self.raw[self._address if source is None else source]
        self.log.append(("read", self._address))
        if source is not None:
            self.raw[source] = 0
            if source == 0x02:
                self.energy = 0.0

    def _store(self, byte: int) -> None:
        row = BY_ADDRESS.get(self._address)
        if row is None or not row.writable:
            return
        shift = 8 * self._left
        raw = (self.raw[self._address] & ~(0xFF << shift) | byte << shift) & row.mask
        held = self.stuck.get(self._address, 0)
        self.raw[self._address] = raw & ~held | self.raw[self._address] & held
        if self._left == 0:
            self.log.append(("write", self._address))
            if self._address == 0x09 and raw & SWRST:
                self.reset()


class NoisyChip(RegisterChip):
    """Flips one bit of a byte with probability `rate_of_errors`, in either direction.

    `whole_bytes`: replace the byte by a random one instead. `script`: numbers of bytes (counted
    from 0 in the order out, in, out, in ...) to corrupt for certain, with the bits to flip.
    """

    def __init__(
        self, seed: int = 1, rate_of_errors: float = 0.01, whole_bytes: bool = False
    ) -> None:
        self.noise = random.Random(seed)
        self.rate_of_errors, self.whole_bytes = rate_of_errors, whole_bytes
        self.corrupted = 0
        super().__init__()

    def exchange(self, data: bytes, bit_time: float, mode: int) -> bytes:
        out = bytearray()
        for byte in data:
            (answer,) = super().exchange(bytes([self._spoil(byte)]), bit_time, mode)
            out.append(self._spoil(answer))
        return bytes(out)

    def _spoil(self, byte: int) -> int:
        if self.noise.random() >= self.rate_of_errors:
            return byte
        self.corrupted += 1
        if self.whole_bytes:
            return self.noise.randrange(256)
        return byte ^ 1 << self.noise.randrange(8)


class DirectBus:
    """An `SpiBus` right onto slaves in this process, with SCLK at 1 MHz."""

    def __init__(self, *slaves: RegisterChip) -> None:
        self._lines = [ChipSelect(slave) for slave in slaves]
        self.transfers = 0
        self.refreshed = 0

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        self.transfers += 1
        bursts = [
            Burst(segment.data, 1e-6, segment.gap_us * 1e-6, segment.release and last)
            for segment, last in zip(segments, [True] * (len(segments) - 1) + [False], strict=True)
        ]
        miso = self._lines[chip].clock(bursts, 1)
        parts, at = [], 0
        for segment in segments:
            parts.append(miso[at : at + len(segment.data)])
            at += len(segment.data)
        return parts

    def refresh(self) -> None:
        self.refreshed += 1

    def close(self) -> None:
        pass


class ChipClock:
    """Lab time that chips follow."""

    def __init__(self, *chips: RegisterChip) -> None:
        self.chips = chips
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.time += seconds
        for chip in self.chips:
            chip.advance(seconds)


ADDRESS = {name: row.address for name, row in REGISTERS.items()}

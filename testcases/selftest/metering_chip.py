"""Boards of the ADE7753 twin in a world of their own, read and written over their SPI slaves."""

from __future__ import annotations

from bench.twins.ade7753.bank import Bank, Mount
from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.slave import Ade7753Slave
from bench.twins.ade7753.spread import Spread
from bench.twins.waveform import Waveform, sine
from bench.twins.world import World
from drivers.ade7753.registers import REGISTERS, WRITE

BIT = 1e-6
"""s per bit: 1 MHz, the rate of most public code."""
FULL_SCALE = (440.0, 120.0)
"""V and A rms that put 0.5 V peak on both channels of the nominal board."""
NOMINAL = Spread.none()


class Chip:
    """One chip's registers, by name, over its serial interface."""

    def __init__(self, slave: Ade7753Slave) -> None:
        self.slave = slave

    def raw(self, name: str) -> bytes:
        register = REGISTERS[name]
        self.slave.select()
        self.slave.exchange(bytes([register.address]), BIT, 1)
        self.slave.pause(4e-6)
        answer = self.slave.exchange(bytes(register.size), BIT, 1)
        self.slave.deselect()
        return answer

    def read(self, name: str) -> int:
        return REGISTERS[name].decode(int.from_bytes(self.raw(name), "big"))

    def put(self, name: str, raw: int) -> None:
        register = REGISTERS[name]
        self.slave.select()
        self.slave.exchange(bytes([WRITE | register.address]), BIT, 1)
        self.slave.pause(4e-6)
        self.slave.exchange(raw.to_bytes(register.size, "big"), BIT, 1)
        self.slave.deselect()

    def write(self, **values: int) -> None:
        for name, value in values.items():
            self.put(name, REGISTERS[name].encode(value))


class Jig:
    """Boards at positions 1.. on one circuit; nominal parts unless told otherwise."""

    def __init__(
        self,
        boards: int = 1,
        spread: Spread | None = NOMINAL,
        engine: str = "auto",
        doubts: Doubts | None = None,
        seed: int = 1,
    ) -> None:
        self.world = World(seed)
        self.circuit = self.world.phases["L1"]
        mounts = [Mount(p, self.circuit, spread=spread) for p in range(1, boards + 1)]
        self.bank = Bank(self.world, mounts, engine, doubts)
        self.chips = [Chip(self.bank.slave(p)) for p in range(1, boards + 1)]
        self.chip = self.chips[0]
        self.board = self.bank.board(1)

    def apply(self, voltage: float, current: float, angle: float = 0.0, f: float = 50.0) -> None:
        """Sines in V and A rms; the current lags by `angle` deg."""
        self.circuit.apply(sine(voltage, f), sine(current, f, -angle))

    def play(self, voltage: Waveform, current: Waveform) -> None:
        self.circuit.apply(voltage, current)

    def run(self, seconds: float) -> None:
        self.world.advance(seconds)

    def rate(self, name: str, seconds: float = 10.0) -> float:
        """LSB per second of an energy register, after 5 s of settling."""
        self.run(5.0)
        before = self.chip.read(name)
        self.run(seconds)
        return (self.chip.read(name) - before) / seconds

    def mean(self, name: str, readings: int = 64) -> float:
        """Mean of a register that ripples with the line, over one period of 50 or 60 Hz."""
        values = []
        for _ in range(readings):
            self.run(0.1 / readings)
            values.append(self.chip.read(name))
        return sum(values) / readings

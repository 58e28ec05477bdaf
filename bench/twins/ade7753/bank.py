"""A bank of boards that share one world: brought up to date together, read one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.twins.ade7753 import latch
from bench.twins.ade7753.analog import Stimulus
from bench.twins.ade7753.board import Board
from bench.twins.ade7753.cf import CfOutput
from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.ledger import book
from bench.twins.ade7753.noise import Noise
from bench.twins.ade7753.pulses import History
from bench.twins.ade7753.regfile import RegisterFile
from bench.twins.ade7753.running import ENGINES, Running
from bench.twins.ade7753.settings import Settings, settings
from bench.twins.ade7753.slave import Ade7753Slave
from bench.twins.ade7753.spread import Design, Spread
from bench.twins.ade7753.state import State
from bench.twins.circuit import Circuit
from bench.twins.world import World
from drivers.ade7753.bits import Flag, Mode
from drivers.ade7753.registers import BY_ADDRESS, REGISTERS

MODE = REGISTERS["MODE"].address
LINECYC = REGISTERS["LINECYC"].address
DIEREV = REGISTERS["DIEREV"].address
DRIFT_STEP = 10.0
"""s of lab time after which a drifting gain is worked out anew."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A board in the jig: where it sits, which circuit feeds it, how it was designed.

    `spread` None: drawn from the world's chance for this position.
    """

    position: int
    circuit: Circuit
    design: Design = field(default_factory=Design)
    spread: Spread | None = None


class Bank:
    """All boards of a jig, as one `circuit.Watcher`."""

    def __init__(
        self,
        world: World,
        mounts: Sequence[Mount],
        engine: str = "auto",
        doubts: Doubts | None = None,
    ) -> None:
        """`engine`: "auto" (closed forms where possible), "steady" or "samples".

        `ValueError` on another engine, no boards, or two boards at one position.
        """
        if engine not in ENGINES:
            raise ValueError(f"engine {engine!r}: allowed are {', '.join(ENGINES)}")
        positions = [mount.position for mount in mounts]
        if not mounts or len(set(positions)) < len(positions):
            raise ValueError(f"positions {positions}: give at least one, and none twice")
        self.world = world
        self.doubts = doubts or Doubts()
        self.state = State(len(mounts))
        self.registers = RegisterFile(len(mounts))
        self._circuits = [mount.circuit for mount in mounts]
        self._boards = [
            Board(
                self,
                index,
                mount.position,
                mount.design,
                mount.spread or Spread.draw(world.chance(f"board {mount.position}")),
            )
            for index, mount in enumerate(mounts)
        ]
        self._index = {position: index for index, position in enumerate(positions)}
        self._slaves = [Ade7753Slave(board, self.doubts) for board in self._boards]
        self._time = world.now
        self._origin = world.now
        self._ambient = world.ambient
        self._settings: Settings | None = None
        self._running = Running(engine, self._origin, self.doubts)
        self.history = History(self._origin)
        self._noise = Noise(world.chance("noise of the bank"), self.doubts)
        self._stored = True
        self.state.flags[:] = Flag.RESET
        for circuit in {id(c): c for c in self._circuits}.values():
            circuit.watch(self)

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the boards, in the order given."""
        return tuple(self._index)

    def slave(self, position: int) -> Ade7753Slave:
        """The serial interface of the board at `position`; `KeyError` where there is none."""
        return self._slaves[self._index[position]]

    def pulses(self, position: int) -> CfOutput:
        """The pulse output of the board at `position`; `KeyError` where there is none."""
        return CfOutput(self, self._index[position])

    def board(self, position: int) -> Board:
        """The board at `position`, with its hidden truth; `KeyError` where there is none."""
        return self._boards[self._index[position]]

    def board_at(self, index: int) -> Board:
        """The board with this index into the bank's arrays."""
        return self._boards[index]

    def powered(self, index: int) -> bool:
        """Whether the chip has its supply."""
        return bool(self.state.powered[index])

    # time

    def catch_up(self, now: float) -> None:
        """Bring all chips to lab time `now` (s)."""
        if now == self._time:
            return
        if self.world.ambient != self._ambient:
            self._drop()
            self._ambient = self.world.ambient
        while any(board.fault("drift") is not None for board in self._boards) and (
            now > self._time + DRIFT_STEP
        ):
            self._advance(self._time + DRIFT_STEP)
            self._drop()
        self._advance(now)

    def stimulus_changed(self, now: float) -> None:
        """A circuit's stimulus holds from `now` (s) on."""
        self._drop()

    def change(self) -> None:
        """Something of the boards is about to change at lab time now."""
        self.catch_up(self.world.now)
        self._drop()

    def _drop(self) -> None:
        self._running.finish(self.state)
        self._settings = None
        self._stored = True

    def settings(self) -> Settings:
        """The numbers that registers, spread and faults come to now."""
        if self._settings is None:
            self._settings = settings(self.registers, self._boards, self._ambient, self.doubts)
        return self._settings

    def _advance(self, now: float) -> None:
        numbers = self.settings()
        state = self.state
        # A sample falls due at its instant, whatever the rounding of lab times adds up to.
        due = np.floor((now - self._origin) / numbers.period + 1e-6).astype(np.int64)
        count = np.where(state.powered, due - state.n, 0)
        self._time = now
        if not count.any():
            state.n[:] = due
            return
        crossed = state.last_zx.copy()
        voltage = [circuit.voltage for circuit in self._circuits]
        current = [
            board.through(circuit.current)
            for board, circuit in zip(self._boards, self._circuits, strict=True)
        ]
        increments, pieces = self._running.advance(state, numbers, current, voltage, count)
        if numbers.rate_cf.any():
            for piece in pieces:
                self.history.add(piece, state.cf, numbers.period)
        self._noise.add(state, numbers, increments, *self._running.rms)
        book(state, numbers, increments)
        state.n[:] = due
        self._stored = False
        self._convert_temperatures(state.last_zx > crossed)

    def _convert_temperatures(self, crossed: np.ndarray) -> None:
        """A started conversion runs at a zero crossing and is done before the next sample."""
        for index in np.nonzero(crossed)[0]:
            mode = int(self.registers.raw[index, MODE])
            if mode & Mode.TEMPSEL:
                board = self._boards[index]
                code = round((board.temperature + board.spread.temperature + 25.0) * 1.5)
                self.state.temperature[index] = min(max(code, -128), 127)
                self.state.flags[index] |= Flag.TEMP
                self.registers.store(int(index), MODE, mode & ~Mode.TEMPSEL)

    # registers

    def latch(self, index: int, address: int) -> int:
        """Raw content of a register for a read of now; clears what the read clears."""
        reading = latch.READINGS.get(address)
        if reading is None:
            if address == DIEREV:
                return self.doubts.die_revision
            return int(self.registers.raw[index, address])
        self.catch_up(self.world.now)
        if address in latch.FILTERED and not self._stored:
            self._running.store(self.state)
            self._stored = True
        value = math.floor(reading(self.state, self.settings(), self.doubts, index))
        latch.clear(self.state, index, address, self.doubts)
        return self.registers.stuck(index, address, value & BY_ADDRESS[address].mask)

    def store(self, index: int, address: int, place: int, byte: int) -> bool:
        """Put `byte` into a register, `place` 0 being its least; True when that resets the chip."""
        register = BY_ADDRESS.get(address)
        if register is None or not register.writable:
            return False
        before = int(self.registers.raw[index, address])
        raw = before & ~(0xFF << 8 * place) | byte << 8 * place
        self.change()
        if address == MODE:
            return self._set_mode(index, before, raw, place)
        self.registers.store(index, address, raw)
        if address == LINECYC:
            self.state.restart_line_cycle(index)
        return False

    def _set_mode(self, index: int, before: int, raw: int, place: int) -> bool:
        if place == 0 and raw & Mode.SWRST:
            self._reset(index)
            return True
        self.registers.store(index, MODE, raw & ~Mode.SWRST)
        if raw & ~before & Mode.CYCMODE:
            self.state.restart_line_cycle(index)
        return False

    def _reset(self, index: int) -> None:
        self.registers.reset(index)
        self.state.reset(index)
        self.state.flags[index] = Flag.RESET

    def stick(self, index: int, fault: Mapping[str, float] | None) -> None:
        """Stick one register bit, or free all."""
        self.registers.unstick(index)
        if fault is not None:
            address, bit = int(fault["address"]), 1 << int(fault["bit"])
            if address in BY_ADDRESS:
                ones, zeros = (bit, 0) if fault["level"] else (0, bit)
                mask = BY_ADDRESS[address].mask
                self.registers.stick(index, address, ones & mask, zeros & mask)

    def flip(self, index: int, address: int, bit: int) -> None:
        """Flip one bit of a register, as a disturbed supply can; results do not stay flipped."""
        if address in BY_ADDRESS:
            self.registers.store(index, address, int(self.registers.raw[index, address]) ^ 1 << bit)

    def stimulus(self, index: int) -> Stimulus:
        """What one board is exposed to now."""
        circuit = self._circuits[index]
        return Stimulus.of(circuit.voltage, circuit.current, self.world.ambient)

    def power(self, index: int, on: bool) -> None:
        """Switch one chip's supply: it loses all when it goes, and starts from reset."""
        self.change()
        self._reset(index)
        self.state.powered[index] = on

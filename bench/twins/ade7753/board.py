"""One board: its design, its hidden spread, its faults, its pins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from bench.twins.ade7753 import analog
from bench.twins.ade7753.faults import FAULTS
from bench.twins.ade7753.spread import Design, Spread
from bench.twins.ade7753.truth import percentage_error
from bench.twins.faults import Fault, Faulty
from bench.twins.waveform import Waveform
from drivers.ade7753.bits import Flag, Mode

if TYPE_CHECKING:
    from bench.twins.ade7753.bank import Bank

NOMINAL_SUPPLY = 5.0
"""V"""
FAILS_BELOW, WORKS_ABOVE = 4.0, 4.2
"""V of supply at which the monitor stops the chip, and at which it starts again."""


class Board(Faulty):
    """A board in the jig, with what only the world knows of it."""

    FAULTS: ClassVar[tuple[Fault, ...]] = FAULTS

    def __init__(self, bank: Bank, index: int, position: int, design: Design, spread: Spread):
        super().__init__()
        self._bank = bank
        self._index = index
        self.position = position
        self.design = design
        self.spread = spread
        self.supply_volts = NOMINAL_SUPPLY
        self._chance = bank.world.chance(f"wire of board {position}")
        self._since: dict[str, float] = {}
        self._known: dict[str, Mapping[str, float]] = {}

    # what faults make of the analog side

    def current_factor(self) -> float:
        """What faults make of the current, sign included."""
        factor = analog.current_gain(self.fault, self._bank.stimulus(self._index))
        if (drift := self.fault("drift")) is not None:
            hours = (self._bank.world.now - self._since["drift"]) / 3600.0
            factor *= 1.0 + drift["percent_per_hour"] / 100.0 * hours
        return factor

    def extra_lead(self) -> float:
        """Degrees at 50 Hz by which faults make the current lead."""
        if self.fault("low_current_phase") is None:
            return 0.0
        return analog.current_lead(self.fault, self._bank.stimulus(self._index))

    def through(self, current: Waveform) -> Waveform:
        """The current that reaches the channel."""
        return analog.through(self.fault, current)

    def clamp1(self) -> float:
        """Part of the channel-1 span that its ADC can still use."""
        saturated = self.fault("saturated")
        return 1.0 if saturated is None else saturated["span"]

    def power_offset(self) -> float:
        """LPF2 LSB that faults add."""
        creep = self.fault("creep")
        return 0.0 if creep is None else creep["lsb"]

    def noise_factor(self) -> float:
        """What faults make of the noise."""
        noise = self.fault("noise")
        return 1.0 if noise is None else noise["factor"]

    def sign_stuck(self) -> bool:
        """Whether the sign of the active power is stuck at plus."""
        return self.fault("stuck_sign") is not None

    def reactive_sign(self) -> float:
        """Sign of the reactive path."""
        return 1.0 if self.fault("reactive_sign") is None else -1.0

    def divider_error(self) -> float:
        """What the pulse divider adds to CFDEN."""
        wrong = self.fault("wrong_divider")
        return 0.0 if wrong is None else wrong["more"]

    def inject(self, kind: str, **parameters: float) -> None:
        """Switch a fault on at lab time now; `ValueError` on a kind or value not in `FAULTS`."""
        with self._bank.world.lock:
            self._bank.change()
            super().inject(kind, **parameters)

    def clear(self, kind: str | None = None) -> None:
        """Switch one fault off at lab time now, or all."""
        with self._bank.world.lock:
            self._bank.change()
            super().clear(kind)

    def faults_changed(self) -> None:
        """Put a change of faults into effect at lab time now."""
        bank, world = self._bank, self._bank.world
        with world.lock:
            active = {row.kind: p for row in FAULTS if (p := self.fault(row.kind)) is not None}
            for kind, parameters in active.items():
                if self._known.get(kind) is not parameters:
                    self._since[kind] = world.now
                    if kind == "brown_out":
                        self._brown_out(parameters)
                    if kind == "upset":
                        bank.flip(self._index, int(parameters["address"]), int(parameters["bit"]))
            if "brown_out" in self._known and "brown_out" not in active:
                self.supply(NOMINAL_SUPPLY)
            self._known = active
            bank.stick(self._index, active.get("stuck_bit"))

    def _brown_out(self, parameters: Mapping[str, float]) -> None:
        world = self._bank.world

        def supply(volts: float) -> None:
            if self.fault("brown_out") is parameters:
                self.supply(volts)

        begin = world.now + parameters["delay"]
        if parameters["delay"] == 0.0:
            self.supply(FAILS_BELOW - 1.0)
        else:
            world.schedule(begin, lambda: supply(FAILS_BELOW - 1.0))
        world.schedule(begin + parameters["duration"], lambda: supply(NOMINAL_SUPPLY))

    # pins

    def supply(self, volts: float) -> None:
        """Set the supply in V; below 4 V the chip stops, on return it starts from reset."""
        self.supply_volts = volts
        powered = self._bank.powered(self._index)
        if powered and volts < FAILS_BELOW:
            self._bank.power(self._index, False)
        elif not powered and volts > WORKS_ABOVE:
            self._bank.power(self._index, True)

    @property
    def irq(self) -> bool:
        """Level of the IRQ pin, True = high (nothing pending)."""
        bank, index = self._bank, self._index
        bank.catch_up(bank.world.now)
        pending = int(bank.state.flags[index]) & bank.registers.get(index, "IRQEN") & ~Flag.RESET
        return pending == 0

    @property
    def zx(self) -> bool:
        """Level of the ZX pin: high after a rising zero crossing of the voltage."""
        self._bank.catch_up(self._bank.world.now)
        return int(self._bank.state.zx_sign[self._index]) > 0

    @property
    def sag(self) -> bool:
        """Level of the SAG pin, False = low: sag, missing zero crossings, or no supply."""
        bank, index = self._bank, self._index
        bank.catch_up(bank.world.now)
        if not bank.powered(index):
            return False
        watched = not bank.registers.get(index, "MODE") & Mode.DISSAG
        low = bool(bank.state.sag_low[index]) or bool(bank.state.timed_out[index])
        return not (watched and low)

    # the serial interface, as `slave.Registers`

    def listens(self) -> bool:
        """Whether the chip has power and is on the bus."""
        return self.fault("no_answer") is None and self._bank.powered(self._index)

    def latch(self, address: int) -> int:
        """Raw register content for a read; clears what a read clears."""
        return self._bank.latch(self._index, address)

    def store(self, address: int, place: int, byte: int) -> bool:
        """Put a byte into a register; True when that resets the chip."""
        return self._bank.store(self._index, address, place, byte)

    def on_wire(self, byte: int) -> int:
        """What a byte becomes on the wire, in either direction."""
        corrupted = self.fault("corrupted_bytes")
        if corrupted is None or self._chance.random() >= corrupted["rate"]:
            return byte
        return byte ^ (1 << int(self._chance.integers(8)))

    @property
    def timing_violations(self) -> int:
        """SPI exchanges that came too early: t9, after a write, in reset."""
        return self._bank.slave(self.position).timing_violations

    @property
    def temperature(self) -> float:
        """True temperature of the die in degC."""
        return self._bank.world.ambient + self.spread.warming

    def percentage_error(
        self,
        voltage: float,
        current: float,
        angle: float = 0.0,
        frequency: float = 50.0,
        meter_constant: float = 3200.0,
    ) -> float:
        """The hidden truth: percentage error that this board has at a load point, settled.

        With its registers of now, against `meter_constant` (imp/kWh) through CFNUM and CFDEN.
        `voltage` in V and `current` in A rms, sinusoidal; `angle` in deg, positive = lagging;
        `frequency` in Hz. ADC noise, register resolution and harmonics are not in it.
        """
        bank = self._bank
        with bank.world.lock:
            return percentage_error(
                bank.settings(),
                bank.registers,
                bank.doubts,
                self._index,
                voltage,
                current,
                angle,
                frequency,
                meter_constant,
            )

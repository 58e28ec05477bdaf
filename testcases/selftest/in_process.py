"""A station on twins in this very process: drivers and twins as ever, but no wires in between.

For campaigns over thousands of worlds. Everything from the drivers up is what a bench runs, and
everything from the bytes down is what its twins do.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, cast

from bench.clock import CountingClock, TwinClock
from bench.description import Description
from bench.guard.guard import Guard
from bench.loadpoint import LoadPoint
from bench.position import Position
from bench.station import Station
from bench.twins.ade7753.bank import Bank, Mount
from bench.twins.ade7753.spread import Design
from bench.twins.ade7753.truth import percentage_error
from bench.twins.instruments import instrument_twins
from bench.twins.scpi.instrument import ScpiInstrument
from bench.twins.scpi.session import Session
from bench.twins.spi.frames import Burst, ChipSelect
from bench.twins.waveform import Harmonics
from bench.twins.world import World
from drivers.ade7753.driver import Ade7753
from drivers.errors import LinkTimeout
from drivers.spi.bus import Segment
from drivers.visa.fluke6105a import Fluke6105a
from drivers.visa.keysight34970a import Keysight34970a
from drivers.visa.keysight53230a import Keysight53230a
from drivers.visa.norma4000 import Norma4000
from drivers.visa.trace import Trace

BIT = 1e-6
"""s per bit on SPI."""


class DirectLink:
    """A `MessageLink` into a twin."""

    def __init__(self, twin: ScpiInstrument) -> None:
        self.address = "direct"
        self.lock = RLock()
        self.trace = Trace(1)
        self.opened = 1
        self._session = Session(twin)

    def open(self) -> str:
        return self.query("*IDN?")

    def write(self, message: str) -> None:
        self._session.receive(message.encode() + b"\n")
        while self._session.step():
            pass

    def query(self, message: str, timeout: float | None = None) -> str:
        self.write(message)
        if not self._session.output:
            raise LinkTimeout(f"no answer to {message}")
        return self._session.read().decode().rstrip("\n")

    def drop(self, reason: str) -> None:
        pass

    def close(self) -> None:
        pass


class DirectBus:
    """An `SpiBus` onto the chips of a bank."""

    def __init__(self, bank: Bank) -> None:
        self._chips = {number: ChipSelect(bank.slave(number)) for number in bank.positions}

    def transfer(self, chip: int, segments: Sequence[Segment]) -> list[bytes]:
        answer = self._chips[chip].clock(
            [
                Burst(row.data, BIT, row.gap_us * 1e-6, row.release and row is not segments[-1])
                for row in segments
            ],
            1,
        )
        received = []
        for segment in segments:
            received.append(answer[: len(segment.data)])
            answer = answer[len(segment.data) :]
        return received

    def refresh(self) -> None:
        pass

    def close(self) -> None:
        pass


class Unguarded:
    """A guard where nothing can be left on: the source dies with this process."""

    def arm(self) -> None:
        pass


class Keeper:
    """Lab time of a world in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> float:
        return self._world.now

    def advance(self, seconds: float) -> float:
        return self._world.advance(seconds)


class SettledStation(Station):
    """Goes to a load point once: applying the same one again only costs time here."""

    _applied: LoadPoint | None = None

    def apply(self, point: LoadPoint) -> None:
        if point is not self._applied:
            super().apply(point)
            self._applied = point


@dataclass(frozen=True)
class VirtualStation:
    """A station, its twins by role, and the world with the hidden truth."""

    station: Station
    world: World
    bank: Bank
    twins: dict[str, ScpiInstrument]

    def true_error(self, number: int) -> float:
        """Percentage error that the board at `number` truly has at the load applied now."""
        circuit = self.world.phases["L1"]
        voltage, current = circuit.voltage, circuit.current
        assert isinstance(voltage, Harmonics)
        assert isinstance(current, Harmonics)
        lag = math.degrees(cmath.phase(voltage.peaks[1] / current.peaks[1]))
        return self.true_error_at(number, voltage.rms, current.rms, lag, voltage.frequency)

    def true_error_at(
        self, number: int, voltage: float, current: float, angle: float, frequency: float
    ) -> float:
        """The same at a load of V and A rms, degrees of lag, and Hz."""
        return percentage_error(
            self.bank.settings(),
            self.bank.registers,
            self.bank.doubts,
            self.bank.positions.index(number),
            voltage,
            current,
            angle,
            frequency,
            self.station.description.design.meter_constant,
        )


def virtual_station(description: Description, seed: int) -> VirtualStation:
    """The bench of `description` with everything drawn from `seed`; nothing is applied yet."""
    world = World(seed, description.design.frequency)
    front_end = Design(
        divider=description.design.divider.lower
        / (description.design.divider.upper + description.design.divider.lower),
        ct_ratio=description.design.current_transformer.ratio,
        burden=description.design.current_transformer.burden,
        clkin=description.design.clkin,
    )
    rows = description.positions
    bank = Bank(world, [Mount(row.number, world.phases["L1"], front_end) for row in rows])
    outputs = {row.cf_channel: bank.pulses(row.number) for row in rows if row.cf_channel}
    twins = instrument_twins(description, world, outputs)
    clock = CountingClock(TwinClock(Keeper(world)))
    bus = DirectBus(bank)
    positions = [
        Position(
            row.number,
            row.serial,
            Ade7753(bus, row.number, clock, label=f"position {row.number}"),
            row.cf_channel,
        )
        for row in rows
    ]
    station = SettledStation(
        description,
        clock,
        _drivers(description, clock, twins),
        positions,
        cast(Guard, Unguarded()),
        clock_kind="twins",
        seed=seed,
    )
    return VirtualStation(station, world, bank, twins)


def _drivers(
    description: Description, clock: CountingClock, twins: dict[str, ScpiInstrument]
) -> dict[str, Any]:
    source, meter = description.source, description.reference
    links = {role: DirectLink(twin) for role, twin in twins.items()}
    return {
        "source": Fluke6105a(
            "", clock, ramp=source.ramp, settle=source.settle, link=links["source"]
        ),
        "reference": Norma4000(
            "", clock, phases=1, aperture=meter.aperture, link=links["reference"]
        ),
        "counter": Keysight53230a("", clock, link=links["counter"]),
        "relays": Keysight34970a("", clock, link=links["relays"]),
    }

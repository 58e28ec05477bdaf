"""All twins of a bench in one world, each on its own wire."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from bench.description.description import Description
from bench.description.table import TWIN
from bench.twins.ade7753.bank import Bank, Mount
from bench.twins.ade7753.spread import Design
from bench.twins.control import ControlServer, finite
from bench.twins.faults import Faulty
from bench.twins.instruments import instrument_twins
from bench.twins.pace import Live, Stepped
from bench.twins.pulses import PulseOutput
from bench.twins.scpi.fluke6105a import Fluke6105A
from bench.twins.scpi.server import ScpiServer
from bench.twins.spi.fuse_check import fuse_available
from bench.twins.spi.fuse_nodes import FuseNodes
from bench.twins.spi.socket_server import SocketServer
from bench.twins.waveform import Harmonics, Sampled, Waveform
from bench.twins.world import World
from drivers.errors import DescriptionError, StationFault


class VirtualBench:
    """The twins of a bench description; `start` puts them on their wires, `stop` takes them off."""

    def __init__(
        self, description: Description, seed: int | None = None, rate: float | None = None
    ) -> None:
        """`seed`: instead of the description's. `rate`: lab s per wall s, None for stepped time.

        `DescriptionError` when no twin plays a driver, or a fault does not fit its target.
        """
        self._description = description
        chosen = description.twins.seed if seed is None else seed
        self.world = World(chosen, description.design.frequency)
        self._pace = Stepped(self.world) if rate is None else Live(self.world, rate)
        self._numbers = [row.number for row in description.positions if row.spi.adapter == TWIN]
        self._bank = self._make_bank() if self._numbers else None
        self._instruments = instrument_twins(description, self.world, self._pulse_outputs())
        self._stack = ExitStack()
        self._endpoints: dict[str, Any] = {}
        self._no_fuse = ""
        self._inject_described_faults()

    def start(self) -> None:
        """Put every twin on its wire; `StationFault` when that fails, and nothing is left on."""
        with ExitStack() as stack:
            visa = {}
            for role, instrument in self._instruments.items():
                server = stack.enter_context(ScpiServer(instrument, self._pace))
                visa[role] = server.resource
            control = ControlServer(self._operations(), self._pace)
            control.start()
            stack.callback(control.stop)
            spi = self._serve_spi(stack)
            self._endpoints = {"control": control.address, "spi": spi, "visa": visa}
            self._pace.start()
            stack.callback(self._pace.stop)
            self._stack = stack.pop_all()

    def stop(self) -> None:
        """Take every twin off its wire; a second call does nothing."""
        self._stack.close()

    def endpoints(self) -> dict[str, Any]:
        """Where the twins are: `control`, `spi` by position, `visa` by role."""
        return self._endpoints

    def _make_bank(self) -> Bank:
        design = self._description.design
        divider = design.divider
        front_end = Design(
            divider=divider.lower / (divider.upper + divider.lower),
            ct_ratio=design.current_transformer.ratio,
            burden=design.current_transformer.burden,
            clkin=design.clkin,
        )
        mounts = [
            Mount(row.number, self.world.phases[row.phase], front_end)
            for row in self._description.positions
            if row.number in self._numbers
        ]
        return Bank(self.world, mounts, self._description.twins.engine)

    def _pulse_outputs(self) -> Mapping[int, PulseOutput]:
        """The pulse outputs of the twin boards by the relay channel that each hangs on."""
        if self._bank is None:
            return {}
        return {
            row.cf_channel: self._bank.pulses(row.number)
            for row in self._description.positions
            if row.cf_channel is not None and row.number in self._numbers
        }

    def _serve_spi(self, stack: ExitStack) -> dict[str, str]:
        if self._bank is None:
            return {}
        slaves = {str(number): self._bank.slave(number) for number in self._numbers}
        wanted = self._description.twins.spi
        self._no_fuse = fuse_available() if wanted != "socket" else "the description says socket"
        if wanted == "fuse" and self._no_fuse:
            raise StationFault(f"virtual SPI nodes: {self._no_fuse}")
        if not self._no_fuse:
            try:
                nodes = stack.enter_context(FuseNodes(slaves, self._pace))
            except StationFault as error:
                if wanted == "fuse":
                    raise
                self._no_fuse = str(error)
            else:
                return nodes.paths
        server = stack.enter_context(SocketServer(list(slaves.values()), self._pace))
        return {name: f"{server.address}#{index}" for index, name in enumerate(slaves)}

    def _inject_described_faults(self) -> None:
        for row in self._description.faults:
            target = row.position if row.position is not None else row.role
            try:
                self._target(target).inject(row.kind, **row.parameters)
            except ValueError as error:
                raise DescriptionError(f"faults: {target}: {error}") from error

    def _target(self, target: object) -> Faulty:
        """The twin of a position number or a role; `ValueError` when there is none."""
        if isinstance(target, int) and target in self._numbers and self._bank is not None:
            return self._bank.board(target)
        if isinstance(target, str) and target in self._instruments:
            return self._instruments[target]
        raise ValueError(
            f"no twin of {target!r}: positions are {self._numbers}, "
            f"roles are {', '.join(self._instruments)}"
        )

    # -- the operations of the control channel --------------------------------------------------

    def _operations(self) -> dict[str, Any]:
        return {
            "now": lambda: self.world.now,
            "advance": lambda seconds: self.world.advance(finite("seconds", seconds)),
            "endpoints": self.endpoints,
            "seed": lambda: self.world.seed,
            "fuse": lambda: self._no_fuse,
            "circuit": self._circuit,
            "board": self._board,
            "source_on": self._source_on,
            "faults": lambda target: {row.kind: row.meaning for row in self._target(target).FAULTS},
            "inject": lambda target, kind, parameters: self._target(target).inject(
                kind, **{name: finite(name, value) for name, value in parameters.items()}
            ),
            "clear": lambda target, kind: self._target(target).clear(kind),
        }

    def _circuit(self, phase: str) -> dict[str, float]:
        if phase not in self.world.phases:
            raise ValueError(f"phase {phase!r}: allowed are {', '.join(self.world.phases)}")
        circuit = self.world.phases[phase]
        return {
            "time": self.world.now,
            "energy": circuit.energy(self.world.now),
            "voltage": _rms(circuit.voltage),
            "current": _rms(circuit.current),
        }

    def _board(self, position: int) -> dict[str, Any]:
        if self._bank is None or position not in self._numbers:
            raise ValueError(f"no twin at position {position!r}: there are {self._numbers}")
        board = self._bank.board(position)
        return {
            **asdict(board.spread),
            "die_temperature": board.temperature,
            "supply": board.supply_volts,
            "irq": board.irq,
            "zx": board.zx,
            "sag": board.sag,
            "timing_violations": board.timing_violations,
        }

    def _source_on(self) -> bool:
        source = self._instruments.get("source")
        if not isinstance(source, Fluke6105A):
            raise ValueError("the source of this bench is no twin")
        return source.live


def _rms(waveform: Waveform) -> float:
    if isinstance(waveform, Harmonics):
        return waveform.rms
    assert isinstance(waveform, Sampled)
    return float((waveform.values**2).mean() ** 0.5)

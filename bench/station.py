"""The station: an opened bench. It owns every driver and makes everything safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bench.calibration.design import MeterDesign
from bench.clock import CountingClock
from bench.description.description import Description
from bench.description.instruments import InstrumentTable
from bench.description.meter import Design
from bench.guard.guard import Guard
from bench.loadpoint import LoadPoint
from bench.position import Position
from bench.safeguard import Safeguard
from drivers.errors import BenchError, LinkError, StationFault
from drivers.roles import (
    Interlock,
    PhaseSetting,
    PowerSource,
    PulseCounter,
    ReferenceMeter,
    ReferenceReading,
    RelayUnit,
)

PHASE_SEQUENCE = (0.0, -120.0, 120.0)
"""Degrees by which the voltages of the phases lead that of L1: the positive sequence."""
DEAD_VOLTAGE = 10.0
"""V on the reference meter above which the jig counts as live."""


class Station:
    """An opened bench: one source and one reference for all positions, electrically one thing.

    `clock_kind`: "twins" or "wall". `seed`: of the twins, None with real devices. `expired`:
    instruments past their calibration date that are used all the same.
    """

    def __init__(
        self,
        description: Description,
        clock: CountingClock,
        devices: Mapping[str, Any],
        positions: Sequence[Position],
        guard: Guard,
        interlock: Interlock | None = None,
        *,
        clock_kind: str,
        seed: int | None = None,
        expired: Sequence[str] = (),
    ) -> None:
        self.description = description
        self.meter = meter_design(description.design)
        self.clock = clock
        self.clock_kind = clock_kind
        self.seed = seed
        self.expired = tuple(expired)
        self.positions = list(positions)
        self._devices = devices
        self.source: PowerSource = devices["source"]
        self.safeguard = Safeguard(guard, self.source, interlock)
        self.reference: ReferenceMeter = devices["reference"]
        self.counter: PulseCounter | None = devices.get("counter")
        self.relays: RelayUnit | None = devices.get("relays")

    @property
    def instruments(self) -> dict[str, tuple[Any, InstrumentTable]]:
        """The instruments by role, each with its table of the description."""
        tables = self.description.instruments
        return {role: (device, tables[role]) for role, device in self._devices.items()}

    @property
    def traceable(self) -> bool:
        """Whether results rest on certificates: no twin among the instruments, none expired."""
        tables = self.description.instruments.values()
        return not self.expired and not any(table.is_twin for table in tables)

    @property
    def design_constants(self) -> dict[str, int]:
        """The registers that are the same on all boards of the design."""
        return {"CFNUM": 0, "CFDEN": self.meter.cfden, "WDIV": 0, "VADIV": 0}

    @property
    def active(self) -> list[Position]:
        """The positions that still take part."""
        return [position for position in self.positions if position.takes_part]

    def check_quorum(self) -> None:
        """`StationFault` when too few positions still take part for the run to make sense."""
        quorum = self.description.calibration.quorum
        if len(self.active) < quorum:
            first = next(position for position in self.positions if position.reason)
            raise StationFault(
                f"{len(self.active)} of {len(self.positions)} positions take part, the quorum is "
                f"{quorum}: position {first.number}: {first.reason}"
            )

    def apply(self, point: LoadPoint) -> None:
        """Bring all positions to `point` and let it settle; all phases alike, 120 degrees apart."""
        phases = range(self.description.source.phases)
        self.apply_phases(
            point.frequency,
            [replace(point.setting, voltage_angle=PHASE_SEQUENCE[phase]) for phase in phases],
        )

    def apply_phases(self, frequency: float, phases: Sequence[PhaseSetting]) -> None:
        """Bring each phase to a setting of its own, at `frequency` Hz, and let it settle.

        Phases beyond the list are switched off. `ValueError` before a byte is sent when the source
        or the site does not allow it. Errors as `check_safe`, and those of the source, off then.
        """
        self.check_safe()
        was_on = self.safeguard.expects_on
        try:
            self.source.apply(frequency, phases)
            if was_on:
                self.check_safe()  # an emergency-off under way must not be undone here
            elif not self.source.is_on():
                self.source.switch_on()
            self.source.settle()
        except BenchError:
            self.safeguard.expects_on = False  # it has gone off by itself
            raise
        self.safeguard.expects_on = True

    def references(self, seconds: float) -> list[ReferenceReading]:
        """Read the reference meter while `seconds` of lab time pass; at least one reading.

        Errors as `check_safe`, which is asked after each reading.
        """
        end = self.clock.now() + seconds
        readings: list[ReferenceReading] = []
        while not readings or self.clock.now() < end:
            try:
                readings.append(self.reference.read())
            except BenchError:
                self.check_safe()  # nothing to measure, because somebody switched it off?
                raise
            self.check_safe()
        return readings

    def check_safe(self) -> None:
        """Make safe and raise when the source must not be on now; errors as `Safeguard.check`."""
        try:
            self.safeguard.check()
        except BenchError as error:
            try:
                self.make_safe()
            except StationFault as also:
                error.add_note(str(also))
            raise

    def close(self) -> None:
        """Make safe, then tell the guard that nothing is left to do; errors as `make_safe`.

        With a source that cannot be shown to be off, the guard goes on trying.
        """
        self.make_safe()
        with suppress(StationFault):  # a dead guard can do no harm now
            self.safeguard.guard.disarm()

    def make_safe(self) -> None:
        """Source off, proved by the reference meter; relays open. Goes on after a failure.

        `StationFault` at the end, naming each thing that could not be made safe.
        """
        self.safeguard.expects_on = False
        failures = []
        for role, action in (
            ("source", self.source.switch_off),
            ("reference", self._prove_dead),
            ("relays", self.relays.open_all if self.relays is not None else lambda: None),
        ):
            try:
                _persistently(action)
            except (BenchError, OSError) as error:
                failures.append(f"{role}: {error}")
        if failures:
            raise StationFault(
                f"the bench could not be made safe: {'; '.join(failures)}: cut the mains of the "
                "source before you touch the jig"
            )

    def _prove_dead(self) -> None:
        """A source may say that it is off while its terminals are live: believe the meter."""
        voltage = self.reference.live_voltage()
        if voltage > DEAD_VOLTAGE:
            raise StationFault(f"{voltage:.0f} V are still there with the source switched off")


def _persistently(action: Callable[[], None]) -> None:
    """Do `action`, and once more when the link was lost: a driver opens it anew."""
    try:
        action()
    except LinkError:
        action()


def meter_design(design: Design) -> MeterDesign:
    """The meter under test of a bench description, for the calibration's arithmetic."""
    divider = design.divider
    return MeterDesign(
        nominal_voltage=design.voltage,
        basic_current=design.basic_current,
        maximum_current=design.maximum_current,
        minimum_current=design.minimum_current,
        frequency=design.frequency,
        meter_constant=design.meter_constant,
        ct_ratio=design.current_transformer.ratio,
        burden=design.current_transformer.burden,
        divider=divider.lower / (divider.upper + divider.lower),
        clkin=design.clkin,
    )

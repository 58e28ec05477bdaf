"""Fluke Norma 4000 and 5000 power analysers as reference meter."""

from __future__ import annotations

import math

from drivers.clock import Clock
from drivers.errors import DeviceError, LinkFraming
from drivers.roles import PhaseReading, ReferenceReading
from drivers.visa.commands import control, setting
from drivers.visa.link import MessageLink
from drivers.visa.norma4000_energy import EnergyIntegrator
from drivers.visa.scpi import ScpiInstrument
from drivers.visa.values import Choice, Quoted, Real, Switch, read_numbers

PHASE_FUNCTIONS = (
    "VOLT{phase}",
    "CURR{phase}",
    "POW{phase}:ACT",
    "POW{phase}:REAC",
    "POW{phase}:APP",
)
"""Function names in the order of `PhaseReading`: V, A, W, var, VA."""

FREQUENCY_FUNCTION = "FREQ"

LOWEST_FREQUENCY = 15.0
"""Hz. An averaging interval is stretched to whole periods of the synchronisation source."""


class Norma4000(ScpiInstrument):
    """The reference meter role on a Fluke Norma 4000 or 5000 (raw socket, port 23)."""

    MODELS = ("NORMA4000", "NORMA5000")

    wiring = control(":ROUT:SYST", Quoted(), 'Wiring, "3W" or "2W" wattmeters')
    sync_source = control(
        ":SYNC:SOUR",
        Choice(("VOLT1", "VOLT2", "VOLT3", "CURR1", "CURR2", "CURR3", "EXT")),
        "What the averaging interval is synchronised to",
    )
    aperture = control(":APER", Real("s", 0.015, 3600.0), "Averaging interval")
    functions = control(":FUNC", Quoted(), "Functions that are measured")
    continuous = control(":INIT:CONT", Switch(), "Measuring without end")
    data_format = setting(":FORM", Choice(("ASC",)), "Data format")

    def __init__(
        self,
        resource: str,
        clock: Clock,
        *,
        phases: int = 3,
        wiring: str = "3W",
        sync_source: str = "VOLT1",
        aperture: float = 1.0,
        reactive_sign: int = 1,
        timeout: float = 5.0,
        backend: str = "@py",
        link: MessageLink | None = None,
    ) -> None:
        """Open, reset and set up the meter.

        `phases` (1 to 3) are read. `wiring` "3W" or "2W". `sync_source`: VOLT1 to 3, CURR1 to 3
        or EXT. `aperture` in s (0.015 to 3600). `reactive_sign`: 1 if a lagging current gives
        positive reactive power (assumed), else -1; check on the first real unit. Raises
        `ValueError`, `LinkError`, `WrongDevice`, `CommandRejected`.
        """
        if phases not in (1, 2, 3):
            raise ValueError(f"{phases} phases: must be 1 to 3")
        if reactive_sign not in (-1, 1):
            raise ValueError(f"reactive_sign {reactive_sign}: must be -1 or 1")
        self._phases = phases
        self._wiring = wiring
        self._sync_source = sync_source
        self._reactive_sign = reactive_sign
        self._aperture = _checked_aperture(aperture)
        self._listed: tuple[str, ...] = ()
        super().__init__(resource, clock, timeout=timeout, backend=backend, link=link)
        self.energy = EnergyIntegrator(self, clock, phases)

    @property
    def names(self) -> tuple[str, ...]:
        """Functions of one reading, phase after phase, then frequency."""
        rows = (
            name.format(phase=phase)
            for phase in range(1, self._phases + 1)
            for name in PHASE_FUNCTIONS
        )
        return (*rows, FREQUENCY_FUNCTION)

    def configure(self, aperture: float) -> None:
        """Average readings over `aperture` s (0.015 to 3600).

        Raises `ValueError` before a byte is sent, `LinkError`, `CommandRejected`.
        """
        wanted = _checked_aperture(aperture)
        with self.link.lock:
            self.ensure_prepared()
            self.aperture = wanted
            self._aperture = wanted

    def read(self) -> ReferenceReading:
        """One reading (V, A, W, var, VA, Hz) that lies wholly after this call.

        DATA? gives the last complete averaging interval and does not wait: the interval under way
        at the call ends within one aperture, the next one within two. Intervals are stretched to
        whole periods, so a little more than two apertures of lab time pass. Raises `DeviceError`
        when a value is undefined, `LinkFraming` for a wrong number of values, `LinkError`.
        """
        with self.link.lock:
            self.ensure_prepared()
            if self._listed != self.names:
                self._list(self.names)
            self.clock.sleep(2.0 * (self._aperture + 1.0 / LOWEST_FREQUENCY))
            values = self.values(self.names)
        phases = []
        for start in range(0, len(values) - 1, len(PHASE_FUNCTIONS)):
            voltage, current, active, reactive, apparent = values[start : start + 5]
            phases.append(
                PhaseReading(voltage, current, active, self._reactive_sign * reactive, apparent)
            )
        return ReferenceReading(tuple(phases), values[-1], self._aperture)

    def live_voltage(self) -> float:
        """Largest RMS voltage in V (>= 0) of the phases read, wholly after this call.

        Needs no signal to synchronise to, so it tells whether terminals are dead. Takes a little
        more than two apertures of lab time. Raises `DeviceError`, `LinkFraming`, `LinkError`.
        """
        names = tuple(f"VOLT{number}" for number in range(1, self._phases + 1))
        with self.link.lock:
            self.ensure_prepared()
            self._list(names)
            self.clock.sleep(2.0 * (self._aperture + 1.0 / LOWEST_FREQUENCY))
            return max(self.values(names))

    def values(self, names: tuple[str, ...]) -> tuple[float, ...]:
        """The last values of functions by name: V, A, W, var, VA, Wh, Hz.

        Raises `DeviceError` when one is undefined, `LinkFraming`, `LinkError`.
        """
        query = f":DATA? {Quoted().encode(names)}"
        self._listed = names  # a list given to DATA? replaces the one of FUNC
        reply = self.ask(query)
        try:
            values = read_numbers(reply)
        except ValueError as error:
            self.resynchronise(f"{reply!r} is no list of numbers")
            raise LinkFraming(f"{self.address}: {query} was answered {reply!r}: {error}") from error
        if len(values) != len(names):
            self.resynchronise(f"{len(values)} values for {len(names)} functions")
            raise LinkFraming(
                f"{self.address}: {len(values)} values for {len(names)} functions in {reply!r}"
            )
        undefined = [
            name for name, value in zip(names, values, strict=True) if not math.isfinite(value)
        ]
        if undefined:
            raise DeviceError(
                f"{self.address}: no value of {', '.join(undefined)}: check that the source is on, "
                f"the wiring, the ranges, and that {self._sync_source} carries a signal"
            )
        return values

    def _prepare(self) -> None:
        self.reset()
        self.data_format = "ASC"  # survives a disconnect
        self.wiring = (self._wiring,)
        self.sync_source = self._sync_source
        self.aperture = self._aperture
        self._list(self.names)
        self.continuous = True

    def _list(self, names: tuple[str, ...]) -> None:
        self.functions = names
        self._listed = names


def _checked_aperture(aperture: float) -> float:
    if not 0.015 <= aperture <= 3600.0:
        raise ValueError(f"aperture of {aperture} s: allowed are 0.015 to 3600 s")
    return aperture

"""The energy integrator of the Fluke Norma 4000 and 5000."""

from __future__ import annotations

from typing import Protocol

from drivers.clock import Clock
from drivers.visa.commands import Part, Talker, control, setting
from drivers.visa.values import Choice, Quoted, Real, Switch

INTEGRAL = "POW{phase}:ACT:INT"
"""Function name of the integral of active power; the unit of its value is taken as Wh, which is
not in a source at hand: check on the first real unit."""


class Readable(Talker, Protocol):
    """What the integrator needs of its meter."""

    def values(self, names: tuple[str, ...]) -> tuple[float, ...]:
        """The last values of functions by name, in V, A, W, var, VA, Wh or Hz."""
        ...


class EnergyIntegrator(Part):
    """Active energy by phase, started and stopped by the meter's own timer."""

    enabled = control(":CALC:INT:STAT", Switch(), "Whether the meter integrates at all")
    functions = control(":CALC:INT:FUNC", Quoted(), "Functions that are integrated, up to six")
    clear_at_start = control(":CALC:INT:CLE:AUTO", Switch(), "Whether a start clears the sums")
    start_source = setting(":CALC:INT:STAR:SOUR", Choice(("CMD", "TIME", "MAN")), "What starts it")
    stop_source = setting(
        ":CALC:INT:STOP:SOUR", Choice(("CMD", "TIME", "MAN", "TINT")), "What stops it"
    )
    stop_after = control(":CALC:INT:STOP:TINT", Real("s", 1e-3, 9.99e6), "Integration time")

    def __init__(self, meter: Readable, clock: Clock, phases: int) -> None:
        """Integrate on `phases` (1 to 3) phases of `meter`; `clock` is lab time."""
        super().__init__(meter)
        self._meter = meter
        self._clock = clock
        self._phases = range(1, phases + 1)

    def start(self, duration: float | None = None) -> None:
        """Clear and start; stop after `duration` s (0.001 to 9.99e6), or by `stop` when None.

        Raises `ValueError` before a byte is sent, `LinkError`, `CommandRejected`.
        """
        if duration is not None and not 1e-3 <= duration <= 9.99e6:
            raise ValueError(f"integration of {duration} s: allowed are 0.001 to 9.99e6 s")
        self.enabled = True
        self.functions = tuple(f"POW{phase}:ACT" for phase in self._phases)
        self.clear_at_start = True
        self.start_source = "CMD"
        self.stop_source = "CMD" if duration is None else "TINT"
        if duration is not None:
            self.stop_after = duration
        self.tell(":CALC:INT:STAR")

    def stop(self) -> None:
        """Stop; the sums stay. Raises `LinkError`, `CommandRejected`."""
        self.tell(":CALC:INT:STOP")

    def read(self) -> tuple[float, ...]:
        """Active energy by phase in Wh. Raises `DeviceError` when undefined, `LinkError`."""
        return self._meter.values(tuple(INTEGRAL.format(phase=phase) for phase in self._phases))

    def measure(self, duration: float) -> tuple[float, ...]:
        """Active energy by phase in Wh over exactly `duration` s (0.001 to 9.99e6) of lab time.

        Raises `ValueError`, `DeviceError`, `LinkError`, `CommandRejected`.
        """
        self.start(duration)
        self._clock.sleep(duration)
        return self.read()

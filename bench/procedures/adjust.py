"""Adjusts boards: writes constants into chips, and everything into the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from bench.calibration.constant import Constant
from bench.calibration.plausibility import LIMITS, constant_reason
from bench.loadpoint import LoadPoint
from bench.position import Position
from bench.procedures.reference import Reference
from bench.progress import Observer, PositionChanged
from bench.results.recorder import RunRecorder
from drivers.ade7753.registers import REGISTERS
from drivers.clock import Clock


class Adjuster:
    """What a calibration does to single boards; `constants` by position are those in place."""

    def __init__(self, recorder: RunRecorder, observer: Observer, clock: Clock) -> None:
        self._recorder = recorder
        self._observer = observer
        self._clock = clock
        self.constants: dict[int, dict[str, int]] = {}

    def write(self, position: Position, step: str, constant: Constant) -> None:
        """Write a constant, read it back, record it; an implausible one rejects the board."""
        reason = constant_reason(constant) if constant.register in LIMITS else ""
        if reason:
            self.reject(position, reason)
            return
        name, value = constant.register, constant.value
        back = position.attempt(_written, position, name, value)
        if back is None:
            self.tell(position, "rejected")
            return
        self.constants.setdefault(position.number, {})[name] = value
        self._recorder.constant(
            position.number,
            REGISTERS[name],
            value,
            stage=step,
            exact=constant.exact,
            read_back=back,
        )

    def reject(self, position: Position, reason: str) -> None:
        """Drop the position out, and say why."""
        position.reject(reason)
        self._recorder.event(reason, position=position.number, level="error")
        self.tell(position, "rejected")

    def reading(
        self,
        position: Position,
        point: LoadPoint,
        step: str,
        reference: Reference,
        registers: Mapping[str, object],
    ) -> None:
        """Record what the position and the reference said at a load point."""
        self._recorder.reading(
            position.number,
            point.name,
            applied=asdict(point),
            reference=reference.record(),
            registers=registers,
            stage=step,
            lab_time=self._clock.now(),
        )

    def measurement(
        self,
        position: Position,
        name: str,
        value: float,
        unit: str,
        step: str,
        load_point: str = "",
    ) -> None:
        """Record a value that has no limits of its own."""
        self._recorder.measurement(
            name,
            value,
            unit,
            position=position.number,
            load_point=load_point,
            stage=step,
            instruments=("source", "reference"),
        )

    def tell(self, position: Position, state: str, error: float | None = None) -> None:
        """Show what is new at a position."""
        self._observer(PositionChanged(position.number, state, error))


def _written(position: Position, name: str, value: int) -> int:
    position.chip.apply_constants({name: value})
    return position.chip.read(name)

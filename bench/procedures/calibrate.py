"""Calibrates all positions of the jig, in the data sheet's order, one load point for all at once.

The number of source changes and waits does not depend on the number of boards. Constants come from
the reference meter's readings, never from the source's set point.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from bench.calibration import phase, rms_offset, va_gain, watt_gain, watt_offset
from bench.calibration.constant import Constant
from bench.calibration.plausibility import energy_reason
from bench.calibration.rms_offset import RmsPoint
from bench.loadpoint import LoadPoint
from bench.position import Position
from bench.procedures.accumulate import Accumulation, accumulate
from bench.procedures.adjust import Adjuster
from bench.procedures.errors import error_of
from bench.procedures.plan import step_loads
from bench.procedures.rms import RmsReadings, read_rms
from bench.progress import Observer, StageStarted
from bench.results.facts import AS_FOUND
from bench.results.recorder import RunRecorder
from bench.station import Station
from drivers.ade7753.settings import Settings

STEPS = ("set up", "gain", "gain check", "phase", "watt offset", "RMS offset")
GAIN_CHECK = 0.05
"""Largest percentage error that watt gain may leave (calibration check-list)."""
DESIGN_STEP = "design"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a position came out; `reason` is '' when its constants are in place."""

    position: int
    constants: dict[str, int]
    reason: str


class Calibration:
    """One calibration of all positions that take part; `steps` counts on to `total` for show."""

    def __init__(
        self, station: Station, recorder: RunRecorder, observer: Observer, total: int = len(STEPS)
    ) -> None:
        self._station = station
        self._settings = station.description.calibration
        self._recorder = recorder
        self._observer = observer
        self._total = total
        self._step = 0
        self._adjuster = Adjuster(recorder, observer, station.clock)
        self._unity: dict[int, float] = {}

    def run(self) -> dict[int, Outcome]:
        """Calibrate; the outcome of every position, those that dropped out included."""
        self._set_up()
        high = self._gain()
        self._phase()
        self._watt_offset()
        self._rms_offset(high)
        return {
            position.number: Outcome(
                position.number,
                self._adjuster.constants.get(position.number, {}),
                position.reason,
            )
            for position in self._station.positions
        }

    def _set_up(self) -> None:
        self._stage("set up")
        with self._recorder.together():
            for position in self._station.active:
                position.attempt(position.chip.reset)
                position.attempt(position.chip.configure, Settings())
                for name, value in self._station.design_constants.items():
                    self._adjuster.write(position, DESIGN_STEP, Constant(name, value, float(value)))
        self._station.check_quorum()

    def _gain(self) -> RmsReadings:
        self._stage("gain")
        (point,) = step_loads(self._station.description, "gain")
        self._station.apply(point)
        found = accumulate(self._station, self._settings.gain_half_cycles)
        rms = read_rms(self._station, self._settings.rms_readings)
        with self._recorder.together():
            for position in self._with_counts(found, point, "gain"):
                self._judge_found(position, found, point)
                self._set_gain(position, found)
        self._stage("gain check")
        checked = accumulate(self._station, self._settings.gain_half_cycles)
        with self._recorder.together():
            for position in self._with_counts(checked, point, "gain check"):
                error = error_of(self._station, checked, position)
                self._unity[position.number] = error
                self._adjuster.tell(position, "gain set", error)
                if abs(error) > GAIN_CHECK:
                    self._adjuster.reject(
                        position,
                        f"error {error:+.3f} % is left after watt gain, allowed are "
                        f"+-{GAIN_CHECK} %: the reading does not repeat: check supply, contacts "
                        "and noise",
                    )
        return rms

    def _judge_found(self, position: Position, found: Accumulation, point: LoadPoint) -> None:
        error = error_of(self._station, found, position)
        self._adjuster.measurement(position, "percentage error", error, "%", AS_FOUND, point.name)
        self._adjuster.tell(position, "as found", error)

    def _set_gain(self, position: Position, found: Accumulation) -> None:
        meter, counts = self._station.meter, found.counts[position.number]
        reference = found.reference(position)
        expected = meter.expected_energy(reference.active, found.time)
        apparent = meter.expected_apparent(reference.apparent, found.time)
        reason = energy_reason(counts.active, expected) or energy_reason(
            counts.apparent, apparent, "LVAENERGY"
        )
        if reason:
            self._adjuster.reject(position, reason)
            return
        if self._settings.method == "reference meter":
            active = watt_gain.from_error(error_of(self._station, found, position))
        else:
            active = watt_gain.from_energy(expected, counts.active)
        self._adjuster.write(position, "gain", active)
        self._adjuster.write(position, "gain", va_gain.from_energy(apparent, counts.apparent))

    def _phase(self) -> None:
        self._stage("phase")
        (point,) = step_loads(self._station.description, "phase")
        self._station.apply(point)
        found = accumulate(self._station, self._settings.phase_half_cycles)
        with self._recorder.together():
            for position in self._with_counts(found, point, "phase"):
                number, reference = position.number, found.reference(position)
                # The load's true angle is the reference's, not the source's set point.
                angle = _angle(reference.active, reference.reactive)
                try:
                    degrees = phase.phase_error(
                        error_of(self._station, found, position), angle, self._unity[number]
                    )
                except ValueError as error:
                    self._adjuster.reject(position, str(error))
                    continue
                period = found.counts[number].period
                self._adjuster.write(position, "phase", phase.from_phase_error(degrees, period))

    def _watt_offset(self) -> None:
        self._stage("watt offset")
        (point,) = step_loads(self._station.description, "watt offset")
        self._station.apply(point)
        found = accumulate(self._station, self._settings.offset_half_cycles)
        meter = self._station.meter
        with self._recorder.together():
            for position in self._with_counts(found, point, "watt offset"):
                number, reference = position.number, found.reference(position)
                unity = self._unity[number]
                if self._settings.method == "reference meter":
                    rate = watt_offset.error_rate_from_error(
                        error_of(self._station, found, position),
                        meter.expected_energy(reference.active, 1.0),
                        unity,
                    )
                else:
                    expected = meter.expected_energy(reference.active, found.time)
                    rate = watt_offset.error_rate_from_energy(
                        found.counts[number].active, expected * (1 + unity / 100), found.time
                    )
                gain = self._adjuster.constants[number]["WGAIN"]
                self._adjuster.write(
                    position,
                    "watt offset",
                    watt_offset.from_error_rate(rate, meter.clkin, wgain=gain),
                )

    def _rms_offset(self, high: RmsReadings) -> None:
        self._stage("RMS offset")
        _, point = step_loads(self._station.description, "RMS offset")
        self._station.apply(point)
        low = read_rms(self._station, self._settings.rms_readings)
        with self._recorder.together():
            for position in self._station.active:
                number = position.number
                top, bottom = high.codes[number], low.codes[number]
                codes = {"high": asdict(top), "low": asdict(bottom)}
                above, below = high.reference(position), low.reference(position)
                self._adjuster.reading(position, point, "RMS offset", below, codes)
                self._set_rms(
                    position,
                    RmsPoint(above.voltage, top.voltage),
                    RmsPoint(below.voltage, bottom.voltage),
                    RmsPoint(above.current, top.current),
                    RmsPoint(below.current, bottom.current),
                )
                self._adjuster.tell(position, "calibrated" if position.takes_part else "rejected")

    def _set_rms(
        self,
        position: Position,
        voltage: RmsPoint,
        low_voltage: RmsPoint,
        current: RmsPoint,
        low_current: RmsPoint,
    ) -> None:
        """RMS offsets, and what one code is worth with them in place."""
        vrmsos = rms_offset.voltage_offset(voltage, low_voltage)
        irmsos = rms_offset.current_offset(current, low_current)
        self._adjuster.write(position, "RMS offset", vrmsos)
        self._adjuster.write(position, "RMS offset", irmsos)
        if not position.takes_part:
            return
        square = max(current.code**2 + rms_offset.IRMSOS_WEIGHT * irmsos.value, 0.0)
        scales = (
            ("volts per VRMS code", RmsPoint(voltage.applied, voltage.code + vrmsos.value), "V"),
            ("amperes per IRMS code", RmsPoint(current.applied, math.sqrt(square)), "A"),
        )
        for name, point, unit in scales:
            self._adjuster.measurement(position, name, rms_offset.scale(point), unit, "RMS offset")

    def _with_counts(self, found: Accumulation, point: LoadPoint, stage: str) -> list[Position]:
        """The positions that counted, their readings stored."""
        positions = [p for p in self._station.active if p.number in found.counts]
        for position in positions:
            registers = asdict(found.counts[position.number])
            self._adjuster.reading(position, point, stage, found.reference(position), registers)
        return positions

    def _stage(self, name: str) -> None:
        self._step += 1
        self._observer(StageStarted(name, self._step, self._total))


def _angle(active: float, reactive: float) -> float:
    """Degrees by which the current lags, from active (W) and reactive (var) power."""
    return math.degrees(math.atan2(reactive, active))

"""What a Fluke 6105A really puts out: its own errors, the ramp, the settling, the trips."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.twins.circuit import Circuit
from bench.twins.waveform import Harmonics
from bench.twins.world import World

PHASES, CHANNELS, RANGES = 3, 2, 9

Peaks = dict[int, complex]


@dataclass(frozen=True, slots=True)
class SourceErrors:
    """How far the output is from the set point: standard deviations over instruments.

    `amplitude` in % (one draw per phase, channel and range), `angle` in degrees (per channel),
    `frequency` in ppm. `settling` in ppm: excess of the amplitude at the end of a ramp, which
    halves every `halving` seconds: labs wait 12 s to 30 s before they trust ppm.
    """

    amplitude: float = 0.05
    angle: float = 0.01
    frequency: float = 5.0
    settling: float = 200.0
    halving: float = 2.0


class Drawn:
    """The errors of one instrument, drawn from the world's seed."""

    def __init__(self, world: World, errors: SourceErrors) -> None:
        chance = world.chance("source")
        self._gain = chance.normal(0.0, errors.amplitude / 100, (PHASES, CHANNELS, RANGES))
        self._angle = chance.normal(0.0, errors.angle, (PHASES, CHANNELS))
        self.frequency = 1.0 + float(chance.normal(0.0, errors.frequency * 1e-6))

    def gain(self, phase: int, channel: int, range_index: int) -> float:
        """Amplitude factor of a channel (0 voltage, 1 current) of a phase (from 0) in a range."""
        return 1.0 + float(self._gain[phase, channel, range_index])

    def angle(self, phase: int, channel: int) -> float:
        """Angle error in degrees."""
        return float(self._angle[phase, channel])


class Output:
    """Drives the circuits: goes from what is to what is wanted, in small steps of lab time.

    Amplitudes go on a straight line over the ramp time, `STEPS` steps a second, with the phase of
    the oscillation continuous. Switching off is immediate: whether the real unit ramps down is not
    known, and off has to work while lab time stands still.
    """

    STEPS = 8
    SETTLING_STEPS = 5

    def __init__(
        self, world: World, circuits: Sequence[Circuit], errors: SourceErrors, frequency: float
    ) -> None:
        self._world = world
        self._circuits = circuits
        self._errors = errors
        self._wave = Harmonics(frequency)
        self._present: list[tuple[Peaks, Peaks]] = [({}, {}) for _ in circuits]
        self._change = 0
        self.ramp_end = -math.inf
        self.watch: Callable[[], None] = lambda: None
        """Called after every step: looks for a reason to trip."""

    @property
    def live(self) -> bool:
        """Whether anything is on the terminals."""
        return any(any(peaks.values()) for pair in self._present for peaks in pair)

    def current(self, phase: int) -> float:
        """RMS current in A of a phase (from 0) now."""
        return Harmonics(1.0, self._present[phase][1]).rms

    def tune(self, frequency: float) -> None:
        """Go to another frequency (Hz) without a jump of phase."""
        self._wave = self._wave.retimed(frequency, self._world.now)
        if self.live:
            self._apply(self._present)

    def go(self, target: Sequence[tuple[Peaks, Peaks]], ramp: float) -> None:
        """Go to `target` (voltage and current peaks per phase) over `ramp` seconds."""
        self._change += 1
        change = self._change
        now = self._world.now
        start = list(self._present)
        count = max(1, round(ramp * self.STEPS))
        self.ramp_end = now + ramp
        excess = self._errors.settling * 1e-6

        def step(part: float, factor: float) -> Callable[[], None]:
            def happen() -> None:
                if change == self._change:
                    self._apply(
                        [
                            (_between(u0, u1, part, factor), _between(i0, i1, part, factor))
                            for (u0, i0), (u1, i1) in zip(start, target, strict=True)
                        ]
                    )

            return happen

        if ramp <= 0:
            step(1.0, 1.0 + excess)()
        else:
            for k in range(1, count + 1):
                self._world.schedule(
                    now + ramp * k / count, step(k / count, 1.0 + excess * k / count)
                )
        for k in range(1, self.SETTLING_STEPS + 1):
            left = excess / 2**k if k < self.SETTLING_STEPS else 0.0
            self._world.schedule(self.ramp_end + k * self._errors.halving, step(1.0, 1.0 + left))

    def interrupt(self, phase: int, channel: int) -> None:
        """The range relay of one channel opens: its output is zero now."""
        pair = list(self._present[phase])
        pair[channel] = {}
        self._present[phase] = (pair[0], pair[1])
        self._apply(self._present)

    def die(self) -> None:
        """Nothing on the terminals from now on."""
        self._change += 1
        self.ramp_end = -math.inf
        if self.live:
            self._apply([({}, {}) for _ in self._circuits])

    def _apply(self, peaks: Sequence[tuple[Peaks, Peaks]]) -> None:
        self._present = list(peaks)
        for circuit, (voltage, current) in zip(self._circuits, peaks, strict=True):
            circuit.apply(self._shaped(voltage), self._shaped(current))
        self.watch()

    def _shaped(self, peaks: Mapping[int, complex]) -> Harmonics:
        return Harmonics(self._wave.frequency, peaks or {1: 0j}, self._wave.epoch)


def _between(start: Peaks, end: Peaks, part: float, factor: float) -> Peaks:
    """The mixture of two shapes, `part` of the way from one to the other, the end enlarged."""
    orders = start.keys() | end.keys()
    mixed = {
        order: start.get(order, 0j) * (1 - part) + end.get(order, 0j) * factor * part
        for order in sorted(orders)
    }
    return {order: peak for order, peak in mixed.items() if peak}

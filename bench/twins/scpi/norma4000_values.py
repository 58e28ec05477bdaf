"""What a Norma power analyser makes of an averaging interval: true averages, its own errors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.twins.circuit import Circuit, Stretch, energy_between
from bench.twins.waveform import Harmonics, Waveform
from bench.twins.world import World


@dataclass(frozen=True, slots=True)
class PhaseValues:
    """RMS voltage (V), current (A), active, reactive and apparent power, means (V, A)."""

    voltage: float
    current: float
    active: float
    reactive: float
    apparent: float
    voltage_mean: float
    current_mean: float

    def scaled(self, voltage: float, current: float, power: float) -> PhaseValues:
        """Multiplied by factors for the voltage, the current, and for powers besides those two."""
        both = voltage * current * power
        return PhaseValues(
            self.voltage * voltage,
            self.current * current,
            self.active * both,
            self.reactive * both,
            self.apparent * both,
            self.voltage_mean * voltage,
            self.current_mean * current,
        )


def true_values(circuit: Circuit, start: float, stop: float) -> PhaseValues:
    """Averages over `start` to `stop` (s), in closed form across all changes of the stimulus.

    Reactive power closes the power triangle, with the sign of the fundamental's: positive for a
    lagging current (how the real unit defines it with harmonics present is not known). Raises
    `ValueError` when the circuit has forgotten that time.
    """
    circuit.stretch_at(start)
    span = stop - start
    squares = [0.0, 0.0]
    means = [0.0, 0.0]
    energy = reactive = 0.0
    for stretch, begin, end in _pieces(circuit.stretches, start, stop):
        energy += energy_between(stretch, begin, end)
        reactive += _fundamental_reactive(stretch) * (end - begin)
        for index, wave in enumerate((stretch.voltage, stretch.current)):
            own = replace(stretch, voltage=wave, current=wave)
            squares[index] += energy_between(own, begin, end)
            one = replace(stretch, voltage=wave, current=_ONE)
            means[index] += energy_between(one, begin, end)
    voltage, current = (math.sqrt(max(0.0, square / span)) for square in squares)
    active = energy / span
    rest = math.sqrt(max(0.0, (voltage * current) ** 2 - active**2))
    return PhaseValues(
        voltage,
        current,
        active,
        math.copysign(rest, reactive),
        voltage * current,
        means[0] / span,
        means[1] / span,
    )


_ONE: Waveform = Harmonics(1.0, {0: 1.0 + 0j})


def _pieces(
    stretches: Sequence[Stretch], start: float, stop: float
) -> Iterator[tuple[Stretch, float, float]]:
    ends = [*(stretch.start for stretch in stretches[1:]), math.inf]
    for stretch, end in zip(stretches, ends, strict=True):
        if end > start and stretch.start < stop:
            yield stretch, max(start, stretch.start), min(stop, end)


def _fundamental_reactive(stretch: Stretch) -> float:
    voltage, current = stretch.voltage, stretch.current
    if not isinstance(voltage, Harmonics) or not isinstance(current, Harmonics):
        return 0.0
    return 0.5 * (voltage.peaks.get(1, 0j) * current.peaks.get(1, 0j).conjugate()).imag


@dataclass(frozen=True, slots=True)
class MeterErrors:
    """How far the readings are from the truth: standard deviations over instruments.

    `power` in % of reading, half of its variance from voltage and half from current; `angle`
    between voltage and current in degrees; `noise` in % of the power from interval to interval;
    `frequency` in ppm.
    """

    power: float = 0.01
    angle: float = 0.003
    noise: float = 0.002
    frequency: float = 2.0


class OwnErrors:
    """The errors of one instrument, drawn from the world's seed."""

    def __init__(self, world: World, errors: MeterErrors, phases: int) -> None:
        chance = world.chance("reference")
        self._world = world
        self._noise = errors.noise / 100 / math.sqrt(2.0)
        self._gain = chance.normal(0.0, errors.power / 100 / math.sqrt(2.0), (phases, 2))
        self._angle = chance.normal(0.0, math.radians(errors.angle), phases)
        self.frequency = 1.0 + float(chance.normal(0.0, errors.frequency * 1e-6))

    def applied(self, phase: int, true: PhaseValues, stop: float) -> PhaseValues:
        """What the instrument reads for phase `phase` (from 0) in the interval that ends at `stop`.

        The noise belongs to the interval: the same one reads the same again.
        """
        noise = self._world.chance(f"reference {phase} {stop:.6f}").normal(0.0, self._noise, 2)
        voltage, current = (1.0 + self._gain[phase] + noise).tolist()
        cosine, sine = math.cos(self._angle[phase]), math.sin(self._angle[phase])
        turned = replace(
            true,
            active=true.active * cosine - true.reactive * sine,
            reactive=true.reactive * cosine + true.active * sine,
        )
        return turned.scaled(voltage, current, 1.0)

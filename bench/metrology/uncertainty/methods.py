"""The budgets of a bench: one per method of finding the percentage error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bench.description.description import Description
from bench.description.uncertainty import (
    CounterUncertainty,
    MeterUncertainty,
    ReferenceUncertainty,
    SourceUncertainty,
)
from bench.metrology.uncertainty import meter
from bench.metrology.uncertainty.budget import Budget, Input
from bench.metrology.uncertainty.distribution import Distribution
from bench.metrology.uncertainty.reference import ReferenceMean, frequency_inputs, power_inputs


@dataclass(frozen=True, slots=True)
class Budgets:
    """Budgets from the uncertainties that a bench description states.

    `basic_power` in W: nominal voltage, basic current, power factor 1. `clkin` in Hz. All results
    are in % of the true energy; inputs that are stated as 0 do not appear.
    """

    reference: ReferenceUncertainty
    source: SourceUncertainty
    counter: CounterUncertainty
    meter: MeterUncertainty
    basic_power: float
    clkin: float

    @classmethod
    def of(cls, description: Description) -> Budgets | None:
        """The budgets of a bench, None when it states nothing of its reference meter."""
        reference = description.reference.uncertainty
        if reference is None:
            return None
        counter = description.counter
        design = description.design
        return cls(
            reference=reference,
            source=description.source.uncertainty or SourceUncertainty(),
            counter=(counter.uncertainty if counter else None) or CounterUncertainty(),
            meter=design.uncertainty or MeterUncertainty(),
            basic_power=design.voltage * design.basic_current,
            clkin=design.clkin,
        )

    def line_cycles(self, mean: ReferenceMean, expected: float, half_cycles: int) -> Budget:
        """LAENERGY over `half_cycles`, timed by the reference's frequency.

        `expected`: LSB that a meter without error counts meanwhile.
        """
        seconds = half_cycles / (2 * mean.frequency)
        return self._budget(
            mean,
            seconds,
            [
                *frequency_inputs(self.reference, mean),
                meter.line_cycle_count(expected),
                meter.zero_crossings(self.clkin, seconds),
            ],
        )

    def pulses(self, mean: ReferenceMean, seconds: float) -> Budget:
        """Whole pulse periods within `seconds`, timed by the counter from edge to edge.

        Serves the pulse frequency, and power and time: both divide a number of pulses by a time.
        """
        return self._budget(
            mean, seconds, [*self._counted_time(seconds), *meter.ripple(mean, seconds)]
        )

    def register(self, mean: ReferenceMean, expected: float, seconds: float) -> Budget:
        """AENERGY over `seconds` of the station's clock; `expected`: LSB without error."""
        readings = Input(
            "station's clock: time of both register readings",
            self.meter.read_time,
            "s",
            Distribution.TRIANGULAR,
            100 / seconds,
            random=True,
        )
        return self._budget(
            mean,
            seconds,
            [readings, meter.register_difference(expected), *meter.ripple(mean, seconds)],
        )

    def _budget(self, mean: ReferenceMean, seconds: float, own: Iterable[Input]) -> Budget:
        """What all methods share, and what is a method's `own`."""
        inputs = [
            *power_inputs(self.reference, mean),
            Input(
                "source: change of the power between reference and meter",
                self.source.stability,
                "%",
                Distribution.RECTANGULAR,
            ),
            *own,
            meter.repeatability(self.meter.repeatability, self.basic_power, mean, seconds),
        ]
        return Budget(tuple(row for row in inputs if row.value))

    def _counted_time(self, seconds: float) -> Iterable[Input]:
        table = self.counter
        yield Input("counter: time base", table.time_base, "ppm", Distribution.EXPANDED, 1e-4)
        yield Input("counter: ageing", table.ageing, "ppm", Distribution.RECTANGULAR, 1e-4)
        yield Input(
            "counter: resolution of both edges",
            table.resolution,
            "s",
            Distribution.TRIANGULAR,
            100 / seconds,
            random=True,
        )


def pulse_time(frequency: float, gate: float) -> float:
    """Seconds of the whole periods at `frequency` Hz in which a gate of `gate` s closes."""
    return math.ceil(frequency * gate - 1e-9) / frequency

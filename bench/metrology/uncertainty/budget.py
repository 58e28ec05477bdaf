"""An uncertainty budget: inputs, combined and expanded (JCGM 100:2008, chapters 4 to 6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import stdev

from bench.metrology.uncertainty.coverage import coverage_factor
from bench.metrology.uncertainty.distribution import Distribution


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a budget: `value` in `unit`, meant as `distribution` says.

    `sensitivity`: percent of the reading per `unit`. `degrees_of_freedom`: infinite for what is
    known from elsewhere. `random`: it differs from reading to reading, so a mean has less of it.
    `ValueError` for a value below 0 or less than one degree of freedom.
    """

    name: str
    value: float
    unit: str
    distribution: Distribution
    sensitivity: float = 1.0
    degrees_of_freedom: float = math.inf
    random: bool = False

    def __post_init__(self) -> None:
        if not (self.value >= 0 and math.isfinite(self.value * self.sensitivity)):
            raise ValueError(
                f"{self.name}: {self.value} {self.unit} times {self.sensitivity}: "
                "an uncertainty is a finite number from 0 up"
            )
        if not self.degrees_of_freedom >= 1:
            raise ValueError(
                f"{self.name}: {self.degrees_of_freedom} degrees of freedom: at least 1"
            )

    @property
    def contribution(self) -> float:
        """Standard uncertainty of the reading from this input alone, in %."""
        return abs(self.sensitivity) * self.value / self.distribution.divisor

    def record(self) -> dict[str, object]:
        """For the results store."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "distribution": str(self.distribution),
            "sensitivity": self.sensitivity,
            "degrees_of_freedom": _finite(self.degrees_of_freedom),
            "random": self.random,
            "contribution": self.contribution,
        }


@dataclass(frozen=True, slots=True)
class Budget:
    """The inputs of one reading, independent of each other; all results in % of the reading."""

    inputs: tuple[Input, ...]

    @property
    def standard(self) -> float:
        """Combined standard uncertainty."""
        return math.sqrt(sum(row.contribution**2 for row in self.inputs))

    @property
    def degrees_of_freedom(self) -> float:
        """Effective degrees of freedom (Welch-Satterthwaite, equation G.2b)."""
        known = [row for row in self.inputs if math.isfinite(row.degrees_of_freedom)]
        weight = sum(row.contribution**4 / row.degrees_of_freedom for row in known)
        return self.standard**4 / weight if weight else math.inf

    @property
    def coverage_factor(self) -> float:
        """k: 2, or more where few degrees of freedom are left."""
        return coverage_factor(self.degrees_of_freedom)

    @property
    def expanded(self) -> float:
        """Expanded uncertainty for a coverage of 95 %."""
        return self.coverage_factor * self.standard

    def averaged(self, readings: int) -> Budget:
        """The budget of the mean of so many readings (>= 1): random inputs by its root."""
        if readings < 1:
            raise ValueError(f"mean of {readings} readings: at least 1 is needed")
        root = math.sqrt(readings)
        return Budget(
            tuple(
                replace(row, value=row.value / root) if row.random else row for row in self.inputs
            )
        )

    def observed(self, readings: Sequence[float]) -> Budget:
        """The budget of the mean of `readings` (errors in %, two or more), by how they scatter.

        Their scatter stands for all random inputs. With few readings k rises steeply: a pooled
        deviation and `averaged` serve better then.
        """
        scatter = repeated(f"repeatability, observed in {len(readings)} readings", readings)
        return Budget((*(row for row in self.inputs if not row.random), scatter))

    def record(self) -> dict[str, object]:
        """For the results store: every input, and what they come to."""
        return {
            "unit": "%",
            "standard": self.standard,
            "degrees_of_freedom": _finite(self.degrees_of_freedom),
            "k": self.coverage_factor,
            "expanded": self.expanded,
            "inputs": [row.record() for row in self.inputs],
        }


def budget_record(budget: Budget | None) -> dict[str, object]:
    """What is stored beside the reference's values: the budget as "uncertainty", if any."""
    return {} if budget is None else {"uncertainty": budget.record()}


def repeated(name: str, readings: Sequence[float], unit: str = "%", averaged: int = 0) -> Input:
    """Type A: the standard deviation of the mean of `averaged` readings (0: of all).

    `readings` (two or more, in `unit`) are those that the deviation is estimated from. They may be
    more than those averaged: a pooled estimate of the same kind of reading. `ValueError` for fewer.
    """
    if len(readings) < 2:
        raise ValueError(f"{name}: a deviation needs two readings or more, not {len(readings)}")
    deviation = stdev(readings) / math.sqrt(averaged or len(readings))
    return Input(
        name,
        deviation,
        unit,
        Distribution.TYPE_A,
        degrees_of_freedom=float(len(readings) - 1),
        random=True,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

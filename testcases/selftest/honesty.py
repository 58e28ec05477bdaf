"""Readings of many virtual benches beside the hidden truth: how often does the interval hold it?

Each draw has a world of its own: another board, another source, another reference meter with other
errors, another load point. The reading path is that of the bench, drivers and budgets included.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.calibration.constant import nearest
from bench.description import Description
from bench.description.loader import parse, read
from bench.loadpoint import LoadPoint
from bench.metrology.percentage_error import power_time_error
from bench.metrology.uncertainty import Budget, Budgets
from bench.procedures.errors import read_errors
from bench.procedures.pulses import read_pulses
from bench.procedures.reference import Reference
from bench.procedures.registers import read_registers
from bench.station import Station
from drivers.ade7753.settings import Settings
from testcases.selftest.in_process import VirtualStation, virtual_station

LIMIT = 0.1
"""% that a board's true error may be; the production is drawn around it."""
PRODUCTION = 0.05
"""Standard deviation in % of the production's true errors, before WGAIN rounds them."""
WGAIN_STEP = 100 / 4096
"""% per step of WGAIN."""
SPREAD = math.sqrt(PRODUCTION**2 + WGAIN_STEP**2 / 12)
"""Standard deviation in % of the true errors as they come out."""
GATE = 20.0
"""Seconds of the pulse and the register readings."""


@dataclass(frozen=True)
class Draw:
    """One reading: its error and the board's true error, in %, with the budget of the reading."""

    error: float
    truth: float
    budget: Budget

    @property
    def off(self) -> float:
        """How far the reading is from the truth, in standard uncertainties."""
        return (self.error - self.truth) / self.budget.standard

    @property
    def covered(self) -> bool:
        """Whether the stated interval holds the truth."""
        return abs(self.error - self.truth) <= self.budget.expanded

    def restated(self, part: str, factor: float) -> Draw:
        """The same reading with the inputs called `part` stated `factor` times as large."""
        inputs = tuple(
            replace(row, value=row.value * factor) if part in row.name else row
            for row in self.budget.inputs
        )
        return replace(self, budget=Budget(inputs))


def one_board() -> Description:
    """The default bench with one position; its source has no ramp, which only costs time here."""
    text = read("virtual").replace('"1-20"', '"1-1"').replace('"101-120"', '"101-101"')
    second = text.index("[[positions]]", text.index('"101-101"'))
    text = text[:second] + text[text.index("[twins]") :]
    return parse(text.replace("ramp = 2.0", "ramp = 0.0"), "one board")


def by_line_cycles(station: Station, point: LoadPoint) -> tuple[float, Budget]:
    """LAENERGY by energy comparison."""
    reading = read_errors(station, point)[1]
    assert reading.error is not None
    assert reading.budget is not None
    return reading.error, reading.budget


def by_register(station: Station, point: LoadPoint) -> tuple[float, Budget]:
    """Difference of AENERGY by energy comparison."""
    reading = read_registers(station, point, GATE)[1]
    assert reading.error is not None
    assert reading.budget is not None
    return reading.error, reading.budget


def by_pulses(station: Station, point: LoadPoint) -> tuple[float, Budget]:
    """CF frequency of the counter."""
    reading = read_pulses(station, point, GATE, LIMIT)[1]
    assert reading.error is not None
    assert reading.budget is not None
    return reading.error, reading.budget


def by_power_and_time(station: Station, point: LoadPoint) -> tuple[float, Budget]:
    """Time of whole pulses by the counter, the reference's power averaged after it."""
    assert station.counter is not None
    assert station.relays is not None
    station.apply(point)
    station.relays.select(101)
    frequency = station.counter.frequency(GATE)
    pulses = math.ceil(frequency * GATE - 1e-9)
    seconds = pulses / frequency
    mean = Reference.mean(station.references(GATE))
    budgets = Budgets.of(station.description)
    assert budgets is not None
    constant = station.meter.meter_constant
    return power_time_error(pulses, seconds, constant, mean.active), budgets.pulses(mean, seconds)


METHODS: dict[str, Callable[[Station, LoadPoint], tuple[float, Budget]]] = {
    "LAENERGY": by_line_cycles,
    "AENERGY difference": by_register,
    "CF frequency": by_pulses,
    "power and time": by_power_and_time,
}


def draw_point(chance: np.random.Generator, description: Description) -> LoadPoint:
    """0.1 Ib to Imax, 0.9 to 1.1 Un, 49.5 to 50.5 Hz, power factor 0.5 L to 0.8 C."""
    design = description.design
    current = design.basic_current * math.exp(
        chance.uniform(math.log(0.1), math.log(design.maximum_current / design.basic_current))
    )
    angle = float(chance.choice([0.0, 0.0, 60.0, -36.87, chance.uniform(-36.87, 60.0)]))
    return LoadPoint(
        "drawn",
        design.voltage * float(chance.uniform(0.9, 1.1)),
        current,
        angle,
        float(chance.uniform(49.5, 50.5)),
        2 * LIMIT,  # which only says how long LAENERGY counts: until an LSB is 0.01 %
    )


def draws(
    seeds: Sequence[int],
    methods: Sequence[str] = tuple(METHODS),
    prepare: Callable[[VirtualStation], None] = lambda _: None,
) -> dict[str, list[Draw]]:
    """A reading by each of `methods` in each world of `seeds`; `prepare` may spoil the world."""
    description = one_board()
    found: dict[str, list[Draw]] = {method: [] for method in methods}
    for seed in seeds:
        virtual = virtual_station(description, seed)
        prepare(virtual)
        chance = np.random.default_rng([seed, 1])
        point = draw_point(chance, description)
        chip = virtual.station.positions[0].chip
        chip.reset()
        chip.configure(Settings())
        chip.apply_constants(virtual.station.design_constants)
        _adjust(virtual, point, float(chance.normal(0.0, PRODUCTION)))
        for method in methods:
            error, budget = METHODS[method](virtual.station, point)
            found[method].append(Draw(error, virtual.true_error(1), budget))
    return found


def _adjust(virtual: VirtualStation, point: LoadPoint, wanted: float) -> None:
    """Bring the board's true error at `point` to `wanted` %, as near as WGAIN goes."""
    true = virtual.true_error_at(1, point.voltage, point.current, point.angle, point.frequency)
    gain = (1 + wanted / 100) / (1 + true / 100)
    virtual.station.positions[0].chip.apply_constants({"WGAIN": nearest((gain - 1) * 4096)})

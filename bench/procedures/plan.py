"""The load points of a calibration, from the order of the data sheet and the bench description."""

from __future__ import annotations

import math

from bench.calibration.order import CALIBRATION_ORDER, Load
from bench.description.description import Description
from bench.description.meter import Design
from bench.loadpoint import LoadPoint, load_point


def step_loads(description: Description, step: str) -> list[LoadPoint]:
    """The load points at which the calibration step `step` takes its readings."""
    loads = next(row.loads for row in CALIBRATION_ORDER if row.name == step)
    return [_point(description.design, load) for load in loads]


def verification_points(description: Description) -> list[LoadPoint]:
    """The load points at which a calibrated board is judged, with their limits in %."""
    return [
        load_point(description.design, row.current, row.power_factor, limit=row.limit)
        for row in description.calibration.verify
    ]


def pulse_point(description: Description) -> LoadPoint:
    """Where the pulse output is counted: the highest current, for the most pulses in the gate."""
    return load_point(description.design, "Imax", "1")


def _point(design: Design, load: Load) -> LoadPoint:
    current = {"basic": "Ib", "minimum": "Imin", "maximum": "Imax"}[load.current]
    if load.part != 1.0:
        current = f"{load.part:g} {current}"
    cosine = math.cos(math.radians(load.angle))
    power_factor = f"{cosine:.3g}" + ("" if load.angle == 0 else "L" if load.angle > 0 else "C")
    return load_point(design, current, power_factor, load.voltage)

"""The load points of a calibration, from the order of the data sheet and the bench description."""

from __future__ import annotations

from bench.calibration.order import CALIBRATION_ORDER, Load
from bench.description.models import Description, Design
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
    current = (
        load.part
        * {
            "basic": design.basic_current,
            "minimum": design.minimum_current,
            "maximum": design.maximum_current,
        }[load.current]
    )
    name = f"{current:g} A, {load.voltage * design.voltage:g} V, {load.angle:g} deg"
    return LoadPoint(name, load.voltage * design.voltage, current, load.angle, design.frequency)

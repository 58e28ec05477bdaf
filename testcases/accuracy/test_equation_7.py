"""Equation (7): three boards as the elements of a four-wire meter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.description import Description
from bench.procedures.elements import ElementReading
from bench.three_phase import ThreePhaseLoad, four_wire
from fixtures.measure import Measure

# Parts of Ib and degrees of lag of A, B, C; the phase that is lost. A is never lost: the reference
# meter synchronises to its voltage.
LOADS = {
    "balanced": ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), None),
    "balanced 0.5L": ((1.0, 1.0, 1.0), (60.0, 60.0, 60.0), None),
    "balanced 0.8C": ((1.0, 1.0, 1.0), (-36.87, -36.87, -36.87), None),
    "unbalanced": ((1.0, 0.5, 0.1), (0.0, 60.0, -36.87), None),
    "only A": ((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), None),
    "B lost": ((1.0, 1.0, 1.0), (30.0, 30.0, 30.0), 1),
    "C lost": ((1.0, 1.0, 1.0), (30.0, 30.0, 30.0), 2),
}
LIMIT = 1.0
"""% of S: active power of class 1 meters."""
REACTIVE_LIMIT = 2.0
"""% of S: reactive power of class 2 (IEC 62053-23)."""
SECONDS = 30.0


@pytest.mark.three_phase
@pytest.mark.requirement("EQ-7", "BEN-3")
@pytest.mark.parametrize("load", LOADS)
def test_four_wire_power(
    elements: Callable[[ThreePhaseLoad, float], ElementReading],
    description: Description,
    load: str,
    measure: Measure,
) -> None:
    """P, Q and S; judged as parts of S, since P or Q alone may be nothing."""
    design = description.design
    parts, angles, lost = LOADS[load]
    label = f"four-wire, {load}"
    currents = [part * design.basic_current for part in parts]
    reading = elements(
        four_wire(label, design.frequency, design.voltage, currents, angles, lost), SECONDS
    )
    true, metered = reading.applied(), reading.metered()
    for name, value, expected, limit in (
        ("active power, four wires", metered.active, true.active, LIMIT),
        ("reactive power, four wires", metered.reactive, true.reactive, REACTIVE_LIMIT),
        ("apparent power, four wires", metered.apparent, true.apparent, REACTIVE_LIMIT),
    ):
        error = 100 * (value - expected) / true.apparent
        measure(name, error, "%", limits=(-limit, limit), load_point=label)

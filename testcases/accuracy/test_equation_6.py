"""Equation (6): two boards as the elements (UAB, IA) and (UCB, IC) of a three-wire meter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.description import Description
from bench.procedures.elements import ElementReading
from bench.three_phase import ThreePhaseLoad, three_wire
from fixtures.measure import Measure

# Parts of Ib of A and C, degrees by which they lag their phase voltages, whether C is lost. At 60
# degrees element A sees no power, at -60 element C; at 90 both see half, of opposite sign.
LOADS = {
    "balanced": ((1.0, 1.0), (0.0, 0.0), False),
    "balanced 0.5L": ((1.0, 1.0), (60.0, 60.0), False),
    "balanced 0.5C": ((1.0, 1.0), (-60.0, -60.0), False),
    "balanced 0L": ((1.0, 1.0), (90.0, 90.0), False),
    "unbalanced": ((1.0, 0.3), (0.0, 45.0), False),
    "C lost": ((1.0, 1.0), (0.0, 0.0), True),
}
LIMIT = 1.0
"""% of S: active power of class 1 meters."""
REACTIVE_LIMIT = 2.0
"""% of S: reactive power of class 2 (IEC 62053-23)."""
SECONDS = 30.0


@pytest.mark.three_phase
@pytest.mark.requirement("EQ-6", "BEN-3")
@pytest.mark.parametrize("load", LOADS)
def test_three_wire_power(
    elements: Callable[[ThreePhaseLoad, float], ElementReading],
    description: Description,
    load: str,
    measure: Measure,
) -> None:
    """P, Q and S; judged as parts of S, since P or Q alone may be nothing."""
    design = description.design
    parts, angles, lost = LOADS[load]
    label = f"three-wire, {load}"
    # The boards' nominal voltage is the line voltage here.
    currents = (parts[0] * design.basic_current, parts[1] * design.basic_current)
    reading = elements(
        three_wire(label, design.frequency, design.voltage, currents, angles, lost), SECONDS
    )
    true, metered = reading.applied(), reading.metered()
    for name, value, expected, limit in (
        ("active power, three wires", metered.active, true.active, LIMIT),
        ("reactive power, three wires", metered.reactive, true.reactive, REACTIVE_LIMIT),
        ("apparent power, three wires", metered.apparent, true.apparent, REACTIVE_LIMIT),
    ):
        error = 100 * (value - expected) / true.apparent
        measure(name, error, "%", limits=(-limit, limit), load_point=label)

"""Equation (5): W = WA + WB + WC, three boards as three phases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.description import Description
from bench.metrology.equations.three_phase import three_phase_energy
from bench.procedures.elements import ElementReading
from bench.three_phase import ThreePhaseLoad, four_wire
from fixtures.measure import Measure

# Parts of Ib, and degrees of lag, of A, B, C. The last exports on C: the sum is a signed one.
LOADS = {
    "balanced": ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)),
    "unbalanced": ((1.0, 0.5, 0.2), (0.0, 60.0, -36.87)),
    "C exports": ((1.0, 1.0, 1.0), (0.0, 0.0, 180.0)),
}
LIMIT = 1.0
"""%: class 1, on the sum."""
SECONDS = 60.0


@pytest.mark.three_phase
@pytest.mark.requirement("EQ-5", "BEN-3")
@pytest.mark.parametrize("load", LOADS)
def test_energy_of_three_phases(
    elements: Callable[[ThreePhaseLoad, float], ElementReading],
    description: Description,
    load: str,
    measure: Measure,
) -> None:
    parts, angles = LOADS[load]
    design = description.design
    currents = [part * design.basic_current for part in parts]
    name = f"three phases, {load}"
    reading = elements(four_wire(name, design.frequency, design.voltage, currents, angles), SECONDS)
    metered = three_phase_energy(reading.metered_energies())
    applied = three_phase_energy(reading.applied_energies())
    error = 100 * (metered / applied - 1)
    measure("energy of three phases", error, "%", limits=(-LIMIT, LIMIT), load_point=name)

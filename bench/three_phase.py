"""Loads of three boards that stand for the elements of a polyphase meter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.roles import PhaseSetting

_SEQUENCE = (0.0, -120.0, 120.0)
"""Degrees by which the phase voltages A, B, C lead that of A."""
_AB_LEADS, _CB_LEADS = 30.0, 90.0
"""Degrees by which the line voltages UAB and UCB lead the phase voltage UA."""


@dataclass(frozen=True, slots=True)
class ThreePhaseLoad:
    """A load whose phases differ: one setting per phase of the source, at `frequency` Hz."""

    name: str
    frequency: float
    settings: tuple[PhaseSetting, ...] = field(compare=False)


def four_wire(
    name: str,
    frequency: float,
    voltage: float,
    currents: Sequence[float],
    angles: Sequence[float],
    lost: int | None = None,
) -> ThreePhaseLoad:
    """Equation (7): each element has its phase voltage and its phase current.

    `voltage` in V phase to neutral, `currents` in A and `angles` in degrees (lagging positive) for
    A, B, C; phase `lost` (0 to 2) has neither voltage nor current.
    """
    return ThreePhaseLoad(
        name,
        frequency,
        tuple(
            PhaseSetting(0.0, 0.0)
            if phase == lost
            else PhaseSetting(voltage, currents[phase], angles[phase], _SEQUENCE[phase])
            for phase in range(3)
        ),
    )


def three_wire(
    name: str,
    frequency: float,
    line_voltage: float,
    currents: tuple[float, float],
    angles: tuple[float, float],
    c_lost: bool = False,
) -> ThreePhaseLoad:
    """Equation (6): the board on L1 has UAB and IA, the one on L3 has UCB and IC; L2 is dead.

    `line_voltage` in V, `currents` of A and C in A, `angles` in degrees by which each lags its own
    phase voltage. UAB leads UA by 30 degrees, UCB leads UA by 90; so at a balanced load the
    elements see the load's angle plus 30 and minus 30 degrees. `c_lost`: UCB and IC are gone.
    """
    elements = ((0, _AB_LEADS), (2, _CB_LEADS))
    settings = [PhaseSetting(0.0, 0.0)] * 3
    for (phase, leads), current, angle in zip(elements, currents, angles, strict=True):
        lag = math.remainder(leads - _SEQUENCE[phase] + angle, 360.0)
        if not (c_lost and phase == 2):
            settings[phase] = PhaseSetting(line_voltage, current, lag, leads)
    return ThreePhaseLoad(name, frequency, tuple(settings))

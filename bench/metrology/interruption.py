"""Voltage dips and interruptions: how far the register may move, with no current flowing.

Source: IEC 62052-11. The same limit governs surges, discharges and bursts.
"""

from __future__ import annotations

import math

_SLACK = 1e-9


def register_change(voltage: float, maximum_current: float, elements: float = 1) -> float:
    """x = 1e-6 m Un Imax in kWh; nominal `voltage` in V, `maximum_current` in A, `elements` m."""
    return 1e-6 * elements * voltage * maximum_current


def pulses_allowed(energy: float, meter_constant: float) -> int:
    """Whole pulses in `energy` kWh at `meter_constant` imp/kWh: as many may come, not one more."""
    return math.floor(energy * meter_constant * (1 + _SLACK))

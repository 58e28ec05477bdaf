"""The meter constant test: pulses of the test output against the advance of the register."""

from __future__ import annotations

PULSE_TOLERANCE = 1
"""Pulses by which the count may differ from the register's advance."""


def expected_pulses(advance: float, meter_constant: float) -> float:
    """N = b C for an `advance` b of the register in kWh at `meter_constant` imp/kWh."""
    return advance * meter_constant


def reading_error(power: float, poll_time: float, energy: float) -> float:
    """Quantisation in % when start and stop are register edges seen by polling.

    `power` in W, `poll_time` in s between polls, `energy` in Wh that passed: e = P t / E.
    """
    return 100 * power * poll_time / 3600 / energy

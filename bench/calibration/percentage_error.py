"""Percentage errors of a meter under test against the reference.

The time of an energy reading is that of its half cycles at the *reference's* frequency. The chip
could give a time too, LINECYC/2 * PERIOD * 8/CLKIN, but it counts PERIOD with the same CLKIN that
paces its accumulator. A crystal that is 50 ppm fast adds 50 ppm to the energy *and* to that time,
so the error would cancel in the reading and stay in the meter. Against the reference's frequency it
shows, and watt gain takes it out.
"""

from __future__ import annotations


def percentage_error(measured: float, true: float) -> float:
    """(measured - true) / true in %, positive when the meter is fast; `ValueError` at true = 0."""
    if true == 0:
        raise ValueError("no percentage error against a true value of 0: apply a load first")
    return (measured / true - 1) * 100


def half_cycle_time(half_cycles: float, frequency: float) -> float:
    """Time in s of `half_cycles` at `frequency` Hz (> 0)."""
    if not frequency > 0:
        raise ValueError(f"frequency = {frequency} Hz: must be above 0")
    return half_cycles / (2 * frequency)


def line_cycle_error(
    count: float, wh_per_lsb: float, power: float, half_cycles: int, frequency: float
) -> float:
    """Percentage error from LAENERGY.

    `count` LSB of `wh_per_lsb` Wh each over `half_cycles`; `power` in W and `frequency` in Hz are
    the reference meter's.
    """
    true = power * half_cycle_time(half_cycles, frequency) / 3600
    return percentage_error(count * wh_per_lsb, true)


def pulse_error(frequency: float, meter_constant: float, power: float) -> float:
    """Percentage error from the CF frequency in Hz.

    `meter_constant` in imp/kWh, `power` in W by the reference meter.
    """
    return percentage_error(frequency, meter_constant * power / 3.6e6)

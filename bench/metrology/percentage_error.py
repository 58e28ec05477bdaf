"""Percentage errors of a meter under test against the reference, by each method.

Positive when the meter is fast. Expected counts are never rounded to whole ones: a floored m0
would bias the error by up to -100/m0 %. `bench_error` is the known error of the bench in %, found
from its certificate (gamma 0); it is added, as JJG 596 does. Transformer ratios, where there are
any, go to one side only.

The time of an energy reading is that of its half cycles at the *reference's* frequency. The chip
could give a time too, LINECYC/2 * PERIOD * 8/CLKIN, but it counts PERIOD with the same CLKIN that
paces its accumulator. A crystal that is 50 ppm fast adds 50 ppm to the energy *and* to that time,
so the error would cancel in the reading and stay in the meter. Against the reference's frequency it
shows, and watt gain takes it out.
"""

from __future__ import annotations

JOULES_PER_KWH = 3.6e6


def percentage_error(measured: float, true: float, bench_error: float = 0.0) -> float:
    """(measured - true) / true in %, positive when the meter is fast; `ValueError` at true = 0.

    Energy comparison (both energies over a common start and stop) and power comparison.
    """
    if true == 0:
        raise ValueError("no percentage error against a true value of 0: apply a load first")
    return (measured / true - 1) * 100 + bench_error


def half_cycle_time(half_cycles: float, frequency: float) -> float:
    """Time in s of `half_cycles` at `frequency` Hz (> 0)."""
    if not frequency > 0:
        raise ValueError(f"frequency = {frequency} Hz: must be above 0")
    return half_cycles / (2 * frequency)


def line_cycle_error(
    count: float,
    wh_per_lsb: float,
    power: float,
    half_cycles: int,
    frequency: float,
    bench_error: float = 0.0,
) -> float:
    """Percentage error from LAENERGY, by energy comparison.

    `count` LSB of `wh_per_lsb` Wh each over `half_cycles`; `power` in W and `frequency` in Hz are
    the reference meter's.
    """
    true = power * half_cycle_time(half_cycles, frequency) / 3600
    return percentage_error(count * wh_per_lsb, true, bench_error)


def register_error(
    before: float, after: float, energy: float, capacity: float, bench_error: float = 0.0
) -> float:
    """Percentage error of an energy register, by energy comparison.

    `before` and `after` in the unit of `energy`, which is the reference's between the two readings.
    `capacity`: where the register starts again from zero; one such passage is allowed for.
    `ValueError` for a reading outside 0 to `capacity`.
    """
    for reading in (before, after):
        if not 0 <= reading < capacity:
            raise ValueError(f"register reading {reading}: must lie from 0 to below {capacity}")
    return percentage_error((after - before) % capacity, energy, bench_error)


def pulse_error(
    frequency: float, meter_constant: float, power: float, bench_error: float = 0.0
) -> float:
    """Percentage error from the CF frequency in Hz: the counter gives pulses by time.

    `meter_constant` in imp/kWh, `power` in W by the reference meter; either sign, CF has none.
    """
    return percentage_error(frequency, meter_constant * abs(power) / JOULES_PER_KWH, bench_error)


def power_time_error(
    pulses: int, seconds: float, meter_constant: float, power: float, bench_error: float = 0.0
) -> float:
    """Percentage error (T - t)/t from `pulses` whole pulses that took t = `seconds`.

    T = 3.6e6 n / (C P) is the time that they should take at `power` W with `meter_constant` in
    imp/kWh. From edge to edge there is no count to lose. `ValueError` for no pulse or no time.
    """
    if pulses < 1 or not seconds > 0:
        raise ValueError(f"{pulses} pulses in {seconds} s: one or more in some time are needed")
    return pulse_error(pulses / seconds, meter_constant, power, bench_error)


def pulse_comparison(
    pulses: int,
    meter_constant: float,
    reference_counts: float,
    reference_constant: float,
    bench_error: float = 0.0,
) -> float:
    """Percentage error (m0 - N)/N: `pulses` of the meter gate the reference's pulse counter.

    N = `reference_counts` are what it read, m0 = n Cref / Cdut what it should have read; both
    constants in imp/kWh. `ValueError` for no pulse or no count.
    """
    if pulses < 1 or not reference_counts > 0:
        raise ValueError(f"{pulses} pulses against {reference_counts} counts: both must be above 0")
    expected = pulses * reference_constant / meter_constant
    return percentage_error(expected, reference_counts, bench_error)


def reference_constant(full_scale_frequency: float, full_scale_power: float) -> float:
    """Cref in imp/kWh of a reference that puts out so many Hz at so many W of its range (> 0)."""
    if not full_scale_power > 0:
        raise ValueError(f"full-scale power = {full_scale_power} W: must be above 0")
    return full_scale_frequency * JOULES_PER_KWH / full_scale_power

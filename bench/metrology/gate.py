"""How many pulses, or how long, a reading takes for the resolution that is wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.metrology.percentage_error import JOULES_PER_KWH

LEAST_PULSES = 2
"""So that a missed pulse shows as -33 % or worse."""
SHORTEST = 5.0
"""s; from memory of automatic benches. Panel-meter makers want 30 s and 25 pulses."""
_SLACK = 1e-9
"""So that 5 s at 0.2 Hz are one pulse, not two, whatever the rounding of the product."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of `pulses` whole pulses of the meter, which take `seconds` if it is right."""

    pulses: int
    seconds: float

    @property
    def time_out(self) -> float:
        """s after which pulses count as missing."""
        return 1.5 * self.seconds + 2


def pulse_frequency(power: float, meter_constant: float) -> float:
    """f = P C / 3.6e6 in Hz at `power` W (either sign) with `meter_constant` in imp/kWh."""
    return abs(power) * meter_constant / JOULES_PER_KWH


def pulse_gate(
    power: float,
    meter_constant: float,
    resolution: float,
    *,
    jitter: float = 0.0,
    shortest: float = SHORTEST,
    least: int = LEAST_PULSES,
    reference_constant: float | None = None,
    reference_counts: float = 0.0,
) -> Gate:
    """The gate n = max(n_min, ceil(T_min f), ceil(J / (delta T_pulse)), ceil(N Cdut / Cref)).

    `resolution`: delta in %, usually a tenth of the class. `jitter`: J in s, of the meter's pulse.
    `shortest` gate in s, `least` pulses. With a reference that counts pulses of its own, of
    `reference_constant` imp/kWh, it reads at least `reference_counts`. `power` in W, either sign.
    `ValueError` for no power, or a resolution that is not above 0.
    """
    frequency = pulse_frequency(power, meter_constant)
    if not frequency > 0:
        raise ValueError(f"no pulses at {power} W: a pulse gate needs active power")
    if not resolution > 0:
        raise ValueError(f"resolution = {resolution} %: must be above 0")
    wanted = [float(least), shortest * frequency, jitter * frequency / (resolution / 100)]
    if reference_constant is not None:
        wanted.append(reference_counts * meter_constant / reference_constant)
    pulses = max(math.ceil(n * (1 - _SLACK)) for n in wanted)
    return Gate(pulses, pulses / frequency)


def preset_counts(bench_class: float) -> int:
    """Least counts of the reference, so that one is a tenth of the bench's class (%).

    Class 0.05: 20 000, 0.1: 10 000, 0.2: 5 000. Derived; it agrees with the preset-count table of
    JJG 596, which is known from memory only.
    """
    return math.ceil(1000 / bench_class * (1 - _SLACK))


def half_cycle_gate(
    power: float,
    wh_per_lsb: float,
    frequency: float,
    resolution: float,
    *,
    shortest: int,
    longest: int,
) -> int:
    """Half line cycles after which one energy LSB of `wh_per_lsb` Wh is `resolution` % of it all.

    At `power` W (either sign) and `frequency` Hz; not below `shortest`, not above `longest`.
    `ValueError` for no power, or a resolution that is not above 0.
    """
    if power == 0 or not resolution > 0:
        raise ValueError(f"{power} W at {resolution} %: power and resolution must not be 0")
    seconds = 100 / resolution * wh_per_lsb * 3600 / abs(power)
    return min(max(math.ceil(2 * frequency * seconds * (1 - _SLACK)), shortest), longest)


def register_energy(last_digit: float, meter_class: float) -> float:
    """Energy, in the unit of `last_digit`, of which that digit is a tenth of the class (%).

    E = 1000 q / class: class 1 and 0.01 kWh take 10 kWh.
    """
    return 1000 * last_digit / meter_class


def further_readings(errors: Sequence[float], limit: float) -> int:
    """How many more readings a load point takes: 2 after the first two near the limit, else 0.

    Near is a mean at 80 to 120 % of the `limit`, both in %; then all four count.
    """
    near = 0.8 * limit <= abs(fmean(errors)) <= 1.2 * limit
    return 2 if len(errors) == 2 and near else 0

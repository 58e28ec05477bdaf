"""The percentage error that a board truly has: what a perfect meter test would find.

Worked out from the hidden spread and the registers by phasors, without the engines.
"""

from __future__ import annotations

import math

from bench.twins.ade7753.doubts import Doubts
from bench.twins.ade7753.regfile import RegisterFile
from bench.twins.ade7753.settings import Settings


def energy_rate(
    settings: Settings,
    doubts: Doubts,
    chip: int,
    voltage: float,
    current: float,
    angle: float,
    frequency: float,
) -> float:
    """AENERGY LSB per second, integrator off, all settled and without noise.

    `voltage`, `current`: RMS of sines, in V and A; `angle`: deg by which the current lags;
    `frequency`: Hz. Valid where the power stays out of the thresholds within its ripple.
    """
    s = settings
    power = float(s.gain1[chip] * current * s.gain2[chip] * voltage) / doubts.multiplier
    # A stimulus taken later leads: what the channels look ahead by adds to the angle between them.
    ahead = 2.0 * math.pi * frequency * float(s.shift2[chip] - s.shift1[chip])
    mean = power * math.cos(math.radians(angle) + ahead) + float(s.creep[chip])
    if abs(mean) < doubts.no_load:
        return 0.0
    total = mean + float(s.apos[chip])
    if s.sign_stuck[chip]:
        total = abs(total)
    if s.positive_only[chip]:
        total = max(total, 0.0)
    return total * float(s.rate[chip]) / float(s.period[chip])


def percentage_error(
    settings: Settings,
    registers: RegisterFile,
    doubts: Doubts,
    chip: int,
    voltage: float,
    current: float,
    angle: float,
    frequency: float,
    meter_constant: float,
) -> float:
    """Percentage error (IEC 62052-11) of the energy as the board's CF registers scale it.

    `meter_constant`: imp/kWh; the board gives one impulse per (CFDEN+1)/(CFNUM+1) energy LSB
    before WDIV.
    """
    wdiv = max(registers.get(chip, "WDIV"), 1)
    rate = wdiv * energy_rate(settings, doubts, chip, voltage, current, angle, frequency)
    ratio = (registers.get(chip, "CFNUM") + 1) / (registers.get(chip, "CFDEN") + 1)
    watts = rate * min(ratio, 1.0) / meter_constant * 3.6e6
    true = voltage * current * math.cos(math.radians(angle))
    return (watts / true - 1.0) * 100.0

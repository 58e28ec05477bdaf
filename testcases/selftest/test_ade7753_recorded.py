"""Recorded appliances played into the world: AENERGY is the integral of u(t) i(t), equation (4).

The high-pass filter of the current channel takes off the mean of the current, so that the product
of the two means (offsets of the recorder; mains has no DC) is not measured: 0.03 % for the desktop
computer, under 0.005 % for all others. The rest of the current passes within 6e-7, the bursts of
an induction cooker included, since what is slow in the current meets no slow voltage.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.twins.ade7753.model import Floats
from bench.twins.waveform import Sampled
from testcases.selftest.metering_chip import Jig

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "appliances"
RATE = 6_400.0
"""Samples per second of the records: 128 per cycle of 50 Hz."""
AMPERE, VOLT = 41.4738, 21.3872
"""Codes per ampere and per volt of the recorder; it reads the voltage low."""
NOMINAL_VOLTAGE = 220.0
RECORD = 3.0
"""s of one record, played over and over."""
JOULE = 22_372.2 / (440.0 * 120.0)
"""AENERGY LSB per joule at gain 1: full scale is 440 V and 120 A on the nominal board."""
GAIN = 16
"""PGA1: the largest appliance peaks at 10 A, full scale is then 170 A / 16."""
LEAST = 4_000
"""LSB that must have been counted, for one of them to be 0.025 %."""

APPLIANCES = (
    *("air_conditioner", "desktop_computer", "electric_kettle", "induction_cooker"),
    *("laptop", "range_hood", "refrigerator", "rice_cooker"),
    *("television", "washing_machine", "water_dispenser", "water_heater"),
)

pytestmark = pytest.mark.skipif(
    not RECORDS.is_dir(), reason="the recorded appliances are not beside this repository"
)


def record(appliance: str) -> tuple[Floats, Floats]:
    """Voltage in V, rescaled to 220 V, and current in A of the middle record of an appliance."""
    with np.load(RECORDS / f"{appliance}.npz") as data:
        middle = len(data["voltage"]) // 2
        voltage = data["voltage"][middle] / VOLT
        current = data["current"][middle] / AMPERE
    return voltage * (NOMINAL_VOLTAGE / np.sqrt(np.mean(voltage**2))), current


def mean_power(u: Floats, i: Floats) -> float:
    """Equation (4) over one period of repeated records that are linear between samples, in W."""
    u1, i1 = np.roll(u, -1), np.roll(i, -1)
    return float(np.mean((u * i + u1 * i1) / 3.0 + (u * i1 + u1 * i) / 6.0))


@pytest.mark.parametrize("appliance", APPLIANCES)
def test_active_energy_of_an_appliance(appliance: str) -> None:
    voltage, current = record(appliance)
    power = mean_power(voltage, current)
    unseen = float(np.mean(voltage) * np.mean(current)) / power
    assert abs(unseen) < 0.0003
    jig = Jig()
    jig.chip.write(GAIN=4)  # PGA1 = 16
    jig.play(Sampled(RATE, voltage, repeat=True), Sampled(RATE, current, repeat=True))
    jig.run(3 * RECORD)
    jig.chip.read("RAENERGY")
    repeats = int(np.ceil(LEAST / (power * JOULE * GAIN) / RECORD))
    jig.run(repeats * RECORD)
    true = power * repeats * RECORD
    error = jig.chip.read("AENERGY") / GAIN / JOULE / true - 1.0
    assert abs(error) < 0.001

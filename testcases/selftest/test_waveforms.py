"""Phase-fired and burst-fired currents, and load points with harmonics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.description import load
from bench.loadpoint import LoadPoint, load_point
from bench.metrology.equations.power import active_power
from bench.metrology.equations.spectrum import Spectrum
from bench.metrology.items import influences
from bench.metrology.plans import plan
from bench.metrology.waveforms import burst_fired, mean_power, phase_fired
from drivers.roles import Harmonic

DESIGN = load("virtual").design
THETA = (np.arange(40_000) + 0.5) / 40_000 * 2 * math.pi


def fourier(values: np.ndarray, order: int) -> complex:
    """RMS phasor of `order` by a plain sum over one turn."""
    if order == 0:
        return complex(values.mean())
    return complex(1j * math.sqrt(2) * np.mean(values * np.exp(-1j * order * THETA)))


@pytest.mark.parametrize("angle", [45.0, 90.0, 135.0])
def test_phase_fired_orders_are_those_of_the_shape(angle: float) -> None:
    fired = np.mod(np.degrees(THETA), 180) >= angle
    shape = math.sqrt(2) * np.sin(THETA) * fired
    found = phase_fired(50.0, angle, 15)
    for order in range(16):
        assert found.phasor(order) == pytest.approx(fourier(shape, order), abs=2e-4)


def test_fired_at_90_degrees_half_of_the_power_is_left() -> None:
    """Fundamental 0.5 - j/pi: 0.593 of the sine, lagging 32.5 degrees; RMS is 1/sqrt(2)."""
    fired = phase_fired(50.0, 90.0, 2001)
    assert fired.phasor(1) == pytest.approx(0.5 - 1j / math.pi)
    assert mean_power(fired) == pytest.approx(0.5)
    assert fired.rms == pytest.approx(1 / math.sqrt(2), rel=1e-3)


def test_burst_orders_are_those_of_the_shape() -> None:
    """Two periods with current, two without; order 4 is the mains."""
    shape = math.sqrt(2) * np.sin(4 * THETA) * (math.pi > THETA)
    found = burst_fired(50.0, 2, 2, 12)
    assert found.frequency == 12.5
    for order in range(13):
        assert found.phasor(order) == pytest.approx(fourier(shape, order), abs=2e-4)
    assert mean_power(found, 4) == pytest.approx(0.5)


@pytest.mark.parametrize("quantity", ["phase-fired", "burst"])
def test_switched_loads_of_a_plan_have_the_power_of_their_reference(quantity: str) -> None:
    item = next(i for i in influences(plan("iec62053-21-class1"), DESIGN) if i.quantity == quantity)
    assert item.reference.active == pytest.approx(220 * 5)
    if item.spectrum is None:
        assert item.disturbed.active == pytest.approx(item.reference.active)
        assert set(item.disturbed.current_harmonics) == set(range(3, 40, 2))
        return
    voltage = Spectrum(12.5, {4: 220 + 0j})
    assert active_power(voltage, item.spectrum) == pytest.approx(item.reference.active)
    assert item.disturbed.active / 2 == pytest.approx(item.reference.active)


def test_the_setting_makes_the_fired_shape() -> None:
    """What the source puts out, by the convention of the roles, is nothing before 90 degrees."""
    item = next(
        i for i in influences(plan("iec62053-21-class1"), DESIGN) if i.quantity == "phase-fired"
    )
    setting = item.disturbed.setting
    current = Spectrum.sine(setting.current, 50.0, -setting.angle, setting.current_harmonics)
    t = np.array([30.0, 60.0, 120.0, 150.0, 240.0, 300.0]) / 360 / 50
    peak = 10 * math.sqrt(2)
    expected = [0, 0, peak * 0.8660254, peak * 0.5, 0, -peak * 0.8660254]
    assert current.at(t) == pytest.approx(expected, abs=0.06 * peak)


# load points with harmonics


@pytest.mark.parametrize("angle", [0.0, 60.0, -36.87])
@pytest.mark.parametrize("shift", [0.0, 90.0, 180.0])
def test_active_power_of_a_load_point_counts_its_harmonics(angle: float, shift: float) -> None:
    volts, amps = {5: Harmonic(0.1, 20.0), 7: Harmonic(0.05)}, {5: Harmonic(0.4, shift)}
    point = LoadPoint("x", 220.0, 10.0, angle, 50.0, None, volts, amps)
    u, i = Spectrum.sine(220.0, 50.0, 0.0, volts), Spectrum.sine(10.0, 50.0, -angle, amps)
    assert point.active == pytest.approx(active_power(u, i))
    assert point.setting.voltage_harmonics == volts
    assert point.setting.current_harmonics == amps


def test_transitional_and_minimum_current() -> None:
    assert load_point(DESIGN, "Itr").current == pytest.approx(1.0)
    assert load_point(DESIGN, "0.4 Itr").current == pytest.approx(0.4)
    assert load_point(DESIGN, "Imin").current == pytest.approx(0.2)
    assert load_point(DESIGN, "Imin", minimum=0.4).current == pytest.approx(0.4)


def test_frequency_as_a_ratio() -> None:
    point = load_point(DESIGN, "Ib", frequency=1.02)
    assert point.frequency == pytest.approx(51.0)
    assert point.name == "Ib PF 1 1.02 fn"

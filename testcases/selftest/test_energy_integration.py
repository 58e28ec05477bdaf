"""Energies, equations (4) and (8): exact over any interval, against independent quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrology.equations.energy import (
    JOULES_PER_KWH,
    active_energy,
    energy_of_power,
    reactive_energy,
    sinusoidal_energy,
)
from bench.metrology.equations.integration import Waveform, integral
from bench.metrology.equations.power import active_power
from bench.metrology.equations.reactive import Reactive, reactive_power
from bench.metrology.equations.samples import Samples
from bench.metrology.equations.spectrum import Spectrum
from bench.twins.circuit import Stretch, energy_between
from bench.twins.waveform import sine
from drivers.roles import Harmonic

phasors = st.builds(complex, st.floats(-30, 30), st.floats(-30, 30))
spectra = st.builds(
    lambda f, x, dc: Spectrum(f, {**x, 0: complex(dc)}),
    st.sampled_from([12.5, 49.7, 50.0, 60.0]),
    st.dictionaries(st.integers(1, 15), phasors, max_size=4),
    st.floats(-5, 5),
)
records = st.builds(
    lambda rate, values: Samples(rate, np.array(values), -0.01),
    st.sampled_from([90.0, 1000.0, 3333.3]),
    st.lists(st.floats(-30, 30), min_size=2, max_size=60),
)
waveforms = st.one_of(spectra, records)
parts = st.floats(0, 1)


def span(*waves: Waveform) -> tuple[float, float]:
    """Where all of them are known; -0.01 to 0.05 s for spectra alone."""
    stops = [wave.stop for wave in waves if isinstance(wave, Samples)]
    return -0.01, min(stops, default=0.05)


def quadrature(a: Waveform, b: Waveform, start: float, stop: float) -> float:
    """Gauss-Legendre between all knots and in steps well below a period: none of our formulas."""
    marks = [np.linspace(start, stop, 257)]
    marks += [w.times for w in (a, b) if isinstance(w, Samples)]
    knots = np.unique(np.clip(np.concatenate(marks), start, stop))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    middle, half = (knots[1:] + knots[:-1]) / 2, (knots[1:] - knots[:-1]) / 2
    t = np.clip(middle[:, None] + half[:, None] * nodes, start, stop)
    return float(np.sum(half[:, None] * weights * a.at(t) * b.at(t)))


@pytest.mark.requirement("EQ-4", "EQ-8")
@given(waveforms, waveforms, parts, parts)
def test_integration_is_exact(a: Waveform, b: Waveform, p: float, q: float) -> None:
    first, last = span(a, b)
    start, stop = sorted((first + p * (last - first), first + q * (last - first)))
    assert integral(a, b, start, stop) == pytest.approx(quadrature(a, b, start, stop), abs=2e-8)


@pytest.mark.requirement("EQ-4")
@given(waveforms, waveforms, st.tuples(parts, parts, parts))
def test_energy_is_additive_in_time(
    u: Waveform, i: Waveform, where: tuple[float, float, float]
) -> None:
    first, last = span(u, i)
    t0, t1, t2 = (first + p * (last - first) for p in where)  # in any order: energy is signed
    whole = active_energy(u, i, t0, t2)
    assert active_energy(u, i, t0, t1) + active_energy(u, i, t1, t2) == pytest.approx(
        whole, abs=1e-9
    )


@pytest.mark.requirement("EQ-4")
@pytest.mark.parametrize("phi", [0.0, 60.0, -36.87, 90.0, 180.0])
def test_energy_of_whole_periods(phi: float) -> None:
    u, i = Spectrum.sine(220.0, 50.0), Spectrum.sine(5.0, 50.0, -phi)
    expected = 10 * 220 * 5 * math.cos(math.radians(phi))
    assert sinusoidal_energy(220.0, 5.0, phi, 10.0) == pytest.approx(expected, abs=1e-9)
    assert active_energy(u, i, 0.003, 10.003) == pytest.approx(expected, abs=1e-7)


@pytest.mark.requirement("EQ-4")
def test_energy_of_a_quarter_and_of_an_eighth_of_a_period() -> None:
    """U I (t - sin(2 w t) / 2 w): at an eighth of a period the sine is 1."""
    u, i = Spectrum.sine(220.0, 50.0), Spectrum.sine(5.0, 50.0)
    assert active_energy(u, i, 0.0, 0.005) == pytest.approx(1100 * 0.005)
    expected = 1100 * (0.0025 - 1 / (2 * 100 * math.pi))
    assert active_energy(u, i, 0.0, 0.0025) == pytest.approx(expected)


@pytest.mark.requirement("EQ-4")
def test_one_kilowatt_hour_after_a_day_of_lab_time() -> None:
    u, i = Spectrum.sine(200.0, 50.0), Spectrum.sine(5.0, 50.0)
    assert active_energy(u, i, 86_400.0, 90_000.0) == pytest.approx(JOULES_PER_KWH, rel=1e-12)


@pytest.mark.requirement("EQ-4")
def test_a_triangle_times_a_triangle() -> None:
    """The mean square of a triangle is a third of its peak squared: 12 V and 3 A, 1 s."""
    triangle = np.array([0.0, 1.0, 0.0, -1.0, 0.0])
    u, i = Samples(4.0, 12 * triangle), Samples(4.0, 3 * triangle)
    assert active_energy(u, i, 0.0, 1.0) == pytest.approx(12.0)
    # between the first two samples both rise from 0: a part s of it holds 36 s^3 / 3 * 0.25
    assert active_energy(u, i, 0.0, 0.125) == pytest.approx(36 * 0.5**3 / 3 * 0.25)


@pytest.mark.requirement("EQ-4")
def test_a_ramp_times_a_sine() -> None:
    """Integral of t sin(w t) over a period is -T/w."""
    ramp = Samples(1000.0, np.arange(101) / 1000.0)
    sine = Spectrum.sine(1 / math.sqrt(2), 50.0)
    expected = -0.02 / (100 * math.pi)
    assert integral(ramp, sine, 0.0, 0.02) == pytest.approx(expected, rel=1e-12)
    assert integral(sine, ramp, 0.0, 0.02) == pytest.approx(expected, rel=1e-12)


@pytest.mark.requirement("EQ-4")
def test_two_frequencies_carry_no_energy_over_their_common_period() -> None:
    assert active_energy(Spectrum.sine(220, 50), Spectrum.sine(5, 60), 0.0, 0.1) == pytest.approx(
        0.0, abs=1e-9
    )


@pytest.mark.requirement("EQ-8")
@given(spectra, st.data())
def test_energies_of_a_period_are_powers_times_time(u: Spectrum, data: st.DataObject) -> None:
    i = Spectrum(u.frequency, data.draw(spectra).phasors)
    start = data.draw(st.floats(-1, 1))
    stop = start + u.period
    got = active_energy(u, i, start, stop)
    assert got == pytest.approx(active_power(u, i) * u.period, abs=1e-9)
    for meaning in Reactive:
        var_seconds = reactive_energy(u, i, start, stop, meaning)
        expected = reactive_power(u, i, meaning) * u.period
        assert var_seconds == pytest.approx(expected, abs=1e-9)


@pytest.mark.requirement("EQ-8")
def test_reactive_energy_is_positive_when_the_current_lags() -> None:
    u, i = Spectrum.sine(220.0, 50.0), Spectrum.sine(5.0, 50.0, -90.0)
    for meaning in Reactive:
        assert reactive_energy(u, i, 0.0, 10.0, meaning) == pytest.approx(11_000.0)


@pytest.mark.requirement("EQ-8")
def test_energy_of_a_power_record_with_a_step() -> None:
    """1 kW for 2 s, then a ramp from 2 kW to 0 in 3 s: 2000 + 3000 J."""
    assert energy_of_power(np.array([0, 2, 2, 5]), np.array([1e3, 1e3, 2e3, 0])) == 5000
    with pytest.raises(ValueError, match="must not fall"):
        energy_of_power(np.array([0, 2, 1]), np.zeros(3))
    with pytest.raises(ValueError, match="do not fit"):
        energy_of_power(np.array([0, 2]), np.zeros(3))


@pytest.mark.requirement("EQ-4")
@given(st.floats(-180, 180), st.floats(-180, 180), parts, st.floats(0, 2))
def test_the_world_of_the_twins_integrates_alike(
    lag: float, angle: float, start: float, seconds: float
) -> None:
    """The twins' own integral was written apart from this one: both take a role's setting."""
    volts, amps = {5: Harmonic(0.1, angle)}, {3: Harmonic(0.3), 5: Harmonic(0.4, -angle)}
    world = Stretch(0.0, sine(220, 50, 0, volts), sine(5, 50, -lag, amps), 0.0)
    u, i = Spectrum.sine(220, 50, 0, volts), Spectrum.sine(5, 50, -lag, amps)
    theirs = energy_between(world, start, start + seconds)
    assert active_energy(u, i, start, start + seconds) == pytest.approx(theirs, abs=1e-7)


def test_nothing_is_made_up_outside_a_record() -> None:
    record = Samples(10.0, np.ones(11))
    with pytest.raises(ValueError, match="not within the record of 0 to 1 s"):
        active_energy(record, record, 0.5, 1.1)
    with pytest.raises(ValueError, match="not within"):
        active_energy(Spectrum.sine(220, 50), record, -0.1, 0.5)


@pytest.mark.parametrize(
    ("rate", "values", "words"),
    [(0.0, [1, 2], "above 0"), (10.0, [1], "two"), (10.0, [1, math.nan], "finite")],
)
def test_what_is_no_record(rate: float, values: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Samples(rate, np.array(values, dtype=float))

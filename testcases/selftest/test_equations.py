"""Equations (1) to (7): closed forms worked out by hand, and what must hold for every waveform."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrology.equations import arrays
from bench.metrology.equations.power import (
    active_power,
    apparent_power,
    power_factor,
    sinusoidal_power,
)
from bench.metrology.equations.reactive import Reactive, reactive_power
from bench.metrology.equations.sine import current_at, voltage_at
from bench.metrology.equations.spectrum import Spectrum
from bench.metrology.equations.three_phase import (
    Power,
    arithmetic_apparent,
    four_wire,
    three_phase_energy,
    three_wire,
)
from drivers.roles import Harmonic

MEANINGS = tuple(Reactive)

phasors = st.builds(complex, st.floats(-300, 300), st.floats(-300, 300))


def spectra(direct: bool = True) -> st.SearchStrategy[Spectrum]:
    """Spectra of 50 Hz with up to six orders, direct current among them if wanted."""
    alternating = st.dictionaries(st.integers(1, 20), phasors, max_size=5)
    level = st.floats(-50, 50) if direct else st.just(0.0)
    return st.builds(lambda x, dc: Spectrum(50.0, {**x, 0: complex(dc)}), alternating, level)


# equations (1) and (2)


@pytest.mark.requirement("EQ-1")
def test_voltage_over_time() -> None:
    t = np.array([0.0, 0.005, 0.01, 0.015, 1 / 600])
    expected = [0.0, 311.12698, 0.0, -311.12698, 155.56349]
    assert voltage_at(t, 220.0, 50.0) == pytest.approx(expected, abs=1e-4)


@pytest.mark.requirement("EQ-2")
def test_current_over_time_has_the_current_as_its_size_and_not_the_voltage() -> None:
    """At 60 degrees lag the crest comes a sixth of a period after that of the voltage."""
    crest = np.array([0.005 + 0.02 / 6])
    assert current_at(crest, 5.0, 50.0, 60.0) == pytest.approx([7.0710678])
    assert current_at(np.array([0.02 / 6]), 5.0, 50.0, 60.0) == pytest.approx([0.0], abs=1e-12)


def test_a_spectrum_is_the_sine_of_the_equations() -> None:
    t = np.linspace(0, 0.05, 173)
    assert Spectrum.sine(220.0, 50.0).at(t) == pytest.approx(voltage_at(t, 220.0, 50.0), abs=1e-9)
    lagging = Spectrum.sine(5.0, 50.0, -60.0)
    assert lagging.at(t) == pytest.approx(current_at(t, 5.0, 50.0, 60.0), abs=1e-9)


def test_a_harmonic_counts_from_the_zero_crossing_of_its_fundamental() -> None:
    shifted = Spectrum.sine(10.0, 50.0, -60.0, {5: Harmonic(0.4, 30.0)})
    t = np.array([0.02 / 6])  # where the lagging fundamental rises through zero
    fifth = math.sqrt(2) * 4.0 * math.sin(math.radians(30))
    assert shifted.at(t) == pytest.approx([fifth])


# equation (3)


@pytest.mark.requirement("EQ-3")
@pytest.mark.parametrize(
    ("phi", "watts", "vars_"),
    [(0, 1100.0, 0.0), (60, 550.0, 952.6279), (-36.8698976458, 880.0, -660.0), (180, -1100.0, 0.0)],
)
def test_active_and_reactive_power(phi: float, watts: float, vars_: float) -> None:
    u, i = Spectrum.sine(220.0, 50.0), Spectrum.sine(5.0, 50.0, -phi)
    assert sinusoidal_power(220.0, 5.0, phi) == pytest.approx(watts)
    assert active_power(u, i) == pytest.approx(watts)
    assert apparent_power(u, i) == pytest.approx(1100.0)
    assert power_factor(u, i) == pytest.approx(watts / 1100.0)
    for meaning in MEANINGS:
        assert reactive_power(u, i, meaning) == pytest.approx(vars_, abs=1e-4)


@pytest.mark.requirement("EQ-3")
def test_ten_per_cent_times_forty_per_cent_of_fifth_harmonic_is_four_per_cent_of_power() -> None:
    u = Spectrum.sine(220.0, 50.0, 0.0, {5: Harmonic(0.10)})
    i = Spectrum.sine(25.0, 50.0, 0.0, {5: Harmonic(0.40)})
    assert active_power(u, i) == pytest.approx(1.04 * 220 * 25)
    assert active_power(u.fundamental, i.fundamental) == pytest.approx(220 * 25)


@pytest.mark.requirement("EQ-3")
def test_direct_current_and_a_square_wave() -> None:
    assert active_power(Spectrum(50, {0: 3 + 0j}), Spectrum(50, {0: -2 + 0j})) == -6
    square = np.repeat([1.0, -1.0], 500)
    assert arrays.active_power_of(100 * square, 2 * square) == 200
    assert arrays.rms_of(100 * square) == 100


def test_the_meanings_of_reactive_power_part_with_harmonics() -> None:
    """Fundamental 200 V, 10 A lagging 30 degrees; third 20 V, 4 A lagging 90 degrees of its own."""
    u = Spectrum(50, {1: 200 + 0j, 3: 20 + 0j})
    i = Spectrum(50, {1: 10 * np.exp(-1j * math.pi / 6), 3: -4j})
    assert reactive_power(u, i, Reactive.FUNDAMENTAL) == pytest.approx(1000.0)
    assert reactive_power(u, i, Reactive.BUDEANU) == pytest.approx(1080.0)


def test_power_of_two_frequencies_or_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="different frequencies"):
        active_power(Spectrum.sine(1, 50), Spectrum.sine(1, 60))
    with pytest.raises(ValueError, match="apply a load"):
        power_factor(Spectrum.sine(220, 50), Spectrum.sine(0, 50))


@given(spectra(), spectra())
def test_apparent_power_is_never_below_active_power(u: Spectrum, i: Spectrum) -> None:
    assert apparent_power(u, i) * (1 + 1e-12) + 1e-300 >= abs(active_power(u, i))


@given(spectra())
def test_parseval(x: Spectrum) -> None:
    """The RMS of the orders is the RMS of the samples."""
    t = np.arange(128) / 128 / 50
    assert arrays.rms_of(x.at(t)) == pytest.approx(x.rms, rel=1e-9, abs=1e-9)


@given(spectra(), spectra(), st.integers(1, 4))
def test_arrays_and_spectra_agree(u: Spectrum, i: Spectrum, periods: int) -> None:
    t = np.arange(64 * periods) / 64 / 50
    scale = 1 + u.rms * i.rms
    power = arrays.active_power_of(u.at(t), i.at(t))
    assert power == pytest.approx(active_power(u, i), abs=1e-9 * scale)
    assert arrays.active_energy_of(u.at(t), i.at(t), 3200.0) == pytest.approx(
        active_power(u, i) * periods * 0.02, abs=1e-9 * scale
    )
    for meaning in MEANINGS:
        got = arrays.reactive_power_of(u.at(t), i.at(t), periods, meaning)
        assert got == pytest.approx(reactive_power(u, i, meaning), abs=1e-9 * scale)


@given(spectra())
def test_fourier_sums_find_the_spectrum_again(x: Spectrum) -> None:
    found = arrays.spectrum_of(x.at(np.arange(3 * 50) / 50 / 50), 3, 50.0)
    for order in range(21):
        assert found.phasor(order) == pytest.approx(x.phasor(order), abs=1e-9)


# equations (5), (6), (7)


@pytest.mark.requirement("EQ-5")
def test_three_phases_add_signed() -> None:
    assert three_phase_energy([5.0, -2.0, 4.0]) == 7.0
    with pytest.raises(ValueError, match="three phases"):
        three_phase_energy([1.0, 2.0])


def three_phase(
    rms: float, angle: float = 0.0, harmonics: dict[int, Harmonic] | None = None
) -> list[Spectrum]:
    return [Spectrum.sine(rms, 50.0, angle - k * 120, harmonics) for k in range(3)]


@pytest.mark.requirement("EQ-6")
@pytest.mark.parametrize(
    ("phi", "element_a", "element_c"),
    [(0, 0.8660254, 0.8660254), (60, 0.0, 0.8660254), (-60, 0.8660254, 0.0), (90, -0.5, 0.5)],
)
def test_elements_of_a_balanced_three_wire_load(
    phi: float, element_a: float, element_c: float
) -> None:
    """100 V between lines, 5 A: cos of phi + 30 and phi - 30 degrees on the two elements."""
    u_a, u_b, u_c = three_phase(100 / math.sqrt(3))
    i_a, _, i_c = three_phase(5.0, -phi)
    total = three_wire(u_a - u_b, i_a, u_c - u_b, i_c, Reactive.BUDEANU)
    assert Power.of(u_a - u_b, i_a, Reactive.BUDEANU).active == pytest.approx(
        500 * element_a, abs=1e-4
    )
    assert Power.of(u_c - u_b, i_c, Reactive.BUDEANU).active == pytest.approx(
        500 * element_c, abs=1e-4
    )
    turn = math.radians(phi)
    assert total.active == pytest.approx(math.sqrt(3) * 500 * math.cos(turn), abs=1e-9)
    assert total.reactive == pytest.approx(math.sqrt(3) * 500 * math.sin(turn), abs=1e-9)
    assert total.apparent == pytest.approx(math.sqrt(3) * 500)


@pytest.mark.requirement("EQ-7")
def test_vector_and_arithmetic_apparent_power_part_on_an_unbalanced_load() -> None:
    """One phase at PF 0.5 L, the others at 1, each 1 VA: arithmetic 3.000, vector 2.646."""
    u = three_phase(1.0)
    i = [Spectrum.sine(1.0, 50.0, -120 * k - (60 if k == 0 else 0)) for k in range(3)]
    assert four_wire(u, i, Reactive.FUNDAMENTAL).apparent == pytest.approx(2.6457513)
    assert arithmetic_apparent(u, i) == pytest.approx(3.0)


@pytest.mark.requirement("EQ-7")
def test_one_phase_lost_and_one_exporting() -> None:
    elements = [
        Power.sinusoidal(220, 5, 0),
        Power.sinusoidal(0, 5, 0),
        Power.sinusoidal(220, 2, 180),
    ]
    assert Power.total(elements).active == pytest.approx(1100 - 440)


def test_equation_7_wants_three_phases() -> None:
    with pytest.raises(ValueError, match="three each"):
        four_wire(three_phase(1.0)[:2], three_phase(1.0), Reactive.BUDEANU)


three = st.tuples(spectra(), spectra(), spectra())


@pytest.mark.requirement("EQ-7")
@given(three, three, st.sampled_from(MEANINGS))
def test_equation_7_is_the_sum_of_three_single_phases(
    u: tuple[Spectrum, ...], i: tuple[Spectrum, ...], meaning: Reactive
) -> None:
    total = four_wire(u, i, meaning)
    pairs = list(zip(u, i, strict=True))
    scale = 1 + sum(a.rms * b.rms for a, b in pairs)
    t = np.arange(64) / 64 / 50
    by_samples = sum(float(np.mean(a.at(t) * b.at(t))) for a, b in pairs)
    assert total.active == pytest.approx(by_samples, abs=1e-9 * scale)
    by_phase = sum(reactive_power(a, b, meaning) for a, b in pairs)
    assert total.reactive == pytest.approx(by_phase, abs=1e-9 * scale)
    assert total.apparent**2 == pytest.approx(total.active**2 + total.reactive**2)


@pytest.mark.requirement("EQ-6", "EQ-7")
@given(three, st.tuples(spectra(), spectra()), st.sampled_from(MEANINGS))
def test_equation_6_is_equation_7_without_neutral_current(
    u: tuple[Spectrum, ...], i: tuple[Spectrum, Spectrum], meaning: Reactive
) -> None:
    """Blondel: any voltages, any waveform, any unbalance, as long as the currents add to zero."""
    i_a, i_c = i
    i_b = -(i_a + i_c)
    u_a, u_b, u_c = u
    two = three_wire(u_a - u_b, i_a, u_c - u_b, i_c, meaning)
    full = four_wire(u, (i_a, i_b, i_c), meaning)
    scale = 1 + sum(a.rms for a in u) * (i_a.rms + i_c.rms)
    assert two.active == pytest.approx(full.active, abs=1e-9 * scale)
    assert two.reactive == pytest.approx(full.reactive, abs=1e-9 * scale)


@pytest.mark.requirement("EQ-6")
def test_three_wires_do_not_see_a_neutral_current() -> None:
    u = three_phase(220.0)
    i = [Spectrum.sine(5.0, 50.0), Spectrum.sine(0.0, 50.0), Spectrum.sine(0.0, 50.0)]
    two = three_wire(u[0] - u[1], i[0], u[2] - u[1], i[2], Reactive.BUDEANU)
    assert four_wire(u, i, Reactive.BUDEANU).active == pytest.approx(1100.0)
    assert two.active == pytest.approx(1650.0)


# spectra


@pytest.mark.parametrize(
    ("frequency", "orders", "words"),
    [(0.0, {1: 1}, "above 0"), (50.0, {-1: 1}, "negative"), (50.0, {0: 1j}, "real")],
)
def test_what_is_no_spectrum(frequency: float, orders: dict[int, complex], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Spectrum(frequency, orders)


def test_too_few_samples_for_a_spectrum() -> None:
    with pytest.raises(ValueError, match="three or more a period"):
        arrays.spectrum_of(np.zeros(8), 3, 50.0)
    with pytest.raises(ValueError, match="one or more"):
        arrays.rms_of(np.zeros(0))

"""Defects of a board that depend on level, frequency or temperature, each where it acts."""

from __future__ import annotations

import math

import pytest

from bench.twins.waveform import sine
from drivers.roles import Harmonic
from testcases.selftest.metering_chip import FULL_SCALE, Jig

VOLTS, AMPERES = 220.0, 30.0
FULL_POWER = 22_372.2
"""AENERGY LSB per second at full scale on both channels (reference 4.12)."""


@pytest.fixture(params=["auto", "samples"])
def jig(request: pytest.FixtureRequest) -> Jig:
    """Two nominal boards, the second one sound; on both engines."""
    return Jig(boards=2, engine=request.param)


def active(jig: Jig, voltage: float = VOLTS, current: float = AMPERES, f: float = 50.0) -> float:
    """AENERGY rate of board 1, as a part of what U I comes to; board 2 must be right."""
    jig.apply(voltage, current, f=f)
    jig.run(5.0)
    before = [chip.read("AENERGY") for chip in jig.chips]
    jig.run(10.0)
    expected = 10.0 * FULL_POWER * voltage * current / math.prod(FULL_SCALE)
    first, second = (
        (chip.read("AENERGY") - b) / expected for chip, b in zip(jig.chips, before, strict=True)
    )
    assert second == pytest.approx(1.0, rel=2e-3)
    return first / second


def test_gain_changes_with_own_warmth_and_with_the_air(jig: Jig) -> None:
    jig.board.inject("warm_gain", percent_per_degree=0.1)
    assert active(jig, current=50.0) == pytest.approx(1.02, rel=1e-3)
    assert active(jig, current=5.0) == pytest.approx(1.0002, abs=1e-3)
    jig.world.ambient += 10.0
    assert active(jig, current=5.0) == pytest.approx(1.0102, abs=1e-3)


def test_phase_error_below_a_current_only(jig: Jig) -> None:
    jig.board.inject("low_current_phase", degrees=2.0, below=1.0)
    for current, lead in ((5.0, 0.0), (0.9, 2.0)):
        jig.apply(VOLTS, current, 60.0)
        jig.run(5.0)
        before = [chip.read("AENERGY") for chip in jig.chips]
        jig.run(40.0)
        bad, good = (c.read("AENERGY") - b for c, b in zip(jig.chips, before, strict=True))
        turned = math.cos(math.radians(60.0 - lead)) / math.cos(math.radians(60.0))
        assert bad / good == pytest.approx(turned, rel=3e-3)


def test_gain_changes_with_the_voltage(jig: Jig) -> None:
    jig.board.inject("voltage_gain", percent_per_volt=0.1, nominal=220.0)
    assert active(jig, voltage=220.0) == pytest.approx(1.0, abs=1e-3)
    assert active(jig, voltage=240.0) == pytest.approx(1.02, abs=1e-3)


def test_gain_changes_with_the_frequency(jig: Jig) -> None:
    jig.board.inject("frequency_gain", percent_per_hertz=2.0)
    assert active(jig, f=50.0) == pytest.approx(1.0, abs=1e-3)
    assert active(jig, f=51.0) == pytest.approx(1.02, abs=1e-3)


def test_harmonics_above_an_order_are_lost(jig: Jig) -> None:
    jig.board.inject("harmonic_blind", order=3)
    fifth = {5: Harmonic(0.4)}
    jig.play(sine(VOLTS, 50.0, harmonics={5: Harmonic(0.1)}), sine(AMPERES, 50.0, harmonics=fifth))
    jig.run(5.0)
    before = [chip.read("AENERGY") for chip in jig.chips]
    jig.run(10.0)
    bad, good = (c.read("AENERGY") - b for c, b in zip(jig.chips, before, strict=True))
    assert bad / good == pytest.approx(1 / 1.04, rel=1e-3)


def test_reactive_energy_has_the_wrong_sign(jig: Jig) -> None:
    jig.chip.write(LINECYC=100)
    jig.chips[1].write(LINECYC=100)
    jig.board.inject("reactive_sign")
    jig.apply(VOLTS, AMPERES, 90.0)
    jig.run(10.0)
    bad, good = (chip.read("LVARENERGY") for chip in jig.chips)
    assert good > 100
    assert bad == pytest.approx(-good, abs=2)


def test_the_divider_acts_with_another_value_than_it_reads(jig: Jig) -> None:
    for chip in jig.chips:
        chip.write(CFNUM=0, CFDEN=9, MODE=0x0008)
    jig.board.inject("wrong_divider", more=1)
    jig.apply(VOLTS, AMPERES)
    jig.run(60.0)
    bad, good = (len(jig.bank.pulses(p).edges(10.0, 60.0)) for p in (1, 2))
    assert jig.chip.read("CFDEN") == 9
    assert bad / good == pytest.approx(10 / 11, rel=1e-3)


def test_an_upset_flips_a_bit_once_and_shows_no_reset(jig: Jig) -> None:
    jig.chip.write(WGAIN=0x123)
    flags = jig.chip.read("STATUS")
    jig.board.inject("upset", address=0x12, bit=6)
    assert jig.chip.read("WGAIN") == 0x163
    assert jig.chip.read("STATUS") == flags
    jig.chip.write(WGAIN=0x123)
    assert jig.chip.read("WGAIN") == 0x123, "it was a moment's disturbance, not a stuck bit"

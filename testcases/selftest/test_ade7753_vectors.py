"""The twin gives the numbers of the data sheet (engineering reference, sections 4 and 5.4)."""

from __future__ import annotations

import dataclasses

import pytest

from bench.twins.ade7753.spread import Spread
from testcases.selftest.metering_chip import FULL_SCALE, Jig

ENGINES = ("steady", "samples")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("frequency", "part", "channel2", "irms", "vrms", "active", "apparent", "period", "vpeak"),
    [
        (60, 1.0, 9_488, 1_868_467, 1_560_000, 22_372.2, 18_534, 7_457, 18_975),
        (50, 1.0, 9_721, 1_868_467, 1_598_300, 22_372.2, 18_989, 8_949, 19_441),
        (50, 0.5, 4_860, 934_233, 799_150, 5_593.0, 4_747, 8_949, 9_721),
    ],
)
def test_full_scale(
    engine: str,
    frequency: int,
    part: float,
    channel2: int,
    irms: int,
    vrms: int,
    active: float,
    apparent: float,
    period: int,
    vpeak: int,
) -> None:
    jig = Jig(engine=engine)
    volts, amperes = FULL_SCALE
    jig.apply(part * volts, part * amperes, f=frequency)
    assert jig.rate("AENERGY") == pytest.approx(active, abs=0.2)
    assert jig.rate("VAENERGY") == pytest.approx(apparent, rel=1e-3)
    assert jig.mean("IRMS") == pytest.approx(irms, rel=1e-4)
    assert jig.mean("VRMS") == pytest.approx(vrms, rel=1e-3)
    assert abs(jig.chip.read("PERIOD") - period) <= 1
    jig.chip.read("RSTIPEAK")
    jig.chip.read("RSTVPEAK")
    jig.run(2.0)
    assert jig.chip.read("IPEAK") == pytest.approx(part * 2_642_412, rel=1e-4)
    assert jig.chip.read("VPEAK") == pytest.approx(vpeak, rel=1e-3)
    assert jig.chip.read("VPEAK") == pytest.approx(2 * channel2, abs=4)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("source", "largest"), [(2, 2_642_412), (3, 9_721)], ids=["channel 1", "channel 2"]
)
def test_waveform_samples_swing_between_the_full_scale_codes(
    engine: str, source: int, largest: int
) -> None:
    jig = Jig(engine=engine)
    jig.apply(*FULL_SCALE)
    jig.chip.write(MODE=source << 13 | 0x000C, IRQEN=0x0008)
    jig.run(3.0)
    seen = []
    for _ in range(600):
        jig.run(1 / 27_965)
        seen.append(jig.chip.read("WAVEFORM"))
    assert max(seen) == pytest.approx(largest, rel=1e-3)
    assert min(seen) == pytest.approx(-largest, rel=1e-3)


def test_waveform_of_active_power_is_the_lpf2_output() -> None:
    jig = Jig()
    jig.apply(*FULL_SCALE)
    jig.chip.write(IRQEN=0x0008)
    jig.run(3.0)
    seen = []
    for _ in range(280):
        jig.run(2 / 27_965)
        seen.append(jig.chip.read("WAVEFORM"))
    assert sum(seen) / len(seen) == pytest.approx(0xCCCCD, rel=1e-3)
    # LPF2 leaves 8.9 % of ripple at twice 50 Hz
    assert (max(seen) - min(seen)) / 2 / 0xCCCCD == pytest.approx(0.0886, abs=5e-4)


def test_power_factor_of_one_half() -> None:
    jig = Jig()
    jig.apply(*FULL_SCALE, angle=60.0)
    assert jig.rate("AENERGY") == pytest.approx(11_186.1, rel=1e-4)
    assert jig.rate("VAENERGY") == pytest.approx(18_989, rel=1e-3)


def test_a_phcal_step_turns_the_error_of_an_early_current_around() -> None:
    early = dataclasses.replace(Spread.none(), ct_lead=0.069)
    jig = Jig(spread=early)
    jig.apply(*FULL_SCALE, angle=60.0)
    # at PF 0.5 the 0.0005 deg that the DC blocker leaves make 0.0014 %
    assert (jig.rate("AENERGY", 300.0) / 11_186.1 - 1) * 100 == pytest.approx(0.209, abs=0.003)
    jig.chip.write(PHCAL=11)
    assert (jig.rate("AENERGY", 300.0) / 11_186.1 - 1) * 100 == pytest.approx(-0.035, abs=0.003)


@pytest.mark.parametrize(
    ("registers", "part"),
    [
        ({"WGAIN": 0x7FF}, 1.49976),
        ({"WGAIN": -0x800}, 0.5),
        ({"WDIV": 5}, 0.2),
        ({"WDIV": 1}, 1.0),
        ({"GAIN": 0x01}, 2.0),  # half of full scale at twice the gain
        ({"GAIN": 0x08}, 2.0),  # channel-1 range 0.25 V
        ({"GAIN": 0x20}, 2.0),  # PGA2
        ({"CH1OS": 20}, 1.0),  # the HPF keeps an offset of one channel out
    ],
)
def test_gains_scale_active_energy(registers: dict[str, int], part: float) -> None:
    jig = Jig()
    jig.apply(*(0.5 * x for x in FULL_SCALE))
    jig.chip.write(**registers)
    assert jig.rate("AENERGY", 40.0) == pytest.approx(5_593.05 * part, rel=1e-4)


def test_apos_adds_what_its_weight_says() -> None:
    jig = Jig()
    jig.apply(*(0.1 * x for x in FULL_SCALE))
    before = jig.rate("AENERGY", 100.0)
    jig.chip.write(APOS=9599)
    # 2^35/CLKIN APOS LSB make one AENERGY LSB per second (reference section 5.3)
    assert jig.rate("AENERGY", 100.0) - before == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("frequency", "integrator", "reactive", "apparent"),
    [
        (50, True, 0.508, 0.848),
        (50, False, 0.245, 0.848),
        (60, True, 0.610, 0.827),
        (60, False, 0.204, 0.827),
    ],
)
def test_ratios_to_active_energy(
    frequency: int, integrator: bool, reactive: float, apparent: float
) -> None:
    jig = Jig()
    chip = jig.chip
    # The integrator takes the current's derivative: feed it a current that leads by 90 deg.
    turn = 90.0 if integrator else 0.0
    attenuation = 38.4 / frequency if integrator else 1.0
    chip.put("CH1OS", 0x80 if integrator else 0x00)
    chip.write(MODE=0x008C, LINECYC=20 * frequency)
    results = {}
    for angle in (0.0, 45.0):
        jig.apply(*(0.5 * x for x in FULL_SCALE), angle=angle - turn, f=frequency)
        jig.run(60.0)  # the integrator's leak settles with 1.6 s
        names = ("LAENERGY", "LVAENERGY", "LVARENERGY")
        results[angle] = {name: chip.read(name) for name in names}
    full = results[0.0]["LAENERGY"]
    # 10 s at a quarter of full-scale power
    assert full == pytest.approx(55_930 * attenuation, rel=1e-3)
    assert results[0.0]["LVARENERGY"] / full == pytest.approx(0.0, abs=0.002)
    assert results[45.0]["LAENERGY"] / full == pytest.approx(0.707, abs=0.002)
    assert results[45.0]["LVARENERGY"] / full == pytest.approx(reactive, abs=0.003)
    # the table's apparent ratios hold for the model within 0.3 %
    assert results[45.0]["LVAENERGY"] / full == pytest.approx(apparent, rel=0.003)


def test_reactive_energy_is_negative_for_a_leading_current() -> None:
    jig = Jig()
    jig.chip.write(LINECYC=100)
    jig.apply(*FULL_SCALE, angle=-45.0)
    jig.run(5.0)
    assert jig.chip.read("LVARENERGY") < -1000


@pytest.mark.parametrize(
    ("frequency", "code", "irms"), [(50, 2_029_372, 1_434_983), (60, 1_691_144, 1_195_819)]
)
def test_full_scale_behind_the_integrator(frequency: int, code: int, irms: int) -> None:
    jig = Jig()
    jig.chip.put("CH1OS", 0x80)
    jig.apply(*FULL_SCALE, f=frequency)
    jig.run(30.0)
    assert jig.mean("IRMS") == pytest.approx(irms, rel=1e-3)
    jig.chip.read("RSTIPEAK")
    jig.run(1.0)
    assert jig.chip.read("IPEAK") == pytest.approx(code, rel=1e-3)


@pytest.mark.parametrize(("offset", "change"), [(100, 100), (-100, -100)])
def test_vrms_offset_is_in_vrms_lsb(offset: int, change: int) -> None:
    jig = Jig()
    jig.apply(220.0, 0.0)
    jig.run(5.0)
    before = jig.chip.read("VRMS")
    jig.chip.write(VRMSOS=offset)
    assert jig.chip.read("VRMS") - before == change


def test_irms_offset_is_in_its_square_and_stops_at_zero() -> None:
    jig = Jig()
    jig.apply(220.0, 1.2)
    jig.run(6.0)
    before = jig.chip.read("IRMS")
    jig.chip.write(IRMSOS=32)
    assert jig.chip.read("IRMS") ** 2 - before**2 == pytest.approx(32 * 32_768, rel=0.05)
    jig.apply(220.0, 0.0)
    jig.chip.write(IRMSOS=-32)
    jig.run(6.0)
    assert jig.chip.read("IRMS") == 0


def test_a_crystal_of_4_mhz_scales_times() -> None:
    fast = dataclasses.replace(Spread.none(), clkin=4.0 / 3.579545)
    jig = Jig(spread=fast)
    jig.apply(*FULL_SCALE)
    assert jig.rate("AENERGY") == pytest.approx(22_372.2 * 4.0 / 3.579545, rel=1e-4)
    assert jig.chip.read("PERIOD") == pytest.approx(8_949 * 4.0 / 3.579545, abs=1)

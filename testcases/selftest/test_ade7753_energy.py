"""Accumulation: roll-over, positive-only, no-load gate, reads with reset, line cycles."""

from __future__ import annotations

import pytest

from bench.twins.ade7753.doubts import Doubts
from drivers.ade7753.bits import Flag
from testcases.selftest.metering_chip import FULL_SCALE, Jig

ENGINES = ("steady", "samples")
FULL_RATE = 22_372.2
"""AENERGY LSB per second at full scale, as rounded in the reference (to 1e-5)."""
HALF_FULL, FULL = 187.5, 375.0
"""s from 0 to half full and to the overflow, at full scale."""


def started(angle: float = 0.0, part: float = 1.0, engine: str = "auto") -> Jig:
    """A settled jig with all accumulators and flags cleared."""
    jig = Jig(engine=engine)
    jig.apply(FULL_SCALE[0], part * FULL_SCALE[1], angle=angle)
    jig.run(5.0)
    for name in ("RAENERGY", "RVAENERGY", "RSTSTATUS"):
        jig.chip.read(name)
    return jig


@pytest.mark.parametrize(("angle", "sign"), [(0.0, 1), (180.0, -1)])
def test_half_full_and_overflow_come_when_they_should(angle: float, sign: int) -> None:
    jig = started(angle)
    jig.run(HALF_FULL - 0.1)
    assert not jig.chip.read("RSTSTATUS") & (Flag.AEHF | Flag.AEOF)
    jig.run(0.2)
    assert jig.chip.read("RSTSTATUS") & (Flag.AEHF | Flag.AEOF) == Flag.AEHF
    jig.run(FULL - HALF_FULL - 0.3)
    assert not jig.chip.read("RSTSTATUS") & (Flag.AEHF | Flag.AEOF)
    assert sign * jig.chip.read("AENERGY") > 8_380_000
    jig.run(0.4)
    assert jig.chip.read("RSTSTATUS") & (Flag.AEHF | Flag.AEOF) == Flag.AEOF
    assert sign * jig.chip.read("AENERGY") < -8_380_000


def test_after_the_overflow_it_goes_on_from_full_scale_negative() -> None:
    jig = started()
    jig.run(400.0)
    assert jig.chip.read("AENERGY") == pytest.approx(FULL_RATE * 400 - (1 << 24), abs=90)


@pytest.mark.parametrize("laps", [1, 3])
def test_modular_differences_survive_any_number_of_wraps(laps: int) -> None:
    jig = started()
    jig.run(2 * FULL * laps + 10.0)
    lsb = FULL_RATE * (2 * FULL * laps + 10.0)
    wrapped = (lsb + (1 << 23)) % (1 << 24) - (1 << 23)
    assert jig.chip.read("AENERGY") == pytest.approx(wrapped, abs=1e-5 * lsb)
    assert jig.chip.read("STATUS") & Flag.AEOF


def test_apparent_energy_is_unsigned_and_rolls_over_at_2_to_24() -> None:
    jig = started(angle=180.0)
    jig.run(440.0)
    assert jig.chip.read("RSTSTATUS") & (Flag.VAEHF | Flag.VAEOF) == 0
    jig.run(3.0)
    assert jig.chip.read("RSTSTATUS") & (Flag.VAEHF | Flag.VAEOF) == Flag.VAEHF
    # 888 s in the data sheet, at its 18,901 LSB/s; the model has 18,989 LSB/s at 50 Hz
    jig.run(443.0)
    assert jig.chip.read("RSTSTATUS") & (Flag.VAEHF | Flag.VAEOF) == Flag.VAEOF
    assert jig.chip.read("VAENERGY") < 60_000


@pytest.mark.parametrize("divisor", [2, 7])
def test_vadiv_divides_apparent_energy(divisor: int) -> None:
    jig = started()
    before = jig.rate("VAENERGY")
    jig.chip.write(VADIV=divisor)
    assert jig.rate("VAENERGY") == pytest.approx(before / divisor, rel=1e-4)


@pytest.mark.parametrize(("gain", "part"), [(0x7FF, 1.49976), (-0x800, 0.5)])
def test_vagain_scales_apparent_energy(gain: int, part: float) -> None:
    jig = started()
    before = jig.rate("VAENERGY")
    jig.chip.write(VAGAIN=gain)
    assert jig.rate("VAENERGY") == pytest.approx(before * part, rel=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
def test_positive_only_ignores_reverse_power(engine: str) -> None:
    jig = started(180.0, 0.5, engine)
    jig.chip.write(MODE=0x800C)
    before = jig.chip.read("AENERGY")
    jig.run(5.0)
    assert jig.chip.read("AENERGY") == before
    jig.apply(FULL_SCALE[0], 0.5 * FULL_SCALE[1])
    jig.run(5.0)
    # LPF2 needs its time constant of 18 ms to come over from minus to plus
    assert jig.chip.read("AENERGY") - before == pytest.approx(2.5 * FULL_RATE, rel=0.01)


@pytest.mark.parametrize("engine", ENGINES)
def test_positive_only_counts_the_positive_part_of_a_ripple(engine: str) -> None:
    jig = started(90.0, 1.0, engine)
    jig.chip.write(MODE=0x800C)
    jig.run(1.0)
    before = jig.chip.read("AENERGY")
    jig.run(10.0)
    # no mean power, and a ripple of 8.86 % of the apparent power: 1/pi of it is the positive half
    assert jig.chip.read("AENERGY") - before == pytest.approx(
        10 * FULL_RATE * 0.0886 / 3.14159, rel=0.01
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("lsb", "counts"), [(8.2, False), (8.6, True)])
def test_no_load_gate_at_a_hundred_thousandth_of_full_scale(
    engine: str, lsb: float, counts: bool
) -> None:
    jig = Jig(engine=engine)
    jig.board.inject("creep", lsb=lsb)
    jig.apply(220.0, 0.0)
    # 0.00001 of full scale is 8.39 LPF2 LSB, 0.22 energy LSB per second
    assert (jig.rate("AENERGY", 50.0) > 0.2) is counts


def test_the_gate_is_a_doubt_that_can_be_set() -> None:
    jig = Jig(doubts=Doubts(no_load=0.0))
    jig.board.inject("creep", lsb=8.2)
    jig.apply(220.0, 0.0)
    assert jig.rate("AENERGY", 100.0) == pytest.approx(8.2 * FULL_RATE / 838_861, abs=0.02)


@pytest.mark.parametrize(
    ("plain", "clearing"),
    [
        ("AENERGY", "RAENERGY"),
        ("VAENERGY", "RVAENERGY"),
        ("STATUS", "RSTSTATUS"),
        ("IPEAK", "RSTIPEAK"),
        ("VPEAK", "RSTVPEAK"),
    ],
)
def test_reads_with_reset(plain: str, clearing: str) -> None:
    jig = Jig()
    jig.apply(*FULL_SCALE)
    jig.run(2.0)
    value = jig.chip.read(plain)
    assert value > 0
    assert jig.chip.read(plain) == value
    assert jig.chip.read(clearing) == value
    assert jig.chip.read(plain) == 0


@pytest.mark.parametrize("cleared", [True, False])
def test_hidden_bits_are_cleared_or_not_as_the_doubts_say(cleared: bool) -> None:
    jig = Jig(doubts=Doubts(reset_clears_hidden_bits=cleared))
    jig.apply(0.1 * FULL_SCALE[0], 0.01 * FULL_SCALE[1])
    jig.run(5.0)
    jig.chip.read("RAENERGY")
    total = 0
    for _ in range(400):
        jig.run(0.1)  # 2.24 LSB each
        total += jig.chip.read("RAENERGY")
    kept = FULL_RATE * 0.001 * 40.0
    assert total == (pytest.approx(0.9 * kept, rel=0.02) if cleared else pytest.approx(kept, abs=1))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("half_cycles", [1, 2, 20, 101])
def test_line_cycle_results(engine: str, half_cycles: int) -> None:
    jig = started(engine=engine)
    jig.chip.write(MODE=0x008C, LINECYC=half_cycles)
    jig.chip.read("RSTSTATUS")
    jig.run(0.01 * half_cycles + 0.05)
    assert jig.chip.read("RSTSTATUS") & Flag.CYCEND
    jig.run(0.01 * half_cycles * 3)
    # a run begins and ends on a sample: up to one sample of 0.8 LSB is missing or too much
    expected = FULL_RATE * 0.01 * half_cycles
    assert jig.chip.read("LAENERGY") == pytest.approx(expected, abs=2)
    assert jig.chip.read("LVAENERGY") == pytest.approx(expected * 0.848, rel=0.01, abs=3)


def test_the_first_line_cycle_result_is_short() -> None:
    jig = started()
    jig.run(0.0033)  # amid a half cycle
    jig.chip.write(MODE=0x008C, LINECYC=4)
    jig.run(0.04)
    first = jig.chip.read("LAENERGY")
    jig.run(0.04)
    second = jig.chip.read("LAENERGY")
    assert 0 < first < second - 20
    assert second == pytest.approx(FULL_RATE * 0.04, abs=2)


def test_writing_linecyc_begins_a_new_run() -> None:
    jig = started()
    jig.chip.write(MODE=0x008C, LINECYC=100)
    jig.run(0.9)
    jig.chip.write(LINECYC=100)
    jig.chip.read("RSTSTATUS")
    jig.run(0.9)
    assert not jig.chip.read("STATUS") & Flag.CYCEND
    jig.run(0.2)
    assert jig.chip.read("STATUS") & Flag.CYCEND


def test_enabling_cycmode_begins_a_new_run() -> None:
    jig = started()
    jig.chip.write(LINECYC=100)
    jig.run(0.9)
    jig.chip.write(MODE=0x008C)
    jig.chip.read("RSTSTATUS")
    jig.run(0.9)
    assert not jig.chip.read("STATUS") & Flag.CYCEND
    jig.run(0.2)
    assert jig.chip.read("STATUS") & Flag.CYCEND


def test_without_cycmode_laenergy_stands_still_and_the_others_run() -> None:
    jig = started()
    jig.chip.write(LINECYC=20)
    jig.run(2.0)
    assert jig.chip.read("LAENERGY") == 0
    assert jig.chip.read("LVAENERGY") == pytest.approx(0.2 * 18_989, rel=0.01)


def test_a_thousand_seconds_of_line_cycles_end_with_a_whole_run() -> None:
    jig = started(part=0.1)
    jig.chip.write(MODE=0x008C, LINECYC=2000)
    jig.run(1000.0)
    assert jig.chip.read("LAENERGY") == pytest.approx(FULL_RATE * 2.0, abs=1)


def test_reverse_power_gives_negative_line_cycle_energy() -> None:
    jig = started(180.0)
    jig.chip.write(MODE=0x008C, LINECYC=100)
    jig.run(5.0)
    assert jig.chip.read("LAENERGY") == pytest.approx(-FULL_RATE, abs=2)

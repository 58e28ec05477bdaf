"""Zero crossings, period, time-out, sag, peaks, power reversal, temperature, interrupts."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from bench.twins.ade7753.spread import Spread
from drivers.ade7753.bits import Flag
from testcases.selftest.metering_chip import FULL_SCALE, Jig

ENGINES = ("steady", "samples")
SAG_LEVEL_AT_220 = 37
"""|x| 2/256 of 4860 (220 V at 50 Hz): 37.97."""


@pytest.fixture(params=ENGINES)
def jig(request: pytest.FixtureRequest) -> Jig:
    jig = Jig(engine=request.param)
    jig.apply(220.0, 10.0)
    jig.run(1.0)
    jig.chip.read("RSTSTATUS")
    return jig


@pytest.mark.parametrize("frequency", [45.0, 49.9, 50.0, 60.0, 65.0])
@pytest.mark.parametrize("engine", ENGINES)
def test_period(engine: str, frequency: float) -> None:
    jig = Jig(engine=engine)
    jig.apply(220.0, 1.0, f=frequency)
    jig.run(1.0)
    assert abs(jig.chip.read("PERIOD") - 3_579_545 / 8 / frequency) <= 1


def test_period_is_a_mean_of_16(jig: Jig) -> None:
    jig.apply(220.0, 10.0, f=60.0)
    jig.run(8 / 60)
    halfway = jig.chip.read("PERIOD")
    assert 7_600 < halfway < 8_800
    jig.run(10 / 60)
    assert abs(jig.chip.read("PERIOD") - 7_457) <= 1


def test_zx_comes_on_both_edges_and_the_pin_follows(jig: Jig) -> None:
    levels, flags = [], 0
    for _ in range(80):
        jig.run(0.5e-3)
        levels.append(jig.board.zx)
        flags += bool(jig.chip.read("RSTSTATUS") & Flag.ZX)
    changes = sum(a != b for a, b in itertools.pairwise(levels))
    assert changes == 4
    assert flags == 4


def test_the_zero_crossing_lags_by_lpf1() -> None:
    jig = Jig()
    jig.apply(220.0, 0.0, f=60.0)
    jig.run(1.0)  # 60 periods: the mains crosses zero, rising, right now
    jig.chip.read("RSTSTATUS")
    jig.run(1.03e-3)
    assert not jig.chip.read("STATUS") & Flag.ZX
    jig.run(0.08e-3)  # 1.07 ms by the 140 Hz pole
    assert jig.chip.read("STATUS") & Flag.ZX


def test_missing_zero_crossings_time_out_and_pull_sag(jig: Jig) -> None:
    jig.chip.write(ZXTOUT=0x130, MODE=0x0004)
    jig.run(1.0)
    assert not jig.chip.read("RSTSTATUS") & Flag.ZXTO
    assert jig.board.sag
    jig.apply(0.0, 0.0)
    jig.run(0.02)
    assert jig.chip.read("RSTSTATUS") & Flag.ZXTO
    assert not jig.board.sag
    jig.run(1.0)
    assert not jig.chip.read("RSTSTATUS") & Flag.ZXTO, "the counter waits at 0"
    jig.apply(220.0, 0.0)
    jig.run(0.05)
    assert jig.board.sag


def test_a_timeout_under_a_half_cycle_always_trips(jig: Jig) -> None:
    jig.chip.write(ZXTOUT=0x100)  # 9.2 ms
    for _ in range(3):
        jig.run(0.1)
        assert jig.chip.read("RSTSTATUS") & Flag.ZXTO


@pytest.mark.parametrize(("cycles", "in_time"), [(3, False), (4, True)])
def test_sag_after_so_many_full_cycles(jig: Jig, cycles: int, in_time: bool) -> None:
    jig.chip.write(SAGLVL=SAG_LEVEL_AT_220, SAGCYC=4, MODE=0x0004)
    jig.run(0.5)
    assert not jig.chip.read("RSTSTATUS") & Flag.SAG
    jig.apply(180.0, 10.0)
    # three full cycles after the one in which the voltage fell
    jig.run(0.02 * cycles - 0.005)
    assert bool(jig.chip.read("STATUS") & Flag.SAG) is in_time
    assert jig.board.sag is not in_time


def test_sag_ends_as_soon_as_the_level_is_exceeded(jig: Jig) -> None:
    jig.chip.write(SAGLVL=SAG_LEVEL_AT_220, SAGCYC=2, MODE=0x0004)
    jig.apply(180.0, 10.0)
    jig.run(2.0)
    assert not jig.board.sag
    jig.apply(220.0, 10.0)
    jig.run(0.03)
    assert jig.board.sag


@pytest.mark.parametrize("registers", [{"MODE": 0x000C}, {"SAGLVL": 0}])
def test_sag_detection_can_be_off(jig: Jig, registers: dict[str, int]) -> None:
    jig.chip.write(**{"SAGLVL": SAG_LEVEL_AT_220, "SAGCYC": 2, "MODE": 0x0004} | registers)
    jig.apply(100.0, 10.0)
    jig.run(2.0)
    assert not jig.chip.read("STATUS") & Flag.SAG
    assert jig.board.sag


@pytest.mark.parametrize(
    ("level", "flag", "largest"),
    [("IPKLVL", Flag.PKI, 0x50), ("VPKLVL", Flag.PKV, 0x4B)],
)
def test_peaks_trip_above_their_level(jig: Jig, level: str, flag: Flag, largest: int) -> None:
    jig.apply(*FULL_SCALE)
    jig.run(3.0)
    jig.chip.write(**{level: largest})
    jig.chip.read("RSTSTATUS")
    jig.run(1.0)
    assert not jig.chip.read("STATUS") & flag
    jig.chip.write(**{level: largest - 1})
    jig.run(1.0)
    assert jig.chip.read("STATUS") & flag


def test_peak_registers_keep_the_largest(jig: Jig) -> None:
    jig.run(3.0)
    jig.chip.read("RSTIPEAK")
    jig.run(0.5)
    first = jig.chip.read("IPEAK")
    assert first == pytest.approx(2_642_412 / 12, rel=1e-3)
    jig.apply(220.0, 20.0)
    jig.run(3.0)
    jig.apply(220.0, 10.0)
    jig.run(3.0)
    assert jig.chip.read("RSTIPEAK") == pytest.approx(2 * first, rel=0.01)
    jig.run(0.5)
    assert jig.chip.read("IPEAK") == pytest.approx(first, rel=1e-3)


def test_power_reversal_sets_its_flag_once(jig: Jig) -> None:
    both = Flag.PPOS | Flag.PNEG
    jig.apply(220.0, 10.0, angle=180.0)
    jig.run(1.0)
    assert jig.chip.read("RSTSTATUS") & both == Flag.PNEG
    jig.run(1.0)
    assert not jig.chip.read("RSTSTATUS") & both
    jig.apply(220.0, 10.0)
    jig.run(1.0)
    assert jig.chip.read("RSTSTATUS") & both == Flag.PPOS


def test_temperature_waits_for_a_zero_crossing(jig: Jig) -> None:
    jig.apply(0.0, 0.0)
    jig.run(0.1)
    jig.chip.write(MODE=0x002C)
    jig.run(5.0)
    assert jig.chip.read("MODE") == 0x002C
    assert not jig.chip.read("RSTSTATUS") & Flag.TEMP
    jig.apply(220.0, 0.0)
    jig.run(0.03)
    assert jig.chip.read("RSTSTATUS") & Flag.TEMP
    assert jig.chip.read("MODE") == 0x000C
    assert jig.chip.read("TEMP") == round((23.0 + 25.0) * 1.5)


def test_temperature_is_that_of_this_part() -> None:
    jig = Jig(spread=dataclasses.replace(Spread.none(), temperature=-12.0, warming=2.0))
    jig.world.ambient = 40.0
    jig.apply(220.0, 0.0)
    jig.chip.write(MODE=0x002C)
    jig.run(0.1)
    assert jig.chip.read("TEMP") == round((40.0 + 2.0 - 12.0 + 25.0) * 1.5)


def test_the_reference_drifts_with_temperature() -> None:
    jig = Jig(spread=dataclasses.replace(Spread.none(), vref_drift=30e-6))
    jig.apply(*FULL_SCALE)
    cold = jig.rate("AENERGY", 20.0)
    jig.world.ambient += 40.0
    # 30 ppm/degC in both channels
    assert jig.rate("AENERGY", 20.0) / cold == pytest.approx(1.0 - 2 * 40 * 30e-6, abs=2e-5)


def test_irq_falls_with_an_enabled_flag_and_rises_with_rststatus(jig: Jig) -> None:
    assert jig.board.irq
    jig.run(0.05)
    assert jig.board.irq, "ZX is not enabled"
    jig.chip.write(IRQEN=int(Flag.ZX))
    assert not jig.board.irq
    jig.chip.read("STATUS")
    assert not jig.board.irq
    jig.chip.read("RSTSTATUS")
    assert jig.board.irq
    jig.run(0.01)
    assert not jig.board.irq, "an event after the read is not lost"


@pytest.mark.parametrize("rate", [0, 1, 2, 3])
def test_wsmp_comes_at_the_data_rate(jig: Jig, rate: int) -> None:
    jig.chip.write(MODE=rate << 11 | 0x000C)
    seen = 0
    for _ in range(256):
        jig.run(128 / 3_579_545)
        seen += bool(jig.chip.read("RSTSTATUS") & Flag.WSMP)
    assert seen == pytest.approx(256 >> rate, abs=1)


def test_waveform_stands_still_unless_wsmp_is_enabled(jig: Jig) -> None:
    jig.chip.write(MODE=0x400C, IRQEN=int(Flag.WSMP))
    jig.run(0.0501)
    held = jig.chip.read("WAVEFORM")
    assert held != 0
    jig.chip.write(IRQEN=0)
    jig.run(0.0033)
    assert jig.chip.read("WAVEFORM") == held


@pytest.mark.parametrize(
    ("mode", "irms", "vrms"),
    [
        (0x010C, 0, 799_150),  # DISCH1
        (0x020C, 155_706, 0),  # DISCH2
        (0x001C, 0, 0),  # ASUSPEND
        (0x040C, 934_233, 133_191),  # SWAP: 220 V on channel 1, 10 A on channel 2
    ],
)
def test_input_routing(jig: Jig, mode: int, irms: int, vrms: int) -> None:
    jig.chip.write(MODE=mode)
    jig.run(4.0)
    assert jig.mean("IRMS") == pytest.approx(irms, rel=1e-3, abs=1)
    assert jig.mean("VRMS") == pytest.approx(vrms, rel=2e-3, abs=1)


@pytest.mark.parametrize(("code", "volts"), [(0x1F, 31 * 1.61e-3), (0x3F, -31 * 1.61e-3)])
def test_offset_trim_of_channel_1(jig: Jig, code: int, volts: float) -> None:
    jig.chip.put("CH1OS", code)
    jig.chip.write(MODE=0x410D, IRQEN=int(Flag.WSMP))  # DISHPF, DISCH1, channel 1
    jig.run(1.0)
    assert jig.chip.read("WAVEFORM") == pytest.approx(volts / 0.5 * 2_642_412, rel=1e-3)


def test_offset_trim_of_channel_2_acts_inverted(jig: Jig) -> None:
    jig.chip.write(CH2OS=31, MODE=0x620C, IRQEN=int(Flag.WSMP))  # DISCH2, channel 2
    jig.run(1.0)
    assert jig.chip.read("WAVEFORM") == pytest.approx(-31 * 1.61e-3 / 0.5 * 10_322, abs=2)


def test_lpf2_can_be_bypassed(jig: Jig) -> None:
    jig.apply(*FULL_SCALE)
    jig.chip.write(MODE=0x000E, IRQEN=int(Flag.WSMP))
    jig.run(3.0)
    seen = []
    for _ in range(300):
        jig.run(128 / 3_579_545)
        seen.append(jig.chip.read("WAVEFORM"))
    # the undelayed product swings between 0 and 0x19999A
    assert max(seen) == pytest.approx(0x19999A, rel=1e-3)
    assert min(seen) == pytest.approx(0, abs=0x19999A * 1e-3)

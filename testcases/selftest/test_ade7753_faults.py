"""Each fault of a board, and the supply monitor; the neighbour never notices."""

from __future__ import annotations

import pytest

from bench.twins.ade7753.faults import FAULTS
from drivers.ade7753.bits import Flag
from testcases.selftest.metering_chip import FULL_SCALE, Jig


@pytest.fixture
def jig() -> Jig:
    jig = Jig(boards=2)
    jig.apply(*(0.5 * x for x in FULL_SCALE))
    jig.run(3.0)
    return jig


def power(jig: Jig, position: int = 1, seconds: float = 10.0) -> float:
    """AENERGY LSB per second, as a part of what a sound board has."""
    chip = jig.chips[position - 1]
    before = chip.read("AENERGY")
    jig.run(seconds)
    return (chip.read("AENERGY") - before) / seconds / 5_593.05


def test_every_fault_can_be_injected_and_cleared(jig: Jig) -> None:
    for fault in FAULTS:
        jig.board.inject(fault.kind)
        jig.run(0.05)
        jig.board.clear(fault.kind)
    jig.chip.write(WGAIN=0)  # a bit that an upset flipped stays so
    jig.run(3.0)
    assert power(jig) == pytest.approx(1.0, rel=1e-4)


def test_no_answer_floats_and_takes_no_command(jig: Jig) -> None:
    jig.board.inject("no_answer")
    assert jig.chip.raw("MODE") == b"\xff\xff"
    jig.chip.write(LINECYC=7)
    assert jig.chips[1].read("MODE") == 0x000C
    jig.board.clear()
    assert jig.chip.read("LINECYC") == 0xFFFF


@pytest.mark.parametrize(("level", "written", "kept"), [(1, 0x000, 0x010), (0, 0xFFF, 0xFEF)])
def test_a_stuck_bit_reads_back_stuck(jig: Jig, level: int, written: int, kept: int) -> None:
    jig.board.inject("stuck_bit", address=0x15, bit=4, level=level)
    jig.chip.write(CFDEN=written)
    assert jig.chip.read("CFDEN") == kept
    assert jig.chip.read("CHKSUM") == kept.bit_count(), "the wire is sound"
    jig.board.clear()
    jig.chip.write(CFDEN=written)
    assert jig.chip.read("CFDEN") == written


def test_a_stuck_bit_acts(jig: Jig) -> None:
    jig.board.inject("stuck_bit", address=0x12, bit=10, level=1)
    assert power(jig) == pytest.approx(1.25, rel=1e-3)
    assert power(jig, 2) == pytest.approx(1.0, rel=1e-4)


def test_a_stuck_bit_of_a_result(jig: Jig) -> None:
    jig.board.inject("stuck_bit", address=0x02, bit=0, level=1)
    assert all(jig.chip.read("AENERGY") & 1 for _ in range(5) if jig.run(0.01) is None)


def test_corrupted_bytes_come_at_their_rate_and_checksum_shows_them(jig: Jig) -> None:
    jig.board.inject("corrupted_bytes", rate=0.05)
    wrong = caught = 0
    for _ in range(4000):
        value = jig.chip.raw("DIEREV")[0]  # a command turned into a write changes nothing there
        if value != 0x03:
            wrong += 1
            caught += jig.chip.raw("CHKSUM")[0] != value.bit_count()
    # wrong in one of 7 command bits that matter, or in the answer
    assert wrong / 4000 == pytest.approx(0.05 * (7 / 8 + 1), abs=0.02)
    # not seen: another register answered, soundly
    assert 0.5 < caught / wrong < 0.8


def test_corruption_is_the_same_for_the_same_seed() -> None:
    def answers() -> list[bytes]:
        jig = Jig(seed=5)
        jig.board.inject("corrupted_bytes", rate=0.3)
        return [jig.chip.raw("LINECYC") for _ in range(50)]

    assert answers() == answers()


@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0])
def test_gain_acts_on_the_current(jig: Jig, factor: float) -> None:
    jig.board.inject("gain", factor=factor)
    jig.run(3.0)
    assert power(jig) == pytest.approx(factor, rel=1e-4, abs=1e-4)
    assert power(jig, 2) == pytest.approx(1.0, rel=1e-4)


def test_a_gain_past_the_adc_clamps() -> None:
    jig = Jig()
    jig.board.inject("gain", factor=5.0)
    jig.apply(*(0.5 * x for x in FULL_SCALE))
    jig.run(3.0)
    # 0.5 x 5 of full scale meet the clamp at 4,194,304 / 2,642,412 = 1.587
    clipped = power(jig) / 5.0
    assert 0.7 < clipped < 0.8
    jig.chip.read("RSTIPEAK")
    jig.run(1.0)
    assert jig.chip.read("IPEAK") == pytest.approx(4_194_304, rel=0.01)


def test_reversed_ct_counts_backwards(jig: Jig) -> None:
    jig.board.inject("reversed_ct")
    jig.run(1.0)
    assert power(jig) == pytest.approx(-1.0, rel=1e-4)
    assert jig.chip.read("STATUS") & Flag.PNEG


def test_stuck_sign_counts_reverse_power_forwards(jig: Jig) -> None:
    jig.board.inject("stuck_sign")
    jig.apply(*(0.5 * x for x in FULL_SCALE), angle=180.0)
    jig.run(1.0)
    assert power(jig) == pytest.approx(1.0, rel=1e-4)
    assert power(jig, 2) == pytest.approx(-1.0, rel=1e-4)


def test_drift_grows_with_time(jig: Jig) -> None:
    jig.board.inject("drift", percent_per_hour=10.0)
    assert power(jig) == pytest.approx(1.0, rel=1e-3)
    jig.run(3580.0)
    jig.chip.read("RAENERGY")
    assert power(jig) == pytest.approx(1.10, rel=1e-3)


def test_creep_is_a_constant_power(jig: Jig) -> None:
    jig.apply(220.0, 0.0)
    jig.run(3.0)
    assert power(jig, seconds=50.0) == 0.0
    jig.board.inject("creep", lsb=20.0)
    # 20 LPF2 LSB of the 209,715 that half of full scale in both channels have
    assert power(jig, seconds=500.0) == pytest.approx(20.0 / 209_715, rel=0.01)


def test_saturation_bends_large_currents_only(jig: Jig) -> None:
    jig.board.inject("saturated", span=0.2)
    jig.run(3.0)
    bent = power(jig)
    jig.apply(220.0, 10.0)
    jig.run(3.0)
    assert bent < 0.9
    assert power(jig) == pytest.approx(10.0 / 60.0, rel=1e-4)


def test_noise_makes_readings_scatter() -> None:
    def scatter(factor: float) -> float:
        jig = Jig(spread=None)
        jig.board.inject("noise", factor=factor)
        jig.apply(220.0, 0.5)
        jig.chip.write(MODE=0x008C, LINECYC=2000)
        jig.run(30.0)
        results = []
        for _ in range(30):
            jig.run(20.0)
            results.append(jig.chip.read("LAENERGY"))
        mean = sum(results) / len(results)
        return (sum((x - mean) ** 2 for x in results) / len(results)) ** 0.5 / mean

    # at 0.05 Ib one LSB of LAENERGY is 0.1 %: quantisation alone scatters by up to 0.05 %
    assert scatter(1.0) < 0.0007
    assert scatter(100.0) > 0.002


def test_the_noise_floor_of_20_s_at_0_05_ib_is_0_02_percent() -> None:
    jig = Jig(boards=32, spread=None)
    jig.apply(220.0, 0.5)
    jig.run(10.0)
    jig.bank.catch_up(jig.world.now)
    totals = []
    for _ in range(40):
        before = jig.bank.state.energy.copy()
        jig.run(20.0)
        jig.bank.catch_up(jig.world.now)
        totals.append(jig.bank.state.energy - before)
    mean = sum(totals) / len(totals)
    scatter = (sum((x - mean) ** 2 for x in totals) / len(totals)) ** 0.5 / mean
    assert 0.00002 < float(scatter.mean()) < 0.0002


def test_no_cf_leaves_the_registers_alone(jig: Jig) -> None:
    jig.chip.write(MODE=0x0008)
    jig.board.inject("no_cf")
    assert power(jig) == pytest.approx(1.0, rel=1e-4)
    output = jig.bank.pulses(1)
    assert len(output.edges(jig.world.now - 5.0, jig.world.now)) == 0
    jig.board.clear()
    assert len(output.edges(jig.world.now - 5.0, jig.world.now)) > 20_000


def test_below_4_volts_the_chip_is_gone_and_comes_back_from_reset(jig: Jig) -> None:
    jig.chip.write(WGAIN=100)
    jig.chip.read("RSTSTATUS")
    jig.board.supply(4.1)
    assert jig.chip.read("WGAIN") == 100
    jig.board.supply(3.9)
    assert jig.chip.raw("WGAIN") == b"\xff\xff"
    assert not jig.board.sag
    jig.run(1.0)
    jig.board.supply(4.1)
    assert jig.chip.raw("WGAIN") == b"\xff\xff", "the monitor has hysteresis"
    jig.board.supply(5.0)
    assert jig.chip.read("WGAIN") == 0
    assert jig.chip.read("AENERGY") == 0
    assert jig.chip.read("RSTSTATUS") & Flag.RESET
    jig.run(3.0)
    assert power(jig) == pytest.approx(1.0, rel=1e-4)
    assert power(jig, 2) == pytest.approx(1.0, rel=1e-4)


def test_a_brown_out_comes_after_its_delay_and_ends(jig: Jig) -> None:
    jig.chip.write(LINECYC=2000)
    jig.chip.read("RSTSTATUS")
    jig.board.inject("brown_out", delay=2.0, duration=0.5)
    jig.run(1.9)
    assert jig.chip.read("LINECYC") == 2000
    jig.run(0.2)
    assert jig.chip.raw("LINECYC") == b"\xff\xff"
    jig.run(0.5)
    assert jig.chip.read("LINECYC") == 0xFFFF
    assert jig.chip.read("RSTSTATUS") & Flag.RESET


def test_a_brown_out_within_one_wait_is_seen_all_the_same(jig: Jig) -> None:
    before = jig.chip.read("AENERGY")
    jig.chip.read("RSTSTATUS")
    jig.board.inject("brown_out", delay=10.0, duration=0.5)
    jig.run(20.0)
    assert jig.chip.read("RSTSTATUS") & Flag.RESET
    assert jig.chip.read("AENERGY") - before < 10 * 5_593


def test_a_brown_out_that_is_cleared_does_not_come(jig: Jig) -> None:
    jig.board.inject("brown_out", delay=2.0, duration=0.5)
    jig.run(1.0)
    jig.board.clear("brown_out")
    jig.chip.read("RSTSTATUS")
    jig.run(5.0)
    assert not jig.chip.read("STATUS") & Flag.RESET


def test_a_brown_out_now_acts_now(jig: Jig) -> None:
    jig.board.inject("brown_out", duration=1.0)
    assert jig.chip.raw("MODE") == b"\xff\xff"
    jig.board.clear()
    assert jig.chip.read("MODE") == 0x000C


def test_a_second_brown_out_replaces_the_first(jig: Jig) -> None:
    jig.board.inject("brown_out", delay=1.0, duration=0.5)
    jig.board.inject("brown_out", delay=3.0, duration=0.5)
    jig.chip.read("RSTSTATUS")
    jig.run(2.0)
    assert not jig.chip.read("STATUS") & Flag.RESET
    jig.run(2.0)
    assert jig.chip.read("STATUS") & Flag.RESET

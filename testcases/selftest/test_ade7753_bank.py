"""The bank: spread and its repeatability, noise, bad arguments."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bench.twins.ade7753.bank import Bank, Mount
from bench.twins.ade7753.spread import Spread
from bench.twins.world import World
from testcases.selftest.metering_chip import FULL_SCALE, Jig

LIMITS = {
    "vref": (2.42 * 0.92, 2.42 * 1.08),
    "vref_drift": (-30e-6, 30e-6),
    "gain1": (0.96, 1.04),
    "gain2": (0.96, 1.04),
    "offset1": (-32e-3, 32e-3),
    "ct_lead": (-0.05, 0.25),
    "phase": (-0.05, 0.05),
    "clkin": (1 - 50e-6, 1 + 50e-6),
    "temperature": (-25.0, 25.0),
    "noise1": (200.0, 400.0),  # its SINAD bounds it at 1260 codes
}
"""What the data sheet allows (engineering reference, section 6)."""


def test_every_part_lies_within_the_data_sheet() -> None:
    world = World(11)
    parts = [Spread.draw(world.chance(f"board {p}")) for p in range(500)]
    for name, (low, high) in LIMITS.items():
        values = [getattr(part, name) for part in parts]
        assert low <= min(values) < max(values) <= high, name
        assert max(values) - min(values) > 0.3 * (high - low), name


def test_the_same_seed_gives_the_same_boards_and_readings() -> None:
    def readings(seed: int) -> list[int]:
        jig = Jig(boards=4, spread=None, seed=seed)
        jig.apply(220.0, 10.0)
        jig.run(30.0)
        return [chip.read(name) for chip in jig.chips for name in ("AENERGY", "IRMS", "VRMS")]

    assert readings(3) == readings(3) != readings(4)


def test_a_board_is_the_same_whatever_its_neighbours() -> None:
    world = World(5)
    alone = Bank(world, [Mount(7, world.phases["L1"])])
    many = Bank(world, [Mount(p, world.phases["L1"]) for p in range(1, 9)])
    assert alone.board(7).spread == many.board(7).spread
    assert many.board(7).spread != many.board(8).spread


def test_uncalibrated_boards_spread_over_several_per_cent() -> None:
    jig = Jig(boards=32, spread=None)
    for chip in jig.chips:
        chip.write(CFNUM=0, CFDEN=489)
    errors = [jig.bank.board(p).percentage_error(220.0, 10.0) for p in range(1, 33)]
    assert 3.0 < float(np.std(errors)) < 8.0


@pytest.mark.parametrize("source", [2, 3])
def test_waveform_samples_show_the_noise_of_the_adc(source: int) -> None:
    noisy = dataclasses.replace(Spread.none(), noise1=2000.0, noise2=40.0)
    jig = Jig(spread=noisy)
    jig.chip.write(MODE=source << 13 | 0x030C, IRQEN=0x0008)  # both inputs shorted
    seen = []
    for _ in range(400):
        jig.run(128 / 3_579_545)
        seen.append(jig.chip.read("WAVEFORM"))
    # behind LPF1, 140 Hz of 14 kHz are left: 40 codes become 40 sqrt(a / (2 - a)), a = 0.031
    expected = 2000.0 if source == 2 else 40.0 * (0.03097 / 1.96903) ** 0.5
    assert float(np.std(seen)) == pytest.approx(expected, rel=0.12)


def test_noise_raises_irms_by_its_own_power() -> None:
    jig = Jig(spread=dataclasses.replace(Spread.none(), noise1=1000.0))
    jig.apply(220.0, 0.0)
    jig.run(5.0)
    assert jig.mean("IRMS") == pytest.approx(1000.0, rel=0.03)


def test_noise_does_not_creep_at_no_load() -> None:
    jig = Jig(boards=8, spread=None)
    jig.apply(220.0, 0.0)
    jig.run(5.0)
    before = [chip.read("AENERGY") for chip in jig.chips]
    for _ in range(20):
        jig.run(100.0)
        assert [chip.read("AENERGY") for chip in jig.chips] == before


def test_catching_up_at_the_same_lab_time_does_nothing() -> None:
    jig = Jig(boards=2, spread=None)
    jig.apply(*FULL_SCALE)
    jig.run(1.0)
    first = jig.chip.read("AENERGY")
    state = jig.bank.state.real.copy()
    assert [jig.chip.read("AENERGY") for _ in range(3)] == [first] * 3
    assert np.array_equal(jig.bank.state.real, state)


def test_bad_arguments() -> None:
    world = World(1)
    mount = Mount(1, world.phases["L1"])
    with pytest.raises(ValueError, match="allowed are auto, steady, samples"):
        Bank(world, [mount], engine="magic")
    with pytest.raises(ValueError, match="none twice"):
        Bank(world, [mount, mount])
    with pytest.raises(ValueError, match="at least one"):
        Bank(world, [])
    with pytest.raises(KeyError):
        Bank(world, [mount]).slave(2)

"""The pulse output: rate, ratio, widths, any window of the last hour, both engines."""

from __future__ import annotations

import numpy as np
import pytest

from bench.twins.ade7753.cf import CfOutput
from testcases.selftest.metering_chip import FULL_SCALE, Jig

FULL_RATE = 22_372.2
"""Pulses per second at full scale, undivided."""
ENGINES = ("steady", "samples")


def counting(engine: str = "auto", cfnum: int = 0, cfden: int = 489, angle: float = 0.0) -> Jig:
    jig = Jig(engine=engine)
    jig.chip.write(MODE=0x0008, CFNUM=cfnum, CFDEN=cfden)
    jig.apply(*FULL_SCALE, angle=angle)
    jig.run(3.0)
    return jig


def output(jig: Jig) -> CfOutput:
    return jig.bank.pulses(1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("cfnum", "cfden", "ratio"), [(0, 489, 1 / 490), (63, 63, 1.0), (9, 99, 0.1), (99, 9, 1.0)]
)
def test_rate(engine: str, cfnum: int, cfden: int, ratio: float) -> None:
    jig = counting(engine, cfnum, cfden)
    edges = output(jig).edges(1.0, 3.0)
    assert len(edges) == pytest.approx(2.0 * FULL_RATE * ratio, abs=1.5)
    assert (np.diff(edges) > 0).all()


@pytest.mark.parametrize("angle", [0.0, 60.0, 85.0, 180.0])
def test_pulses_carry_the_ripple_and_both_engines_place_them_alike(angle: float) -> None:
    steady, samples = (output(counting(engine, angle=angle)).edges(0.5, 3.0) for engine in ENGINES)
    assert len(steady) == len(samples) > 5
    # the sample engine keeps every 32nd value of the sum and takes it as linear between
    assert np.abs(steady - samples).max() < 20e-6


def test_windows_fit_together_whatever_was_read_or_changed_between() -> None:
    jig = counting()
    windows, begin = [], 0.0
    for step in range(30):
        jig.run(0.137)
        windows.append(output(jig).edges(begin, jig.world.now))
        begin = jig.world.now
        jig.chip.read("RAENERGY")
        if step % 7 == 3:
            jig.apply(FULL_SCALE[0], FULL_SCALE[1] * (1 + step % 3) / 3)
        if step % 11 == 5:
            jig.chip.write(CFDEN=400 + step)
    together = np.concatenate(windows)
    at_once = output(jig).edges(0.0, jig.world.now)
    assert len(together) == len(at_once) > 200
    assert np.abs(together - at_once).max() < 1e-9
    assert (np.diff(at_once) > 0).all()


def test_pulses_and_energy_tell_the_same() -> None:
    jig = counting(cfden=0)
    jig.chip.read("RAENERGY")
    begin = jig.world.now
    jig.run(100.0)
    pulses = len(output(jig).edges(begin, jig.world.now))
    assert pulses == pytest.approx(jig.chip.read("AENERGY"), abs=2)


def test_wdiv_is_not_in_the_pulse_path() -> None:
    jig = counting()
    jig.chip.write(WDIV=10)
    begin = jig.world.now
    jig.run(10.0)
    assert len(output(jig).edges(begin, jig.world.now)) == pytest.approx(
        10 * FULL_RATE / 490, abs=1
    )


def test_discf_silences_the_output() -> None:
    jig = counting()
    jig.chip.write(MODE=0x000C)
    begin = jig.world.now
    jig.run(5.0)
    assert len(output(jig).edges(begin, jig.world.now)) == 0


def test_no_pulses_at_no_load() -> None:
    jig = counting()
    jig.apply(220.0, 0.0)
    jig.run(1.0)
    begin = jig.world.now
    jig.run(3000.0)
    assert len(output(jig).edges(begin, jig.world.now)) == 0


def test_a_reactive_load_gives_no_pulses_by_its_ripple() -> None:
    jig = counting(angle=90.0)
    jig.run(100.0)
    assert len(output(jig).edges(3.0, jig.world.now)) <= 1


def test_only_the_last_hour_is_kept() -> None:
    jig = counting()
    jig.run(5000.0)
    jig.apply(FULL_SCALE[0], 1.0)
    jig.run(1000.0)
    now = jig.world.now
    assert len(output(jig).edges(now - 3600.0, now - 3599.0)) == pytest.approx(45.7, abs=1)
    with pytest.raises(ValueError, match="only the last 3600 s are kept"):
        output(jig).edges(now - 3601.0, now)


def test_no_pulse_from_the_future() -> None:
    jig = counting()
    now = jig.world.now
    assert output(jig).edges(0.0, now + 100.0)[-1] <= now


@pytest.mark.parametrize(
    ("cfnum", "cfden", "frequency", "width"),
    [
        (0, 0, 20_000.0, 17.88e-6),
        (0, 489, 2.0, 90e-3),
        (0, 489, 5.5, 90e-3),
        (0, 489, 45.66, 10.95e-3),
    ],
)
def test_pulse_width(cfnum: int, cfden: int, frequency: float, width: float) -> None:
    jig = counting(cfnum=cfnum, cfden=cfden)
    assert output(jig).width(frequency) == pytest.approx(width, rel=1e-3)


def test_the_hidden_percentage_error_is_what_a_long_count_finds() -> None:
    jig = Jig(boards=4, spread=None)
    for chip in jig.chips:
        chip.write(MODE=0x0008, CFNUM=0, CFDEN=489, WGAIN=200, PHCAL=11, APOS=-300)
    for angle, factor in ((0.0, 1.0), (60.0, 0.5), (-37.0, 0.79864)):
        jig.apply(220.0, 10.0, angle=angle)
        jig.run(5.0)
        begin = jig.world.now
        jig.run(400.0)
        for position in range(1, 5):
            edges = jig.bank.pulses(position).edges(begin, jig.world.now)
            rate = (len(edges) - 1) / (edges[-1] - edges[0])
            found = (rate / (3200.0 * 2.2 * factor / 3600.0) - 1.0) * 100.0
            truth = jig.bank.board(position).percentage_error(220.0, 10.0, angle)
            assert found == pytest.approx(truth, abs=0.003)

"""The ADE7753 driver on chip twins in another process, over their real device nodes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from drivers.ade7753.driver import Ade7753
from drivers.ade7753.settings import Settings
from drivers.errors import DeviceError
from drivers.roles import PhaseSetting
from testcases.selftest.jig import Jig, open_jig

VOLTAGE, CURRENT = 220.0, 10.0


@pytest.fixture(scope="module")
def jig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jig]:
    """A jig with the source on, positions 1 to 3 configured and settled."""
    with open_jig(tmp_path_factory.mktemp("wire"), seed=5) as jig:
        for number in (1, 2, 3):
            chip = chip_of(jig, number)
            chip.reset()
            chip.configure(Settings())
        source = jig.station.source
        source.apply(50.0, [PhaseSetting(VOLTAGE, CURRENT)])
        source.switch_on()
        source.settle()
        jig.station.clock.sleep(5.0)
        yield jig


def chip_of(jig: Jig, number: int) -> Ade7753:
    return next(row.chip for row in jig.station.positions if row.number == number)


def test_line_cycles_and_free_running_energy_agree(jig: Jig) -> None:
    chip = chip_of(jig, 1)
    chip.line_cycles.start(500, 50.0)
    jig.station.clock.sleep(chip.line_cycles.wait_time)
    result = chip.line_cycles.read()
    assert result.duration(chip.clkin) == pytest.approx(5.0, rel=3e-4)
    chip.energy.start()
    jig.station.clock.sleep(100.0)
    energy = chip.energy.read()
    # Both count the same power; a reading is good to one LSB.
    line_rate = result.active / 5.0
    assert energy.active / energy.duration == pytest.approx(line_rate, rel=1 / result.active + 1e-4)
    assert result.active > 1000


def test_waveform_rms_and_peak_are_of_one_sine(jig: Jig) -> None:
    chip = chip_of(jig, 1)
    capture = chip.waveform.capture("current", 350, 1024)  # 100 ms, five cycles
    assert capture.complete
    rms = math.sqrt(sum(sample**2 for sample in capture.samples) / len(capture.samples))
    assert chip.rms.read(20).current == pytest.approx(rms, rel=0.01)
    peak = chip.peaks()[0]
    assert peak == pytest.approx(rms * math.sqrt(2), rel=0.02)


def test_period_and_temperature(jig: Jig) -> None:
    chip = chip_of(jig, 2)
    assert chip.line_frequency() == pytest.approx(50.0, rel=3e-4)
    # Ambient is 23 degC; the part may be 25 degC off (reference 4.11).
    assert -10 < chip.temperature() < 60


def test_a_bad_wire_changes_no_result(jig: Jig) -> None:
    noisy = chip_of(jig, 2)
    constants = {"WGAIN": 480, "APOS": -522, "PHCAL": 11, "CFNUM": 0, "CFDEN": 489}
    jig.control.inject(2, "corrupted_bytes", rate=0.01)
    try:
        noisy.apply_constants(constants)
        for _ in range(200):
            noisy.read_many(("VRMS", "IRMS", "PERIOD"))
        noisy.line_cycles.start(100, 50.0)
        jig.station.clock.sleep(noisy.line_cycles.wait_time)
        energy = noisy.line_cycles.read().active
        assert noisy.check() == ()
    finally:
        jig.control.clear(2)
    assert noisy.registers.counts.retries > 20
    assert noisy.read_many(constants) == constants
    noisy.line_cycles.start(100, 50.0)
    jig.station.clock.sleep(noisy.line_cycles.wait_time)
    assert noisy.line_cycles.read().active == pytest.approx(energy, abs=1)


def test_a_brown_out_during_an_accumulation_is_named(jig: Jig) -> None:
    chip = chip_of(jig, 3)
    chip.line_cycles.start(200, 50.0)
    jig.control.inject(3, "brown_out", delay=1.0, duration=0.5)
    jig.station.clock.sleep(chip.line_cycles.wait_time)
    with pytest.raises(DeviceError, match="reset during operation"):
        chip.line_cycles.read()


def test_offsets_can_be_trimmed(jig: Jig) -> None:
    trims = chip_of(jig, 1).trim_offsets(64)
    # One code is 1.61 mV of 0.5 V (reference 2.4): what stays is half of that, and noise.
    assert abs(trims["current"].after) < 2_642_412 * 1.61e-3 / 0.5 * 0.6
    assert abs(trims["voltage"].after) < 10_322 * 1.61e-3 / 0.5 * 0.6


def test_no_timing_was_broken(jig: Jig) -> None:
    assert jig.control.board(1)["timing_violations"] == 0

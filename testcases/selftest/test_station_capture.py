"""Waveforms, energy and reactive power of a whole jig, held against the world's hidden truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.loadpoint import load_point
from bench.procedures.accumulate import accumulate
from bench.procedures.elements import reactive_power
from bench.procedures.energy import run_energy
from bench.procedures.waveforms import capture_waveforms
from drivers.errors import StationFault
from testcases.selftest.command import describe_small
from testcases.selftest.jig import Jig, open_jig

ADC1_SPAN = 2_642_412
"""Codes of a full-scale peak on channel 1 (reference 4.1)."""


@pytest.fixture(scope="module")
def jig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jig]:
    """Four boards, calibrated."""
    folder = tmp_path_factory.mktemp("jig")
    with open_jig(folder, describe_small(folder)) as opened:
        opened.calibrate()
        yield opened


def test_captured_waveforms_are_those_of_the_load(jig: Jig) -> None:
    design = jig.description.design
    jig.station.apply(load_point(design, "Ib", "0.5L"))
    captured = capture_waveforms(jig.station)
    truth = jig.control.circuit("L1")
    # Full scale is 0.5 V peak on the burden behind the transformer.
    transformer = design.current_transformer
    volts = math.sqrt(2) * truth.current / transformer.ratio * transformer.burden
    nominal = volts / 0.5 * ADC1_SPAN
    delay = math.degrees(math.atan(design.frequency / 140.0))
    assert set(captured) == {1, 2, 3, 4}
    for one in captured.values():
        assert one.fit.current.amplitude == pytest.approx(nominal, rel=0.15), "a lot's spread"
        assert one.fit.voltage.frequency == pytest.approx(design.frequency, abs=0.005)
        # The voltage shows behind a 140 Hz low pass, so the current seems to lag less.
        assert one.fit.phi == pytest.approx(60.0 - delay, abs=0.7)
        assert one.phi == pytest.approx(60.0, abs=0.1)


def test_a_capture_leaves_the_chip_as_it_was(jig: Jig) -> None:
    chips = [position.chip for position in jig.station.positions]
    before = [chip.read_many(("MODE", "IRQEN")) for chip in chips]
    capture_waveforms(jig.station, 16)
    assert [chip.read_many(("MODE", "IRQEN")) for chip in chips] == before
    assert all(chip.check() == () for chip in chips)


def test_no_sample_before_a_source_is_chosen(jig: Jig) -> None:
    with pytest.raises(StationFault, match="call start first"):
        jig.station.positions[0].chip.waveform.latest()


@pytest.mark.parametrize("seconds", [20.0, 200.0])
def test_registered_energy_is_that_of_the_world(jig: Jig, seconds: float) -> None:
    """200 s are longer than the registers may go unread."""
    jig.station.apply(load_point(jig.description.design, "Ib", "0.5L"))
    joules, begun = jig.control.circuit("L1").energy, jig.control.now()
    run = run_energy(jig.station, seconds)
    joules = jig.control.circuit("L1").energy - joules
    elapsed = jig.control.now() - begun
    for position in jig.station.positions:
        duration = run.energies[position.number].duration
        assert duration == pytest.approx(elapsed)
        assert run.applied(position) == pytest.approx(joules, rel=5e-4)
        assert run.metered(position) == pytest.approx(joules, rel=1e-3)


@pytest.mark.parametrize(("power_factor", "sign"), [("0L", 1), ("0C", -1), ("0.866L", 0.5)])
def test_reactive_power_is_u_i_sin_phi(jig: Jig, power_factor: str, sign: float) -> None:
    jig.station.apply(load_point(jig.description.design, "Ib", power_factor))
    cycles = accumulate(jig.station, 1000)
    truth = jig.control.circuit("L1")
    for position in jig.station.positions:
        value = reactive_power(jig.station, cycles, position.number)
        assert value == pytest.approx(sign * truth.voltage * truth.current, rel=1e-2)


def test_a_bad_board_does_not_stop_the_others(tmp_path: Path) -> None:
    """One does not answer and drops out, another has no current and shows none."""
    with open_jig(tmp_path, describe_small(tmp_path)) as jig:
        for position in jig.station.positions:
            position.chip.reset()
        jig.station.apply(load_point(jig.description.design, "Ib"))
        jig.control.inject(2, "no_answer")
        jig.control.inject(3, "gain", factor=0.0)
        captured = capture_waveforms(jig.station)
        run = run_energy(jig.station, 5.0)
        assert set(captured) == set(run.energies) == {1, 3, 4}
        assert captured[3].fit.current.amplitude < 0.01 * captured[1].fit.current.amplitude
        out = jig.station.positions[1]
        assert "check wiring" in out.reason
        assert run.error(out) is None

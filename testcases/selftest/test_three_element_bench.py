"""Three boards on three phases: wiring, description, and the tests that need them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.description import load
from bench.session import ROOT
from bench.three_phase import four_wire, three_wire
from drivers.errors import DescriptionError
from testcases.selftest.command import describe
from testcases.selftest.jig import open_jig

TESTS = [ROOT / "testcases" / "accuracy" / f"test_equation_{n}.py" for n in (5, 6, 7)]


def _session(*arguments: str, folder: Path) -> str:
    """The last line of a pytest session of its own."""
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [*(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode in (0, 5), done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.requirement("EQ-5", "EQ-6", "EQ-7", "BEN-3")
def test_equations_5_to_7_hold_on_three_boards(tmp_path: Path) -> None:
    """On a bench of its own: the default one has its boards on one phase."""
    results = f"--results={tmp_path / 'elements.sqlite'}"
    last = _session("--bench=three-element", results, *map(str, TESTS), folder=tmp_path)
    assert last.startswith("16 passed"), last
    assert "skipped" not in last


def test_on_one_phase_they_are_another_benchs_tests(tmp_path: Path) -> None:
    last = _session("--bench=virtual", "--collect-only", *map(str, TESTS), folder=tmp_path)
    assert last.startswith("no tests collected (16 deselected)"), last


def test_each_board_hangs_on_its_phase(tmp_path: Path) -> None:
    with open_jig(tmp_path, "three-element") as jig:
        design = jig.description.design
        load = four_wire("each", design.frequency, 220.0, (1.0, 2.0, 4.0), (0.0, 60.0, -60.0))
        jig.station.apply_phases(load.frequency, load.settings)
        for phase, amperes in (("L1", 1.0), ("L2", 2.0), ("L3", 4.0)):
            truth = jig.control.circuit(phase)
            assert truth.current == pytest.approx(amperes, rel=3e-3)
            assert truth.voltage == pytest.approx(220.0, rel=3e-3)
        reading = jig.station.reference.read()
        angles = [math.degrees(math.atan2(p.reactive, p.active)) for p in reading.phases]
        assert angles == pytest.approx([0.0, 60.0, -60.0], abs=0.1)
        jig.station.make_safe()
        assert not jig.control.source_on()


def test_a_position_needs_a_phase_that_is_fed_and_measured(tmp_path: Path) -> None:
    first = 'serial = "TWIN{n:04d}"\nspi = { adapter = "twin" }\ncf_channel = "101-120"'
    changed = {first: first + '\nphase = "L2"'}
    with pytest.raises(DescriptionError, match=r"position 1 is on L2, but source\.phases is 1"):
        load(describe(tmp_path, **changed))


@pytest.mark.parametrize(
    ("angle", "first", "second"), [(0.0, 30.0, -30.0), (60.0, 90.0, 30.0), (-60.0, -30.0, -90.0)]
)
def test_elements_of_three_wires_see_the_load_30_degrees_apart(
    angle: float, first: float, second: float
) -> None:
    """Reference 4.1: phi1 = phi + 30 degrees, phi2 = phi - 30 degrees."""
    load = three_wire("balanced", 50.0, 220.0, (10.0, 10.0), (angle, angle))
    a, b, c = load.settings
    assert (a.angle, c.angle) == pytest.approx((first, second))
    assert (b.voltage, b.current) == (0.0, 0.0)
    # UAB leads UCB by -60 degrees: UA at 0, UAB at 30, UCB at 90.
    assert c.voltage_angle - a.voltage_angle == pytest.approx(60.0)

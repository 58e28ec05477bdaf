"""`bench verify` as a user sees it: plans, constants from the store, time on a real bench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testcases.selftest.command import bench, describe_small, last_json


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store holds one passed calibration of four boards."""
    place = tmp_path_factory.mktemp("verified")
    done = bench("calibrate", f"--bench={describe_small(place)}", cwd=place)
    assert done.returncode == 0, done.stderr
    return place


PLAN = """
title = "One item of each kind"
standard = "IEC 62053-21"
edition = "2003"
meter_class = "1"
source = "a test"
rounding = "1"

[[limits]]
at_least = "0.05 Ib"
up_to = "Imax"
power_factors = ["1", "0.5L"]
limit = 1.0

[[points]]
current = "Ib"
power_factors = ["1", "0.5L"]

[[reverse]]
current = "Ib"
power_factors = ["-1"]
limit = 1.0

[starting_current]
current = "0.004 Ib"
rule = "IEC 62053-21:2003"

[no_load]
rule = "IEC 62053-21:2003 class 1"

[meter_constant]
current = "Imax"
advance = 0.05

[[repeatability]]
current = "Ib"
power_factors = ["1"]
limit = 0.2

[[influence]]
quantity = "frequency"
at_least = "0.05 Ib"
up_to = "Imax"
limit = 0.5
ratios = [0.98]
points = ["Ib"]

[[influence]]
quantity = "harmonic"
at_least = "0.05 Ib"
up_to = "Imax"
limit = 0.8
points = ["0.5 Imax"]
harmonic = { order = 5, voltage = 0.1, current = 0.4 }
"""


@pytest.mark.requirement("BEN-3", "BEN-6")
def test_each_kind_of_item_on_boards_with_stored_constants(folder: Path) -> None:
    (folder / "mine.toml").write_text(PLAN)
    done = bench("verify", "--plan=mine.toml", f"--bench={folder / 'bench.toml'}", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gain check" not in done.stdout, "boards with constants are not calibrated again"
    for item in ("basic error at Ib PF -1", "starting current", "no load", "harmonic"):
        assert item in done.stdout
    assert "on a real bench" in done.stdout
    shown = json.dumps(json.loads(bench("results", "last", "--json", cwd=folder).stdout))
    for name in ("variation with frequency", "restored", "pulses less register", "going on"):
        assert name in shown


def test_boards_without_constants_are_calibrated_first(tmp_path: Path) -> None:
    path = describe_small(tmp_path)
    done = bench("verify", "--json", "--plan=line-short", f"--bench={path}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "phase" in done.stdout
    assert {row["verdict"] for row in last_json(done.stdout)["positions"]} == {"passed"}


def test_twins_of_another_seed_are_other_boards(folder: Path) -> None:
    done = bench(
        "verify", "--plan=line-short", "--seed=9", f"--bench={folder / 'bench.toml'}", cwd=folder
    )
    assert done.returncode == 0, done.stdout
    assert "gain check" in done.stdout, "constants of seed 1 would not fit seed 9"


def test_an_unknown_plan_names_the_known_ones(tmp_path: Path) -> None:
    done = bench("verify", "--plan=iec-something", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("bench: no plan 'iec-something'")
    assert "iec62053-21-class1" in done.stderr


def test_plans_are_listed(tmp_path: Path) -> None:
    done = bench("plans", "--json", cwd=tmp_path)
    assert done.returncode == 0
    names = json.dumps(json.loads(done.stdout))
    for name in ("jjg596-class1-direct", "iec62053-21-class2", "r46-class-b", "line-short"):
        assert name in names

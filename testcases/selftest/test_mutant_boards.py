"""Each mutant board is caught by its named test, and a sound board passes all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.description.loader import read
from bench.session import ROOT
from testcases.selftest.mutants import GOOD, MUTANTS, PLACES

EQUATIONS = sorted((ROOT / "testcases" / "accuracy").glob("test_equation_*.py"))
OTHERS = [
    ROOT / "testcases" / "accuracy" / "test_plan_no_load.py",
    ROOT / "testcases" / "calibration",
]
PLAN = "iec62053-21-class1"
"""Has the no-load test that the creeping board must fail."""
MINUTES = 5


@pytest.fixture(
    scope="module", params=[1, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (2, 3))]
)
def tray(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, dict[str, Any]]:
    """One session over all mutants, each at a position of its own: what ran, what failed."""
    folder = tmp_path_factory.mktemp("tray")
    report = folder / "tray.json"
    command = [
        *(sys.executable, "-m", "pytest", "-p", "testcases.selftest.mutant_tray"),
        *("-p", "no:cacheprovider", "-q", f"--tray-report={report}"),
        *(f"--bench={_describe(folder)}", f"--plan={PLAN}", f"--seed={request.param}"),
        f"--results={folder / 'tray.sqlite'}",
        *map(str, (*EQUATIONS, *OTHERS)),
    ]
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * MINUTES,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-4000:] + done.stderr[-4000:]
    return {int(number): row for number, row in json.loads(report.read_text()).items()}


def _describe(folder: Path) -> Path:
    """The default bench with as many positions as there are boards on the tray."""
    text = read("virtual")
    head, tail = text[: text.index("[[positions]]")], text[text.index("[twins]") :]
    last = max(GOOD)
    rows = (
        f'[[positions]]\nnumber = "1-{last}"\nserial = "TWIN{{n:04d}}"\n'
        f'spi = {{ adapter = "twin" }}\ncf_channel = "101-{100 + last}"\n\n'
    )
    path = folder / "tray.toml"
    path.write_text(head + rows + tail)
    return path


def of_equations(names: set[str]) -> set[str]:
    """Those of the names that are tests of the equations."""
    text = "".join(path.read_text() for path in EQUATIONS)
    return {name for name in names if f"def {name.partition('[')[0]}(" in text}


@pytest.mark.timeout(60 * MINUTES)
@pytest.mark.parametrize("position", PLACES, ids=PLACES.values())
def test_a_mutant_is_caught_by_its_named_tests(tray: Any, position: int) -> None:
    failed, named = set(tray[position]["failed"]), MUTANTS[PLACES[position]].caught_by
    assert named <= failed
    assert of_equations(failed) <= named, "only what the defect touches may fail"


@pytest.mark.timeout(60 * MINUTES)
@pytest.mark.parametrize("position", GOOD)
def test_a_good_board_passes_all(tray: Any, position: int) -> None:
    assert not tray[position]["failed"]
    assert tray[position]["ran"] == max(row["ran"] for row in tray.values())


def test_there_are_at_least_twelve_mutants() -> None:
    assert len(MUTANTS) >= 12

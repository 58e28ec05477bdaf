"""What a session leaves for Allure and in JUnit XML, from one run over a small tray."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.session import ROOT
from reports.allure.categories import CATEGORIES
from testcases.selftest.command import bench, describe_small

FAULTS = """
[[faults]]
position = 3
kind = "saturated"
parameters = { span = 0.2 }

[[faults]]
position = 4
kind = "no_answer"
"""


class Results:
    """An Allure results folder, read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tests = [json.loads(path.read_text()) for path in folder.glob("*-result.json")]
        self.containers = [json.loads(path.read_text()) for path in folder.glob("*-container.json")]

    def of(self, position: int, function: str = "") -> list[dict[str, Any]]:
        """Results about `position`."""
        return [
            test
            for test in self.tests
            if re.search(rf"position {position}\]", test["name"]) and function in test["name"]
        ]

    def attached(self, test: dict[str, Any], name: str) -> list[str]:
        """The texts attached to `test` under a name that begins with `name`."""
        return [
            (self.folder / item["source"]).read_text()
            for item in test.get("attachments", [])
            if item["name"].startswith(name)
        ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path]:
    """Results and JUnit file of plain pytest over the calibration of four boards, two faulty."""
    folder = tmp_path_factory.mktemp("allure")
    path = describe_small(folder, FAULTS)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", str(ROOT / "testcases" / "calibration")),
            *(f"--rootdir={ROOT}", f"--bench={path}", "-q", "-p", "no:cacheprovider"),
            *(f"--alluredir={folder / 'results'}", f"--junitxml={folder / 'junit.xml'}"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return Results(folder / "results"), folder / "junit.xml"


def test_the_serial_is_a_parameter_outside_the_history(ran: tuple[Results, Path]) -> None:
    results, _ = ran
    assert len(results.tests) == 4 * 7
    for position in (1, 2, 3, 4):
        for test in results.of(position):
            (serial,) = (p for p in test["parameters"] if p["name"] == "serial")
            assert serial == {"name": "serial", "value": f"'TWIN000{position}'", "excluded": True}
            others = [p for p in test["parameters"] if p["name"] != "serial"]
            assert not any(p.get("excluded") for p in others)


def test_another_board_in_the_same_place_has_the_same_history(
    ran: tuple[Results, Path], tmp_path: Path
) -> None:
    results, _ = ran
    path = describe_small(tmp_path, FAULTS, **{'"TWIN{n:04d}"': '"OTHER{n:04d}"'})
    done = bench("calibrate", f"--bench={path}", "--allure=results-two", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    second = Results(tmp_path / "results-two")
    assert {p["value"] for t in second.of(1) for p in t["parameters"] if p["name"] == "serial"} == {
        "'OTHER0001'"
    }
    histories = [{t["name"]: t["historyId"] for t in r.tests} for r in (results, second)]
    assert histories[0] == histories[1]


def test_each_load_point_is_a_step(ran: tuple[Results, Path]) -> None:
    results, _ = ran
    stages = [
        step["name"]
        for container in results.containers
        for before in container.get("befores", [])
        for step in before.get("steps", [])
    ]
    assert len(stages) == len(set(stages)), "a stage is one step, once"
    for stage in ("gain", "phase", "verify Ib PF 1", "verify Ib PF 0.5L", "pulse outputs"):
        assert stage in stages
    (test,) = results.of(3, "test_percentage_error[Imax PF 1-")
    (step,) = test["steps"]
    assert step["status"] == "failed"
    assert "percentage error at Imax PF 1" in step["name"]
    (good,) = results.of(1, "test_percentage_error[Imax PF 1-")
    assert [step["status"] for step in good["steps"]] == ["passed"]


@pytest.mark.parametrize("position", [1, 2, 3, 4])
def test_a_board_has_its_readings_attached_once(ran: tuple[Results, Path], position: int) -> None:
    results, _ = ran
    tables = [text for test in results.of(position) for text in results.attached(test, "readings")]
    assert len(tables) == 1
    rows = list(csv.DictReader(tables[0].splitlines()))
    if position == 4:  # a board that never answered has nothing to show
        assert rows == []
        return
    assert {row["load_point"] for row in rows} >= {"Ib PF 1", "Ib PF 0.5L", "Imax PF 1"}
    last = [row for row in rows if row["load_point"] == "Ib PF 0.5L"][-1]
    assert float(last["reference.active"]) == pytest.approx(1100, rel=0.01)  # 220 V 10 A PF 0.5
    assert int(last["registers.active"]) > 1000


def test_failures_and_nothing_else_have_the_traces(ran: tuple[Results, Path]) -> None:
    results, _ = ran
    for test in results.tests:
        spi, scpi = results.attached(test, "SPI trace"), results.attached(test, "SCPI traces")
        assert len(spi) == len(scpi) == (test["status"] == "failed"), test["name"]
        for text in scpi:
            assert "source, TCPIP" in text
            assert "reference, TCPIP" in text
    (dead,) = (test for test in results.of(4) if test["status"] == "failed")
    (text,) = results.attached(dead, "SPI trace, position 4")
    assert re.search(r"> ff \| 00 00( 00)? > ff ff", text), "the silence can be seen"


def test_environment_tells_bench_and_instruments(ran: tuple[Results, Path]) -> None:
    results, _ = ran
    text = (results.folder / "environment.properties").read_text()
    for words in (
        "procedure = ",
        "code\\ version = 0.1.0",
        "traceable = no",
        "certificate TWIN-REFERENCE, due 2099-12-31",
        "seed = 1",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("status", "message", "category"),
    [
        ("failed", "AssertionError: position 4: no answer on SPI", "board failed"),
        ("broken", "drivers.errors.StationFault: the jig is live", "station fault"),
        ("broken", "station fault: reference: no answer\nfor 5 s", "station fault"),
        ("broken", "KeyError: 3", "station fault"),
        ("broken", "aborted: Ctrl-C", "aborted"),
        ("broken", "drivers.errors.InterlockTripped: the door\nis open", "aborted"),
        ("skipped", "Skipped: rejected: position 4", "board rejected before"),
    ],
)
def test_categories_tell_whose_fault_it_was(status: str, message: str, category: str) -> None:
    matching = [
        row["name"]
        for row in CATEGORIES
        if status in row["matchedStatuses"]
        and re.fullmatch(str(row.get("messageRegex", r"[\s\S]*")), message)
    ]
    assert matching == [category]


def test_a_bench_that_gives_up_leaves_a_station_fault(tmp_path: Path) -> None:
    extra = "\n".join(f'[[faults]]\nposition = {n}\nkind = "no_answer"' for n in (1, 2, 3, 4))
    path = describe_small(tmp_path, "\n" + extra + "\n")
    done = bench("calibrate", f"--bench={path}", "--allure=results", cwd=tmp_path)
    assert done.returncode == 2
    results = Results(tmp_path / "results")
    (test,) = results.tests
    assert test["status"] == "broken"
    assert test["statusDetails"]["message"].startswith("station fault: ")
    assert "quorum" in test["statusDetails"]["message"]


def test_junit_carries_the_measurements(ran: tuple[Results, Path]) -> None:
    _, path = ran
    cases = {
        case.attrib["name"]: {
            item.attrib["name"]: item.attrib["value"] for item in case.iter("property")
        }
        for case in ElementTree.parse(path).iter("testcase")
    }
    name = "percentage error at Ib PF 0.5L"
    good = cases["test_percentage_error[Ib PF 0.5L-position 1]"]
    assert abs(float(good[name])) < 0.15
    assert good[f"{name} unit"] == "%"
    assert (float(good[f"{name} lower"]), float(good[f"{name} upper"])) == (-0.15, 0.15)
    assert good[f"{name} verdict"] == "passed"
    bad = cases["test_percentage_error[Imax PF 1-position 3]"]
    assert float(bad["percentage error at Imax PF 1"]) < -1
    assert bad["percentage error at Imax PF 1 verdict"] == "failed"
    assert cases["test_percentage_error[Ib PF 1-position 4]"] == {}, "nothing was measured"

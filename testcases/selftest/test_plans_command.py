"""`bench plans` as a user sees it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from typer.testing import CliRunner

from bench.cli import app
from testcases.selftest.command import bench


def plans(*arguments: str) -> str:
    """What `bench plans` prints."""
    done = CliRunner().invoke(app, ["plans", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_list_names_standard_edition_and_items() -> None:
    rows = {row["plan"]: row for row in json.loads(plans("--json"))}
    assert {"line-short", "jjg596-class1-direct", "iec62053-21-class2", "r46-class-b"} <= set(rows)
    row = rows["iec62053-21-class1"]
    assert (row["standard"], row["edition"], row["class"]) == ("IEC 62053-21", "2003", "1")
    for words in ("starting current", "no load", "phase-fired", "burst", "interruptions"):
        assert words in row["items"]


def test_one_plan_shows_its_numbers_and_doubts() -> None:
    shown = json.loads(plans("r46-class-b", "--json"))
    assert set(shown) == {"plan r46-class-b", "items", "limits", "influence quantities"}
    lagging = next(row for row in shown["items"] if row["load"] == "Itr PF 0.5L")
    assert (lagging["A"], lagging["limit"], lagging["doubt"]) == (1.0, 1.5, "from memory")
    assert "left out" in {row["fact"] for row in shown["plan r46-class-b"]}


def test_a_plan_as_csv_and_for_people() -> None:
    rows = list(csv.reader(io.StringIO(plans("jjg596-class1-direct", "--csv"))))
    assert any("JJG 596-2012" in cell for row in rows for cell in row)
    assert "jjg596-class1-direct" in plans()


def test_a_plan_of_ones_own_from_a_file(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'title = "t"\nstandard = "house"\nedition = "2"\nmeter_class = "1"\nsource = "s"\n'
        'rounding = "1"\n[[points]]\ncurrent = "2 A"\nlimit = 0.7\n'
    )
    shown = json.loads(plans(str(own), "--json"))
    assert "plan own" in shown
    assert [(row["load"], row["limit"]) for row in shown["items"]] == [("2 A PF 1", 0.7)]


def test_an_unknown_plan_names_the_known_ones(tmp_path: Path) -> None:
    done = bench("plans", "iec", cwd=tmp_path)
    assert done.returncode == 2
    assert "no plan 'iec'" in done.stderr
    assert "r46-class-b" in done.stderr
    assert "Traceback" not in done.stderr

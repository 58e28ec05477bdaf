"""`bench plans` as a user sees it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from testcases.selftest.command import bench


def test_the_list_names_standard_edition_and_items(tmp_path: Path) -> None:
    done = bench("plans", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["plan"]: row for row in json.loads(done.stdout)}
    assert {"line-short", "jjg596-class1-direct", "iec62053-21-class2", "r46-class-b"} <= set(rows)
    row = rows["iec62053-21-class1"]
    assert (row["standard"], row["edition"], row["class"]) == ("IEC 62053-21", "2003", "1")
    for words in ("starting current", "no load", "phase-fired", "burst", "interruptions"):
        assert words in row["items"]


def test_one_plan_shows_its_numbers_and_doubts(tmp_path: Path) -> None:
    done = bench("plans", "r46-class-b", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert set(shown) == {"plan r46-class-b", "items", "limits", "influence quantities"}
    lagging = next(row for row in shown["items"] if row["load"] == "Itr PF 0.5L")
    assert (lagging["A"], lagging["limit"], lagging["doubt"]) == (1.0, 1.5, "from memory")
    assert "left out" in {row["fact"] for row in shown["plan r46-class-b"]}


def test_a_plan_as_csv_and_for_people(tmp_path: Path) -> None:
    text = bench("plans", "jjg596-class1-direct", "--csv", cwd=tmp_path).stdout
    rows = list(csv.reader(io.StringIO(text)))
    assert any("JJG 596-2012" in cell for row in rows for cell in row)
    shown = bench("plans", cwd=tmp_path).stdout
    assert "jjg596-class1-direct" in shown


def test_an_unknown_plan_names_the_known_ones(tmp_path: Path) -> None:
    done = bench("plans", "iec", cwd=tmp_path)
    assert done.returncode == 2
    assert "no plan 'iec'" in done.stderr
    assert "r46-class-b" in done.stderr
    assert "Traceback" not in done.stderr

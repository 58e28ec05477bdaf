"""`bench calibrate`, `bench results` and `bench doctor` as a user sees them."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from testcases.selftest.command import bench, describe_small, last_json, running_twins


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, str]:
    """A folder with one run of four boards, its JSON line, and its whole output."""
    folder = tmp_path_factory.mktemp("calibrated")
    done = bench(
        "calibrate", "--json", "--operator=Li", f"--bench={describe_small(folder)}", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return folder, last_json(done.stdout), done.stdout


def test_the_last_line_is_the_promised_object(calibrated: Any) -> None:
    _, answer, _ = calibrated
    assert set(answer) == {"run", "positions"}
    assert [row["position"] for row in answer["positions"]] == [1, 2, 3, 4]
    assert answer["positions"][0] == {
        "position": 1,
        "serial": "TWIN0001",
        "verdict": "passed",
        "reason": "",
    }


def test_each_step_is_a_plain_line_where_there_is_no_terminal(calibrated: Any) -> None:
    _, _, output = calibrated
    steps = re.findall(r"^\[(\d+)/(\d+)\] (.+)$", output, re.MULTILINE)
    total = int(steps[0][1])
    assert [int(step) for step, _, _ in steps] == list(range(1, total + 1))
    assert "\x1b" not in output


def test_results_lists_the_run_and_shows_it(calibrated: Any) -> None:
    folder, answer, _ = calibrated
    listed = bench("results", cwd=folder).stdout
    assert answer["run"] in listed
    assert "passed" in listed
    shown = bench("results", answer["run"][:8], cwd=folder).stdout
    for words in ("TWIN0003", "percentage error", "WGAIN", "TWIN-REFERENCE", "Li"):
        assert words in shown


def test_results_as_json_and_csv(calibrated: Any) -> None:
    folder, answer, _ = calibrated
    listed = json.loads(bench("results", "--json", cwd=folder).stdout)
    assert answer["run"] in json.dumps(listed)
    rows = list(csv.reader(io.StringIO(bench("results", "--csv", cwd=folder).stdout)))
    assert answer["run"] in [cell for row in rows for cell in row]
    shown = json.loads(bench("results", "last", "--json", cwd=folder).stdout)
    assert "TWIN0004" in json.dumps(shown)


def test_every_reading_and_constant_is_kept(calibrated: Any) -> None:
    folder, answer, _ = calibrated
    shown = json.dumps(json.loads(bench("results", "last", "--json", cwd=folder).stdout))
    for register in ("WGAIN", "VAGAIN", "PHCAL", "APOS", "IRMSOS", "VRMSOS", "CFDEN"):
        assert shown.count(f'"{register}"') >= 4, register
    assert answer["run"] in shown


def test_one_certificate_per_board(calibrated: Any) -> None:
    folder, answer, _ = calibrated
    place = folder / "results" / "certificates" / answer["run"]
    for kind in ("json", "html", "pdf"):
        assert len(list(place.glob(f"*.{kind}"))) == 4
    page = next(place.glob("*TWIN0002.html")).read_text()
    HTMLParser().feed(page)
    for words in ("TWIN0002", "Ib PF 0.5L", "TWIN-REFERENCE", "WGAIN"):
        assert words in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    record = json.loads(next(place.glob("*TWIN0002.json")).read_text())
    assert "TWIN0002" in json.dumps(record)


def test_an_unknown_run_is_named(calibrated: Any) -> None:
    folder, _, _ = calibrated
    done = bench("results", "ffffffff", cwd=folder)
    assert done.returncode == 2
    assert "ffffffff" in done.stderr
    assert "Traceback" not in done.stderr


def test_results_of_a_store_that_does_not_exist(tmp_path: Path) -> None:
    done = bench("results", cwd=tmp_path)
    assert done.returncode == 2
    assert "meterbench.sqlite" in done.stderr
    assert not list(tmp_path.iterdir()), "a look must not create a store"


def test_boards_behind_the_spi_socket(tmp_path: Path) -> None:
    changes = {"seed = 1": 'seed = 1\nspi = "socket"'}
    path = describe_small(tmp_path, **changes)
    done = bench("calibrate", "--json", f"--bench={path}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {row["verdict"] for row in last_json(done.stdout)["positions"]} == {"passed"}


def test_doctor_finds_a_good_bench_good(tmp_path: Path) -> None:
    done = bench("doctor", f"--bench={describe_small(tmp_path)}", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout)
    text = json.dumps(rows)
    for words in ("6105A", "NORMA", "53230A", "34970A", "position 4", "2099-12-31"):
        assert words in text


def test_doctor_says_what_to_do_about_each_problem(tmp_path: Path) -> None:
    extra = (
        '\n[[faults]]\nposition = 3\nkind = "no_answer"\n'
        '\n[[faults]]\nrole = "reference"\nkind = "self_test"\n'
    )
    changes = {'"TWIN-COUNTER", issued = 2026-01-01, due = 2099-12-31':
               '"C-9", issued = 2020-01-01, due = 2021-01-01'}  # fmt: skip
    path = describe_small(tmp_path, extra, **changes)
    done = bench("doctor", f"--bench={path}", "--csv", cwd=tmp_path)
    assert done.returncode == 2
    rows = {row["device"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert rows["source"]["check"] == rows["position 4"]["check"] == "good"
    assert rows["counter"]["check"] == "expired"
    assert "send it in" in rows["counter"]["advice"]
    assert rows["reference"]["check"] == "failed"
    assert rows["position 3"]["check"] == "failed"
    assert "no answer on SPI" in rows["position 3"]["advice"]


@pytest.mark.requirement("BEN-9")
def test_only_the_description_changes_for_real_devices(tmp_path: Path) -> None:
    """A bench without a single twin in its description opens what stands at plain addresses."""
    with running_twins(tmp_path) as ready:
        visa = ready["visa"]
        changes = {
            f'"{driver}"\naddress = "twin"': f'"{driver}"\naddress = "{visa[role]}"'
            for role, driver in (
                ("source", "fluke6105a"),
                ("reference", "norma4000"),
                ("counter", "keysight53230a"),
                ("relays", "keysight34970a"),
            )
        }
        node = ready["spi"]["1"]
        adapter, place = ("spidev", node.replace("/1", "/{n}")) if node.startswith("/") else (
            "socket", node.replace("#0", "#{n}")
        )  # fmt: skip
        changes['spi = { adapter = "twin" }'] = (
            f'spi = {{ adapter = "{adapter}", node = "{place}", speed = 1_000_000 }}'
        )
        path = describe_small(tmp_path, **changes)
        assert 'address = "twin"' not in Path(path).read_text()
        done = bench("doctor", f"--bench={path}", "--csv", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert len(rows) == 9  # four instruments, the interlock, four boards
        assert {row["check"] for row in rows} == {"good"}

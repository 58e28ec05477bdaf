"""`bench report`, with a stand-in for the Allure program, and without any."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.errors import StationFault
from reports.allure.html import make_report
from testcases.selftest.command import bench

PROGRAM = """#!/bin/sh
case "$1" in
  --no-install) [ "$npm_config_offline" = true ] || exit 9; shift 2;;
esac
if [ "$1" = --version ]; then echo {version}; exit {status}; fi
[ "$1" = generate ] || exit 8
for argument; do
  case "$argument" in
    --config=*) cp "${{argument#--config=}}" seen.json;;
    --output=*) output="${{argument#--output=}}";;
  esac
done
mkdir -p "$output" && echo page > "$output/index.html"
"""


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one result; nothing is on the path but what a test puts there."""
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "1-result.json").write_text("{}")
    return folder


def install(folder: Path, name: str, version: str = "3.18.0", status: int = 0) -> None:
    """Put a program in the path that behaves as Allure does; cp and mkdir with it."""
    path = folder / "programs" / name
    path.write_text(PROGRAM.format(version=version, status=status))
    path.chmod(0o755)
    for tool in ("cp", "mkdir"):
        link = folder / "programs" / tool
        if not link.exists():
            link.symlink_to(f"/bin/{tool}")


@pytest.mark.parametrize("name", ["allure", "npx"])
def test_the_installed_program_makes_the_page(results: Path, tmp_path: Path, name: str) -> None:
    install(tmp_path, name)
    page = make_report(results, tmp_path / "out")
    assert page == tmp_path / "out" / "index.html"
    assert page.read_text() == "page\n"
    categories = json.loads((tmp_path / "seen.json").read_text())["categories"]
    assert [row["name"] for row in categories][:3] == ["board failed", "aborted", "station fault"]


def test_what_is_missing_is_said(results: Path, tmp_path: Path) -> None:
    with pytest.raises(StationFault, match=r"neither `allure` nor `npx`.*npm install"):
        make_report(results, tmp_path / "out")
    install(tmp_path, "npx", status=1)
    with pytest.raises(StationFault, match=r"the package is not.*npm install.*allure@3"):
        make_report(results, tmp_path / "out")
    install(tmp_path, "allure", version="2.30.0")
    with pytest.raises(StationFault, match=r"2\.30\.0 is here, wanted is 3"):
        make_report(results, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_has_one_message_and_status_2(tmp_path: Path) -> None:
    done = bench("report", "--allure=nothing-there", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "bench calibrate --allure nothing-there" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_commands_above_the_floor_of_the_command_line_are_found(tmp_path: Path) -> None:
    text = bench("--help", cwd=tmp_path).stdout
    for command in ("calibrate", "certificate", "report"):
        assert command in text

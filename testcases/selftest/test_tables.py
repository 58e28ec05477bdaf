"""One table, three forms; and `bench results` shows the store in each."""

from __future__ import annotations

import csv
import io
import json

import pytest
import typer
from typer.testing import CliRunner

from bench.commands.results import results
from bench.results.facts import RunHead
from bench.results.recorder import RunRecorder
from bench.results.store import Store
from bench.results.verdict import Verdict
from bench.tables import Form, Table, show
from drivers.ade7753.registers import REGISTERS
from drivers.errors import StoreError

BOARDS = Table("boards", ("serial", "error", "due", "ok"), [("A,1", -0.25, None, True)])
LIMITS = Table("limits", ("name",), [("±0.1 [red]",)])


def shown(tables, form):
    stream = io.StringIO()
    show(tables, form, stream)
    return stream.getvalue()


def test_json():
    row = {"serial": "A,1", "error": -0.25, "due": None, "ok": True}
    assert json.loads(shown([BOARDS], Form.JSON)) == [row]
    both = json.loads(shown([BOARDS, LIMITS], Form.JSON))
    assert both == {"boards": [row], "limits": [{"name": "±0.1 [red]"}]}


def test_csv():
    assert shown([BOARDS], Form.CSV) == 'serial,error,due,ok\n"A,1",-0.25,,True\n'
    text = shown([BOARDS, LIMITS], Form.CSV)
    assert text.split("\n\n")[1] == "# limits\nname\n±0.1 [red]\n"


def test_text_shows_every_cell_literally():
    text = shown([BOARDS, LIMITS], Form.TEXT)
    for cell in ("boards", "A,1", "-0.25", "yes", "±0.1 [red]"):
        assert cell in text
    assert "None" not in text


def test_one_form_only():
    assert Form.chosen(json=False, csv=False) is Form.TEXT
    with pytest.raises(ValueError, match="choose one"):
        Form.chosen(json=True, csv=True)


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Table("t", ("a", "b"), [(1,)])


@pytest.fixture
def place(tmp_path):
    """A store with a finished run of two boards and an unfinished one after it."""
    head = RunHead("calibrate", "", "v1", "Li", "line 1", "stepped")
    with Store(tmp_path / "s.sqlite") as store:
        with RunRecorder(store, head) as recorder:
            for number, verdict in ((1, Verdict.PASSED), (2, Verdict.FAILED)):
                recorder.position(number, f"A{number}")
                recorder.measurement("error", 0.1 * number, "%", position=number, upper=0.15)
                recorder.constant(number, REGISTERS["APOS"], -522, exact=-521.8, read_back=-522)
                recorder.decide(number, verdict, "too fast" if number == 2 else "")
            recorder.event("swept", level="warning")
            recorder.finish(Verdict.FAILED, "1 of 2 failed")
        RunRecorder(store, head)
    return store.where, str(recorder.run_id)


def command(*arguments):
    app = typer.Typer()
    app.command()(results)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_results_lists_runs_latest_first(place):
    where, run = place
    rows = json.loads(command("--results", where, "--json").stdout)
    assert [row["verdict"] for row in rows] == ["aborted", "failed"]
    assert "unfinished" in rows[0]["reason"]
    assert rows[1]["run"] == run
    assert (rows[1]["positions"], rows[1]["passed"]) == (2, 1)


def test_results_shows_one_run(place):
    where, run = place
    tables = json.loads(command(run[:8], "--results", where, "--json").stdout)
    assert {"item": "operator", "value": "Li"} in tables["run"]
    assert [row["reason"] for row in tables["positions"]] == ["", "too fast"]
    assert [row["verdict"] for row in tables["measurements"]] == ["passed", "failed"]
    assert tables["constants"][0]["hex"] == "0xFDF6"
    assert tables["constants"][0]["value"] == -522
    assert tables["events"][0]["text"] == "swept"


def test_results_of_a_run_as_csv_and_text(place):
    where, run = place
    text = command(run, "--results", where, "--csv").stdout
    part = next(part for part in text.split("\n\n") if part.startswith("# positions\n"))
    rows = list(csv.DictReader(part.splitlines()[1:]))
    assert [(row["serial"], row["verdict"]) for row in rows] == [("A1", "passed"), ("A2", "failed")]
    for word in ("too fast", "0xFDF6", "1 of 2 failed"):
        assert word in command(run, "--results", where).stdout


def test_results_refuses_what_it_cannot_show(place, tmp_path):
    where, _ = place
    assert command("--results", where, "--json", "--csv").exit_code == 2
    assert isinstance(command("zz", "--results", where).exception, StoreError)
    missing = tmp_path / "none.sqlite"
    assert isinstance(command("--results", missing).exception, StoreError)
    assert not missing.exists()

"""The certificate: complete, self-contained, rebuilt to the byte, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.results.facts import AS_FOUND, AS_LEFT
from bench.results.recorder import RunRecorder
from bench.results.store import Store
from bench.results.verdict import Verdict
from drivers.errors import StoreError
from reports.certificate import write_certificate, write_certificates
from reports.certificate.canonical import canonical
from testcases.selftest.certified import HEAD, record_a_run


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.sqlite") as store:
        yield store


class Page(HTMLParser):
    """Collects text and addresses; complains about tags that do not close in order."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.addresses = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data.strip())


def test_the_record_holds_what_the_store_knows(store, tmp_path):
    run = record_a_run(store)
    document, _, _ = write_certificate(store, run, 2, tmp_path / "out")
    record = json.loads(document.read_bytes())
    assert record["unit"]["serial"] == "SN/2"
    assert record["decision"] == {
        "verdict": "failed",
        "reason": "WGAIN 2312 is outside +-1500: check <burden>",
    }
    assert record["run"]["id"] == str(run)
    assert record["run"]["code_version"] == "0.1.0+g123"
    assert record["instruments"][0]["certificate"] == "K-17"
    assert record["instruments"][0]["due"] == "2027-01-05"
    assert [(c["register"], c["value"], c["hex"]) for c in record["constants"]] == [
        ("WGAIN", 130, "0x082"),
        ("APOS", -522, "0xFDF6"),
    ]
    assert [c["value"] for c in record["adjustments"]] == [126, 130, -522]
    rows = [(r["load_point"], r["as_found"], r["as_left"], r["verdict"]) for r in record["results"]]
    assert rows == [
        ("Ib PF 1", -3.07, 0.4, "failed"),
        ("Ib PF 0.5L", -2.5, 0.2, "failed"),
    ]
    assert len(record["readings"]) == 4
    assert record["readings"][0]["registers"] == {"LAENERGY": 19186}


def test_the_page_says_it_all_and_needs_nothing_from_outside(store, tmp_path):
    document, path, _ = write_certificate(store, record_a_run(store), 2, tmp_path / "out")
    text = path.read_text()
    page = Page(text)
    assert page.addresses == []
    assert "url(" not in text
    assert "<script" not in text
    words = " ".join(page.words)
    for word in (
        "SN/2",
        "✗ failed",
        "check <burden>",
        "Li <Wei>",
        "-3.070",
        "+0.400",
        "±0.1",
        "0xFDF6",
        "-522",
        "129.7",
        "K-17",
        "2027-01-05",
        "3200 imp/kWh",
        "23.1 °C",
        "0.1.0+g123",
        "simple acceptance",
        "220.0",
        "0.5 L",
        "2026-03-01 08:00:00 UTC",
        hashlib.sha256(document.read_bytes()).hexdigest(),
    ):
        assert word in words, word


def test_rebuilding_gives_the_same_bytes_also_from_a_reopened_store(store, tmp_path):
    run = record_a_run(store)
    first = write_certificates(store, run, tmp_path / "one")
    with Store(store.where, read_only=True) as again:
        second = write_certificates(again, run, tmp_path / "two")
        single = write_certificate(again, run, 1, tmp_path / "three")
    assert len(first) == 2
    for old, new in zip(first, second, strict=True):
        assert [path.name for path in old] == [path.name for path in new]
        assert [path.read_bytes() for path in old] == [path.read_bytes() for path in new]
    assert [path.read_bytes() for path in single] == [path.read_bytes() for path in first[0]]


def test_file_names_are_safe(store, tmp_path):
    paths = write_certificate(store, record_a_run(store), 1, tmp_path / "out")
    assert [path.name for path in paths] == ["01-SN_1.json", "01-SN_1.html", "01-SN_1.pdf"]
    assert {path.parent for path in paths} == {tmp_path / "out"}


def test_not_measured_and_not_measurable_look_different(store, tmp_path):
    with RunRecorder(store, HEAD) as recorder:
        recorder.position(1, "A1")
        recorder.measurement("only found", -3.0, "%", position=1, stage=AS_FOUND)
        recorder.measurement("dead", None, "%", position=1, stage=AS_LEFT, lower=-1, upper=1)
        recorder.finish(Verdict.FAILED)
    document, page, _ = write_certificate(store, recorder.run_id, 1, tmp_path / "out")
    found, dead = json.loads(document.read_bytes())["results"]
    assert "as_left" not in found
    assert (dead["as_left"], dead["verdict"]) == (None, "failed")
    cells = [line for line in page.read_text().splitlines() if "±1<" in line]
    assert '<td class="n"></td><td class="n">–</td>' in cells[0]


def test_the_last_attempt_counts(store, tmp_path):
    with RunRecorder(store, HEAD) as recorder:
        recorder.position(1, "A1")
        recorder.decide(1, Verdict.FAILED, "first")
        recorder.position(1, "A1", attempt=2)
        recorder.decide(1, Verdict.PASSED)
        recorder.finish(Verdict.PASSED)
    ((document, _, _),) = write_certificates(store, recorder.run_id, tmp_path / "out")
    record = json.loads(document.read_bytes())
    assert (record["unit"]["attempt"], record["decision"]["verdict"]) == (2, "passed")


def test_a_board_that_nobody_judged_did_not_pass(store, tmp_path):
    recorder = RunRecorder(store, HEAD)
    recorder.position(1)
    document, page, _ = write_certificate(store, recorder.run_id, 1, tmp_path / "out")
    decision = json.loads(document.read_bytes())["decision"]
    assert decision["verdict"] == "aborted"
    assert "not judged" in decision["reason"]
    assert "without serial number" in page.read_text()


def test_an_unwritable_folder_leaves_nothing(store, tmp_path, monkeypatch):
    run = record_a_run(store)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can be rebuilt from the store"):
        write_certificate(store, run, 1, tmp_path / "file")

    def no_rename(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_rename)
    with pytest.raises(StoreError, match="No space left"):
        write_certificate(store, run, 1, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_position_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match="has no position 9"):
        write_certificate(store, record_a_run(store), 9, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_canonical_json():
    text = canonical({"b": 0.1 + 0.2, "a": [-0.0, 1, True, None, "µ"]}).decode()
    assert (
        text
        == '{\n  "a": [\n    0.0,\n    1,\n    true,\n    null,\n    "µ"\n  ],\n  "b": 0.3\n}\n'
    )
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": math.nan})
    with pytest.raises(ValueError, match="no form"):
        canonical({"a": date(2026, 1, 1)})

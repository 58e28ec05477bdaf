"""Evidence 6: a changed certificate is told, a rebuilt one is the same to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.results.store import Store
from reports.certificate import State, check, write_certificates
from reports.certificate.seal import SEALS
from testcases.selftest.certified import record_a_run
from testcases.selftest.command import bench, bench_command

KINDS = (".json", ".html", ".pdf")
DAMAGES = 400
"""Bytes damaged in each kind of file, besides every byte of its seal."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Path]]]:
    folder = tmp_path_factory.mktemp("certificates")
    with Store(folder / "s.sqlite") as store:
        run = record_a_run(store, u=0.03)
        first, _ = write_certificates(store, run, folder / "out")
        yield store, {path.suffix: path for path in first}


@pytest.fixture
def copies(written: tuple[Store, dict[str, Path]], tmp_path: Path) -> dict[str, Path]:
    return {kind: Path(shutil.copy(path, tmp_path)) for kind, path in written[1].items()}


def sealed_anew(path: Path, old: bytes, new: bytes) -> None:
    """Change a file and put its seal right, as somebody could who knows how seals are made."""
    content = path.read_bytes()
    assert old in content
    form = SEALS[path.suffix]
    seal = form.find(content)
    assert seal is not None
    line = content.rindex(b"\n", 0, content.rindex(b"sha256")) + 1
    plain = content[:line] + content[content.index(b"\n", line) + 1 :]
    facts = {"certificate": seal.certificate, "record": seal.record, "renderer": seal.renderer}
    path.write_bytes(form.seal(plain.replace(old, new), **facts))
    sealed = form.find(path.read_bytes())
    assert sealed is not None
    assert sealed.holds


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_anywhere_is_told(copies: dict[str, Path], kind: str) -> None:
    path, draw = copies[kind], random.Random(kind)
    good = path.read_bytes()
    mark = good.rindex(b"sha256")
    line = range(good.rindex(b"\n", 0, mark) + 1, good.index(b"\n", mark) + 1)
    for place in [*line, *(draw.randrange(len(good)) for _ in range(DAMAGES))]:
        bad = bytearray(good)
        bad[place] ^= draw.randint(1, 255)
        path.write_bytes(bad)
        found = check(path)
        assert found.state is State.CHANGED, f"byte {place}: {found.words}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_more_or_less_is_told(copies: dict[str, Path], kind: str) -> None:
    path = copies[kind]
    good = path.read_bytes()
    for bad in (good + b"\n", good[:-1], good[1:], b" " + good, good + good):
        path.write_bytes(bad)
        assert check(path).state is State.CHANGED


@pytest.mark.parametrize("kind", KINDS)
def test_an_untouched_file_is_unchanged(
    written: tuple[Store, dict[str, Path]], copies: dict[str, Path], kind: str
) -> None:
    store, _ = written
    assert check(copies[kind], store).words == "as the results store has it"
    alone = check(copies[kind])
    assert alone.state is State.UNCHANGED
    assert "store" in alone.words or "01-SN_1.json" in alone.words


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (".json", b'"serial": "SN/1"', b'"serial": "SN/9"'),
        (".html", b"SN/1", b"SN/9"),
        (".pdf", b"SN/1", b"SN/9"),
    ],
)
def test_a_file_sealed_anew_is_found_by_the_store(
    written: tuple[Store, dict[str, Path]],
    copies: dict[str, Path],
    kind: str,
    old: bytes,
    new: bytes,
) -> None:
    sealed_anew(copies[kind], old, new)
    found = check(copies[kind], written[0])
    assert found.state is State.CHANGED
    assert "store says otherwise" in found.words


def test_a_page_of_another_record_is_changed(copies: dict[str, Path]) -> None:
    sealed_anew(copies[".json"], b'"serial": "SN/1"', b'"serial": "SN/9"')
    for kind in (".html", ".pdf"):
        assert "another record" in check(copies[kind]).words
        assert check(copies[kind]).state is State.CHANGED


def test_a_page_without_its_record_cannot_be_judged(copies: dict[str, Path]) -> None:
    copies[".json"].unlink()
    for kind in (".html", ".pdf"):
        found = check(copies[kind])
        assert found.state is State.UNKNOWN
        assert "01-SN_1.json" in found.words


def test_a_sheet_of_another_compiler_is_not_called_changed(
    written: tuple[Store, dict[str, Path]], copies: dict[str, Path]
) -> None:
    path = copies[".pdf"]
    form, content = SEALS[".pdf"], path.read_bytes()
    seal = form.find(content)
    assert seal is not None
    line = content.rindex(b"% meterbench")
    plain = content[:line] + content[content.index(b"\n", line) + 1 :]
    facts = {"certificate": seal.certificate, "record": seal.record}
    path.write_bytes(form.seal(plain, renderer="typst-0.9/00000000", **facts))
    found = check(path, written[0])
    assert found.state is State.UNKNOWN
    assert "typst-0.9" in found.words


def test_what_is_no_certificate_cannot_be_judged(tmp_path: Path) -> None:
    for name, content in (
        ("notes.txt", b"x"),
        ("other.json", b'{"a": 1}\n'),
        ("old.json", b'{\n  "certificate": "1",\n  "format": 1,\n  "unit": {}\n}\n'),
        ("other.pdf", b"%PDF-1.7\n%%EOF"),
    ):
        (tmp_path / name).write_bytes(content)
        assert check(tmp_path / name).state is State.UNKNOWN
    assert check(tmp_path / "missing.json").state is State.UNKNOWN


def test_the_seal_can_be_checked_with_standard_tools(copies: dict[str, Path]) -> None:
    """The rule that docs/certificates.md gives, in other words than the program's."""
    for path in copies.values():
        text = path.read_bytes()
        (digits,) = re.findall(rb'(?m)^(?:  "sha256": "|.* sha256=)([0-9a-f]{64})', text)
        assert hashlib.sha256(text.replace(digits, b"")).hexdigest().encode() == digits


def test_the_printed_hash_is_that_of_the_json_file(copies: dict[str, Path]) -> None:
    digest = hashlib.sha256(copies[".json"].read_bytes()).hexdigest()
    assert digest in copies[".html"].read_text()
    assert f"record={digest}".encode() in copies[".pdf"].read_bytes()


# the command


def rebuild(store: Store, folder: Path, **environment: str) -> dict[str, bytes]:
    """The files of SN/1 made anew in a process of its own, in another place and time."""
    folder.mkdir()
    subprocess.run(
        bench_command("certificate", "SN/1", f"--results={store.where}", "--out=again"),
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return {path.suffix: path.read_bytes() for path in (folder / "again").iterdir()}


def test_rebuilding_elsewhere_gives_the_same_bytes(
    written: tuple[Store, dict[str, Path]], tmp_path: Path
) -> None:
    store, paths = written
    first = {kind: path.read_bytes() for kind, path in paths.items()}
    tokyo = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1", "HOME": str(tmp_path)}
    berlin = {"TZ": "Europe/Berlin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    assert rebuild(store, tmp_path / "a", **tokyo) == first
    assert rebuild(store, tmp_path / "some other place", **berlin, SOURCE_DATE_EPOCH="1") == first


def test_nothing_of_the_machine_is_in_the_files(
    written: tuple[Store, dict[str, Path]], tmp_path: Path
) -> None:
    store, paths = written
    for path in paths.values():
        content = path.read_bytes()
        for word in (str(path.parent), str(Path.cwd()), store.where, str(Path.home())):
            assert len(word) < 3 or word.encode() not in content


def test_the_command_tells_by_its_status(
    written: tuple[Store, dict[str, Path]], copies: dict[str, Path], tmp_path: Path
) -> None:
    results = f"--results={written[0].where}"
    files = [str(path) for path in copies.values()]
    assert bench("certificate", "--check", *files, results, cwd=tmp_path).returncode == 0
    copies[".html"].write_text(copies[".html"].read_text().replace("passed", "Passed"))
    done = bench("certificate", "--check", *files, results, "--json", cwd=tmp_path)
    assert done.returncode == 1
    states = {Path(row["file"]).suffix: row["state"] for row in json.loads(done.stdout)}
    assert states == {".json": "unchanged", ".html": "changed", ".pdf": "unchanged"}
    assert bench("certificate", "--check", "none.pdf", cwd=tmp_path).returncode == 2


def test_an_unknown_serial_number_or_run_is_named(
    written: tuple[Store, dict[str, Path]], tmp_path: Path
) -> None:
    results = f"--results={written[0].where}"
    for arguments, word in ((["SN/7"], "SN/7"), (["SN/1", "--run=ffff"], "ffff")):
        done = bench("certificate", *arguments, results, cwd=tmp_path)
        assert done.returncode == 2
        assert word in done.stderr
        assert done.stderr.count("\n") == 1

"""The PDF of a certificate holds what a certificate must, on every page what belongs there."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from bench.results.store import Store
from reports.certificate import write_certificate
from reports.certificate.sheet import certificate_sheet
from testcases.selftest.certified import HEAD, record_a_run

STANDARD = replace(HEAD, standard="JJG 596", edition="2012", traceable=False)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """JSON record and PDF of the board that was rejected."""
    folder = tmp_path_factory.mktemp("sheet")
    with Store(folder / "s.sqlite") as store:
        run = record_a_run(store, STANDARD, u=0.0273)
        record, _, sheet = write_certificate(store, run, 2, folder)
    return record, sheet


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_sheet_holds_what_a_certificate_must(files: tuple[Path, Path]) -> None:
    record, sheet = files
    text = " ".join(pages(sheet.read_bytes()))
    for words in (
        *("Calibration certificate", "SN/2", "failed", "check <burden>"),
        *("Li <Wei>", "line 1", "0.1.0+g123", json.loads(record.read_text())["run"]["id"]),
        *("2026-03-01 08:00:00 UTC", "ambient temperature 23.1 °C", "3200 imp/kWh"),
        *("-3.070", "+0.400", "±0.1", "0.027", "U (k = 2)", "220.0", "0.5 L"),
        *("JJG 596 2012", "simple acceptance", "coverage factor k = 2"),
        *("NOT traceable", "simulated", "relate only to the unit", "does not conform"),
        *("0xFDF6", "-522", "129.7", "LEM Norma 4000", "K-17", "2026-01-05", "2027-01-05"),
        *("Error over current", "error / %", "PF 0.5 L"),
    ):
        assert words in text, words


def test_every_page_has_number_hash_and_end_mark(files: tuple[Path, Path]) -> None:
    record, sheet = files
    document = json.loads(record.read_text())
    document["results"] *= 30  # long enough for more than one page
    for pdf, least in ((sheet.read_bytes(), 1), (certificate_sheet(document, "ab" * 32), 2)):
        texts = pages(pdf)
        assert len(texts) >= least
        for number, text in enumerate(texts, 1):
            assert f"Page {number} of {len(texts)}" in text
            assert f"Certificate {document['certificate']}" in text
            end = "— End of certificate —"
            going_on = f"continued on page {number + 1}"
            assert (end in text, going_on in text) == (
                (True, False) if number == len(texts) else (False, True)
            )
    assert hashlib.sha256(record.read_bytes()).hexdigest() in pages(sheet.read_bytes())[0]


def test_a_traceable_run_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = record_a_run(store, replace(HEAD, seed=None))
        _, _, sheet = write_certificate(store, run, 1, tmp_path)
    text = " ".join(pages(sheet.read_bytes()))
    assert "results are traceable" in text
    assert "not traceable" not in text.lower()
    assert "No uncertainty was evaluated" in text


def test_the_fonts_are_in_the_file(files: tuple[Path, Path]) -> None:
    reader = PdfReader(files[1])
    fonts = {
        font.get_object()["/BaseFont"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    for name in fonts:
        assert "Libertinus" in name or "DejaVuSansMono" in name
        assert "+" in name, "a subset, embedded"


def test_letters_without_a_glyph_are_named_not_lost(files: tuple[Path, Path]) -> None:
    document = json.loads(files[0].read_text())
    document["run"]["operator"] = "李 Wei Ångström Иван\x07"
    text = " ".join(pages(certificate_sheet(document, "0" * 64)))
    assert "<U+674E> Wei Ångström Иван<U+0007>" in text


def test_texts_are_texts_not_markup(files: tuple[Path, Path]) -> None:
    document = json.loads(files[0].read_text())
    document["decision"]["reason"] = '#panic("x") *bold* $x$ [a] // gone \\ "quoted" = heading'
    text = " ".join(pages(certificate_sheet(document, "0" * 64)))
    assert '#panic("x") *bold* $x$ [a] // gone \\ "quoted" = heading' in text

"""The certificate as a PDF, set by the typst compiler with its own fonts: same bytes anywhere."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

import typst

from reports.certificate import words
from reports.certificate.curve import error_curve

TEMPLATE = "sheet.typ"
LAST_LETTER = 0x052F
"""The compiler's fonts have Latin, Greek and Cyrillic, up to here, and these signs."""
SIGNS = "–—…≤≥−Ω’“”\n"


def certificate_sheet(record: Mapping[str, Any], json_hash: str) -> bytes:
    """The PDF of a certificate record; `json_hash` is the SHA-256 of its JSON file.

    Nothing of the machine or the moment goes in: the document's time is the run's.
    """
    compiler = typst.Compiler(ignore_system_fonts=True)
    pdf = compiler.compile(
        input=_template(),
        format="pdf",
        sys_inputs={"data": json.dumps(_printable(_sheet(record, json_hash)))},
        timestamp=_moment(record),
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _template() -> bytes:
    return resources.files("reports.certificate").joinpath(TEMPLATE).read_bytes()


def _moment(record: Mapping[str, Any]) -> datetime:
    run = record["run"]
    return (
        datetime.fromisoformat(run["finished"] or run["started"])
        .astimezone(UTC)
        .replace(microsecond=0)
    )


def _sheet(record: Mapping[str, Any], json_hash: str) -> dict[str, Any]:
    """All texts of the sheet, ready to print."""
    unit, run, statements = record["unit"], record["run"], record["statements"]
    serial = unit["serial"] or "without serial number"
    return {
        "title": statements["title"],
        "certificate": record["certificate"],
        "json_hash": json_hash,
        "description_hash": run["description_sha256"],
        "unit": serial,
        "verdict": record["decision"]["verdict"],
        "reason": record["decision"]["reason"],
        "traceable": run["traceable"],
        "run": _run(unit, run),
        "design": [_quantity(item) for item in record["design"]],
        "environment": [_quantity(item) for item in record["environment"]],
        "results": _results(record),
        "has_uncertainty": any(row["uncertainty"] is not None for row in record["results"]),
        "curve": error_curve(record),
        "curve_alt": "Percentage error over current for each power factor, with limits",
        "statements": [
            ["Conformity", statements["conformity"]],
            ["Standard", statements["standard"]],
            ["Decision rule", statements["decision_rule"]],
            ["Uncertainty", statements["uncertainty"]],
            ["Traceability", statements["traceability"]],
            ["Scope", statements["scope"]],
        ],
        "constant_headings": [
            *("Register", "Value", "Hexadecimal", "Before rounding", "Read back", "Step"),
        ],
        "constants": [_constant(item) for item in record["constants"]],
        "instrument_headings": ["Role", "Instrument", "Certificate", "Issued", "Due"],
        "instruments": [
            [
                item["role"],
                item["identity"],
                item["certificate"] or "none",
                item["issued"] or "–",
                item["due"] or "–",
            ]
            for item in record["instruments"]
        ],
    }


def _run(unit: Mapping[str, Any], run: Mapping[str, Any]) -> list[list[str]]:
    rows = [
        ["Serial number", unit["serial"] or "–"],
        ["Position, attempt", f"{unit['position']}, {unit['attempt']}"],
        ["Procedure", run["procedure"]],
        ["Begun", words.time(run["started"])],
        ["Finished", words.time(run["finished"])],
        ["Operator", run["operator"] or "–"],
        ["Station", run["station"]],
        ["Code version", run["code_version"]],
        ["Run", run["id"]],
    ]
    if run["seed"] is not None:
        rows.append(["Virtual bench", f"{run['clock']} clock, seed {run['seed']}"])
    return rows


def _results(record: Mapping[str, Any]) -> list[list[str]]:
    """Headings and rows of the results; a column that is empty all the way down is left out."""
    points = {point["name"]: point["applied"] for point in record["load_points"]}
    headings = [
        *("Quantity", "Load point"),
        *(f"{name} / {symbol}" if symbol else name for name, symbol in words.COLUMNS),
        *("As found", "As left", "Unit", "Limit", "U (k = 2)", "Verdict"),
    ]
    rows = [
        [
            row["name"],
            words.place(row),
            *words.applied(points.get(row["load_point"], {})),
            words.signed(row["as_found"], row["unit"]) if "as_found" in row else "",
            words.signed(row["as_left"], row["unit"]) if "as_left" in row else "",
            row["unit"],
            words.limits(row),
            words.uncertainty(row["uncertainty"]),
            row["verdict"] or "",
        ]
        for row in record["results"]
    ]
    used = [index for index in range(len(headings)) if any(row[index] for row in rows)]
    return [[line[index] for index in used] for line in ([headings, *rows] if rows else [])]


def _constant(item: Mapping[str, Any]) -> list[str]:
    read_back = "–" if item["read_back"] is None else str(item["read_back"])
    exact = words.number(item["exact"])
    return [item["register"], str(item["value"]), item["hex"], exact, read_back, item["stage"]]


def _quantity(item: Mapping[str, Any]) -> list[str]:
    return [item["name"], f"{words.number(item['value'])} {item['unit']}".strip()]


def _printable(value: Any) -> Any:
    """`value` with letters that the compiler's fonts lack as their code points: <U+674E>.

    A box in the place of a name would be worse; JSON record and page have the letters themselves.
    """
    match value:
        case str():
            return "".join(map(_letter, value))
        case list():
            return [_printable(item) for item in value]
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case _:
            return value


def _letter(letter: str) -> str:
    known = ord(letter) <= LAST_LETTER and unicodedata.category(letter)[0] != "C"
    return letter if known or letter in SIGNS else f"<U+{ord(letter):04X}>"

"""Allure's environment.properties: under what circumstances a run came about."""

from __future__ import annotations

import platform
from pathlib import Path

from bench.results.schema import Run

NAME = "environment.properties"


def write_environment(run: Run, folder: Path) -> None:
    """Write what the store knows of `run` into the results `folder`."""
    rows = {
        "procedure": run.procedure,
        "run": str(run.id),
        "station": run.station,
        "operator": run.operator,
        "code version": run.code_version,
        "bench description": f"sha256 {run.description_hash}",
        "clock": run.clock,
        "seed": "" if run.seed is None else str(run.seed),
        "traceable": "yes" if run.traceable else "no",
        "standard": f"{run.standard} {run.edition}".strip(),
        "decision rule": run.decision_rule,
        "python": platform.python_version(),
    }
    for item in run.instruments:
        due = f", due {item.due}" if item.due else ""
        certificate = f", certificate {item.certificate}{due}" if item.certificate else ""
        rows[item.role] = f"{item.identity}{certificate}"
    lines = [f"{_escaped(name, ' :=')} = {_escaped(text)}" for name, text in rows.items() if text]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text("\n".join(lines) + "\n", encoding="ascii")


def _escaped(text: str, special: str = "") -> str:
    """`text` as a Java properties file has it: ASCII, one line."""
    parts = []
    for letter in text:
        if letter in special or letter == "\\":
            parts.append(f"\\{letter}")
        elif " " <= letter <= "~":
            parts.append(letter)
        else:
            units = letter.encode("utf-16-be")
            parts += [f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)]
    return "".join(parts)

"""The readings of one board as one table."""

from __future__ import annotations

import csv
import io
from typing import Any

from bench.results.schema import Position, Reading

GROUPS = ("applied", "reference", "registers")


def readings_csv(position: Position) -> str:
    """All readings of an attempt in order of time, one column for each value that any of them has.

    Columns are named after their group: applied.current, reference.active, registers.active.
    """
    rows = [_row(reading) for reading in position.readings]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _row(reading: Reading) -> dict[str, Any]:
    row: dict[str, Any] = {
        "time": reading.time.isoformat(timespec="milliseconds"),
        "lab_time": reading.lab_time,
        "stage": reading.stage,
        "load_point": reading.load_point,
    }
    for group in GROUPS:
        _flatten(group, getattr(reading, group), row)
    return row


def _flatten(name: str, value: Any, row: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(f"{name}.{key}", item, row)
    else:
        row[name] = value

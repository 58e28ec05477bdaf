"""One way to show a table everywhere: for people, as JSON, as CSV."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TextIO

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

Cell = str | float | int | bool | None
"""What a table can hold; None is an empty cell."""

_STYLES = {
    "passed": "green",
    "inconclusive": "yellow",
    "failed": "bold red",
    "aborted": "magenta",
    "error": "bold magenta",
    "unfinished": "magenta",
}
PIPE_WIDTH = 200
"""Columns for people's tables when the output is no terminal: wide enough not to wrap."""


class Form(Enum):
    """How tables are shown."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"

    @classmethod
    def chosen(cls, *, json: bool, csv: bool) -> Form:
        """The form that `--json` and `--csv` ask for; `ValueError` when both do."""
        if json and csv:
            raise ValueError("--json and --csv cannot both be given: choose one")
        return cls.JSON if json else cls.CSV if csv else cls.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Plain data with a name: `columns` and rows of as many cells."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Refuse a row of another length (`ValueError`)."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.name}: {row} does not fit {list(self.columns)}")

    def records(self) -> list[dict[str, Cell]]:
        """One mapping from column to cell per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def show(tables: Sequence[Table], form: Form, stream: TextIO | None = None) -> None:
    """Print `tables` to `stream` (standard output).

    JSON is one document: the list of rows of a single table, else an object from table name to
    rows. CSV has a header row; several tables are apart by an empty line and begin with `# name`.
    """
    stream = sys.stdout if stream is None else stream
    match form:
        case Form.JSON:
            stream.write(_json(tables) + "\n")
        case Form.CSV:
            stream.write(_csv(tables))
        case Form.TEXT:
            _print(tables, stream)


def _json(tables: Sequence[Table]) -> str:
    if len(tables) == 1:
        return json.dumps(tables[0].records(), indent=2, ensure_ascii=False)
    document = {table.name: table.records() for table in tables}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _csv(tables: Sequence[Table]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, table in enumerate(tables):
        if len(tables) > 1:
            text.write(("\n" if number else "") + f"# {table.name}\n")
        writer.writerow(table.columns)
        writer.writerows(table.rows)
    return text.getvalue()


def _print(tables: Sequence[Table], stream: TextIO) -> None:
    console = Console(file=stream, highlight=False)
    if not console.is_terminal:
        console = Console(file=stream, highlight=False, width=PIPE_WIDTH)
    for table in tables:
        shown = RichTable(title=table.name, title_justify="left")
        for number, column in enumerate(table.columns):
            cells = [row[number] for row in table.rows]
            right = any(_is_number(cell) for cell in cells)
            shown.add_column(Text(column), justify="right" if right else "left", overflow="fold")
        for row in table.rows:
            shown.add_row(*(_text(cell) for cell in row))
        console.print(shown)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: Cell) -> Text:
    match cell:
        case None:
            return Text("")
        case bool():
            return Text("yes" if cell else "no")
        case float():
            return Text(f"{cell:.6g}")
        case _:
            word = str(cell)
            return Text(word, style=_STYLES.get(word, ""))

"""The tables of `bench results`: all runs, or one run in all its parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bench.results.queries import outcome
from bench.results.schema import Position, Run
from bench.results.verdict import Verdict
from bench.tables import Table


def run_list(runs: Sequence[Run]) -> Table:
    """One row per run."""
    columns = (
        "run",
        "procedure",
        "started",
        "station",
        "operator",
        "positions",
        "passed",
        "verdict",
        "reason",
    )
    return Table("runs", columns, [_run_row(run) for run in runs])


def run_tables(run: Run) -> list[Table]:
    """Head, instruments, positions, measurements, constants and events of one run."""
    serials = {position.id: position for position in run.positions}
    return [
        _head(run),
        Table(
            "instruments",
            ("role", "identity", "address", "certificate", "issued", "due"),
            [
                (
                    item.role,
                    item.identity,
                    item.address,
                    item.certificate,
                    _day(item.issued),
                    _day(item.due),
                )
                for item in run.instruments
            ],
        ),
        Table(
            "positions",
            ("position", "serial", "attempt", "verdict", "reason"),
            [
                (item.number, item.serial, item.attempt, _word(item.verdict), item.reason)
                for item in run.positions
            ],
        ),
        Table(
            "measurements",
            (
                "position",
                "serial",
                "stage",
                "load point",
                "name",
                "value",
                "unit",
                "lower",
                "upper",
                "uncertainty",
                "verdict",
            ),
            [
                (
                    *_place(serials.get(item.position_id) if item.position_id else None),
                    item.stage,
                    item.load_point,
                    item.name,
                    item.value,
                    item.unit,
                    item.lower,
                    item.upper,
                    item.uncertainty,
                    _word(item.verdict),
                )
                for item in run.measurements
            ],
        ),
        Table(
            "constants",
            ("position", "serial", "stage", "register", "value", "hex", "exact", "read back"),
            [
                (
                    *_place(position),
                    item.stage,
                    item.register,
                    item.value,
                    register_hex(item.raw, item.bits),
                    item.exact,
                    item.read_back,
                )
                for position in run.positions
                for item in position.constants
            ],
        ),
        Table(
            "events",
            ("time", "position", "serial", "level", "text"),
            [
                (
                    _time(item.time),
                    *_place(serials.get(item.position_id) if item.position_id else None),
                    item.level,
                    item.text,
                )
                for item in run.events
            ],
        ),
    ]


def register_hex(raw: int, bits: int) -> str:
    """Register contents in hexadecimal, as many digits as the register is wide: 0x1E0."""
    return f"0x{raw:0{(bits + 3) // 4}X}"


def _run_row(run: Run) -> tuple[str | int | None, ...]:
    last = {position.number: position for position in run.positions}
    passed = sum(position.verdict is Verdict.PASSED for position in last.values())
    verdict, reason = outcome(run)
    return (
        str(run.id),
        run.procedure,
        _time(run.started),
        run.station,
        run.operator,
        len(last),
        passed,
        str(verdict),
        reason,
    )


def _head(run: Run) -> Table:
    verdict, reason = outcome(run)
    rows = [
        ("run", str(run.id)),
        ("procedure", run.procedure),
        ("started", _time(run.started)),
        ("finished", _time(run.finished)),
        ("station", run.station),
        ("operator", run.operator),
        ("code version", run.code_version),
        ("bench description", f"sha256 {run.description_hash}"),
        ("clock", run.clock),
        ("seed", run.seed),
        ("traceable", run.traceable),
        ("standard", " ".join(part for part in (run.standard, run.edition) if part)),
        ("decision rule", run.decision_rule),
        ("verdict", str(verdict)),
        ("reason", reason),
    ]
    return Table("run", ("item", "value"), [row for row in rows if row[1] not in ("", None)])


def _place(position: Position | None) -> tuple[int | None, str | None]:
    return (None, None) if position is None else (position.number, position.serial)


def _word(verdict: Verdict | None) -> str | None:
    return None if verdict is None else str(verdict)


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(sep=" ", timespec="seconds")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

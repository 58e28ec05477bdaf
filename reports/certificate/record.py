"""Gathers what the store knows of one board into the record that a certificate prints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bench.results.facts import AS_FOUND, AS_LEFT
from bench.results.queries import outcome
from bench.results.schema import Constant, Instrument, Measurement, Position, Reading, Run
from bench.results.tables import register_hex
from bench.results.verdict import Verdict
from reports.certificate.statements import statements

FORMAT = 2
"""Version of the record's layout."""


def certificate_record(position: Position) -> dict[str, Any]:
    """Everything about one attempt at one board, as plain JSON values.

    Nothing in it comes from anywhere but the store, so it can be rebuilt at any time.
    """
    run = position.run
    results = _results(position.measurements)
    verdict, reason = _decision(position)
    return {
        "format": FORMAT,
        "certificate": certificate_number(position),
        "unit": {
            "serial": position.serial,
            "position": position.number,
            "address": position.address,
            "attempt": position.attempt,
        },
        "decision": {"verdict": str(verdict), "reason": reason},
        "statements": statements(
            run, verdict, has_uncertainty=any(row["uncertainty"] is not None for row in results)
        ),
        "run": _run(run),
        "design": run.design,
        "environment": run.environment,
        "instruments": [_instrument(item) for item in run.instruments],
        "constants": [_constant(item) for item in _last_written(position.constants)],
        "adjustments": [_constant(item) for item in position.constants],
        "load_points": _load_points(position.readings),
        "results": results,
        "readings": [_reading(item) for item in position.readings],
    }


def certificate_number(position: Position) -> str:
    """Unique: the run's identifier (its first 12 digits), position and attempt."""
    return f"{position.run.id.hex[:12]}-{position.number:02d}-{position.attempt}"


def _decision(position: Position) -> tuple[Verdict, str]:
    if position.verdict is not None:
        return position.verdict, position.reason
    verdict, reason = outcome(position.run)
    return max(verdict, Verdict.ABORTED), f"not judged: {reason or 'the run ended before'}"


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "procedure": run.procedure,
        "started": _time(run.started),
        "finished": _time(run.finished),
        "station": run.station,
        "operator": run.operator,
        "code_version": run.code_version,
        "description_sha256": run.description_hash,
        "clock": run.clock,
        "seed": run.seed,
        "traceable": run.traceable,
        "standard": run.standard,
        "edition": run.edition,
        "decision_rule": run.decision_rule,
    }


def _instrument(item: Instrument) -> dict[str, Any]:
    return {
        "role": item.role,
        "identity": item.identity,
        "address": item.address,
        "certificate": item.certificate,
        "issued": _day(item.issued),
        "due": _day(item.due),
    }


def _constant(item: Constant) -> dict[str, Any]:
    return {
        "register": item.register,
        "value": item.value,
        "hex": register_hex(item.raw, item.bits),
        "exact": item.exact,
        "read_back": item.read_back,
        "stage": item.stage,
        "time": _time(item.time),
    }


def _last_written(constants: list[Constant]) -> list[Constant]:
    """Of each register the value that stayed, in the order of first writing."""
    last: dict[str, Constant] = {}
    for item in constants:
        last[item.register] = item
    return list(last.values())


def _reading(item: Reading) -> dict[str, Any]:
    return {
        "stage": item.stage,
        "load_point": item.load_point,
        "time": _time(item.time),
        "lab_time": item.lab_time,
        "applied": item.applied,
        "reference": item.reference,
        "registers": item.registers,
    }


def _load_points(readings: list[Reading]) -> list[dict[str, Any]]:
    """Each load point once: what was applied, and what the reference said the last time."""
    points: dict[str, dict[str, Any]] = {}
    for item in readings:
        points[item.load_point] = {
            "name": item.load_point,
            "applied": item.applied,
            "reference": item.reference,
        }
    return list(points.values())


def _results(measurements: list[Measurement]) -> list[dict[str, Any]]:
    """One row per quantity and load point, with the value before and after adjustment.

    A value that could not be measured is null; one that nobody tried to measure has no key. Where a
    stage was measured more than once the last value stands in the row; a measurement of another
    stage has a row of its own. Limits and verdict are those of the last value.
    """
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in measurements:
        stage = "" if item.stage in (AS_FOUND, AS_LEFT) else item.stage
        row = rows.setdefault(
            (item.name, item.load_point, stage),
            {"name": item.name, "load_point": item.load_point, "stage": stage},
        )
        row["as_found" if item.stage == AS_FOUND else "as_left"] = item.value
        if item.stage == AS_FOUND and "as_left" in row:
            continue
        row |= {
            "unit": item.unit,
            "lower": item.lower,
            "upper": item.upper,
            "uncertainty": item.uncertainty,
            "verdict": None if item.verdict is None else str(item.verdict),
            "instruments": item.instruments,
            "requirements": item.requirements,
        }
    return list(rows.values())


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

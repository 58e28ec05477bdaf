"""Writes one run into the store while it happens."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from sqlalchemy import update

from bench.metrology.decision import rule_of
from bench.results.facts import InstrumentFacts, RegisterFacts, RunHead, finite
from bench.results.schema import (
    Constant,
    Event,
    Instrument,
    Measurement,
    Position,
    Reading,
    Run,
    Unit,
)
from bench.results.store import Store
from bench.results.verdict import Verdict, judge
from bench.results.writer import Writer
from drivers.errors import Aborted, StoreError

MAXIMUM_SEED = 2**63 - 1
"""What a database integer holds."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RunRecorder:
    """One run on its way into the store; begins at construction, ends with `finish`.

    Every call is committed before it returns, unless inside `together()`. Calls may come from any
    thread. A run whose program dies stays in the store without an end, and is shown as unfinished.
    As a context manager it ends the run on every exit: aborted when somebody stopped it, error on
    any other exception. Bad values are refused with `ValueError` before anything is written;
    `StoreError` when the database cannot take a record.
    """

    def __init__(
        self, store: Store, head: RunHead, *, now: Callable[[], datetime] = _utc_now
    ) -> None:
        if head.seed is not None and not 0 <= head.seed <= MAXIMUM_SEED:
            raise ValueError(f"seed = {head.seed}: allowed are 0 to {MAXIMUM_SEED}")
        self._rule = rule_of(head.decision_rule)
        self._writer = Writer(store)
        self._now = now
        self._lock = threading.Lock()
        self._sequence = 0
        self._positions: dict[int, uuid.UUID] = {}
        self._open = True
        self.run_id = uuid.uuid4()
        fields = {name: getattr(head, name) for name in RunHead.__dataclass_fields__}
        fields["design"] = [asdict(quantity) for quantity in head.design]
        fields["environment"] = [asdict(quantity) for quantity in head.environment]
        text_hash = hashlib.sha256(head.description.encode()).hexdigest()
        self._writer.add(Run(id=self.run_id, started=now(), description_hash=text_hash, **fields))

    def instrument(self, facts: InstrumentFacts) -> uuid.UUID:
        """Record an instrument of this run, with its certificate; a role is recorded once."""
        return self._write(Instrument(run_id=self.run_id, **asdict(facts)))

    def position(
        self, number: int, serial: str | None = None, address: str = "", attempt: int = 1
    ) -> uuid.UUID:
        """Record that the unit `serial` (None: not known) is tried at place `number`.

        Later calls with this number mean this attempt. Attempts count from 1; all are kept.
        """
        key = uuid.uuid4()
        rows: list[Unit | Position] = []
        if serial is not None:
            rows.append(Unit(serial=serial, first_seen=self._now()))
        rows.append(
            Position(
                id=key,
                run_id=self.run_id,
                number=number,
                attempt=attempt,
                serial=serial,
                address=address,
            )
        )
        self._check_open()
        self._writer.add(*rows)
        self._positions[number] = key
        return key

    def decide(self, number: int, verdict: Verdict, reason: str = "") -> None:
        """Record the verdict of the present attempt at place `number`, and why in words."""
        self._check_open()
        here = Position.id == self._position(number)
        self._writer.change(update(Position).where(here).values(verdict=verdict, reason=reason))

    def reading(
        self,
        position: int | None,
        load_point: str,
        *,
        applied: Mapping[str, Any],
        reference: Mapping[str, Any],
        registers: Mapping[str, Any],
        stage: str = "",
        lab_time: float | None = None,
    ) -> uuid.UUID:
        """Record raw values at a load point: what was asked of the source, what the reference
        meter said, what the registers held. `lab_time` in s. Values must be JSON.
        """
        return self._write(
            Reading(
                position_id=self._position(position),
                stage=stage,
                load_point=load_point,
                applied=_plain(applied, "applied"),
                reference=_plain(reference, "reference"),
                registers=_plain(registers, "registers"),
                lab_time=finite(lab_time, "lab_time"),
                **self._stamp(),
            )
        )

    def measurement(
        self,
        name: str,
        value: float | None,
        unit: str = "",
        *,
        position: int | None = None,
        load_point: str = "",
        stage: str = "",
        lower: float | None = None,
        upper: float | None = None,
        uncertainty: float | None = None,
        verdict: Verdict | None = None,
        instruments: Sequence[str] = (),
        requirements: Sequence[str] = (),
        reading: uuid.UUID | None = None,
    ) -> Verdict | None:
        """Record a value with its limits and expanded uncertainty, and return its verdict.

        `value` None: it could not be measured. `verdict` None: judged here by the limits and the
        run's decision rule; without limits it stays unjudged. `instruments`: roles used. `reading`:
        what it was made from.
        """
        value = finite(value, name)
        lower, upper = finite(lower, f"{name}: lower limit"), finite(upper, f"{name}: upper limit")
        uncertainty = finite(uncertainty, f"{name}: uncertainty")
        if verdict is None:
            verdict = judge(value, lower, upper, uncertainty, self._rule)
        self._write(
            Measurement(
                position_id=self._position(position),
                reading_id=reading,
                stage=stage,
                load_point=load_point,
                name=name,
                value=value,
                unit=unit,
                lower=lower,
                upper=upper,
                uncertainty=uncertainty,
                verdict=verdict,
                instruments=list(instruments),
                requirements=list(requirements),
                **self._stamp(),
            )
        )
        return verdict

    def constant(
        self,
        position: int,
        register: RegisterFacts,
        value: int,
        *,
        stage: str = "",
        exact: float | None = None,
        read_back: int | None = None,
    ) -> uuid.UUID:
        """Record a register value that was written; `exact`: before rounding; `read_back`: what
        the register held afterwards. `ValueError` when the value does not fit the register.
        """
        return self._write(
            Constant(
                position_id=self._position(position),
                stage=stage,
                register=register.name,
                value=value,
                exact=finite(exact, register.name),
                raw=register.encode(value),
                bits=register.bits,
                read_back=read_back,
                **self._stamp(),
            )
        )

    def event(self, text: str, *, position: int | None = None, level: str = "info") -> uuid.UUID:
        """Record that something happened; `level` is info, warning or error."""
        if level not in ("info", "warning", "error"):
            raise ValueError(f"level = {level!r}: allowed are info, warning, error")
        return self._write(
            Event(position_id=self._position(position), level=level, text=text, **self._stamp())
        )

    def finish(self, verdict: Verdict, exit_reason: str = "") -> None:
        """End the run with its verdict and why it ended; `StoreError` when it ended before."""
        self._check_open()
        self._writer.change(
            update(Run)
            .where(Run.id == self.run_id)
            .values(finished=self._now(), verdict=verdict, exit_reason=exit_reason)
        )
        self._open = False

    def together(self) -> AbstractContextManager[None]:
        """Commit what is recorded inside, from any thread, in one transaction: for a load point.

        An exception inside commits too: each record is whole, and a broken-off load point must
        leave its evidence.
        """
        return self._writer.together()

    def __enter__(self) -> RunRecorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._open:
            return
        if error is None:
            self.finish(Verdict.ABORTED, "ended without a verdict")
            return
        stopped = isinstance(error, KeyboardInterrupt | SystemExit | Aborted)
        verdict = Verdict.ABORTED if stopped else Verdict.ERROR
        # A store that cannot take the end either must not hide the error that is on its way.
        with suppress(StoreError):
            self.finish(verdict, str(error) or type(error).__name__)

    def _position(self, number: int | None) -> uuid.UUID | None:
        if number is None:
            return None
        if number not in self._positions:
            raise ValueError(f"position {number} is not in this run: record the position first")
        return self._positions[number]

    def _stamp(self) -> dict[str, Any]:
        with self._lock:
            self._sequence += 1
            return {"run_id": self.run_id, "sequence": self._sequence, "time": self._now()}

    def _check_open(self) -> None:
        if not self._open:
            raise StoreError(f"run {self.run_id} has ended: begin another one to record more")

    def _write(self, row: Instrument | Reading | Measurement | Constant | Event) -> uuid.UUID:
        self._check_open()
        row.id = uuid.uuid4()
        key = row.id
        self._writer.add(row)
        return key


def _plain(values: Mapping[str, Any], what: str) -> dict[str, Any]:
    """A plain copy of `values`; `ValueError` when they are no JSON (NaN is none)."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: cannot be stored as JSON: {error}") from error
    return plain

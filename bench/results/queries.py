"""Reads runs back from the store."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bench.results.schema import Position, Run
from bench.results.store import Store
from bench.results.verdict import Verdict
from drivers.errors import StoreError

LAST = "last"
"""Stands for the run that began last."""
UNFINISHED = "unfinished: it runs still, or its program was killed"


def list_runs(store: Store) -> Sequence[Run]:
    """All runs with their positions, the latest first."""
    with store.session("list runs") as session:
        order = select(Run).order_by(Run.started.desc(), Run.id)
        return session.scalars(order.options(selectinload(Run.positions))).all()


def load_run(store: Store, which: str | uuid.UUID = LAST) -> Run:
    """One run with everything below it.

    `which`: its identifier, a beginning of it that no other run has, or `last`. `StoreError` when
    there is no such run, or more than one.
    """
    with store.session("read a run") as session:
        key = which if isinstance(which, uuid.UUID) else _find(session, which, store.where)
        run = session.scalar(
            select(Run)
            .where(Run.id == key)
            .options(
                selectinload(Run.instruments),
                selectinload(Run.measurements),
                selectinload(Run.events),
                selectinload(Run.positions).options(
                    selectinload(Position.run),
                    selectinload(Position.readings),
                    selectinload(Position.measurements),
                    selectinload(Position.constants),
                ),
            )
        )
        if run is None:
            raise StoreError(
                f"results store {store.where}: no run {key}: `bench results` lists them"
            )
        return run


def load_position(store: Store, run: uuid.UUID, number: int) -> Position:
    """The last attempt at place `number` of a run, with its run and everything measured there.

    `StoreError` when the run has no such position.
    """
    with store.session("read a position") as session:
        position = session.scalar(
            select(Position)
            .where(Position.run_id == run, Position.number == number)
            .order_by(Position.attempt.desc())
            .limit(1)
            .options(
                selectinload(Position.run).selectinload(Run.instruments),
                selectinload(Position.readings),
                selectinload(Position.measurements),
                selectinload(Position.constants),
            )
        )
        if position is None:
            raise StoreError(f"results store {store.where}: run {run} has no position {number}")
        return position


def last_constants(
    store: Store, serial: str, procedure: str, seed: int | None
) -> dict[str, int] | None:
    """The constants by register of the last run of `procedure` that the unit `serial` passed.

    `seed`: of the virtual lot, None for a real unit: twins of another seed are other units. None
    when the unit never passed.
    """
    with store.session("look for a unit's constants") as session:
        position = session.scalar(
            select(Position)
            .join(Position.run)
            .where(
                Position.serial == serial,
                Position.verdict == Verdict.PASSED,
                Run.procedure == procedure,
                Run.seed == seed if seed is not None else Run.seed.is_(None),
            )
            .order_by(Run.started.desc(), Position.attempt.desc())
            .limit(1)
            .options(selectinload(Position.constants))
        )
        if position is None:
            return None
        return {constant.register: constant.value for constant in position.constants}


def load_unit(store: Store, serial: str, which: str = "") -> Position:
    """The last attempt at the unit `serial`, in the run `which` or in the last that it was in.

    `StoreError` when the store, or that run, has no such unit.
    """
    with store.session("look for a unit") as session:
        order = (
            select(Position)
            .join(Position.run)
            .where(Position.serial == serial)
            .order_by(Run.started.desc(), Run.id, Position.attempt.desc(), Position.number)
        )
        if which:
            order = order.where(Run.id == _find(session, which, store.where))
        found = session.scalar(order.limit(1))
        if found is None:
            place = f"run {which}" if which else f"results store {store.where}"
            raise StoreError(
                f"{place}: no unit has the serial number {serial!r}: `bench results` lists the "
                "runs, `bench results RUN` the units of one"
            )
        run, number = found.run_id, found.number
    return load_position(store, run, number)


def outcome(run: Run) -> tuple[Verdict, str]:
    """Verdict and reason of a run; one that never ended counts as aborted."""
    if run.finished is None or run.verdict is None:
        return Verdict.ABORTED, UNFINISHED
    return run.verdict, run.exit_reason


def _find(session: Session, which: str, where: str) -> uuid.UUID:
    keys = session.scalars(select(Run.id).order_by(Run.started.desc(), Run.id)).all()
    if which == LAST:
        found = list(keys[:1])
    else:
        wanted = which.replace("-", "").lower()
        found = [key for key in keys if key.hex.startswith(wanted)]
    if len(found) == 1 and which:
        return found[0]
    count = "no run begins" if not found else f"{len(found)} runs begin"
    what = "it has no run yet" if which == LAST else f"{count} with {which!r}"
    raise StoreError(f"results store {where}: {what}: `bench results` lists the runs")

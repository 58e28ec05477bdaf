"""Commits records one by one, or those of a load point together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Update

from bench.results.schema import Base, Unit
from bench.results.store import Store


class Writer:
    """Takes rows and changes from any thread; each call is one transaction of its own.

    Inside `together()` they are held and committed in one transaction at its end, which is what
    makes thirty-two positions as fast as one: a commit waits for the disk. Every failure is a
    `StoreError`, and of the transaction that failed nothing is stored.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._depth = 0
        self._rows: list[Base] = []
        self._changes: list[Update] = []

    def add(self, *rows: Base) -> None:
        """Store new rows."""
        with self._lock:
            self._rows += rows
            self._commit_unless_held()

    def change(self, statement: Update) -> None:
        """Change a row that was added before."""
        with self._lock:
            self._changes.append(statement)
            self._commit_unless_held()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Hold what comes, from any thread, until the outermost block ends; then commit it.

        An exception inside commits too: each record is whole, and a broken-off load point must
        leave its evidence.
        """
        with self._lock:
            self._depth += 1
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                self._commit_unless_held()

    def _commit_unless_held(self) -> None:
        if self._depth or not (self._rows or self._changes):
            return
        rows, self._rows = self._rows, []
        changes, self._changes = self._changes, []
        with self._store.session("record results") as session:
            # Table by table, what is referred to first: foreign keys hold at every moment.
            for table in Base.metadata.sorted_tables:
                for row in rows:
                    if row.__table__ is not table:
                        continue
                    if isinstance(row, Unit) and session.get(Unit, row.serial) is not None:
                        continue
                    session.add(row)
                session.flush()
            for statement in changes:
                session.execute(statement)

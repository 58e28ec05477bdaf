"""SQLite's own settings: write-ahead log, real transactions, foreign keys."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT = 10_000
"""Milliseconds to wait for another program's transaction."""


def prepare(engine: Engine, *, read_only: bool) -> None:
    """Set up each connection that `engine` opens.

    The write-ahead log lets `bench results` read while a run writes. `synchronous=FULL` makes a
    commit survive the loss of power, not only of the program. Python's sqlite3 would begin
    transactions by itself and leave table creation outside them, so BEGIN is sent here.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        cursor.execute("PRAGMA foreign_keys = ON")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            # The switch is kept in the file. It does not wait for other programs that open a new
            # store at this moment; one of them, or the next, makes it.
            with suppress(sqlite3.OperationalError):
                cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN"))

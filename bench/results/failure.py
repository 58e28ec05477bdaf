"""What a database said, in words that name the store and the next step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from drivers.errors import StoreError

# What SQLite's messages contain, what that means, and what to do.
_MEANINGS = (
    ("disk is full", "the disk is full", "make room; what was stored before is safe"),
    ("readonly database", "it is read-only", "change its permissions, or name another --results"),
    ("not a database", "the file is not a database", "name another file with --results"),
    ("malformed", "the database is damaged", "restore it from a copy, or name another --results"),
    (
        "unable to open",
        "the file cannot be opened or created",
        "check folder and permissions, or name another --results",
    ),
    ("is locked", "another program holds it locked", "let the other program finish"),
    ("I/O error", "reading or writing the disk failed", "check the disk"),
)


@contextmanager
def store_errors(where: str, doing: str) -> Iterator[None]:
    """Turn a database error into a `StoreError` that says where, what and what to do next."""
    try:
        yield
    except IntegrityError as error:
        raise StoreError(
            f"results store {where}: cannot {doing}: this was recorded already, or belongs to "
            f"nothing recorded ({error.orig}): nothing was written"
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        for part, meaning, remedy in _MEANINGS:
            if part in cause:
                raise StoreError(
                    f"results store {where}: cannot {doing}: {meaning}: {remedy}"
                ) from error
        raise StoreError(f"results store {where}: cannot {doing}: {cause}") from error

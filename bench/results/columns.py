"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

from bench.results.verdict import Verdict


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite forgets time zones, so they are put on again when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone (`ValueError`): it would mean another time elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"time {value.isoformat()} has no time zone: pass it in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class VerdictWord(TypeDecorator[Verdict]):
    """A verdict, stored as its word so that people can read the table."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Verdict | None, dialect: Dialect) -> str | None:
        """The word of the verdict."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Verdict | None:
        """The verdict of the word."""
        return None if value is None else Verdict.parse(value)

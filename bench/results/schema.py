"""The tables of the store: one row per thing that happened, each with a key of its own.

Keys are UUIDs made by the station, so that rows of many stations fit in one database and an upload
that is repeated changes nothing. `sequence` counts within a run: the order of recording. Texts have
no length: PostgreSQL would refuse what SQLite took.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    Double,
    ForeignKey,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bench.results.columns import UtcTime, VerdictWord
from bench.results.verdict import Verdict

SCHEMA_VERSION = 1
"""Raised with every change of the tables."""


class Base(DeclarativeBase):
    """Maps Python types to portable column types."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Uuid(),
        datetime: UtcTime(),
        date: Date(),
        float: Double(),
        Verdict: VerdictWord(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


def _key() -> Mapped[uuid.UUID]:
    return mapped_column(primary_key=True, default=uuid.uuid4)


class SchemaVersion(Base):
    """One row: which version of these tables the database has."""

    __tablename__ = "meterbench_schema"
    version: Mapped[int] = mapped_column(primary_key=True)


class Run(Base):
    """One execution of a procedure. `finished` None: it runs still, or its program died."""

    __tablename__ = "runs"
    id: Mapped[uuid.UUID] = _key()
    procedure: Mapped[str]
    started: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None]
    station: Mapped[str]
    operator: Mapped[str]
    code_version: Mapped[str]
    description: Mapped[str]
    description_hash: Mapped[str]
    clock: Mapped[str]
    seed: Mapped[int | None] = mapped_column(BigInteger)
    traceable: Mapped[bool]
    standard: Mapped[str]
    edition: Mapped[str]
    decision_rule: Mapped[str]
    design: Mapped[list[Any]]
    environment: Mapped[list[Any]]
    verdict: Mapped[Verdict | None]
    exit_reason: Mapped[str] = mapped_column(default="")

    instruments: Mapped[list[Instrument]] = relationship(order_by="Instrument.role")
    positions: Mapped[list[Position]] = relationship(
        order_by="(Position.number, Position.attempt)", back_populates="run"
    )
    measurements: Mapped[list[Measurement]] = relationship(order_by="Measurement.sequence")
    events: Mapped[list[Event]] = relationship(order_by="Event.sequence")


class Instrument(Base):
    """An instrument of a run with the calibration certificate it had then."""

    __tablename__ = "instruments"
    __table_args__ = (UniqueConstraint("run_id", "role"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    role: Mapped[str]
    identity: Mapped[str]
    address: Mapped[str]
    certificate: Mapped[str]
    issued: Mapped[date | None]
    due: Mapped[date | None]


class Unit(Base):
    """A unit under test, known by its serial number in all runs."""

    __tablename__ = "units"
    serial: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[datetime]


class Position(Base):
    """One attempt at one unit in one place of the jig."""

    __tablename__ = "positions"
    __table_args__ = (UniqueConstraint("run_id", "number", "attempt"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    number: Mapped[int]
    attempt: Mapped[int]
    serial: Mapped[str | None] = mapped_column(ForeignKey("units.serial"), index=True)
    address: Mapped[str]
    verdict: Mapped[Verdict | None]
    reason: Mapped[str] = mapped_column(default="")

    run: Mapped[Run] = relationship(back_populates="positions")
    readings: Mapped[list[Reading]] = relationship(order_by="Reading.sequence")
    measurements: Mapped[list[Measurement]] = relationship(
        order_by="Measurement.sequence", viewonly=True
    )
    constants: Mapped[list[Constant]] = relationship(order_by="Constant.sequence")


class Reading(Base):
    """What the reference and one position said at one load point, raw."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("run_id", "sequence"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    position_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("positions.id"), index=True)
    sequence: Mapped[int]
    time: Mapped[datetime]
    lab_time: Mapped[float | None]
    stage: Mapped[str]
    load_point: Mapped[str]
    applied: Mapped[dict[str, Any]]
    reference: Mapped[dict[str, Any]]
    registers: Mapped[dict[str, Any]]


class Measurement(Base):
    """Name, value, unit, limits, expanded uncertainty, verdict: the atom of every report."""

    __tablename__ = "measurements"
    __table_args__ = (UniqueConstraint("run_id", "sequence"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    position_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("positions.id"), index=True)
    reading_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("readings.id"))
    sequence: Mapped[int]
    time: Mapped[datetime]
    stage: Mapped[str]
    load_point: Mapped[str]
    name: Mapped[str] = mapped_column(index=True)
    value: Mapped[float | None]
    unit: Mapped[str]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    uncertainty: Mapped[float | None]
    verdict: Mapped[Verdict | None]
    instruments: Mapped[list[Any]]
    requirements: Mapped[list[Any]]


class Constant(Base):
    """A calibration constant as computed, written and read back."""

    __tablename__ = "constants"
    __table_args__ = (UniqueConstraint("run_id", "sequence"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("positions.id"), index=True)
    sequence: Mapped[int]
    time: Mapped[datetime]
    stage: Mapped[str]
    register: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
    exact: Mapped[float | None]
    raw: Mapped[int] = mapped_column(BigInteger)
    bits: Mapped[int]
    read_back: Mapped[int | None] = mapped_column(BigInteger)


class Event(Base):
    """Something that happened: a retry, a trip, a power loss, a step begun."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("run_id", "sequence"),)
    id: Mapped[uuid.UUID] = _key()
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("runs.id"))
    position_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("positions.id"))
    sequence: Mapped[int]
    time: Mapped[datetime]
    level: Mapped[str]
    text: Mapped[str]

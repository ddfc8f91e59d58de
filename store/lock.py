"""One daemon per database: a file lock beside SQLite, an advisory lock on Postgres. Both end with their process."""

from __future__ import annotations

import contextlib
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
_WHO = (
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()"
    " AND (l.classid::bigint << 32 | l.objid::bigint) = :key"
)


class Lock(Protocol):
    def keep(self) -> None:
        """See that it is still held, and take it again where it was lost. Raises AlreadyRunning if another has it."""

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

    def keep(self) -> None:
        """The kernel lets nobody take it from a living process."""

    def release(self) -> None:
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


class AdvisoryLock:
    """A session lock; Postgres drops it when the connection ends."""

    def __init__(self, store: Store, holder: str) -> None:
        self._store = store
        self._holder = holder
        self._db = self._take()

    def _take(self) -> Connection:
        # A pool would recycle the connection and lose the lock, so this one is taken out of it.
        db: Connection = self._store.engine.connect()
        try:
            db.detach()
            db.execute(sa.text("SET idle_in_transaction_session_timeout = 0"))
            name = {"name": f"nightdesk {self._holder}"[:63]}
            db.execute(sa.text("SELECT set_config('application_name', :name, false)"), name)
            taken = db.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
            other = None if taken else db.scalar(sa.text(_WHO), {"key": _ADVISORY_KEY})
            db.commit()
        except BaseException:
            db.close()
            raise
        if not taken:
            db.close()
            raise AlreadyRunning(f"{self._store.shown_url()} is in use by {other or 'another process'}; stop it first")
        return db

    def keep(self) -> None:
        try:
            self._db.execute(sa.text("SELECT 1"))
            self._db.commit()
        except sa.exc.SQLAlchemyError:  # the server was restarted, or the way to it was cut: the lock went with it
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._db.close()
            self._db = self._take()

    def release(self) -> None:
        self._db.close()


def hold(store: Store, holder: str) -> Lock:
    """Take the daemon's lock for `holder` (said to whoever comes second); raises AlreadyRunning."""
    path = store.path
    if path is None:
        return AdvisoryLock(store, holder)
    return FileLock(path.with_name(path.name + ".lock"), holder)

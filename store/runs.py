"""Which processes worked on this database, and when: for the lock's holder, leases of the dead, and downtime."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import id_column, metadata, moment, text

runs = sa.Table(
    "runs",
    metadata,
    id_column(),
    text("command"),  # run | crawl
    text("owner"),  # host:pid:random, names the leases it takes
    text("host"),
    sa.Column("pid", sa.Integer, nullable=False),
    moment("started_at"),
    moment("seen_at"),  # heartbeat
    moment("stopped_at", nullable=True),
    sa.Index("ix_runs_seen_at", "seen_at"),
)


@dataclass(frozen=True)
class Run:
    """This process at work on the database."""

    id: int
    owner: str


def begin(db: Connection, command: str, now: datetime) -> Run:
    """Note that this process started; its owner name is unique for ever."""
    host, pid = socket.gethostname(), os.getpid()
    owner = f"{host}:{pid}:{secrets.token_hex(4)}"
    row = sa.insert(runs).values(command=command, owner=owner, host=host, pid=pid, started_at=now, seen_at=now)
    return Run(id=db.execute(row.returning(runs.c.id)).scalar_one(), owner=owner)


def beat(db: Connection, run: Run, now: datetime) -> None:
    db.execute(sa.update(runs).where(runs.c.id == run.id).values(seen_at=now))


def finish(db: Connection, run: Run, now: datetime) -> None:
    db.execute(sa.update(runs).where(runs.c.id == run.id).values(seen_at=now, stopped_at=now))


def last_seen(db: Connection, before: Run | None = None) -> datetime | None:
    """When a daemon, or a `crawl`, was last alive here, other than `before`."""
    query = sa.select(runs.c.seen_at).where(runs.c.command.in_(("run", "crawl")))
    if before is not None:
        query = query.where(runs.c.id != before.id)
    return db.scalars(query.order_by(runs.c.seen_at.desc()).limit(1)).first()


@dataclass(frozen=True)
class Process:
    """Where a run is at work."""

    host: str
    pid: int


def daemon(db: Connection) -> Process | None:
    """The latest daemon that did not say it stopped. Whether it lives, the lock knows."""
    query = sa.select(runs.c.host, runs.c.pid).where(runs.c.command == "run", runs.c.stopped_at.is_(None))
    row = db.execute(query.order_by(runs.c.id.desc()).limit(1)).first()
    return None if row is None else Process(row.host, row.pid)


def unfinished_owners(db: Connection) -> list[str]:
    """Runs that did not say they stopped: alive, as far as anybody knows."""
    return list(db.scalars(sa.select(runs.c.owner).where(runs.c.stopped_at.is_(None))))


def bury_the_dead(db: Connection, survivor: Run, now: datetime) -> None:
    """Note the end of runs that died without a word: every other daemon, and commands whose process is gone.

    Only for who holds the daemon's lock, or saw that nobody does.
    """
    rows = db.execute(sa.select(runs).where(runs.c.stopped_at.is_(None), runs.c.id != survivor.id)).all()
    dead = [row.id for row in rows if row.command == "run" or not _lives(row.host, row.pid)]
    db.execute(sa.update(runs).where(runs.c.id.in_(dead)).values(stopped_at=now))


def _lives(host: str, pid: int) -> bool:
    if host != socket.gethostname():
        return True  # nobody here can tell
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

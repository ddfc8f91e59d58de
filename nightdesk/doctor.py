"""`doctor`: one look at everything that could be wrong with an installation. Changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from core.clock import iso
from core.errors import ConfigError, NightdeskError
from nightdesk.terminal import plain
from store import decisions, findings, migrate, reindexing, tokens
from store.articles import page_outcomes
from store.deliveries import deliveries
from store.developments import developments
from store.pages import items, pages
from store.runs import runs

if TYPE_CHECKING:
    from nightdesk.config import Config
    from store.engine import Store

State = Literal["ok", "warn", "bad"]
_MARKS = {"ok": "ok  ", "warn": "WARN", "bad": "BAD "}
_GIB = 1024**3
_OLDEST_PYTHON = (3, 11)
_OLDEST_POSTGRES = 14
_ALIVE = timedelta(minutes=2)  # the daemon's heartbeat is far more frequent
_LATE = timedelta(minutes=30)
_AHEAD = timedelta(minutes=5)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    text: str
    advice: str = ""

    def line(self) -> str:
        return plain(f"{_MARKS[self.state]} {self.name}: {self.text}" + (f" {self.advice}" if self.advice else ""))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(session: Any, now: datetime) -> list[Check]:
    """Every check that can be made; what cannot be looked at says so instead of raising."""
    found = [python_check(sys.version_info[:3])]
    try:
        config: Config = session.config
    except ConfigError as error:
        return [*found, Check("configuration", "bad", str(error).partition("\n")[0], "Run nightdesk check.")]
    found.append(Check("configuration", "ok", "can be read."))
    found += _channels(config)
    found.append(disk_check(shutil.disk_usage(_existing(config.data_dir)).free))
    if make_url(config.database_url).get_backend_name() == "sqlite":
        found.append(sqlite_check(sqlite3.sqlite_version))
    try:
        with session.reading() as store:
            found += _store(store, now)
    except NightdeskError as error:
        found += [clock_check(now), Check("database", "bad", f"{error}.")]
    return found


# what a number means


def python_check(version: tuple[int, ...]) -> Check:
    shown = ".".join(map(str, version))
    if version < _OLDEST_PYTHON:
        return Check("python", "bad", f"{shown} is too old.", "Nightdesk needs 3.11 or newer.")
    return Check("python", "ok", f"{shown}.")


def sqlite_check(version: str) -> Check:
    """Warns of releases that can damage a database which two connections write to in WAL mode."""
    number = tuple(int(part) for part in version.split("."))
    backports: dict[tuple[int, ...], tuple[int, ...]] = {(3, 50): (3, 50, 7), (3, 44): (3, 44, 6)}
    if number >= backports.get(number[:2], (3, 51, 3)):
        return Check("sqlite", "ok", f"{version}.")
    return Check(
        "sqlite",
        "warn",
        f"{version} has a rare fault that can damage a database in WAL mode when several programs write at once.",
        "It is mended in 3.51.3, 3.50.7 and 3.44.6; until then keep backups: nightdesk db backup.",
    )


def postgres_check(version: int) -> Check:
    if version // 10_000 < _OLDEST_POSTGRES:
        return Check(
            "postgres", "bad", f"{version // 10_000} is too old.", f"Nightdesk needs {_OLDEST_POSTGRES} or newer."
        )
    return Check("postgres", "ok", f"{version // 10_000}.{version % 10_000}.")


def disk_check(free: int) -> Check:
    text = f"{free / _GIB:.1f} GiB free where the data is."
    if free < _GIB // 4:
        return Check("disk", "bad", text, "Make room: nothing can be written soon.")
    return Check("disk", "warn" if free < 2 * _GIB else "ok", text, "Make room soon." if free < 2 * _GIB else "")


def clock_check(now: datetime, written: datetime | None = None) -> Check:
    """A clock that is behind what was written would hold back everything that is due."""
    if now.year < 2025:
        return Check("clock", "bad", f"it says {iso(now)}.", "Set the machine's clock.")
    if written is not None and written - now > _AHEAD:
        text = f"it says {iso(now)}, but {iso(written)} is in the database already."
        return Check("clock", "bad", text, "Set the machine's clock; until it has caught up, little is due.")
    return Check("clock", "ok", f"{iso(now)}.")


def daemon_check(alive: bool, seen: datetime | None) -> Check:
    if alive:
        return Check("daemon", "ok", "runs.")
    if seen is None:
        return Check("daemon", "warn", "none has run on this database yet.", "Start it: nightdesk run.")
    return Check("daemon", "bad", f"none runs; one was last seen at {iso(seen)}.", "Start it: nightdesk run.")


def sources_check(rows: list[Mapping[str, Any]], summary: str) -> Check:
    """Bad where most of what is looked at cannot be read: that is no trouble of single sources."""
    dead = [row for row in rows if row["state"] in ("failing", "silent")]
    if not rows:
        return Check("sources", "bad", "there are none.", "Set crawl.sources or add one: nightdesk sources add URL.")
    if not dead:
        return Check("sources", "ok", f"{summary}.")
    state: State = "bad" if 2 * len(dead) > len(rows) else "warn"
    return Check("sources", state, f"{summary}.", "nightdesk sources health says why and what mends it.")


def due_check(name: str, oldest: datetime | None, now: datetime, alive: bool) -> Check:
    if oldest is None or oldest > now:
        return Check(name, "ok", "nothing waits.")
    waits = now - oldest
    minutes = waits.total_seconds() / 60
    text = (
        f"the oldest waits for {minutes:.0f} minutes."
        if minutes < 120
        else f"the oldest waits for {minutes / 60:.0f} hours."
    )
    if waits < _LATE or not alive:
        return Check(name, "ok" if waits < _LATE else "warn", text)
    return Check(name, "warn", text, "The daemon runs and does not keep up; its log says why.")


def deliveries_check(pending: int, oldest: datetime | None, dead: int, now: datetime) -> Check:
    text = f"{pending} pending, {dead} dead in the last week."
    if dead:
        return Check(
            "deliveries", "bad", text, "nightdesk alerts list, and the findings below, say which channel refused."
        )
    late = oldest is not None and now - oldest > _LATE
    return Check("deliveries", "warn" if late else "ok", text, "The oldest should have left long ago." if late else "")


def index_check(older: int) -> list[Check]:
    """Of articles that search has by the rules of an earlier release."""
    if not older:
        return []
    text = f"{older} {'article is' if older == 1 else 'articles are'} found by older rules; the idle daemon mends that."
    return [Check("search", "warn", text, "nightdesk db upgrade does it at once, with the daemon stopped.")]


def tokens_check(left: list[str]) -> list[Check]:
    """Of tokens whose owner was removed; an earlier release, which knew no owners, let them stand."""
    if not left:
        return []
    text = f"whoever was removed can still read by {', '.join(left)}."
    advice = "nightdesk tokens revoke NAME ends one; what needs it gets its own: nightdesk tokens add NAME --for OWNER."
    return [Check("tokens", "warn", text, advice)]


# looking


def _channels(config: Config) -> list[Check]:
    from alerts.addresses import check_channel

    wrong = {name: fault for name, channel in config.channels.items() if (fault := check_channel(channel))}
    found = [Check(f"channel {name}", "bad", fault, "Mend its url.") for name, fault in wrong.items()]
    well = len(config.channels) - len(wrong)
    if well:
        found.append(Check("channels", "ok", f"{well} can be read; nightdesk channels test NAME sends to one."))
    elif not wrong:
        found.append(Check("channels", "warn", "none is set: alerts are shown on the console only."))
    return found


def _store(store: Store, now: datetime) -> list[Check]:
    found = []
    with store.read() as db:
        if not store.is_sqlite:
            found.append(postgres_check(int(db.scalar(sa.text("SHOW server_version_num")) or 0)))
    problems = migrate.check(store)
    found += [Check("database", "bad", f"{problem}.") for problem in problems[:10]]
    if not problems:
        found.append(Check("database", "ok", f"{store.shown_url()} is sound."))
    with store.read() as db:
        return found + _rows(db, now)


def _rows(db: Connection, now: datetime) -> list[Check]:
    from nightdesk.health import overdue, source_rows, summary

    seen = db.scalar(_newest(runs.c.seen_at).where(runs.c.command == "run", runs.c.stopped_at.is_(None)))
    ever = db.scalar(_newest(runs.c.seen_at).where(runs.c.command == "run"))
    alive = seen is not None and now - seen <= _ALIVE
    rows = source_rows(db)
    visit = max((row["last_visit_at"] for row in rows if row["last_visit_at"]), default=None)
    pending = deliveries.c.state == "pending"
    dead = sa.and_(deliveries.c.state == "dead", deliveries.c.created_at >= now - _WEEK)
    oldest = db.scalar(_oldest(deliveries.c.not_before).where(pending))
    checks = [
        clock_check(now, max((one for one in (ever, visit) if one), default=None)),
        daemon_check(alive, ever),
        Check("last visit", "ok" if visit else "warn", f"{iso(visit)}." if visit else "none yet."),
        sources_check(rows, summary(rows)),  # type: ignore[arg-type]
        due_check("visits", overdue(rows, now), now, alive),
        due_check("items", db.scalar(_oldest(items.c.found_at).where(items.c.ended_at.is_(None))), now, alive),
        due_check("pages", _oldest_page(db), now, alive),
        due_check("changes", _oldest_change(db, now), now, alive),
        deliveries_check(_count(db, deliveries, pending), oldest, _count(db, deliveries, dead), now),
    ]
    checks += index_check(reindexing.count_older(db))
    checks += tokens_check([row.name for row in tokens.of_leavers(db)])
    return [*checks, *(_finding(row) for row in findings.still_open(db, 50) if not row.kind.startswith("source_"))]


def _finding(row: Any) -> Check:
    return Check(
        f"finding {row.kind.replace('_', ' ')}",
        "bad" if row.severity == "wake" else "warn",
        f"{row.subject}: {row.detail}",
    )


def _oldest_page(db: Connection) -> datetime | None:
    waiting = sa.select(page_outcomes.c.page_id).where(page_outcomes.c.page_id == pages.c.id)
    return db.scalars(_oldest(pages.c.fetched_at).where(~waiting.exists())).first()


def _oldest_change(db: Connection, now: datetime) -> datetime | None:
    """Of the developments that a watch could be told of and nobody decided about."""
    roots = [family.root for family in decisions.families_to_decide(db, now - _WEEK, now - _WEEK)]
    return db.scalars(_oldest(developments.c.updated_at).where(developments.c.id.in_(roots))).first()


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there already."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def _newest(column: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.max(column, type_=column.type))


def _oldest(column: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(sa.func.min(column, type_=column.type))


def _count(db: Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0

"""Reads and places every page again in a store beside the record, as if each had just been found.

The replay is the pipeline itself on a database of its own. It changes nothing on record, can be killed at any moment
and goes on where it was, as long as code, topics, watches and rulings are what they were when it began.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from core.clock import Clock
from core.pool import Pool
from core.query import Vocabulary
from pipeline.config import PipelineConfig
from pipeline.reader import read_page
from pipeline.refiling import ruled_by
from pipeline.ruled import Ruled
from pipeline.run import Pipeline, Read
from store import definitions, lock, migrate, pages, replays, revisions, rulings, threads
from store.engine import Store, open_store
from store.replays import Replayable

log = structlog.get_logger(__name__)

_BATCH = 500
_AT_ONCE = 50  # pages between two words of progress
_CODE = Path(__file__).parent

_own = sa.MetaData()
_copied = sa.Table(
    "replayed_pages",
    _own,
    sa.Column("id", sa.Integer, primary_key=True),  # here
    sa.Column("page_id", sa.Integer, nullable=False),  # on record
    sa.Column("textless", sa.Boolean, nullable=False),  # its body is gone: what was read of it stands for it
)
_made_with = sa.Table("replay", _own, sa.Column("stamp", sa.Text, nullable=False))

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Way:
    """How pages are read: what a pipeline is made of."""

    config: PipelineConfig
    clock: Clock
    max_age: timedelta
    pool: Pool | None = None
    vocabulary: Vocabulary | None = None
    read: Read = read_page


@dataclass(frozen=True)
class Replay:
    """A replay under way, or done."""

    store: Store
    pages: Mapping[int, int]  # page here -> page on record
    textless: frozenset[int]  # pages here
    rulings_up_to: int  # the last ruling that it knows


@contextmanager
def replay(record: Store, way: Way, since: datetime | None, holder: str) -> Iterator[Replay]:
    """The replay of a record, begun or gone on with. Raises AlreadyRunning where another process has it in hand."""
    path = record.data_dir / "reprocess.db"
    held = lock.FileLock(path.with_name(path.name + ".lock"), holder)
    try:
        store = _opened(record, way, since, path)
        try:
            yield _known(record, store)
        finally:
            store.close()
    finally:
        held.release()


def read_all(replayed: Replay, record: Store, way: Way, progress: Progress) -> None:
    """Read and place what is not read yet, in the order in which it was found."""
    ruled = _ruled(record, replayed)
    pipeline = Pipeline(
        replayed.store, way.config, way.clock, way.max_age, way.pool, way.vocabulary, way.read, replayed=ruled
    )
    with replayed.store.read() as db:
        done = len(replays.outcomes(db))
    while True:
        progress("reading again", done, len(replayed.pages))
        report = pipeline.run(limit=_AT_ONCE)
        if not report.pages + report.retries:
            return
        done += report.pages


def unread(replayed: Replay) -> int:
    """How many pages could not be read."""
    with replayed.store.read() as db:
        return sum(state in ("failed", "retry") for state in replays.outcomes(db).values())


def discard(data_dir: Path) -> None:
    """Remove what a replay left."""
    path = data_dir / "reprocess.db"
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


# --- Beginning, and going on ----------------------------------------------------------------------------------------


def _opened(record: Store, way: Way, since: datetime | None, path: Path) -> Store:
    stamp = _stamp(record, way, since)
    if path.exists():
        store = _open(record, path)
        if _stamp_of(store) == stamp:
            _copy_pages(record, store, since)
            return store
        store.close()
        log.info("replay_begun_anew", reason="code, topics, watches, sources or rulings are not what they were")
    discard(record.data_dir)
    store = _open(record, path)
    migrate.upgrade(store, way.clock())
    with store.write() as db:
        _own.create_all(db)
        with record.read() as source:
            for table in (definitions.sources, definitions.watches):
                if rows := replays.rows_of(source, table):
                    db.execute(sa.insert(table), rows)
            threads.add_same_threads(db, threads.pinned_rows(source))  # what analysts named goes by the same id
    _copy_pages(record, store, since)
    with store.write() as db:
        db.execute(sa.insert(_made_with).values(stamp=stamp))
    return store


def _open(record: Store, path: Path) -> Store:
    store = open_store(f"sqlite:///{path}", path.parent)
    store.bodies = record.bodies

    @sa.event.listens_for(store.engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is read again

    store.engine.dispose()  # those that were opened before
    return store


def _stamp_of(store: Store) -> str | None:
    with store.read() as db:
        if not sa.inspect(db).has_table(_made_with.name):
            return None
        return db.scalar(sa.select(_made_with.c.stamp))


def _stamp(record: Store, way: Way, since: datetime | None) -> str:
    """Changes with everything that a replay depends on, besides the pages."""
    with record.read() as db:
        known = (replays.definitions_of(db), rulings.state_of(db))
    digest = hashlib.sha256(json.dumps([revisions.head(), known, since], default=str).encode())
    digest.update(way.config.model_dump_json().encode())
    digest.update(f"{way.max_age} {way.read.__module__}.{way.read.__qualname__}".encode())
    folders = [_CODE, _CODE.parent / "core", *filter(None, [way.config.topics_dir])]
    for file in sorted(file for folder in folders for file in folder.rglob("*") if file.is_file()):
        if file.suffix != ".pyc":
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _copy_pages(record: Store, store: Store, since: datetime | None) -> None:
    """Pages of the record that are not copied yet, numbered in the order of their news."""
    with record.read() as source, store.write() as db:
        known = set(db.scalars(sa.select(_copied.c.page_id)))
        wanted = [page for page in replays.replayable(source, since) if page.page_id not in known]
        last = db.scalar(sa.select(sa.func.max(pages.pages.c.id))) or 0
        for start in range(0, len(wanted), _BATCH):
            last = _copy(source, db, record, wanted[start : start + _BATCH], last)


def _copy(source: Connection, db: Connection, record: Store, wanted: list[Replayable], last: int) -> int:
    ids = [page.page_id for page in wanted]
    versions = replays.versions_from(source, ids)
    rows, marks = [], []
    for row in replays.page_rows(source, ids):
        page_id, textless = row["id"], False
        row |= {"headers": None, "request": None, "item_id": None}
        if row["sha256"] is not None and not record.bodies.has(row["sha256"]):
            if page_id not in versions:
                continue  # nothing of it is left to read
            textless = True
            row |= {"sha256": None, "refused": None, "given": _given(row["given"], versions[page_id])}
        last += 1
        rows.append(row | {"id": last})
        marks.append({"id": last, "page_id": page_id, "textless": textless})
    if rows:
        db.execute(sa.insert(pages.pages), rows)
        db.execute(sa.insert(_copied), marks)
    return last


def _given(given: Mapping[str, Any], version: Any) -> dict[str, Any]:
    """A page whose body is gone, as what was read of it."""
    read = {"title": version.title, "text": version.text, "byline": version.byline, "language": version.language}
    return {**given, **read, "published_at": version.published_at.isoformat(), "whole": True}


def _known(record: Store, store: Store) -> Replay:
    with record.read() as db:
        last = rulings.last_ruling_id(db)
    with store.read() as db:
        rows = list(db.execute(sa.select(_copied).order_by(_copied.c.id)))
    return Replay(store, {row.id: row.page_id for row in rows}, frozenset(r.id for r in rows if r.textless), last)


def _ruled(record: Store, replayed: Replay) -> dict[int, Ruled]:
    """What analysts ruled of the article of each page."""
    here = {page_id: id for id, page_id in replayed.pages.items()}
    with record.read() as db:
        of_page = {page.page_id: page for page in replays.replayable(db, None) if page.article_id is not None}
        pinned = rulings.pinned(db)
        standing = rulings.all_standing(db, ("topic", "event", "fact"))
        put = threads.pinned_articles(db)
    by_article: dict[int, list[Any]] = {}
    for row in standing:
        by_article.setdefault(row.article_id, []).append(row)
    beside: dict[int, list[int]] = {}
    for page in of_page.values():
        if page.is_first and page.article_id in pinned and page.page_id in here:
            beside.setdefault(pinned[page.article_id], []).append(here[page.page_id])
    together = {development: tuple(ids) for development, ids in beside.items()}
    ruled = {}
    for page_id, page in of_page.items():
        article = page.article_id
        if page_id in here and article is not None and (article in by_article or article in pinned or article in put):
            said = ruled_by(by_article.get(article, []))
            beside_pages = together.get(pinned.get(article, 0))
            ruled[here[page_id]] = Ruled(said.labels, said.facts, beside_pages, put.get(article))
    return ruled

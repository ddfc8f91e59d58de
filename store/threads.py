"""Which developments are stages of one case, campaign or relation, and by what they are found. Written by the pipeline.

The table of threads itself stands beside `developments`, which refers to it. A thread that was merged into another
keeps its id as a name of that one. A pin says in which thread a development belongs, or that it belongs in none,
whatever the machine makes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import insert_ignoring, metadata, ref, upsert
from store.developments import development_articles, developments, threads

thread_keys = sa.Table(  # what developments of one case share: names, places, figures, whose police deal with whom
    "thread_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    ref("development_id", "developments.id", primary_key=True, index=True),
)

thread_pins = sa.Table(
    "thread_pins",
    metadata,
    ref("development_id", "developments.id", primary_key=True),
    ref("thread_id", "threads.id", nullable=True, index=True),  # none: in no thread
    ref("ruling_id", "rulings.id", nullable=True),  # none in a replay, where it comes from the record
)


@dataclass(frozen=True)
class Sharing:
    """A development that has a key, and where it stands."""

    key: str
    development_id: int
    thread_id: int | None


_KEYS = sa.select(thread_keys.c.key).where(thread_keys.c.development_id == sa.bindparam("development"))


def keys_of(db: Connection, development_id: int) -> frozenset[str]:
    return frozenset(db.scalars(_KEYS, {"development": development_id}))


_ADD_KEYS = sa.insert(thread_keys)


def put_keys(db: Connection, development_id: int, keys: Collection[str]) -> bool:
    """Make these the keys of a development; whether it has one that it had not."""
    known = keys_of(db, development_id)
    if gone := known - frozenset(keys):
        mine = thread_keys.c.development_id == development_id
        db.execute(sa.delete(thread_keys).where(mine, thread_keys.c.key.in_(gone)))
    added = sorted(frozenset(keys) - known)
    if added:
        db.execute(_ADD_KEYS, [{"key": key, "development_id": development_id} for key in added])
    return bool(added)


#: Asked key by key: one statement of them all takes longer to make than all these take to run.
_SHARING = (
    sa.select(thread_keys.c.key, thread_keys.c.development_id, developments.c.thread_id)
    .join(developments, developments.c.id == thread_keys.c.development_id)
    .where(thread_keys.c.key == sa.bindparam("key"), thread_keys.c.development_id != sa.bindparam("besides"))
    .order_by(thread_keys.c.development_id.desc())
    .limit(sa.bindparam("newest"))
)


def sharing(db: Connection, keys: Sequence[str], besides: int, newest: int) -> list[Sharing]:
    """The newest developments that have each of these keys, at most so many a key."""
    asked = {"besides": besides, "newest": newest}
    rows = (row for key in keys for row in db.execute(_SHARING, {"key": key, **asked}))
    return sorted((Sharing(*row) for row in rows), key=lambda row: (row.development_id, row.key))


def add_thread(db: Connection, title: str, now: datetime) -> int:
    added = sa.insert(threads).values(title=title, created_at=now).returning(threads.c.id)
    return int(db.execute(added).scalar_one())


def add_same_threads(db: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Threads with ids of their own, for a replay that must know them by these."""
    for row in rows:
        db.execute(insert_ignoring(db, threads), dict(row))


_THREAD = sa.select(developments.c.thread_id).where(developments.c.id == sa.bindparam("development"))


def thread_of(db: Connection, development_id: int) -> int | None:
    found: int | None = db.scalar(_THREAD, {"development": development_id})
    return found


def put_in_thread(db: Connection, development_id: int, thread_id: int | None, reason: str | None) -> None:
    """A development is of that thread from now on, or of none."""
    mine = developments.c.id == development_id
    db.execute(sa.update(developments).where(mine).values(thread_id=thread_id, thread_reason=reason))


def members(db: Connection, thread_id: int) -> list[int]:
    """The developments of a thread, as their news came."""
    mine = sa.select(developments.c.id).where(developments.c.thread_id == thread_id)
    return list(db.scalars(mine.order_by(developments.c.first_news_at, developments.c.id)))


def root_of(db: Connection, thread_id: int) -> int | None:
    """The thread that this one is now; None where there is no such thread."""
    row = db.execute(sa.select(threads.c.id, threads.c.merged_into).where(threads.c.id == thread_id)).first()
    return None if row is None else int(row.merged_into or row.id)


def ids_of(db: Connection, thread_id: int) -> list[int]:
    """Every id that leads to the thread which this one is now, its own first."""
    root = root_of(db, thread_id)
    merged = sa.select(threads.c.id).where(threads.c.merged_into == root).order_by(threads.c.id)
    return [] if root is None else [root, *db.scalars(merged)]


def merge(db: Connection, thread_id: int, into: int) -> None:
    """All of a thread is of another from now on; its id leads there."""
    db.execute(sa.update(developments).where(developments.c.thread_id == thread_id).values(thread_id=into))
    db.execute(sa.update(thread_pins).where(thread_pins.c.thread_id == thread_id).values(thread_id=into))
    mine = sa.or_(threads.c.id == thread_id, threads.c.merged_into == thread_id)
    db.execute(sa.update(threads).where(mine).values(merged_into=into))


def titles(db: Connection, thread_ids: Collection[int]) -> dict[int, str]:
    rows = db.execute(sa.select(threads.c.id, threads.c.title).where(threads.c.id.in_(thread_ids)))
    return {row.id: row.title for row in rows}


def homes(db: Connection) -> dict[int, int]:
    """Every development that is in a thread, and which."""
    rows = db.execute(
        sa.select(developments.c.id, developments.c.thread_id).where(developments.c.thread_id.is_not(None))
    )
    return {row.id: row.thread_id for row in rows}


# --- Pins -----------------------------------------------------------------------------------------------------------


def pin(db: Connection, development_id: int, thread_id: int | None, ruling_id: int | None) -> None:
    """A development belongs in that thread, or in none, from now on."""
    added = upsert(db, thread_pins).values(development_id=development_id, thread_id=thread_id, ruling_id=ruling_id)
    changed = {"thread_id": added.excluded.thread_id, "ruling_id": added.excluded.ruling_id}
    db.execute(added.on_conflict_do_update(index_elements=["development_id"], set_=changed))


def repin(db: Connection, development_id: int, target: int) -> None:
    """What was said of a development holds of the one it went into, unless something was said of that."""
    mine = thread_pins.c.development_id == development_id
    row = db.execute(sa.select(thread_pins).where(mine)).first()
    db.execute(sa.delete(thread_pins).where(mine))
    if row is not None:
        kept = {"development_id": target, "thread_id": row.thread_id, "ruling_id": row.ruling_id}
        db.execute(insert_ignoring(db, thread_pins), kept)


def pins(db: Connection, development_ids: Collection[int] | None = None) -> dict[int, int | None]:
    """Those of these developments, or of all, that are pinned, and where."""
    query = sa.select(thread_pins.c.development_id, thread_pins.c.thread_id)
    if development_ids is not None:
        query = query.where(thread_pins.c.development_id.in_(development_ids))
    return {row.development_id: row.thread_id for row in db.execute(query)}


def pinned_articles(db: Connection) -> dict[int, int]:
    """The articles of every pinned development, and the thread it belongs in; 0 for none."""
    inside = development_articles.c.development_id == thread_pins.c.development_id
    query = sa.select(development_articles.c.article_id, thread_pins.c.thread_id)
    rows = db.execute(query.join_from(thread_pins, development_articles, inside))
    return {row.article_id: row.thread_id or 0 for row in rows}


def pinned_rows(db: Connection) -> list[dict[str, object]]:
    """The threads that somebody put a development into."""
    named = sa.select(thread_pins.c.thread_id).where(thread_pins.c.thread_id.is_not(None))
    return [dict(row) for row in db.execute(sa.select(threads).where(threads.c.id.in_(named))).mappings()]


def pinned_threads(db: Connection, thread_ids: Collection[int]) -> frozenset[int]:
    """Those of these threads that somebody put a development into."""
    query = sa.select(thread_pins.c.thread_id).where(thread_pins.c.thread_id.in_(thread_ids)).distinct()
    return frozenset(db.scalars(query))

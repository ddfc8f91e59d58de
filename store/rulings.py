"""What analysts decided, with who, when and why: beside the machine's answers, and over them. Written by the pipeline.

A ruling that a later one replaces no longer stands and is kept. A pin says in which development an article belongs
whatever the machine makes of it: `merge` and `split` pin every article of the developments they touch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, json, metadata, moment, ref, text, upsert

#: The name of a topic ruling that is about every topic.
ANY = "*"

rulings = sa.Table(
    "rulings",
    metadata,
    id_column(),
    text("kind"),  # topic | event | relevance | fact | merge | split | thread
    ref("article_id", "articles.id", nullable=True, index=True),
    ref("development_id", "developments.id", nullable=True, index=True),
    ref("watch_id", "watches.id", nullable=True),  # of relevance
    text("name", nullable=True),  # the topic, event type or thread
    sa.Column("holds", sa.Boolean, nullable=True),  # on the topic or not, relevant or not
    text("what"),  # all of it in words
    json("detail"),  # of a fact: what was done, the machine's fact, the analyst's
    text("by"),
    moment("at"),
    text("reason", nullable=True),
    sa.Column("standing", sa.Boolean, nullable=False),
)

pins = sa.Table(
    "pins",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    ref("development_id", "developments.id", index=True),
    ref("ruling_id", "rulings.id"),
)

_BATCH = 500


def add_ruling(db: Connection, row: Mapping[str, Any]) -> int:
    """Write a ruling down; its id."""
    added = sa.insert(rulings).values(standing=True, **row)
    return int(db.execute(added.returning(rulings.c.id)).scalar_one())


def replace_labels(db: Connection, article_id: int, kind: str, names: Collection[str] | None = None) -> None:
    """What was ruled of these labels of an article stands no longer; without `names` of every one of the kind."""
    mine = [rulings.c.article_id == article_id, rulings.c.kind == kind, rulings.c.standing]
    if names is not None:
        mine.append(rulings.c.name.in_(names))
    db.execute(sa.update(rulings).where(*mine).values(standing=False))


def replace_ruling(db: Connection, ruling_id: int) -> None:
    db.execute(sa.update(rulings).where(rulings.c.id == ruling_id).values(standing=False))


def replace_thread(db: Connection, development_id: int) -> None:
    """What was said before of a development's thread stands no longer."""
    mine = (rulings.c.development_id == development_id, rulings.c.kind == "thread", rulings.c.standing)
    db.execute(sa.update(rulings).where(*mine).values(standing=False))


def replace_made_with(db: Connection, ruling: Row[Any], kind: str) -> None:
    """What was ruled of the same development together with a ruling stands no longer."""
    mine = (rulings.c.development_id == ruling.development_id, rulings.c.kind == kind, rulings.c.at == ruling.at)
    db.execute(sa.update(rulings).where(*mine).values(standing=False))


def standing_of_articles(db: Connection, article_ids: Sequence[int], kinds: Collection[str]) -> list[Row[Any]]:
    """The rulings on these articles that stand, oldest first."""
    found: list[Row[Any]] = []
    for start in range(0, len(article_ids), _BATCH):
        mine = rulings.c.article_id.in_(article_ids[start : start + _BATCH])
        found += db.execute(sa.select(rulings).where(mine, rulings.c.kind.in_(kinds), rulings.c.standing))
    return sorted(found, key=lambda row: row.id)


def all_standing(db: Connection, kinds: Collection[str]) -> list[Row[Any]]:
    """Every ruling on an article that stands, oldest first."""
    mine = (rulings.c.article_id.is_not(None), rulings.c.kind.in_(kinds), rulings.c.standing)
    return list(db.execute(sa.select(rulings).where(*mine).order_by(rulings.c.id)))


def ruled_since(db: Connection, ruling_id: int) -> set[int]:
    """Articles that were ruled on after that ruling."""
    later = (rulings.c.id > ruling_id, rulings.c.article_id.is_not(None))
    return set(db.scalars(sa.select(rulings.c.article_id).where(*later)))


def ruling(db: Connection, ruling_id: int) -> Row[Any] | None:
    return db.execute(sa.select(rulings).where(rulings.c.id == ruling_id)).first()


def last_ruling_id(db: Connection) -> int:
    return db.scalar(sa.select(sa.func.max(rulings.c.id))) or 0


def about_article(db: Connection, article_id: int) -> list[Row[Any]]:
    """Every ruling on an article, those that no longer stand too, oldest first."""
    return list(db.execute(sa.select(rulings).where(rulings.c.article_id == article_id).order_by(rulings.c.id)))


def about_development(db: Connection, development_id: int, article_ids: Collection[int]) -> list[Row[Any]]:
    """Every ruling on a development or one of its articles, oldest first."""
    mine = sa.or_(rulings.c.development_id == development_id, rulings.c.article_id.in_(article_ids))
    return list(db.execute(sa.select(rulings).where(mine).order_by(rulings.c.id)))


def replace_relevance(db: Connection, watch_id: int, development_ids: Collection[int]) -> None:
    """What was said before of these developments for this watch stands no longer."""
    mine = (rulings.c.kind == "relevance", rulings.c.watch_id == watch_id, rulings.c.standing)
    db.execute(sa.update(rulings).where(*mine, rulings.c.development_id.in_(development_ids)).values(standing=False))


def irrelevant_for(db: Connection, development_ids: Collection[int]) -> dict[int, str]:
    """The watches for which an analyst said that a development, or one merged with it, is not relevant; who said so."""
    rows = db.execute(
        sa.select(rulings.c.watch_id, rulings.c.holds, rulings.c.by)
        .where(rulings.c.kind == "relevance", rulings.c.standing, rulings.c.development_id.in_(development_ids))
        .order_by(rulings.c.id)
    )
    latest = {row.watch_id: row for row in rows}
    return {watch_id: row.by for watch_id, row in latest.items() if not row.holds}


def pin(db: Connection, article_ids: Iterable[int], development_id: int, ruling_id: int) -> None:
    """These articles belong to that development from now on."""
    rows = [
        {"article_id": article_id, "development_id": development_id, "ruling_id": ruling_id}
        for article_id in article_ids
    ]
    if rows:
        added = upsert(db, pins)
        changed = {"development_id": added.excluded.development_id, "ruling_id": added.excluded.ruling_id}
        db.execute(added.on_conflict_do_update(index_elements=["article_id"], set_=changed), rows)


def unpin(db: Connection, article_id: int) -> None:
    db.execute(sa.delete(pins).where(pins.c.article_id == article_id))


def pins_of(db: Connection, article_ids: Sequence[int]) -> dict[int, int]:
    """Those of these articles that are pinned, and the development each belongs to."""
    found: dict[int, int] = {}
    for start in range(0, len(article_ids), _BATCH):
        mine = pins.c.article_id.in_(article_ids[start : start + _BATCH])
        found |= {row.article_id: row.development_id for row in db.execute(sa.select(pins).where(mine))}
    return found


def pinned(db: Connection) -> dict[int, int]:
    """Every pinned article and the development it belongs to."""
    return {row.article_id: row.development_id for row in db.execute(sa.select(pins))}


def state_of(db: Connection) -> tuple[int, datetime | None]:
    """Changes whenever an analyst decides something."""
    row = db.execute(sa.select(sa.func.count(), sa.func.max(rulings.c.at, type_=rulings.c.at.type))).one()
    return (row[0], row[1])

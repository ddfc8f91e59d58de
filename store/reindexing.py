"""Brings the search index to what the articles say: after newer rules of folding, or where a row of it is amiss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.text import FOLDING
from store.articles import article_versions, articles
from store.engine import Store
from store.index import clear, index_article, remove, search_rows, search_values

#: Called with how many are done, and of how many.
Progress = Callable[[int, int], None]

_AT_ONCE = 50  # so that whoever else writes waits a moment and no longer

_SHOWN = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
_HELD = sa.and_(
    search_rows.c.id == search_values.c.row_id,
    search_rows.c.article_id == articles.c.id,
    search_rows.c.folding == FOLDING,
)
_JOINED = (
    articles.outerjoin(article_versions, _SHOWN)
    .outerjoin(search_values, search_values.c.article_id == articles.c.id)
    .outerjoin(search_rows, _HELD)
)
_FINDABLE = sa.and_(article_versions.c.id.is_not(None), ~articles.c.restricted)
_OTHERWISE = sa.or_(
    search_rows.c.id.is_(None),
    *(
        search_values.c[column].is_distinct_from(article_versions.c[name])
        for column, name in (("version_id", "id"), ("language", "language"), ("published_at", "published_at"))
    ),
)
_AMISS = sa.or_(sa.and_(_FINDABLE, _OTHERWISE), sa.and_(sa.not_(_FINDABLE), search_values.c.article_id.is_not(None)))


def amiss(db: Connection, after: int = 0, limit: int | None = None) -> list[int]:
    """Articles that the index lacks, has by older rules or otherwise than they are, or has and should not."""
    wanted = sa.select(articles.c.id).select_from(_JOINED).where(articles.c.id > after, _AMISS)
    return list(db.scalars(wanted.order_by(articles.c.id).limit(limit)))


def count_amiss(db: Connection) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(_JOINED).where(_AMISS)) or 0


def repair(store: Store, progress: Progress) -> int:
    """Index what is amiss; how many articles that were. What is killed goes on where it was when it is called again."""
    store.unit(_clear_if_old)
    with store.read() as db:
        of = count_amiss(db)
    done = last = 0
    while mended := store.unit(partial(_mend, after=last)):
        done, last = done + len(mended), mended[-1]
        progress(done, of)
    return done


def _clear_if_old(db: Connection) -> None:
    """Where all was filed by older rules, its words are better thrown away than kept beside the new ones."""
    kept = search_rows.c.article_id.is_not(None)
    by_rules = sa.select(search_rows.c.folding == FOLDING, sa.func.count()).where(kept).group_by(sa.text("1"))
    counts = {bool(is_new): count for is_new, count in db.execute(by_rules)}
    if counts.get(False, 0) > counts.get(True, 0):
        clear(db)


_OLDER = sa.and_(search_rows.c.article_id.is_not(None), search_rows.c.folding != FOLDING)


def count_older(db: Connection) -> int:
    """How many articles the index has by older rules of folding."""
    return db.scalar(sa.select(sa.func.count()).select_from(search_rows).where(_OLDER)) or 0


def older(db: Connection, before: int | None, limit: int) -> list[Row[Any]]:
    """Rows of the index by older rules with their articles, the newest first, those placed below `before`."""
    wanted = sa.select(search_rows.c.id, search_rows.c.article_id).where(_OLDER)
    wanted = wanted.order_by(search_rows.c.id.desc()).limit(limit)
    return list(db.execute(wanted if before is None else wanted.where(search_rows.c.id < before)))


def _mend(db: Connection, after: int) -> list[int]:
    found = amiss(db, after, _AT_ONCE)
    index_anew(db, found)
    return found


def index_anew(db: Connection, found: Sequence[int]) -> None:
    """Index these articles as they are now; out of the index with those that nobody may find."""
    shown = sa.select(articles.c.id, article_versions.c.title, article_versions.c.text).select_from(_JOINED)
    texts = {row.id: row for row in db.execute(shown.where(articles.c.id.in_(found), _FINDABLE))}
    for article_id in found:
        if row := texts.get(article_id):
            index_article(db, article_id, row.title, row.text)
        else:
            remove(db, article_id)

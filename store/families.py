"""Which articles a development has, and which developments are one: what analysts and reprocessing move about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.articles import articles
from store.developments import add_member, add_mentions, development_articles, development_mentions, developments


def member_ids(db: Connection, development_id: int) -> list[int]:
    """The articles of a development, as they were found."""
    query = (
        sa.select(articles.c.id)
        .join(development_articles, development_articles.c.article_id == articles.c.id)
        .where(development_articles.c.development_id == development_id)
    )
    return list(db.scalars(query.order_by(articles.c.found_at, articles.c.id)))


def development_of_pages(db: Connection, page_ids: Collection[int]) -> int | None:
    """The development of the articles that were first read from these pages."""
    ids = sorted(page_ids)
    for start in range(0, len(ids), 500):
        joined = development_articles.join(articles, articles.c.id == development_articles.c.article_id)
        mine = articles.c.page_id.in_(ids[start : start + 500])
        query = sa.select(development_articles.c.development_id).select_from(joined).where(mine)
        found: int | None = db.scalar(query.limit(1))
        if found is not None:
            return found
    return None


def move_members(db: Connection, article_ids: Collection[int], development_id: int, reason: str, now: datetime) -> None:
    """These articles report another development, or one at last."""
    remove_members(db, article_ids)
    for article_id in article_ids:
        add_member(db, development_id, article_id, None, reason, now)


def remove_members(db: Connection, article_ids: Collection[int]) -> None:
    """These articles report no development."""
    db.execute(sa.delete(development_articles).where(development_articles.c.article_id.in_(article_ids)))


def family(db: Connection, development_id: int) -> list[int]:
    """A development and those merged into it."""
    mine = sa.or_(developments.c.id == development_id, developments.c.merged_into == development_id)
    return list(db.scalars(sa.select(developments.c.id).where(mine).order_by(developments.c.id)))


def merge_into(db: Connection, development_id: int, target: int, now: datetime) -> None:
    """A development, and whatever was merged into it, is one with `target` from now on."""
    mine = sa.or_(developments.c.id == development_id, developments.c.merged_into == development_id)
    db.execute(sa.update(developments).where(mine).values(merged_into=target, updated_at=now))
    none = {"articles": 0, "sources": 0, "independent_sources": 0}
    db.execute(sa.update(developments).where(developments.c.id == development_id).values(**none))
    named = development_mentions.c.development_id == development_id
    articles_naming = list(db.scalars(sa.select(development_mentions.c.article_id).where(named)))
    db.execute(sa.delete(development_mentions).where(named))
    for article_id in articles_naming:
        add_mentions(db, article_id, [target])


def stand_alone(db: Connection, development_id: int) -> None:
    """A development that was merged is one of its own again."""
    db.execute(sa.update(developments).where(developments.c.id == development_id).values(merged_into=None))

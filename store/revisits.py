"""Second looks at articles that matched: when the next is due, what the last one saw. Written by the crawler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions, articles
from store.base import insert_ignoring, metadata, moment, ref, text
from store.definitions import sources
from store.matches import matches
from store.pages import pages

revisits = sa.Table(
    "revisits",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    moment("first_at"),  # when its page was first fetched: the ladder counts from here
    moment("due_at", nullable=True),  # null: the ladder has ended
    sa.Column("times", sa.Integer, nullable=False, default=0),
    sa.Column("tries", sa.Integer, nullable=False, default=0),  # without an answer, in a row
    moment("last_at", nullable=True),
    text("state", nullable=True),  # same | different | gone | refused | unreachable
    text("reason", nullable=True),
    moment("gone_at", nullable=True),  # when it was first seen to be gone; it may have come back since
    text("etag", nullable=True),
    text("last_modified", nullable=True),
    text("sha256", nullable=True),  # of the body seen last
    sa.Index(
        "ix_revisits_due",
        "due_at",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_revisits_gone",
        "gone_at",
        sqlite_where=sa.text("gone_at IS NOT NULL"),
        postgresql_where=sa.text("gone_at IS NOT NULL"),
    ),
)


@dataclass(frozen=True)
class RevisitDue:
    """An article to look at again, with its first page's row."""

    article_id: int
    first_at: datetime
    due_at: datetime
    tries: int
    gone_at: datetime | None
    etag: str | None
    last_modified: str | None
    sha256: str | None
    url: str
    source_id: int
    item_id: int | None
    found_at: datetime
    given: Mapping[str, Any]


def matched_without(db: Connection, since: datetime, limit: int) -> list[Row[Any]]:
    """Articles found since then that a watch asked for, read from a page of a source, and not enrolled yet."""
    fired = sa.exists().where(matches.c.version_id == article_versions.c.id, matches.c.fired)
    query = (
        sa.select(articles.c.id, pages.c.fetched_at, pages.c.headers, pages.c.sha256)
        .select_from(articles)
        .join(article_versions, sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current))
        .join(pages, pages.c.id == articles.c.page_id)
        .outerjoin(revisits, revisits.c.article_id == articles.c.id)
        .where(
            articles.c.found_at >= since,
            revisits.c.article_id.is_(None),
            article_versions.c.text_from == "page",
            pages.c.source_id.is_not(None),
            pages.c.sha256.is_not(None),
            fired,
        )
        .order_by(articles.c.id)
        .limit(limit)
    )
    return list(db.execute(query))


def enrol(db: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert_ignoring(db, revisits), rows)


def revisits_due(db: Connection, now: datetime, limit: int) -> list[RevisitDue]:
    """Whose next look is due, longest waiting first; not those of retired sources."""
    query = (
        sa.select(
            *(revisits.c[name] for name in list(RevisitDue.__dataclass_fields__)[:8]),
            pages.c.url,
            pages.c.source_id,
            pages.c.item_id,
            pages.c.found_at,
            pages.c.given,
        )
        .select_from(revisits)
        .join(articles, articles.c.id == revisits.c.article_id)
        .join(pages, pages.c.id == articles.c.page_id)
        .join(sources, sources.c.id == pages.c.source_id)
        .where(revisits.c.due_at <= now, sources.c.retired_at.is_(None))
        .order_by(revisits.c.due_at, revisits.c.article_id)
        .limit(limit)
    )
    return [RevisitDue(**row._mapping) for row in db.execute(query)]


def end_revisit(db: Connection, due: RevisitDue, values: Mapping[str, Any]) -> bool:
    """Write what a look saw; false where another process looked meanwhile."""
    mine = sa.and_(revisits.c.article_id == due.article_id, revisits.c.due_at == due.due_at)
    ended = db.execute(sa.update(revisits).where(mine).values(times=revisits.c.times + 1, **values))
    return bool(ended.rowcount)


def revisits_of(db: Connection, article_id: int) -> Row[Any] | None:
    """What second looks at an article saw, if there were any or one is due."""
    return db.execute(sa.select(revisits).where(revisits.c.article_id == article_id)).first()

"""What each source brings, and how its visits went. Reads only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions, articles
from store.findings import findings
from store.pages import visits


def articles_since(db: Connection, since: datetime) -> dict[int, int]:
    """How many articles each source brought since then.

    Counted here: SQLite would group by walking the index of sources, through the whole archive.
    """
    lately = sa.select(articles.c.source_id).where(articles.c.found_at >= since)
    return Counter(source_id for source_id in db.scalars(lately) if source_id is not None)


def last_articles(db: Connection, source_id: int, limit: int) -> list[Row[Any]]:
    """The articles that a source brought last, newest first, without what is restricted."""
    newest = (
        sa.select(articles.c.id, articles.c.found_at, articles.c.duplicate_of)
        .where(articles.c.source_id == source_id, ~articles.c.restricted)
        .order_by(articles.c.id.desc())
        .limit(limit)
        .subquery()
    )
    current = sa.and_(article_versions.c.article_id == newest.c.id, article_versions.c.is_current)
    titled = sa.select(newest, article_versions.c.title, article_versions.c.language, article_versions.c.published_at)
    return list(db.execute(titled.join(article_versions, current).order_by(newest.c.id.desc())))


def last_visits(db: Connection, source_id: int, limit: int) -> list[Row[Any]]:
    """How the last visits went, newest first."""
    mine = sa.select(visits).where(visits.c.source_id == source_id)
    return list(db.execute(mine.order_by(visits.c.id.desc()).limit(limit)))


def findings_of(db: Connection, subject: str, limit: int) -> list[Row[Any]]:
    """What the operator heard of a source, what is still so first."""
    mine = sa.select(findings).where(findings.c.subject == subject)
    return list(db.execute(mine.order_by(findings.c.ended_at.is_not(None), findings.c.last_at.desc()).limit(limit)))

"""Pages of articles that vanished and are on record as a change of their development. Written by the pipeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import articles
from store.base import insert_ignoring, metadata, moment, ref
from store.developments import development_articles, developments
from store.revisits import revisits

vanishings = sa.Table(
    "vanishings",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    moment("at"),
)


def untold(db: Connection) -> list[Row[Any]]:
    """Articles of developments whose page is gone and of which no change says so yet."""
    query = (
        sa.select(
            revisits.c.article_id,
            revisits.c.reason,
            articles.c.url,
            articles.c.origin,
            sa.func.coalesce(developments.c.merged_into, developments.c.id).label("development_id"),
        )
        .select_from(
            revisits.join(articles, articles.c.id == revisits.c.article_id)
            .join(development_articles, development_articles.c.article_id == articles.c.id)
            .join(developments, developments.c.id == development_articles.c.development_id)
            .outerjoin(vanishings, vanishings.c.article_id == revisits.c.article_id)
        )
        .where(revisits.c.gone_at.is_not(None), revisits.c.state == "gone", vanishings.c.article_id.is_(None))
        .order_by(revisits.c.gone_at, revisits.c.article_id)
    )
    return list(db.execute(query))


def mark(db: Connection, article_id: int, now: datetime) -> None:
    """The change is on record."""
    db.execute(insert_ignoring(db, vanishings), {"article_id": article_id, "at": now})

"""Restricted reports: articles that report no development, and are found by nobody who does not ask for them.

They have facts and labels as others do, and neither matches nor a place in the index or among the bands of near-copies.
The development that one of them is of is a mention: it stands beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.articles import article_versions, articles
from store.developments import development_mentions


def is_restricted(db: Connection, article_id: int) -> bool:
    return bool(db.scalar(sa.select(articles.c.restricted).where(articles.c.id == article_id)))


def ids(db: Connection) -> list[int]:
    """Every restricted article, oldest first."""
    return list(db.scalars(sa.select(articles.c.id).where(articles.c.restricted).order_by(articles.c.id)))


#: Written so that SQLite, too, knows the index of restricted articles for theirs.
_RESTRICTED: sa.ColumnElement[Any] = sa.literal_column("articles.restricted")
_ALONE = (
    sa.select(articles.c.id)
    .where(_RESTRICTED, ~sa.exists().where(development_mentions.c.article_id == articles.c.id))
    .order_by(articles.c.id)
)
_PUBLISHED = sa.select(article_versions.c.article_id).where(
    article_versions.c.article_id.in_(sa.bindparam("articles", expanding=True)),
    article_versions.c.is_current,
    article_versions.c.published_at.between(sa.bindparam("since"), sa.bindparam("until")),
)
_AT_ONCE = 500


def alone(db: Connection, since: datetime, until: datetime) -> list[int]:
    """Those published in that span that stand beside no development.

    Asked of every new development: first which there are, else a database walks all articles of those weeks.
    """
    every = list(db.scalars(_ALONE))
    found: list[int] = []
    for start in range(0, len(every), _AT_ONCE):
        some = {"articles": every[start : start + _AT_ONCE], "since": since, "until": until}
        found += sorted(db.scalars(_PUBLISHED, some))
    return found


def beside(db: Connection, development_id: int) -> list[int]:
    """Those that stand beside a development, as they were published."""
    query = (
        sa.select(articles.c.id)
        .join(article_versions, article_versions.c.article_id == articles.c.id)
        .join(development_mentions, development_mentions.c.article_id == articles.c.id)
        .where(development_mentions.c.development_id == development_id)
        .where(articles.c.restricted, article_versions.c.is_current)
    )
    return list(db.scalars(query.order_by(article_versions.c.published_at, articles.c.id)))

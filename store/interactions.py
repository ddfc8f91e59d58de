"""Who does what with whom in policing abroad: as each article tells it, and as a development's articles do together.

Written by the pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions
from store.base import id_column, metadata, ref, text
from store.developments import development_articles


def _columns() -> tuple[sa.Column[Any], ...]:
    """What both tables say of an act."""
    return (
        text("actor_country", nullable=True),
        text("actor_agency", nullable=True),
        text("host_country", nullable=True),
        text("host_agency", nullable=True),
        text("type", nullable=True),  # an event type
        text("instrument", nullable=True),  # the paper by which it goes
        text("stage", nullable=True),  # planned | agreed | under_way | done | reviewed | suspended | refused | restored
        text("edition", nullable=True),
        sa.Column("persons", sa.Float, nullable=True),
        text("item", nullable=True),
        sa.Column("value", sa.Float, nullable=True),
        text("currency", nullable=True),
        text("event_date", nullable=True),
        text("date_precision", nullable=True),
    )


interactions = sa.Table(
    "interactions",
    metadata,
    id_column(),
    ref("development_id", "developments.id", index=True),
    *_columns(),
    text("best_source", nullable=True),
    sa.Column("independent_sources", sa.Integer, nullable=True),
)

article_interactions = sa.Table(
    "article_interactions",
    metadata,
    id_column(),
    ref("version_id", "article_versions.id", index=True),
    *_columns(),
    text("quote"),  # the sentence that tells it, verbatim
    sa.Column("position", sa.Integer, nullable=False),  # of the quote in title + "\n" + text
    sa.Column("confidence", sa.Float, nullable=False),
)

#: What an article says of an act, beside which version says it.
TOLD = tuple(column.name for column in article_interactions.c if column.name not in ("id", "version_id"))

_OF_VERSION = (
    sa.select(article_interactions)
    .where(article_interactions.c.version_id == sa.bindparam("version"))
    .order_by(article_interactions.c.id)
)


def replace_told(db: Connection, version_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the acts that a version tells these."""
    db.execute(sa.delete(article_interactions).where(article_interactions.c.version_id == version_id))
    if rows:
        db.execute(sa.insert(article_interactions), [{**row, "version_id": version_id} for row in rows])


def told_by(db: Connection, version_id: int) -> list[Row[Any]]:
    """The acts that a version tells."""
    return list(db.execute(_OF_VERSION, {"version": version_id}))


_TOLD_OF = (
    sa.select(article_interactions, development_articles.c.article_id)
    .select_from(
        development_articles.join(
            article_versions,
            sa.and_(article_versions.c.article_id == development_articles.c.article_id, article_versions.c.is_current),
        ).join(article_interactions, article_interactions.c.version_id == article_versions.c.id)
    )
    .where(development_articles.c.development_id == sa.bindparam("development"))
    .order_by(article_interactions.c.id)
)


def told_of(db: Connection, development_id: int) -> list[Row[Any]]:
    """The acts that the current versions of a development's articles tell, each with its article."""
    return list(db.execute(_TOLD_OF, {"development": development_id}))


def replace_interactions(db: Connection, development_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the acts of a development these."""
    db.execute(sa.delete(interactions).where(interactions.c.development_id == development_id))
    if rows:
        db.execute(sa.insert(interactions), [{**row, "development_id": development_id} for row in rows])


_OF_DEVELOPMENT = (
    sa.select(interactions)
    .where(interactions.c.development_id == sa.bindparam("development"))
    .order_by(interactions.c.id)
)


def interactions_of(db: Connection, development_id: int) -> list[Row[Any]]:
    """The acts of a development."""
    return list(db.execute(_OF_DEVELOPMENT, {"development": development_id}))

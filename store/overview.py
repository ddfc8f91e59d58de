"""What charts and map are drawn from: of each development when it was, its kind, its figures and places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions, articles
from store.definitions import sources
from store.developments import development_articles, developments
from store.facts import STANDS, facts
from store.findings import findings

_BATCH = 500


def changed_since(db: Connection, updated: datetime, since: datetime, limit: int) -> list[Row[Any]]:
    """Developments that changed from then on, first changed first; none whose news is older than `since`."""
    columns = ("id", "event_types", "topics", "countries", "event_date", "first_news_at", "last_found_at", "updated_at")
    query = (
        sa.select(
            *(developments.c[name] for name in columns),
            developments.c.title,
            sa.or_(developments.c.merged_into.is_not(None), developments.c.articles == 0).label("gone"),
        )
        .where(developments.c.updated_at >= updated, developments.c.last_news_at >= since)
        .order_by(developments.c.updated_at, developments.c.id)
    )
    return list(db.execute(query.limit(limit)))


def stated(db: Connection, development_ids: Sequence[int]) -> list[Row[Any]]:
    """Done and begun counts, and places and routes, of these developments: one row for each different statement."""
    told = ("unit", "nationality", "place", "country", "from_country", "via_country", "to_country")
    found: list[Row[Any]] = []
    for start in range(0, len(development_ids), _BATCH):
        some = development_ids[start : start + _BATCH]
        query = (
            sa.select(
                development_articles.c.development_id,
                facts.c.kind,
                facts.c.leading,
                *(facts.c[name] for name in told),
                sa.func.min(sa.func.coalesce(facts.c.low, facts.c.value)).label("low"),
                sa.func.max(sa.func.coalesce(facts.c.high, facts.c.value)).label("high"),
            )
            .select_from(development_articles)
            .join(
                article_versions,
                sa.and_(
                    article_versions.c.article_id == development_articles.c.article_id, article_versions.c.is_current
                ),
            )
            .join(facts, facts.c.version_id == article_versions.c.id)
            .where(
                development_articles.c.development_id.in_(some),
                STANDS,
                sa.or_(
                    facts.c.kind.in_(("place", "route")),
                    sa.and_(
                        facts.c.kind == "count", facts.c.status.in_(("done", "started")), facts.c.value.is_not(None)
                    ),
                ),
            )
            .group_by(
                development_articles.c.development_id, facts.c.kind, facts.c.leading, *(facts.c[name] for name in told)
            )
        )
        found.extend(db.execute(query))
    return found


def sources_began(db: Connection) -> list[Row[Any]]:
    """When each source brought its first article, and which it is."""
    query = (
        sa.select(sa.func.min(articles.c.found_at).label("at"), sources.c.title.label("name"))
        .join(sources, sources.c.id == articles.c.source_id)
        .group_by(sources.c.id, sources.c.title)
    )
    return list(db.execute(query))


def sources_silent(db: Connection, since: datetime) -> list[Row[Any]]:
    """Silences and failures of sources that lasted into that time: from when, until when, and whose."""
    query = sa.select(findings.c.subject.label("name"), findings.c.first_at, findings.c.ended_at).where(
        findings.c.kind.in_(("source_silent", "source_failing")),
        sa.or_(findings.c.ended_at.is_(None), findings.c.ended_at >= since),
    )
    return list(db.execute(query.order_by(findings.c.first_at)))

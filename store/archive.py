"""The archive as a watch would be asked of it: articles of a span in their current versions. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.query import Query
from store import search
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.developments import development_articles, development_changes, developments
from store.facts import STANDS, facts

_BATCH = 200


@dataclass(frozen=True)
class Wanted:
    """What an article must have, whatever its words; an empty one is anything."""

    since: datetime
    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def candidates(db: Connection, wanted: Wanted, query: Query | None) -> list[int]:
    """Articles published since then that may match; who asks judges each."""
    if query is None:
        return list(db.scalars(_of(articles.c.id, wanted).order_by(articles.c.id)))
    filters = search.Filters(
        topics=wanted.topics,
        events=wanted.events,
        sources=wanted.sources,
        languages=wanted.languages,
        since=wanted.since,
    )
    return list(search.found_ids(db, query, filters))


def languages(db: Connection, wanted: Wanted) -> dict[str, int]:
    """How many articles there are of each language."""
    counted = _of(article_versions.c.language, wanted).add_columns(sa.func.count())
    return {row[0] or "und": row[1] for row in db.execute(counted.group_by(article_versions.c.language))}


def _of(column: sa.ColumnElement[Any], wanted: Wanted) -> sa.Select[Any]:
    current = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    query = (
        sa.select(column)
        .select_from(articles.join(article_versions, current).outerjoin(sources, sources.c.id == articles.c.source_id))
        .where(article_versions.c.published_at >= wanted.since, ~articles.c.restricted)
    )
    for table, label, names in (
        (article_topics, article_topics.c.topic, wanted.topics),
        (article_events, article_events.c.event_type, wanted.events),
    ):
        if names:
            query = query.where(sa.exists().where(table.c.version_id == article_versions.c.id, label.in_(names)))
    if wanted.sources:
        query = query.where(sources.c.name.in_(wanted.sources))
    if wanted.languages:
        own = sa.func.lower(article_versions.c.language)
        query = query.where(sa.or_(*(part for tag in wanted.languages for part in _is_kind_of(own, tag.lower()))))
    return query


def _is_kind_of(own: sa.ColumnElement[str], tag: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return own == tag, own.startswith(f"{tag}-", autoescape=True)


def filed(db: Connection, article_ids: Sequence[int]) -> Iterator[list[Row[Any]]]:
    """These articles in their current versions, each with the development it is in, a batch at a time."""
    current = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    query: sa.Select[Any] = (
        sa.select(
            articles.c.id, articles.c.url, articles.c.outlet, articles.c.found_at, articles.c.duplicate_of,
            article_versions.c.id.label("version_id"), article_versions.c.title, article_versions.c.text,
            article_versions.c.language, article_versions.c.published_at, sources.c.name.label("source"),
            development_articles.c.development_id,
        )
        .select_from(articles)
        .join(article_versions, current)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .outerjoin(development_articles, development_articles.c.article_id == articles.c.id)
        .order_by(articles.c.id)
    )  # fmt: skip
    ordered = sorted(article_ids)
    for start in range(0, len(ordered), _BATCH):
        yield list(db.execute(query.where(articles.c.id.in_(ordered[start : start + _BATCH]))))


@dataclass(frozen=True)
class Read:
    """What is known of an article version beside its words."""

    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    facts: tuple[Row[Any], ...] = ()


def readings(db: Connection, version_ids: Sequence[int]) -> dict[int, Read]:
    """Topics, events and standing facts of these versions, best and first ones first."""
    found: dict[int, Read] = {}
    for start in range(0, len(version_ids), _BATCH):
        batch = version_ids[start : start + _BATCH]
        topics = _labels(db, article_topics, article_topics.c.topic, batch)
        events = _labels(db, article_events, article_events.c.event_type, batch)
        stated: dict[int, list[Row[Any]]] = {}
        standing = sa.select(facts).where(facts.c.version_id.in_(batch), STANDS)
        for row in db.execute(standing.order_by(facts.c.position, facts.c.id)):
            stated.setdefault(row.version_id, []).append(row)
        for id in batch:
            found[id] = Read(tuple(topics.get(id, ())), tuple(events.get(id, ())), tuple(stated.get(id, ())))
    return found


def _labels(db: Connection, table: sa.Table, name: sa.Column[str], version_ids: Sequence[int]) -> dict[int, list[str]]:
    mine = sa.select(table.c.version_id, name).where(table.c.version_id.in_(version_ids))
    found: dict[int, list[str]] = {}
    for version_id, label in db.execute(mine.order_by(table.c.score.desc(), name)):
        found.setdefault(version_id, []).append(label)
    return found


def overviews(db: Connection, development_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """What these developments are as a whole."""
    columns = (developments.c.id, developments.c.title, developments.c.independent_sources, developments.c.countries)
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(development_ids), _BATCH):
        some = developments.c.id.in_(development_ids[start : start + _BATCH])
        found |= {row.id: row for row in db.execute(sa.select(*columns).where(some))}
    return found


def changes(db: Connection, development_ids: Sequence[int]) -> list[Row[Any]]:
    """What befell these developments after they were new, with when the article that caused it was published."""
    current = sa.and_(
        article_versions.c.article_id == development_changes.c.cause_article_id, article_versions.c.is_current
    )
    query = (
        sa.select(development_changes, article_versions.c.published_at)
        .outerjoin(article_versions, current)
        .where(development_changes.c.kind != "new")
        .order_by(development_changes.c.id)
    )
    found: list[Row[Any]] = []
    for start in range(0, len(development_ids), _BATCH):
        some = development_changes.c.development_id.in_(development_ids[start : start + _BATCH])
        found += db.execute(query.where(some))
    return found

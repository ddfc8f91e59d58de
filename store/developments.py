"""What happened in the world: developments, their articles, changes, threads. Written by the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_events, article_topics, article_versions, articles
from store.base import Id, id_column, insert_ignoring, json, metadata, moment, ref, text
from store.definitions import sources
from store.facts import STANDS, facts

_MERGED = sa.text("merged_into IS NOT NULL")

threads = sa.Table(
    "threads",
    metadata,
    id_column(),
    text("title"),  # of the development it began with
    moment("created_at"),
    sa.Column("merged_into", Id, nullable=True),  # the thread that it is a name of
    sa.Index("ix_threads_merged_into", "merged_into", sqlite_where=_MERGED, postgresql_where=_MERGED),
)

developments = sa.Table(
    "developments",
    metadata,
    id_column(),
    text("title"),
    text("lede", nullable=True),
    json("topics", nullable=False),
    json("event_types", nullable=False),
    json("countries", nullable=False),
    text("event_date", nullable=True),
    text("status", nullable=True),
    moment("first_found_at"),
    moment("last_found_at", index=True),
    moment("first_news_at"),  # publication, clamped to the time it was found: what windows in time are measured on
    moment("last_news_at"),
    moment("updated_at", index=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("sources", sa.Integer, nullable=False),
    sa.Column("independent_sources", sa.Integer, nullable=False),
    text("first_reporter", nullable=True),
    ref("thread_id", "threads.id", nullable=True, index=True),
    text("thread_reason", nullable=True),  # why it is of that thread
    sa.Column("merged_into", Id, sa.ForeignKey("developments.id"), nullable=True),
    sa.Column("baseline", sa.Boolean, nullable=False),  # only baseline or backfilled articles so far: raises no `new`
    json("profile"),  # what new articles are compared with: weights of words, keys of the event
    sa.Index("ix_developments_merged_into", "merged_into", sqlite_where=_MERGED, postgresql_where=_MERGED),
    # All that is asked for each article on a beat: rows are long, and it need not open them.
    sa.Index("ix_developments_near", "last_news_at", "first_news_at", "articles", "merged_into", "updated_at"),
)

development_articles = sa.Table(
    "development_articles",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    ref("development_id", "developments.id", index=True),
    moment("joined_at"),
    sa.Column("similarity", sa.Float, nullable=True),
    text("reason"),  # why it joined, or why it founded
)

development_mentions = sa.Table(  # what an analysis or roundup names without reporting it anew: raises nothing
    "development_mentions",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    ref("development_id", "developments.id", primary_key=True, index=True),
)

development_countries = sa.Table(
    "development_countries",
    metadata,
    ref("development_id", "developments.id", primary_key=True),
    sa.Column("country", sa.Text, primary_key=True),
)

development_changes = sa.Table(
    "development_changes",
    metadata,
    id_column(),
    ref("development_id", "developments.id"),
    sa.Column("seq", sa.Integer, nullable=False),
    text("kind"),  # new | update | correction
    text("origin"),  # live | baseline | backfill | reprocess | analyst
    moment("at", index=True),
    sa.Column("cause_article_id", Id, sa.ForeignKey("articles.id"), nullable=True),
    text("what", nullable=True),  # figure | official | country | batch | ...
    text("old", nullable=True),
    text("new", nullable=True),
    text("by", nullable=True),  # the analyst, where one made it
    json("facts"),  # ids of the facts that made it
    sa.UniqueConstraint("development_id", "seq"),
)


_LOCK = 0x6E69_6768_7463  # any number that nothing else locks


def one_at_a_time(db: Connection) -> None:
    """Until the end of this transaction no other process places an article. SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


#: When each changed is compared and not read, so it stays as the driver gives it. SQLite would rather go through all
#: of the table than sort, so nothing is asked of their order.
_BETWEEN = sa.select(developments.c.id, sa.type_coerce(developments.c.updated_at, sa.types.NullType())).where(
    developments.c.last_news_at >= sa.bindparam("since"),
    developments.c.first_news_at <= sa.bindparam("until"),
    developments.c.merged_into.is_(None),
    developments.c.articles > 0,
)


def developments_between(db: Connection, since: datetime, until: datetime) -> dict[int, object]:
    """Ids of the developments with news in that span, each with a stamp of when it last changed."""
    return {id: stamp for id, stamp in db.execute(_BETWEEN, {"since": since, "until": until})}


_PROFILES = sa.select(developments.c.id, developments.c.profile).where(
    developments.c.id.in_(sa.bindparam("ids", expanding=True))
)


def profiles(db: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """What new articles are compared with, by development."""
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        found |= {id: profile for id, profile in db.execute(_PROFILES, {"ids": list(ids[start : start + 500])})}
    return found


# Statements of every article on a beat are made once: making them anew costs more than running them.
_OF_ARTICLE = (
    sa.select(sa.func.coalesce(developments.c.merged_into, developments.c.id))
    .join_from(development_articles, developments, developments.c.id == development_articles.c.development_id)
    .where(development_articles.c.article_id == sa.bindparam("article"))
)
_ADD = sa.insert(developments).returning(developments.c.id)
_ADD_MEMBER = sa.insert(development_articles)
_DESCRIBE = sa.update(developments).where(developments.c.id == sa.bindparam("development"))
_COUNTRIES = sa.select(development_countries.c.country).where(
    development_countries.c.development_id == sa.bindparam("development")
)


def development_of(db: Connection, article_id: int) -> int | None:
    """The development an article reports, where merged ones lead to the one they are now."""
    found: int | None = db.scalar(_OF_ARTICLE, {"article": article_id})
    return found


def sign_changes(db: Connection, by: str, now: datetime) -> None:
    """Put the analyst's name to the changes that were just made for them."""
    mine = (development_changes.c.origin == "analyst", development_changes.c.at == now)
    db.execute(sa.update(development_changes).where(*mine, development_changes.c.by.is_(None)).values(by=by))


def add_development(db: Connection, row: Mapping[str, Any]) -> int:
    return int(db.execute(_ADD, dict(row)).scalar_one())


def describe_development(db: Connection, development_id: int, row: Mapping[str, Any]) -> None:
    """Write what its articles now make of a development."""
    db.execute(_DESCRIBE, {**row, "development": development_id})
    before = set(db.scalars(_COUNTRIES, {"development": development_id}))
    now = set(row.get("countries", before))
    if gone := before - now:
        mine = development_countries.c.development_id == development_id
        db.execute(sa.delete(development_countries).where(mine, development_countries.c.country.in_(gone)))
    if come := sorted(now - before):
        db.execute(
            insert_ignoring(db, development_countries),
            [{"development_id": development_id, "country": country} for country in come],
        )


def add_member(
    db: Connection, development_id: int, article_id: int, similarity: float | None, reason: str, now: datetime
) -> None:
    """An article joins a development, or founds it."""
    row = {"article_id": article_id, "development_id": development_id, "joined_at": now}
    db.execute(_ADD_MEMBER, {**row, "similarity": similarity, "reason": reason})


def development(db: Connection, development_id: int) -> Row[Any] | None:
    return db.execute(sa.select(developments).where(developments.c.id == development_id)).first()


def add_mentions(db: Connection, article_id: int, development_ids: Iterable[int]) -> None:
    if rows := [{"article_id": article_id, "development_id": mentioned} for mentioned in sorted(set(development_ids))]:
        db.execute(insert_ignoring(db, development_mentions), rows)


def replace_mentions(db: Connection, article_id: int, development_ids: Iterable[int]) -> None:
    db.execute(sa.delete(development_mentions).where(development_mentions.c.article_id == article_id))
    add_mentions(db, article_id, development_ids)


@dataclass(frozen=True)
class Member:
    """One article of a development, without its text."""

    article_id: int
    version_id: int
    title: str
    lede: str
    language: str | None
    published_at: datetime
    found_at: datetime
    origin: str
    duplicate_of: int | None
    source_id: int | None
    outlet: str | None
    url_key: str
    source_type: str | None


_MEMBERS = (
    sa.select(
        articles.c.id.label("article_id"),
        article_versions.c.id.label("version_id"),
        article_versions.c.title,
        sa.func.substr(article_versions.c.text, 1, 600).label("lede"),
        article_versions.c.language,
        article_versions.c.published_at,
        articles.c.found_at,
        articles.c.origin,
        articles.c.duplicate_of,
        articles.c.source_id,
        articles.c.outlet,
        articles.c.url_key,
        sources.c.type.label("source_type"),
    )
    .select_from(
        development_articles.join(articles)
        .join(article_versions, article_versions.c.article_id == articles.c.id)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
    )
    .where(development_articles.c.development_id == sa.bindparam("development"), article_versions.c.is_current)
    .order_by(articles.c.found_at, articles.c.id)
)


def members(db: Connection, development_id: int) -> list[Member]:
    """The articles of a development in their current versions, as they were found."""
    return [Member(**row._mapping) for row in db.execute(_MEMBERS, {"development": development_id})]


def _counted(name: sa.Column[str], table: sa.Table) -> sa.Select[str, int]:
    current = development_articles.join(
        article_versions,
        sa.and_(article_versions.c.article_id == development_articles.c.article_id, article_versions.c.is_current),
    )
    return (
        sa.select(name, sa.func.count())
        .select_from(current.join(table, table.c.version_id == article_versions.c.id))
        .where(development_articles.c.development_id == sa.bindparam("development"))
        .group_by(name)
        .order_by(sa.func.count().desc(), name)
    )


_TOPICS = _counted(article_topics.c.topic, article_topics)
_EVENTS = _counted(article_events.c.event_type, article_events)


def labels(db: Connection, development_id: int) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Topics and event types of a development's articles, with how many have each."""
    mine = {"development": development_id}
    topics = [(row[0], row[1]) for row in db.execute(_TOPICS, mine)]
    return topics, [(row[0], row[1]) for row in db.execute(_EVENTS, mine)]


_FACTS = (
    sa.select(facts, development_articles.c.article_id, sources.c.type.label("source_type"))
    .select_from(
        development_articles.join(articles)
        .join(article_versions, article_versions.c.article_id == articles.c.id)
        .join(facts, facts.c.version_id == article_versions.c.id)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
    )
    .where(development_articles.c.development_id == sa.bindparam("development"), article_versions.c.is_current, STANDS)
    .order_by(facts.c.id)
)
_FACTS_BESIDES = _FACTS.where(development_articles.c.article_id != sa.bindparam("besides"))


def facts_of_development(db: Connection, development_id: int, besides: int | None = None) -> list[Row[Any]]:
    """The current facts of its articles, with the type of their source; `besides` leaves one article out."""
    if besides is None:
        return list(db.execute(_FACTS, {"development": development_id}))
    return list(db.execute(_FACTS_BESIDES, {"development": development_id, "besides": besides}))


_CORRECTED = sa.select(
    sa.exists().where(
        development_changes.c.development_id == sa.bindparam("development"),
        development_changes.c.kind == "correction",
        development_changes.c.origin != "reprocess",
    )
)
_LAST_CHANGE = sa.select(sa.func.max(development_changes.c.seq)).where(
    development_changes.c.development_id == sa.bindparam("development")
)
_ADD_CHANGE = sa.insert(development_changes)


def was_corrected(db: Connection, development_id: int) -> bool:
    """Whether its publishers or an analyst took back what was stated of a development; a better reading is neither."""
    return bool(db.scalar(_CORRECTED, {"development": development_id}))


def add_change(db: Connection, development_id: int, row: Mapping[str, Any]) -> int:
    """The next change of a development; its number there."""
    seq = (db.scalar(_LAST_CHANGE, {"development": development_id}) or 0) + 1
    db.execute(_ADD_CHANGE, {"development_id": development_id, "seq": seq, **row})
    return int(seq)

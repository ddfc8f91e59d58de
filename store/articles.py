"""What was read: articles, their versions, what they are about, and the end of every page. Written by the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import INSERTS, Id, id_column, json, metadata, moment, ref, text
from store.definitions import sources
from store.pages import pages

articles = sa.Table(
    "articles",
    metadata,
    id_column(),
    ref("page_id", "pages.id", index=True),  # the page it was first read from
    ref("source_id", "sources.id", nullable=True, index=True),
    text("url"),  # as first found
    text("canonical_url"),
    text("url_key"),  # canonical URL without scheme, www, tracking: the identity
    text("outlet", nullable=True),
    moment("found_at", index=True),
    text("origin"),  # live | baseline | backfill
    sa.Column("duplicate_of", Id, sa.ForeignKey("articles.id"), nullable=True),
    sa.Column("restricted", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.UniqueConstraint("url_key"),
    sa.Index(
        "ix_articles_restricted", "id", sqlite_where=sa.text("restricted"), postgresql_where=sa.text("restricted")
    ),
)

article_versions = sa.Table(
    "article_versions",
    metadata,
    id_column(),
    ref("article_id", "articles.id"),
    sa.Column("seq", sa.Integer, nullable=False),  # 1, 2, ...: edits by the publisher
    ref("page_id", "pages.id", index=True),
    sa.Column("is_current", sa.Boolean, nullable=False),
    text("title"),
    text("byline", nullable=True),
    text("text"),
    text("language", nullable=True),
    moment("published_at", index=True),
    text("published_from"),  # feed | page | url | given | found
    sa.Column("paywalled", sa.Boolean, nullable=False, default=False),
    text("text_from", default="page"),  # page | feed | given | row
    sa.Column("words", sa.Integer, nullable=False),
    text("text_sha256"),
    json("signature"),  # MinHash of the text, for near-duplicates
    json("explained"),  # classification evidence, positions and what spoke against it
    sa.Column("pipeline_version", sa.Integer, nullable=False),
    moment("created_at"),
    sa.UniqueConstraint("article_id", "seq"),
    sa.Index(
        "uq_article_versions_current",
        "article_id",
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    ),
)

article_topics = sa.Table(
    "article_topics",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
)

article_events = sa.Table(
    "article_events",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    sa.Column("event_type", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
)

signature_bands = sa.Table(
    "signature_bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True),
    ref("article_id", "articles.id", primary_key=True),
    sqlite_with_rowid=False,
)

page_outcomes = sa.Table(
    "page_outcomes",
    metadata,
    ref("page_id", "pages.id", primary_key=True),
    text("state"),  # article | duplicate | not_article | blocked | failed | empty | retry
    text("reason"),
    ref("article_id", "articles.id", nullable=True, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=1),
    sa.Column("pipeline_version", sa.Integer, nullable=False),
    moment("at"),
    sa.Index(
        "ix_page_outcomes_retry",
        "page_id",
        sqlite_where=sa.text("state = 'retry'"),
        postgresql_where=sa.text("state = 'retry'"),
    ),
)


#: The state of a page that was taken back with its import.
TAKEN_BACK = "taken_back"

_BATCH = 500


@dataclass(frozen=True)
class DuePage:
    """A page that the pipeline has not ended, with what came with it."""

    id: int
    url: str
    final_url: str | None
    fetched_at: datetime
    found_at: datetime
    origin: str
    content_type: str | None
    sha256: str | None
    refused: str | None
    given: Mapping[str, Any]
    source_id: int | None
    source: str | None
    outlet: str | None
    source_type: str | None
    attempts: int  # made before, and cut short
    restricted: bool = False


@dataclass(frozen=True)
class KnownArticle:
    """What is kept of an article, in its current version."""

    article_id: int
    version_id: int
    seq: int
    title: str
    text: str
    text_from: str
    origin: str
    found_at: datetime
    duplicate_of: int | None
    signature: Any


_DUE = (
    sa.select(
        pages.c.id,
        pages.c.url,
        pages.c.final_url,
        pages.c.fetched_at,
        pages.c.found_at,
        pages.c.origin,
        pages.c.content_type,
        pages.c.sha256,
        pages.c.refused,
        pages.c.given,
        pages.c.source_id,
        sources.c.name.label("source"),
        sources.c.title.label("outlet"),
        sources.c.type.label("source_type"),
        sa.func.coalesce(page_outcomes.c.attempts, 0).label("attempts"),
        pages.c.restricted,
    )
    .select_from(pages.outerjoin(sources).outerjoin(page_outcomes, page_outcomes.c.page_id == pages.c.id))
    .order_by(pages.c.id)
)


def pages_to_process(db: Connection, after: int, limit: int) -> list[DuePage]:
    """Pages beyond id `after` that have no outcome, oldest first."""
    rows = db.execute(_DUE.where(pages.c.id > after, page_outcomes.c.page_id.is_(None)).limit(limit))
    return [DuePage(**row._mapping) for row in rows]


def pages_to_retry(db: Connection, limit: int) -> list[DuePage]:
    """Pages whose reading was cut short and is tried once more."""
    rows = db.execute(_DUE.where(page_outcomes.c.state == "retry").limit(limit))
    return [DuePage(**row._mapping) for row in rows]


def last_page_id(db: Connection) -> int:
    return db.scalar(sa.select(sa.func.max(pages.c.id))) or 0


def claim_page(db: Connection, page_id: int, attempts: int, pipeline_version: int, now: datetime) -> bool:
    """Take a page for this transaction; false where another process ended it meanwhile. End it with `end_page`."""
    if attempts:
        mine = sa.update(page_outcomes).where(page_outcomes.c.page_id == page_id, page_outcomes.c.state == "retry")
        return bool(db.execute(mine.values(attempts=attempts + 1, state="failed")).rowcount)
    row = {"page_id": page_id, "state": "failed", "reason": "", "pipeline_version": pipeline_version, "at": now}
    return bool(db.execute(_CLAIM[db.dialect.name], {"attempts": 1, **row}).rowcount)


def end_page(db: Connection, page_id: int, state: str, reason: str, article_id: int | None, now: datetime) -> None:
    """Write the outcome of a claimed page."""
    db.execute(_END, {"page": page_id, "state": state, "reason": reason, "article_id": article_id, "at": now})


def articles_read_from(db: Connection, page_ids: Sequence[int]) -> list[int]:
    """The articles that these pages were read as, oldest first."""
    found: set[int] = set()
    for start in range(0, len(page_ids), _BATCH):
        mine = page_outcomes.c.page_id.in_(page_ids[start : start + _BATCH]), page_outcomes.c.article_id.is_not(None)
        found |= set(db.scalars(sa.select(page_outcomes.c.article_id).where(*mine)))
    return sorted(found)


def pages_read_as(db: Connection, article_ids: Sequence[int]) -> list[int]:
    """The pages that were read as these articles."""
    found: list[int] = []
    for start in range(0, len(article_ids), _BATCH):
        mine = page_outcomes.c.article_id.in_(article_ids[start : start + _BATCH])
        found += db.scalars(sa.select(page_outcomes.c.page_id).where(mine))
    return found


def end_otherwise(db: Connection, page_ids: Sequence[int], state: str, reason: str, now: datetime) -> None:
    """Pages that had an end have another one, without an article."""
    for start in range(0, len(page_ids), _BATCH):
        mine = page_outcomes.c.page_id.in_(page_ids[start : start + _BATCH])
        values = {"state": state, "reason": reason, "article_id": None, "at": now}
        db.execute(sa.update(page_outcomes).where(mine).values(**values))


# Statements of every article are made once: making them anew costs more than running them.
_CLAIM = {name: insert(page_outcomes).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_END = (
    sa.update(page_outcomes)
    .where(page_outcomes.c.page_id == sa.bindparam("page"))
    .values(
        state=sa.bindparam("state"),
        reason=sa.bindparam("reason"),
        article_id=sa.bindparam("article_id"),
        at=sa.bindparam("at"),
    )
)
_FILE_BANDS = {name: insert(signature_bands).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_ADD_ARTICLE = sa.insert(articles).returning(articles.c.id)
_ADD_VERSION = sa.insert(article_versions).returning(article_versions.c.id)
_ADD_TOPICS, _ADD_EVENTS = sa.insert(article_topics), sa.insert(article_events)
_LAST_SEQ = sa.select(sa.func.max(article_versions.c.seq)).where(
    article_versions.c.article_id == sa.bindparam("article")
)
_NONE_CURRENT = (
    sa.update(article_versions)
    .where(article_versions.c.article_id == sa.bindparam("article"), article_versions.c.is_current)
    .values(is_current=False)
)
_KNOWN = sa.select(
    articles.c.id.label("article_id"),
    article_versions.c.id.label("version_id"),
    article_versions.c.seq,
    article_versions.c.title,
    article_versions.c.text,
    article_versions.c.text_from,
    articles.c.origin,
    articles.c.found_at,
    articles.c.duplicate_of,
    article_versions.c.signature,
).select_from(articles.join(article_versions, article_versions.c.article_id == articles.c.id))
_KNOWN_BY_KEY = _KNOWN.where(articles.c.url_key == sa.bindparam("key"), article_versions.c.is_current)


def article_by_key(db: Connection, url_key: str) -> KnownArticle | None:
    """The article of that identity, in its current version."""
    row = db.execute(_KNOWN_BY_KEY, {"key": url_key}).one_or_none()
    return KnownArticle(**row._mapping) if row else None


def texts_of(db: Connection, article_id: int) -> list[tuple[str, str]]:
    """Title and text of an article's versions, oldest first, the latest twenty."""
    mine = sa.select(article_versions.c.title, article_versions.c.text).where(
        article_versions.c.article_id == article_id
    )
    rows = list(db.execute(mine.order_by(article_versions.c.seq.desc()).limit(20)))
    return [(row.title, row.text) for row in reversed(rows)]


def add_article(db: Connection, row: Mapping[str, Any]) -> int:
    """A new article; its id."""
    return int(db.execute(_ADD_ARTICLE, dict(row)).scalar_one())


def add_version(
    db: Connection,
    article_id: int,
    row: Mapping[str, Any],
    topics: Iterable[tuple[str, float]],
    events: Iterable[tuple[str, float]],
    is_first: bool = False,
) -> int:
    """The next version of an article, from now on its current one; its id."""
    before = 0 if is_first else db.scalar(_LAST_SEQ, {"article": article_id}) or 0
    if before:
        db.execute(_NONE_CURRENT, {"article": article_id})
    added = {"article_id": article_id, "seq": before + 1, "is_current": True, **row}
    version_id = int(db.execute(_ADD_VERSION, added).scalar_one())
    if of_topics := [{"version_id": version_id, "topic": name, "score": score} for name, score in topics]:
        db.execute(_ADD_TOPICS, of_topics)
    if of_events := [{"version_id": version_id, "event_type": name, "score": score} for name, score in events]:
        db.execute(_ADD_EVENTS, of_events)
    return version_id


def relabel(
    db: Connection, version_id: int, topics: Iterable[tuple[str, float]], events: Iterable[tuple[str, float]]
) -> None:
    """Topics and event types of a version that was looked at again."""
    for table, column, scores in ((article_topics, "topic", topics), (article_events, "event_type", events)):
        db.execute(sa.delete(table).where(table.c.version_id == version_id))
        if rows := [{"version_id": version_id, column: name, "score": score} for name, score in scores]:
            db.execute(sa.insert(table), rows)


def rewrite_version(db: Connection, version_id: int, row: Mapping[str, Any]) -> None:
    """Write what reading the page of a version again made of it."""
    db.execute(sa.update(article_versions).where(article_versions.c.id == version_id).values(**row))


def make_current(db: Connection, article_id: int, version_id: int | None) -> None:
    """Which of its versions an article shows; with none it is no article any more, and stays on record."""
    mine = article_versions.c.article_id == article_id
    db.execute(sa.update(article_versions).where(mine, article_versions.c.is_current).values(is_current=False))
    if version_id is not None:
        chosen = sa.update(article_versions).where(article_versions.c.id == version_id)
        db.execute(chosen.values(is_current=True))


def readdress(db: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Another address, identity or owner for an article."""
    db.execute(sa.update(articles).where(articles.c.id == article_id).values(**row))


def holder_of_key(db: Connection, url_key: str) -> int | None:
    """The article of that identity, shown or not."""
    return db.scalar(sa.select(articles.c.id).where(articles.c.url_key == url_key))


def version_row(db: Connection, article_id: int) -> Row[Any] | None:
    """The current version of an article, with what is known of the article itself."""
    query = (
        sa.select(
            article_versions,
            articles.c.url,
            articles.c.found_at,
            articles.c.origin,
            articles.c.duplicate_of,
            articles.c.restricted,
            sources.c.name.label("source"),
            sources.c.type.label("source_type"),
        )
        .select_from(article_versions.join(articles).outerjoin(sources, sources.c.id == articles.c.source_id))
        .where(articles.c.id == article_id, article_versions.c.is_current)
    )
    return db.execute(query).first()


def given_with(db: Connection, article_id: int) -> Mapping[str, Any]:
    """What came with the page that an article was first read from."""
    first = sa.select(pages.c.given).join_from(articles, pages, pages.c.id == articles.c.page_id)
    return db.scalar(first.where(articles.c.id == article_id)) or {}


def rebook(db: Connection, article_id: int, source_id: int, outlet: str | None) -> bool:
    """Book an article that an aggregator showed first to its outlet's own source; false where it is no aggregator's."""
    of_aggregators = sa.select(sources.c.id).where(sources.c.type == "aggregator")
    mine = sa.and_(articles.c.id == article_id, articles.c.source_id.in_(of_aggregators))
    return bool(db.execute(sa.update(articles).where(mine).values(source_id=source_id, outlet=outlet)).rowcount)


def mark_duplicate(db: Connection, article_id: int, duplicate_of: int | None) -> None:
    """An article is a near-copy of one that was found before, or of none."""
    db.execute(sa.update(articles).where(articles.c.id == article_id).values(duplicate_of=duplicate_of))


def file_bands(db: Connection, article_id: int, old: Sequence[int], new: Sequence[int]) -> None:
    """File an article under the bands of its signature, and no longer under those of its former text."""
    mine = signature_bands.c.article_id == article_id
    if gone := set(old) - set(new):
        db.execute(sa.delete(signature_bands).where(mine, signature_bands.c.band.in_(gone)))
    if rows := [{"band": band, "article_id": article_id} for band in sorted(set(new) - set(old))]:
        db.execute(_FILE_BANDS[db.dialect.name], rows)


def articles_in_bands(db: Connection, bands: Sequence[int], limit: int) -> list[tuple[int, Any]]:
    """Ids and signatures of the articles that share most bands, current versions only."""
    if not bands:
        return []
    rows = db.execute(_IN_BANDS, {"bands": list(bands), "limit": limit})
    return [(row.article_id, row.signature) for row in rows]


def _in_bands() -> sa.Select[Any]:
    band, article_id = signature_bands.c.band, signature_bands.c.article_id
    shared = (
        sa.select(article_id, sa.func.count().label("bands"))
        .where(band.in_(sa.bindparam("bands", expanding=True)))
        .group_by(article_id)
        .order_by(sa.desc("bands"), article_id)
        .limit(sa.bindparam("limit"))
        .subquery()
    )
    current = shared.join(article_versions, article_versions.c.article_id == shared.c.article_id)
    signed = sa.select(shared.c.article_id, article_versions.c.signature).select_from(current)
    return signed.where(article_versions.c.is_current)


_IN_BANDS = _in_bands()


def original_of(db: Connection, article_id: int) -> int:
    """The article that `article_id` is a copy of, or itself."""
    return db.scalar(sa.select(articles.c.duplicate_of).where(articles.c.id == article_id)) or article_id


def topics_and_events(db: Connection, version_id: int) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Topics and event types of a version with their scores, highest first."""
    topics = sa.select(article_topics.c.topic, article_topics.c.score).where(article_topics.c.version_id == version_id)
    events = sa.select(article_events.c.event_type, article_events.c.score)
    return (
        list(db.execute(topics.order_by(article_topics.c.score.desc(), article_topics.c.topic))),
        list(
            db.execute(
                events.where(article_events.c.version_id == version_id).order_by(
                    article_events.c.score.desc(), article_events.c.event_type
                )
            )
        ),
    )

"""What reading every page again needs to know of pages, articles and where they are. Reads only, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import TAKEN_BACK, article_versions, articles, page_outcomes
from store.definitions import sources, watches
from store.developments import development_articles, development_mentions, developments
from store.pages import pages

_BATCH = 500


@dataclass(frozen=True)
class Replayable:
    """A page that was read before, and the article that it belongs to, if it belongs to one."""

    page_id: int
    article_id: int | None
    is_first: bool  # the page that its article was first read from
    at: datetime  # its place in the order of things


def replayable(db: Connection, since: datetime | None) -> list[Replayable]:
    """The pages that have ended, of articles found since then, in the order in which their news was found."""
    of_version = (
        sa.select(article_versions.c.page_id, sa.func.min(article_versions.c.article_id).label("article_id"))
        .group_by(article_versions.c.page_id)
        .subquery()
    )
    article_id = sa.func.coalesce(of_version.c.article_id, page_outcomes.c.article_id)
    query = (
        sa.select(
            pages.c.id,
            pages.c.found_at,
            pages.c.fetched_at,
            articles.c.id.label("article_id"),
            articles.c.page_id.label("first_page_id"),
            articles.c.found_at.label("article_found_at"),
        )
        .select_from(
            pages.join(page_outcomes, page_outcomes.c.page_id == pages.c.id)
            .outerjoin(of_version, of_version.c.page_id == pages.c.id)
            .outerjoin(articles, articles.c.id == article_id)
        )
        .where(page_outcomes.c.state.not_in(["retry", TAKEN_BACK]))
    )
    if since is not None:
        query = query.where(sa.func.coalesce(articles.c.found_at, pages.c.found_at) >= since)
    found = []
    for row in db.execute(query):
        is_first = row.first_page_id == row.id
        # A second look at a page has the time of the first as `found_at`: its news came when it was fetched.
        at = row.found_at if row.article_id is None or is_first else max(row.found_at, row.fetched_at)
        found.append(Replayable(row.id, row.article_id, is_first, at))
    return sorted(found, key=lambda page: (page.at, page.page_id))


def page_rows(db: Connection, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Pages as they were fetched, in the order asked for."""
    rows = {row["id"]: dict(row) for row in db.execute(sa.select(pages).where(pages.c.id.in_(page_ids))).mappings()}
    return [rows[page_id] for page_id in page_ids]


def versions_from(db: Connection, page_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The versions that were read from these pages, by page."""
    rows = db.execute(sa.select(article_versions).where(article_versions.c.page_id.in_(page_ids)))
    return {row.page_id: row for row in rows}


def rows_of(db: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(sa.select(table)).mappings()]


def definitions_of(db: Connection) -> list[tuple[Any, ...]]:
    """Changes whenever what reading depends on is defined otherwise."""
    asked = sa.select(watches.c.id, watches.c.revision, watches.c.retired_at).order_by(watches.c.id)
    known = sa.select(sources.c.id, sources.c.name, sources.c.title, sources.c.type).order_by(sources.c.id)
    return [tuple(row) for query in (asked, known) for row in db.execute(query)]


def watch_names(db: Connection) -> dict[int, str]:
    return {row.id: row.name for row in db.execute(sa.select(watches.c.id, watches.c.name))}


@dataclass(frozen=True)
class Standing:
    """An article as far as it is placed."""

    article_id: int
    page_id: int  # the first
    found_at: datetime
    development_id: int | None
    is_shown: bool  # it has a current version


def standings(db: Connection) -> list[Standing]:
    """Every article, as it was found."""
    current = sa.exists().where(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    query = (
        sa.select(
            articles.c.id, articles.c.page_id, articles.c.found_at, development_articles.c.development_id, current
        )
        .select_from(articles.outerjoin(development_articles, development_articles.c.article_id == articles.c.id))
        .order_by(articles.c.found_at, articles.c.id)
    )
    return [Standing(*row) for row in db.execute(query)]


def version_pages(db: Connection) -> dict[int, list[int]]:
    """The pages of each article's versions, oldest first."""
    found: dict[int, list[int]] = {}
    query = sa.select(article_versions.c.article_id, article_versions.c.page_id)
    for row in db.execute(query.order_by(article_versions.c.article_id, article_versions.c.seq)):
        found.setdefault(row.article_id, []).append(row.page_id)
    return found


def outcomes(db: Connection) -> dict[int, str]:
    """How each page ended."""
    return {row.page_id: row.state for row in db.execute(sa.select(page_outcomes.c.page_id, page_outcomes.c.state))}


def outcome(db: Connection, page_id: int) -> Row[Any] | None:
    return db.execute(sa.select(page_outcomes).where(page_outcomes.c.page_id == page_id)).first()


def ended(db: Connection, since: datetime | None) -> list[Row[Any]]:
    """The ends of pages found since then that say what a page holds."""
    query = sa.select(page_outcomes).join(pages, pages.c.id == page_outcomes.c.page_id)
    query = query.where(page_outcomes.c.state.not_in(["failed", "retry"]))
    if since is not None:
        query = query.where(pages.c.found_at >= since)
    return list(db.execute(query.order_by(page_outcomes.c.page_id)))


def article(db: Connection, article_id: int) -> Row[Any]:
    return db.execute(sa.select(articles).where(articles.c.id == article_id)).one()


def versions_of(db: Connection, article_id: int) -> list[Row[Any]]:
    """All versions of an article, oldest first."""
    mine = sa.select(article_versions).where(article_versions.c.article_id == article_id)
    return list(db.execute(mine.order_by(article_versions.c.seq)))


def membership(db: Connection, article_id: int) -> Row[Any] | None:
    mine = development_articles.c.article_id == article_id
    return db.execute(sa.select(development_articles).where(mine)).first()


def mentions_of(db: Connection, article_id: int) -> set[int]:
    mine = development_mentions.c.article_id == article_id
    return set(db.scalars(sa.select(development_mentions.c.development_id).where(mine)))


def development_rows(db: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for batch in _batches(ids):
        rows = db.execute(sa.select(developments).where(developments.c.id.in_(batch)))
        found |= {row.id: row for row in rows}
    return found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]

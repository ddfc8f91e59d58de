"""Reads a view with filters: one function for every listing and export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from core.clock import iso
from core.duration import parse_duration
from core.errors import UsageError
from store import views

_BATCH = 500


@dataclass(frozen=True)
class Filters:
    """What a listing leaves out. None and empty leave out nothing."""

    topic: str | None = None
    event: str | None = None
    country: str | None = None
    source: str | None = None
    lang: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    articles: tuple[int, ...] | None = None  # what these articles tell, and nothing else
    newest_first: bool = True
    beyond: int | str | None = None  # only what comes after the row of this key, in the order of the listing
    whole: bool = False  # with the rows that a listing hides


@dataclass(frozen=True)
class View:
    """How a view is filtered: which of its columns means what."""

    name: str
    noun: str = ""
    order: str = "id"  # newest last
    ties: tuple[str, ...] = ()  # what orders rows that are alike in that, where they have no id
    article: str | None = None  # the column that names an article
    development: str | None = None
    time: str | None = None
    source: str | None = None
    language: str | None = None
    country: str | None = None
    event: str | None = None  # the column that names one event type
    shown: tuple[str, ...] = ()  # what a table has room for
    hides: str | None = None  # SQL of rows that only a whole export has
    walks: str = ""  # the table behind, whose index has `order`
    restricted: bool = False  # whether restricted reports are in it; each row says whether it is one


ARTICLES = View(
    "articles_v",
    "article",
    "published_at",
    article="id",
    development="development_id",
    time="published_at",
    source="source",
    language="language",
    shown=("id", "published_at", "source", "language", "title", "topics", "event_types", "development_id"),
)
DEVELOPMENTS = View(
    "developments_v",
    "development",
    "last_found_at",
    development="id",
    time="last_found_at",
    shown=("id", "last_found_at", "title", "event_types", "countries", "articles", "independent_sources", "status"),
    # What it was is told by the one it is now, or by `show`.
    hides="developments_v.merged_into IS NOT NULL OR developments_v.articles = 0",
    walks="developments",
)
FACTS = View(
    "facts_v",
    "fact",
    "id",
    article="article_id",
    development="development_id",
    time="published_at",
    source="source",
    country="country",
    shown=(
        "id",
        "development_id",
        "article_id",
        "kind",
        "value",
        "bound",
        "unit",
        "status",
        "nationality",
        "name",
        "place",
        "country",
        "event_date",
        "quote",
    ),
)
INTERACTIONS = View(
    "interactions_v",
    order="development_id",
    ties=("type", "host_country", "actor_country", "stage", "actor_agency", "host_agency", "event_date", "persons"),
    development="development_id",
    event="type",
)
DELIVERIES = View("deliveries_v", "delivery", "id", time="created_at")
ALERTS = View("alerts_v", "alert", "id", development="development_id", time="created_at")
SOURCES = View(
    "sources_v",
    order="name",
    shown=("name", "kind", "language", "country", "state", "last_visit_at", "last_new_at", "articles_7d"),
)
WATCHES = View("watches_v", order="name")


def with_restricted(view: View) -> View:
    """The same view with restricted reports in it, each marked. Raises UsageError for one that never has any."""
    twin = views.named(view.name, True)
    if twin == view.name:
        raise UsageError("--restricted is for articles and facts: a restricted report makes no development")
    return replace(view, name=twin, restricted=True, shown=(*view.shown, "restricted"))


def columns(db: Connection, view: View) -> list[str]:
    """The view's columns, in order."""
    return list(db.execute(sa.text(f"SELECT * FROM {view.name} LIMIT 0")).keys())


def rows(
    db: Connection, view: View, filters: Filters | None = None, only: sa.Select[Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    """The rows that pass, newest first, read in batches so that an archive fits; of `only`, where that names ids."""
    filters = filters or Filters()
    table = sa.table(view.name, *(sa.column(name) for name in columns(db, view)))
    query = sa.select(table).where(*_conditions(table, view, filters))
    if only is not None:
        query = query.where(table.c.id.in_(only))
    if filters.articles is not None:
        query = query.where(_told_by(db, table, view, filters.articles))
    by_time = filters.newest_first and view.order != "name"
    if filters.beyond is not None:
        key = table.c[view.order]
        query = query.where(key < filters.beyond if by_time else key > filters.beyond)
    order = [table.c[view.order].desc() if by_time else table.c[view.order], *(table.c[name] for name in view.ties)]
    if by_time and view.walks and filters.beyond is None:  # times in a view are text, which no index is ordered by
        walked = sa.table(view.walks, sa.column("id"), sa.column(view.order))
        query = query.join(walked, walked.c.id == table.c.id)
        order = [walked.c[view.order].desc()]
    if view.order != "id" and "id" in table.c:
        order.append(table.c.id.desc() if by_time else table.c.id)
    # Of this statement alone: what else is asked on the connection is not to be streamed.
    result = db.execute(query.order_by(*order).limit(filters.limit), execution_options={"yield_per": _BATCH})
    for row in result.mappings():
        yield dict(row)


def _conditions(table: sa.TableClause, view: View, filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if view.hides and not filters.whole:
        yield sa.not_(sa.literal_column(f"({view.hides})", sa.Boolean))
    if filters.topic:
        yield _labelled(table, view, "topic", "topics", filters.topic)
    if filters.event:
        yield _labelled(table, view, "event", "event_types", filters.event)
    if filters.country:
        yield _in_country(table, view, filters.country.upper())
    if filters.source:
        yield _from_source(table, view, filters.source)
    if filters.lang:
        yield _in_language(table, view, filters.lang)
    if filters.since:
        yield _when(table, view, "--since", filters.since)
    if filters.until:
        yield _when(table, view, "--until", filters.until)


def _need(table: sa.TableClause, view: View, column: str | None, option: str) -> sa.ColumnClause[Any]:
    if column is None:
        raise UsageError(f"{option} does not fit this listing")
    found: sa.ColumnClause[Any] = table.c[column]
    return found


def _when(table: sa.TableClause, view: View, option: str, moment: datetime) -> sa.ColumnElement[bool]:
    """By its own time, or else by when its development had news last."""
    later = option == "--since"
    if view.time is None and view.development is not None:
        developments = _developments()
        seen = developments.c.last_found_at
        ids = sa.select(developments.c.id).where(seen >= iso(moment) if later else seen < iso(moment))
        return table.c[view.development].in_(ids)
    column = _need(table, view, view.time, option)
    return column >= iso(moment) if later else column < iso(moment)


def _developments() -> sa.TableClause:
    return sa.table("developments_v", *(sa.column(name) for name in ("id", "topics", "last_found_at")))


def _labelled(table: sa.TableClause, view: View, kind: str, listed: str, word: str) -> sa.ColumnElement[bool]:
    """By topic or event type: of its article, or of its development."""
    if kind == "event" and view.event is not None:
        return table.c[view.event] == word
    if view.article is None and listed not in table.c and kind == "topic" and view.development is not None:
        developments = _developments()
        on_topic = sa.select(developments.c.id).where(developments.c.topics.contains(f'"{word}"', autoescape=True))
        return table.c[view.development].in_(on_topic)
    if view.article is None:
        _need(table, view, listed if listed in table.c else None, f"--{kind}")
        return table.c[listed].contains(f'"{word}"', autoescape=True)
    name = views.named({"topic": "article_topics_v", "event": "article_events_v"}[kind], view.restricted)
    label = {"topic": "topic", "event": "event_type"}[kind]
    labels = sa.table(name, sa.column("article_id"), sa.column(label))
    return table.c[view.article].in_(sa.select(labels.c.article_id).where(labels.c[label] == word))


def _in_country(table: sa.TableClause, view: View, country: str) -> sa.ColumnElement[bool]:
    development = _need(table, view, view.development, "--country")
    countries = sa.table("development_countries_v", sa.column("development_id"), sa.column("country"))
    there = development.in_(sa.select(countries.c.development_id).where(countries.c.country == country))
    return there if view.country is None else sa.or_(table.c[view.country] == country, there)


def _articles() -> sa.TableClause:
    return sa.table("articles_v", *(sa.column(name) for name in ("id", "development_id", "source", "language")))


def _told_by(db: Connection, table: sa.TableClause, view: View, article_ids: tuple[int, ...]) -> sa.ColumnElement[bool]:
    """Of these articles, or of their developments. The ids go as one value: they may be more than a statement takes."""
    written = sa.literal(json.dumps(article_ids))
    if db.dialect.name == "sqlite":
        ids = sa.select(sa.func.json_each(written).table_valued("value").c.value)
    else:
        each = sa.func.jsonb_array_elements_text(sa.cast(written, JSONB)).column_valued()
        ids = sa.select(sa.cast(each, sa.BigInteger))
    if view.article is not None:
        return table.c[view.article].in_(ids)
    articles = _articles()
    theirs = sa.select(articles.c.development_id).where(articles.c.id.in_(ids))
    return _need(table, view, view.development, "--query").in_(theirs)


def _from_source(table: sa.TableClause, view: View, source: str) -> sa.ColumnElement[bool]:
    if view.source is not None:
        return _need(table, view, view.source, "--source") == source
    articles = _articles()
    told = sa.select(articles.c.development_id).where(articles.c.source == source)
    return _need(table, view, view.development, "--source").in_(told)


def _in_language(table: sa.TableClause, view: View, language: str) -> sa.ColumnElement[bool]:
    """`zh` is `zh-Hant` too."""
    if view.language is not None:
        return _speaks(table.c[view.language], language)
    articles = _articles()
    development = _need(table, view, view.development, "--lang")
    written = sa.exists().where(articles.c.development_id == development, _speaks(articles.c.language, language))
    return written.correlate(table)


def _speaks(column: sa.ColumnElement[Any], language: str) -> sa.ColumnElement[bool]:
    return sa.or_(column == language, column.startswith(f"{language}-", autoescape=True))


def read_moment(text: str, option: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`90d` ago, or a day or time in the users' zone. Raises UsageError."""
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} is no time; write 90d, 2026-10-01 or 2026-10-01T08:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_until(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of a span: a day means its end."""
    moment = read_moment(text, "--until", now, zone)
    return moment + timedelta(days=1) if len(text) == len("2026-10-01") and text.count("-") == 2 else moment


def newest(filters: Filters, count: int) -> Filters:
    """The same filters with a limit where none was asked for."""
    return filters if filters.limit is not None else replace(filters, limit=count)

"""What the filters of a listing leave of a view, as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import UsageError
from nightdesk.listed import Filters, View
from store import views
from store.conditions import written_in
from store.developments import development_articles
from store.index import search_values


def conditions(table: sa.TableClause, view: View, filters: Filters, walking: bool) -> Iterator[sa.ColumnElement[bool]]:
    if view.hides and not filters.whole:
        yield sa.not_(sa.literal_column(f"({view.hides})", sa.Boolean))
    if filters.topic:
        yield _labelled(table, view, "topic", "topics", filters.topic)
    if filters.event:
        yield _labelled(table, view, "event", "event_types", filters.event)
    if filters.country:
        yield _in_country(table, view, filters.country.upper(), walking)
    if filters.source:
        yield _from_source(table, view, filters.source, walking)
    if filters.lang:
        yield _in_language(table, view, filters.lang, walking)
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


def _in_country(table: sa.TableClause, view: View, country: str, walking: bool) -> sa.ColumnElement[bool]:
    development = _need(table, view, view.development, "--country")
    countries = sa.table("development_countries_v", sa.column("development_id"), sa.column("country"))
    ids = sa.select(countries.c.development_id).where(countries.c.country == country)
    if walking:
        return _asked_of_each(ids.where(countries.c.development_id == development))
    there = development.in_(_gathered(ids))
    return there if view.country is None else sa.or_(table.c[view.country] == country, there)


def _articles() -> sa.TableClause:
    return sa.table("articles_v", *(sa.column(name) for name in ("id", "development_id", "source", "language")))


def told_by(db: Connection, table: sa.TableClause, view: View, article_ids: tuple[int, ...]) -> sa.ColumnElement[bool]:
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


def _from_source(table: sa.TableClause, view: View, source: str, walking: bool) -> sa.ColumnElement[bool]:
    if view.source is not None:
        return _need(table, view, view.source, "--source") == source
    development = _need(table, view, view.development, "--source")
    articles = _articles()
    told = sa.select(articles.c.development_id).where(articles.c.source == source)
    if walking:
        return _asked_of_each(told.where(articles.c.development_id == development))
    return development.in_(_gathered(told))


def _asked_of_each(its: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Whether there is one, looked for where a row is met: Postgres would gather those of all rows."""
    return its.offset(0).exists()


def _gathered(ids: sa.Select[Any]) -> sa.Select[Any]:
    """Before anything is looked for among them: Postgres would walk all rows where it hopes to meet many soon."""
    return sa.select(ids.cte().prefix_with("MATERIALIZED", dialect="postgresql"))


def _in_language(table: sa.TableClause, view: View, language: str, walking: bool) -> sa.ColumnElement[bool]:
    """`zh` is `zh-Hant` too."""
    if view.language is not None:
        return _speaks(table.c[view.language], language)
    development = _need(table, view, view.development, "--lang")
    told = development_articles.join(search_values, search_values.c.article_id == development_articles.c.article_id)
    ids = sa.select(development_articles.c.development_id).select_from(told).where(written_in((language,)))
    if walking:
        return _asked_of_each(ids.where(development_articles.c.development_id == development))
    return development.in_(_gathered(ids))


def _speaks(column: sa.ColumnElement[Any], language: str) -> sa.ColumnElement[bool]:
    return sa.or_(column == language, column.startswith(f"{language}-", autoescape=True))

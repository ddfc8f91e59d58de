"""What the tables can say of a query and of filters, as SQL beside the index of words.

True wherever the query holds, and as seldom else as is cheap; `Query.match` then decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isinf
from typing import Any

import sqlalchemy as sa

from core.query.index import Needed, needed, text_only
from core.query.nodes import And, CountRange, Node, Or, PublishedRange, Value
from store.articles import article_events, article_topics, articles
from store.definitions import sources
from store.facts import STANDS, facts
from store.index import search_values

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Way:
    """How the tables are asked.

    `in_index` says which rows have some words. `each`: of one article after the other, as they are met; else Postgres
    may gather all that have a topic before it gives the first.
    """

    in_index: Callable[[Needed], Condition]
    each: bool = False

    def exists(self, *where: Condition) -> Condition:
        found: sa.Select[Any] = sa.select(sa.literal_column("1")).where(*where)
        return sa.exists(found.offset(0) if self.each else found)


@dataclass(frozen=True)
class Filters:
    """What must hold besides the query; an empty one holds for all. `until` is not included."""

    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        lists = (self.topics, self.events, self.countries, self.sources, self.languages)
        return any(lists) or self.since is not None or self.until is not None


def condition(node: Node, way: Way) -> Condition | None:
    """What is known of a tree beside its words; None is always."""
    if text_only(node):
        return None
    if isinstance(node, And):
        parts = [part for each in node.parts if (part := condition(each, way)) is not None]
        return sa.and_(*parts) if parts else None
    if isinstance(node, Or):
        every = [_words(part, way) if text_only(part) else condition(part, way) for part in node.parts]
        known = [part for part in every if part is not None]
        return sa.or_(*known) if len(known) == len(every) else None
    if isinstance(node, Value):
        return _value(node, way)
    if isinstance(node, PublishedRange):
        return _between(node.low, node.high)
    return _counted(node, way) if isinstance(node, CountRange) else None


def filter_condition(filters: Filters, way: Way) -> Condition | None:
    conditions = [_between(filters.since, filters.until)]
    for field, wanted in (("topic", filters.topics), ("event", filters.events), ("source", filters.sources)):
        if wanted:
            values = tuple(value.lower() if field == "source" else value.lower().replace("-", "_") for value in wanted)
            conditions.append(_value(Value(field, values, False, "", 0), way))
    conditions += [written_in(filters.languages)] if filters.languages else []
    conditions += [_country(filters.countries, way)] if filters.countries else []
    known = [condition for condition in conditions if condition is not None]
    return sa.and_(*known) if known else None


def _words(node: Node, way: Way) -> Condition | None:
    """A tree of words only, beside an OR with something else."""
    need = needed(node)
    return way.in_index(need) if need is not None else None


def _value(node: Value, way: Way) -> Condition | None:
    if node.prefix:
        return None
    if node.field == "agency":
        return _stated(way, facts.c.kind == "agency")
    if node.field == "source":
        of_source = sa.select(sources.c.id).where(sa.func.lower(sources.c.name).in_(node.values))
        own = articles.alias()  # since who asks may have joined articles too
        return way.exists(own.c.id == search_values.c.article_id, own.c.source_id.in_(of_source))
    if node.field == "lang":
        return written_in(node.values)
    if node.field == "country":
        return _country(node.values, way)
    table, column = _NAMED[node.field]
    slug = sa.func.replace(sa.func.lower(column), "-", "_")
    return way.exists(table.c.version_id == search_values.c.version_id, slug.in_(node.values))


_NAMED = {"topic": (article_topics, article_topics.c.topic), "event": (article_events, article_events.c.event_type)}


def _stated(way: Way, *of_fact: Condition) -> Condition:
    return way.exists(facts.c.version_id == search_values.c.version_id, *of_fact, STANDS)


def written_in(tags: Iterable[str]) -> Condition:
    """In one of the languages; `zh` is `zh-Hant` too. By those that there are: no article's own needs to be folded."""
    known = _languages()
    own = sa.func.replace(sa.func.lower(known.c.language), "_", "-")
    wanted = [part for tag in tags for part in (own == tag.lower(), own.startswith(f"{tag.lower()}-", autoescape=True))]
    return search_values.c.language.in_(sa.select(known.c.language).where(sa.or_(*wanted)))


def _languages() -> sa.CTE:
    """Every language of an article, one step in the index for each."""
    values = search_values.alias()  # not the rows of who asks
    first = sa.select(sa.func.min(values.c.language).label("language"))
    found = first.cte(recursive=True)
    after = sa.select(sa.func.min(values.c.language)).where(values.c.language > found.c.language).scalar_subquery()
    return found.union_all(sa.select(after).where(found.c.language.is_not(None)))


def _country(codes: Iterable[str], way: Way) -> Condition:
    wanted = [code.upper() for code in codes]
    named = (facts.c.country, facts.c.from_country, facts.c.via_country, facts.c.to_country)
    return _stated(way, facts.c.kind.in_(["place", "route"]), sa.or_(*[column.in_(wanted) for column in named]))


def _counted(node: CountRange, way: Way) -> Condition:
    bounds = [] if isinf(node.low) else [facts.c.value >= node.low]
    bounds += [] if isinf(node.high) else [facts.c.value <= node.high]
    return _stated(way, facts.c.kind == "count", facts.c.status == "done", *bounds)


def _between(low: datetime | None, high: datetime | None) -> Condition | None:
    published = search_values.c.published_at
    bounds = [published >= low] if low is not None else []
    bounds += [published < high] if high is not None else []
    return sa.and_(*bounds) if bounds else None

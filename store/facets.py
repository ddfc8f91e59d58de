"""How the hits of a search divide: by topic, event, country, source, language and month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.query import Query
from store.articles import article_events, article_topics
from store.facts import STANDS, facts
from store.proposals import Asked, Filters, is_exact, proposal
from store.search import judged, without_doubted

FACETS = ("topic", "event", "country", "source", "language", "month")
#: How many of the newest hits are counted where each must be judged by its text.
COUNTED = 500
#: And where the index alone tells them: a common word of a large archive would take seconds.
TOLD = 20_000

_CHUNK = 5_000


@dataclass(frozen=True)
class Facets:
    """Articles by facet and value, most first, months newest first.

    `whole` is false where there are more hits than the `articles` that were counted.
    """

    counts: dict[str, dict[str, int]]
    articles: int
    whole: bool = True


def count_facets(db: Connection, query: Query | None, filters: Filters | None = None) -> Facets:
    """The facets of the hits, of the newest where they are too many. Raises QueryError."""
    filters = filters or Filters()
    if query is None or is_exact(query.root):
        proposed = _proposed(db, query, filters)
        rows = [_Told(row, row.source) for row in without_doubted(db, query, proposed[:TOLD])]
        return Facets(_counts(db, rows), len(rows), len(proposed) <= TOLD)
    found = list(islice(judged(db, query, filters), COUNTED + 1))
    counted = [_Told(each.row, each.words.source) for each in found[:COUNTED]]
    return Facets(_counts(db, counted), len(counted), len(found) <= COUNTED)


class _Told(NamedTuple):
    """An article that is counted, and its source."""

    row: Row[Any]
    source: str | None


def _proposed(db: Connection, query: Query | None, filters: Filters) -> Sequence[Row[Any]]:
    """The rows of the newest hits, one more than are counted, without their texts."""
    return db.execute(proposal(db, Asked.of(query, filters, exact=True), with_source=True).limit(TOLD + 1)).all()


def _counts(db: Connection, told: Sequence[_Told]) -> dict[str, dict[str, int]]:
    rows = [each.row for each in told]
    ids = [row.version_id for row in rows]
    topics, events, countries = Counter[str](), Counter[str](), Counter[str]()
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        topics += _labels(db, article_topics.c.version_id, article_topics.c.topic, part)
        events += _labels(db, article_events.c.version_id, article_events.c.event_type, part)
        countries += _countries(db, part)
    months = Counter(row.published_at.strftime("%Y-%m") for row in rows)
    return {
        "topic": _most_first(topics),
        "event": _most_first(events),
        "country": _most_first(countries),
        "source": _most_first(Counter(each.source for each in told if each.source)),
        "language": _most_first(Counter(row.language for row in rows if row.language)),
        "month": dict(sorted(months.items(), reverse=True)),
    }


def _most_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _labels(db: Connection, key: sa.Column[Any], value: sa.Column[Any], ids: Sequence[int]) -> Counter[str]:
    counted = sa.select(value, sa.func.count()).where(key.in_(ids)).group_by(value)
    return Counter({name: count for name, count in db.execute(counted)})


def _countries(db: Connection, ids: Sequence[int]) -> Counter[str]:
    """Where it happened, by the facts: as `country:` asks."""
    named = (facts.c.country, facts.c.from_country, facts.c.via_country, facts.c.to_country)
    where = facts.c.version_id.in_(ids), facts.c.kind.in_(["place", "route"]), STANDS
    seen = {(row[0], code) for row in db.execute(sa.select(facts.c.version_id, *named).where(*where))
            for code in row[1:] if code}  # fmt: skip
    return Counter(code for _, code in seen)

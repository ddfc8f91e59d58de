"""A listing gives the same rows whether it walks the newest, gathers a few, or reads all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from nightdesk import dated, listing
from nightdesk.listing import ARTICLES, DEVELOPMENTS, FACTS, Filters, View
from store.developments import development_articles, development_countries, developments
from store.engine import Store
from tests.test_store_search import NOW, TEXTS, fill

COUNTRIES = ("MM", "TH", "KH")


@pytest.fixture(params=[1, 4, 1_000], ids=["few are one", "few are four", "few are all"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dated, "_FEW", request.param)


def develop(store: Store) -> None:
    """A development for each article, found when it was published; every second on a topic."""
    articles = fill(store)
    with store.write() as db:
        for number, article_id in enumerate(articles):
            at = NOW - timedelta(days=number, milliseconds=number)
            times = ("first_found_at", "last_found_at", "first_news_at", "last_news_at", "updated_at")
            row = {
                "id": article_id,
                "title": f"Case {number}",
                "topics": ["scam_centres"] if number % 2 else [],
                "event_types": ["raid"] if number % 3 == 0 else [],
                "countries": [COUNTRIES[number % 3]],
                "articles": 1,
                "sources": 1,
                "independent_sources": 1,
                "baseline": False,
                **dict.fromkeys(times, at),
            }
            db.execute(sa.insert(developments).values(row))
            country = {"development_id": article_id, "country": COUNTRIES[number % 3]}
            db.execute(sa.insert(development_countries).values(country))
            joined = {"article_id": article_id, "development_id": article_id, "joined_at": at, "reason": ""}
            db.execute(sa.insert(development_articles).values(joined))


def ids(store: Store, view: View, **filters: Any) -> list[int]:
    with store.read() as db:
        return [row["id"] for row in listing.rows(db, view, Filters(**filters))]


@pytest.mark.usefixtures("few")
def test_developments_are_the_same_by_every_way(store: Store) -> None:
    develop(store)
    everything = list(range(1, len(TEXTS) + 1))
    expected = {
        "topic": ("scam_centres", everything[1::2]),
        "event": ("raid", everything[::3]),
        "country": ("th", everything[1::3]),
        "source": ("post", [1, 3]),
        "lang": ("zh", [3, 4]),
    }
    for limit in (1, 2, 5, None):
        assert ids(store, DEVELOPMENTS, limit=limit) == everything[:limit]
        for name, (value, found) in expected.items():
            assert ids(store, DEVELOPMENTS, limit=limit, **{name: value}) == found[:limit], (name, limit)
            assert ids(store, DEVELOPMENTS, limit=limit, **{name: "xx"}) == []
        both = {"topic": "scam_centres", "country": "TH"}
        assert ids(store, DEVELOPMENTS, limit=limit, **both) == everything[1::6][:limit]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("view", [ARTICLES, DEVELOPMENTS, FACTS], ids=lambda view: view.noun)
def test_a_span_of_time_ends_where_it_says(store: Store, view: View) -> None:
    develop(store)
    with store.read() as db:
        rows = [(row["id"], row[str(view.time)]) for row in listing.rows(db, view)]
    assert rows
    for since, until in ((3, 0), (5, 3), (30, 11), (2, -1), (40, 30)):
        for shift in (timedelta(0), timedelta(seconds=1), -timedelta(seconds=1)):
            first, last = NOW - timedelta(days=since) + shift, NOW - timedelta(days=until) + shift
            between = [key for key, told in rows if first <= datetime.fromisoformat(told) < last]
            assert ids(store, view, since=first, until=last) == between
            assert ids(store, view, since=first, until=last, limit=1) == between[:1]

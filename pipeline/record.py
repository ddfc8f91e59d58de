"""A development from its articles' rows alone, however it came by them: after an analyst or a reprocess moved some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from sqlalchemy.engine import Connection, Row

from pipeline import casework, coding, summarise
from pipeline.profile import Profile, joined, profile_of
from pipeline.ruled import fact_of
from pipeline.values import Classification, Evidence, Fact, Scored
from store import articles, developments, facts

#: The status of a development that no article reports any more and that went into no other.
WITHDRAWN = "withdrawn"


def found(db: Connection, at: datetime, news: datetime, now: datetime) -> int:
    """A development without articles yet; its id. `rebuild` it when it has them."""
    blank = {"title": "", "topics": [], "event_types": [], "countries": [], "articles": 0, "sources": 0}
    times = {"first_found_at": at, "last_found_at": at, "updated_at": now, "first_news_at": news, "last_news_at": news}
    return developments.add_development(db, {**blank, **times, "independent_sources": 0, "baseline": True})


def rebuild(db: Connection, development_id: int, now: datetime) -> None:
    """Write a development's row anew from its articles, as they are. One without articles is withdrawn."""
    members = developments.members(db, development_id)
    if not members:
        withdraw(db, development_id, now)
        return
    profiles = [profile_of_article(db, member.article_id) for member in members]
    describe(db, development_id, reduce(joined, profiles), now)


def add_change(db: Connection, development_id: int, row: Mapping[str, Any]) -> None:
    """Write what befell a development. Once something was taken back its status says so."""
    developments.add_change(db, development_id, row)
    if row["kind"] != "correction" or not developments.was_corrected(db, development_id):
        return
    known = developments.development(db, development_id)
    if known is not None and known.status != WITHDRAWN:
        developments.describe_development(db, development_id, {"status": summarise.CORRECTED})


def withdraw(db: Connection, development_id: int, now: datetime) -> None:
    """Nothing reports it any more. What it was called stays, for whoever was told of it."""
    none = {"articles": 0, "sources": 0, "independent_sources": 0, "topics": [], "event_types": [], "countries": []}
    developments.describe_development(db, development_id, {**none, "status": WITHDRAWN, "updated_at": now})
    coding.settle(db, development_id, ())
    casework.leave(db, development_id, None)


def profile_of_article(db: Connection, article_id: int) -> Profile:
    """What an article's current version is compared by."""
    row = articles.version_row(db, article_id)
    assert row is not None  # members have one
    stated = [fact_of(fact) for fact in facts.facts_of(db, row.id)]
    news = news_of(row.text_from, row.published_at, row.found_at, stated)
    return profile_of(row.title, row.text, row.language, news, classification_of(db, row), stated)


def news_of(text_from: str, published: datetime, found: datetime, stated: Sequence[Fact]) -> datetime:
    """When what an article tells was news: as it was published, or found; of a row the day of its event."""
    days = [fact.event_date for fact in stated if fact.kind == "date" and len(fact.event_date or "") == 10]
    if text_from == "row" and days and days[0]:
        published = datetime.fromisoformat(days[0]).replace(tzinfo=UTC)
    return min(published, found)


def classification_of(db: Connection, row: Row[Any]) -> Classification:
    """What a version is about, with the evidence that was kept."""
    topics, events = articles.topics_and_events(db, row.id)
    explained = row.explained or {}
    return Classification(
        tuple(Scored(row.topic, row.score) for row in topics),
        tuple(Scored(row.event_type, row.score) for row in events),
        tuple(Evidence(**one) for one in explained.get("evidence", ())),
        explained.get("region"),
    )


def describe(db: Connection, development_id: int, profile: Profile, now: datetime) -> None:
    """Write what a development's articles make of it together."""
    parts = parts_of(db, development_id)
    topics, events = developments.labels(db, development_id)
    shown = summarise.summarise(
        parts,
        summarise.ranked(topics, len(parts)),
        summarise.ranked(events, len(parts)),
        profile,
        now,
        developments.was_corrected(db, development_id),
    )
    developments.describe_development(db, development_id, shown)
    coding.settle(db, development_id, parts)
    casework.settle(db, development_id, profile, now)


def parts_of(db: Connection, development_id: int) -> list[summarise.Part]:
    """The articles of a development as its summary sees them."""
    return [
        summarise.Part(
            article_id=member.article_id,
            title=member.title,
            text=member.lede,
            language=member.language,
            published_at=member.published_at,
            found_at=member.found_at,
            origin=member.origin,
            duplicate_of=member.duplicate_of,
            outlet=member.outlet or member.url_key.partition("/")[0],
            source_type=member.source_type,
        )
        for member in developments.members(db, development_id)
    ]

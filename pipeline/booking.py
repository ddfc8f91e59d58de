"""Whose an article is: its outlet's own source takes it over from the aggregator that showed it first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from pipeline.profile import Profile
from pipeline.record import describe
from store import articles, developments
from store.articles import DuePage

_AGGREGATOR = "aggregator"


def is_taken_over(db: Connection, page: DuePage, article_id: int) -> bool:
    """Book a known article to the source of a page, where an aggregator had it so far. Whether that was so."""
    if page.source_id is None or page.source_type == _AGGREGATOR:
        return False
    return articles.rebook(db, article_id, page.source_id, page.given.get("outlet") or page.outlet)


def redescribe(db: Connection, development_id: int, now: datetime) -> None:
    """Write a development anew after one of its articles went to another source: who reported it, and how many."""
    profile = Profile.from_json(developments.profiles(db, [development_id])[development_id])
    describe(db, development_id, profile, now)

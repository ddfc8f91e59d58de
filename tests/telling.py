"""A story to tell, and what it is made of: for tests of lines, messages and links."""

from __future__ import annotations

from datetime import timedelta

from alerts.story import Report, Stated, Story, Told
from tests.conftest import START

REPORT = Report(
    id=1,
    url="https://news.example.org/1",
    outlet="Border Post",
    title="Over 200 walk out of river compound",
    language="en",
    published_at=START - timedelta(minutes=20),
    found_at=START,
    source_type="newspaper",
)
COUNT = Stated(
    kind="count", quote="215 people walked out", article_id=1, value=215, unit="people", status="done", leading=True
)
PLACE = Stated(kind="place", quote="Myawaddy", article_id=1, place="Myawaddy", country="MM")
ROUTE = Stated(kind="route", quote="across the river", article_id=1, from_country="MM", to_country="TH")
STORY = Story(
    development_id=34,
    title="Over 200 walk out of river compound",
    event_types=("rescue_release",),
    countries=("MM",),
    status="lead",
    event_date="2026-10-12",
    independent_sources=2,
    watch="releases",
    reports=(REPORT,),
    facts=(COUNT, PLACE),
    told=(Told(alert_id=56, level="new", seq=1, what=None, old=None, new=None),),
    article_id=1,
    quote="By dawn 215 people had walked out.",
    terms=("Myawaddy", "walked out"),
)

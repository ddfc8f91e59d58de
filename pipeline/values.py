"""What the steps of the pipeline hand to each other: plain values, picklable, without a database.

Positions count characters of `title + "\\n" + text`, so that a quote can be shown where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

PageState = Literal["article", "not_article", "blocked", "empty", "failed"]
PublishedFrom = Literal["feed", "page", "url", "given", "found"]
Bound = Literal["exact", "about", "at_least", "over", "up_to", "under", "range"]
Status = Literal["done", "started", "expected", "planned_total", "waiting", "cumulative", "background", "claimed"]


@dataclass(frozen=True)
class Given:
    """What came with a page: from its feed entry, or from the line of an ingested file."""

    title: str | None = None
    text: str | None = None
    byline: str | None = None
    published_at: datetime | None = None
    outlet: str | None = None
    language: str | None = None
    speaker: str | None = None  # who says what it says, where the text names nobody
    whole: bool = False  # `text` is the article itself, not a teaser: always stored as an article
    row: GivenRow | None = None


@dataclass(frozen=True)
class Extract:
    """One page, read. `state` other than "article" has a reason and may lack everything else."""

    state: PageState
    reason: str
    title: str = ""
    text: str = ""
    byline: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    published_from: PublishedFrom | None = None
    published_day: date | None = None  # on the calendar of who published it: what "today" in the text means
    canonical_url: str | None = None
    site_name: str | None = None
    paywalled: bool = False
    text_from: Literal["page", "feed", "given", "row"] = "page"


@dataclass(frozen=True)
class Evidence:
    """One thing in the text that spoke for or against a decision."""

    label: str  # the topic or event type
    concept: str  # which concept or rule
    quote: str
    position: int
    weight: float  # below zero: against


@dataclass(frozen=True)
class Scored:
    name: str
    score: float


@dataclass(frozen=True)
class Classification:
    topics: tuple[Scored, ...] = ()
    events: tuple[Scored, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    region: str | None = None  # "spill-over" where the place is outside the topic's region but tied to it

    @property
    def topic_names(self) -> tuple[str, ...]:
        return tuple(scored.name for scored in self.topics)

    @property
    def event_names(self) -> tuple[str, ...]:
        return tuple(scored.name for scored in self.events)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One stated fact, with the words it came from. Fields are those of `facts_v`."""

    kind: Literal["count", "place", "route", "date", "agency", "org", "person", "money"]
    quote: str
    position: int
    confidence: float = 0.5
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: Bound | None = None
    unit: str | None = None
    status: Status | None = None
    nationality: str | None = None
    name: str | None = None
    role: str | None = None
    place: str | None = None
    country: str | None = None
    from_country: str | None = None
    via_country: str | None = None
    to_country: str | None = None
    currency: str | None = None
    event_date: str | None = None
    speaker: str | None = None
    leading: bool = False  # the figure the news is about


@dataclass(frozen=True)
class GivenRow:
    """What a row of an imported sheet says. It is taken at its word: nothing is read of it but its language.

    Without labels it is sorted by its words.
    """

    key: str  # of the import and the row: what makes it the same one when it is imported again
    by: str  # who imported it
    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

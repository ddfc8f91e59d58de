"""All that is on record about one address, article, development or alert: what an answer starts from. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy.engine import Row

from core.watch import Watch
from nightdesk.coverage import Coverage
from pipeline.closeness import Closeness
from pipeline.match import Subject


@dataclass(frozen=True)
class Desk:
    """How this installation is set up, as far as sentences name it."""

    zone: tzinfo
    max_age: timedelta
    file: str  # where the configuration stands
    quiet_hours: dict[str, str] = field(default_factory=dict)  # by channel
    trial: bool = False  # a dry run: nothing was told, it would be


@dataclass(frozen=True)
class Sending:
    """One delivery of an alert."""

    alert_id: int
    level: str
    kind: str  # of the message: alert | digest | correction
    of_channel: bool  # a digest of everything for a channel, not of one watch
    channel: str
    recipient: str
    state: str
    reason: str | None
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str | None


@dataclass(frozen=True)
class Decided:
    """What a watch decided on one change."""

    seq: int
    kind: str
    origin: str
    told: bool
    reason: str


@dataclass(frozen=True)
class TopicView:
    """What spoke for and against a topic in an article: concept, quote and place of each, the strongest first."""

    topic: str
    holds: bool
    speaks_for: tuple[tuple[str, str, int], ...]
    against: tuple[tuple[str, str, int], ...]
    lacks: tuple[str, ...]  # of what must be there whatever else is


@dataclass(frozen=True)
class ArticleRecord:
    """One article in its current version."""

    row: Row[Any]
    topics: tuple[str, ...]
    events: tuple[str, ...]
    subject: Subject
    views: tuple[TopicView, ...]
    candidates: tuple[str, ...]  # names in it that a query could ask for, the most telling first
    rulings: tuple[Row[Any], ...] = ()  # what analysts decided of it, and stands


@dataclass(frozen=True)
class WatchRecord:
    """One watch beside what was asked about."""

    name: str
    origin: str
    watch: Watch
    unreadable: str = ""  # what is wrong with it, where it is asked of nothing
    article_id: int | None = None  # the article that it came nearest to
    closeness: Closeness | None = None
    fired: bool = False  # an article of the development fired it, as it is now
    by: tuple[int, ...] = ()  # the articles that did
    reason: str = ""  # of the match on record
    decided: tuple[Decided, ...] = ()
    sendings: tuple[Sending, ...] = ()
    open_because: str = ""  # why its alert waits, where nothing is decided yet
    would_wait: str = ""  # why the same thing would wait, had it come today

    @property
    def fires_now(self) -> bool:
        """Whether the watch, as it is now, takes the article as it was read."""
        return self.closeness is not None and self.closeness.fires


@dataclass(frozen=True)
class Record:
    """What is on record."""

    asked: str
    url: str | None = None
    items: tuple[Row[Any], ...] = ()
    pages: tuple[Row[Any], ...] = ()
    articles: tuple[ArticleRecord, ...] = ()  # the one asked about, or all of a development
    development: Row[Any] | None = None
    changes: tuple[Row[Any], ...] = ()
    countries: tuple[str, ...] = ()
    watches: tuple[WatchRecord, ...] = ()
    coverage: Coverage | None = None  # of what was never seen

    @property
    def article(self) -> ArticleRecord | None:
        return self.articles[0] if self.articles else None

"""What a message tells of one development: plain values, read from the store and handed to the templates."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Report:
    """One article of the development."""

    id: int
    url: str
    outlet: str
    title: str
    language: str | None
    published_at: datetime
    found_at: datetime
    source_type: str | None = None
    duplicate: bool = False


@dataclass(frozen=True)
class Stated:
    """One fact as somebody stated it."""

    kind: str
    quote: str
    article_id: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: str | None = None
    unit: str | None = None
    status: str | None = None
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
    leading: bool = False


#: What a row of facts says of one; its article is the reader's to know.
FIELDS = tuple(one.name for one in fields(Stated) if one.name != "article_id")
#: Of these, the words of an article.
WORDS = frozenset({"quote", "name", "role", "speaker"})


#: What stands for a value where there is none any more.
TAKEN_BACK = ("withdrawn", "retracted")


def stated(row: Any, article_id: int) -> Stated:
    """A row of facts as messages take it."""
    return Stated(article_id=article_id, **{name: getattr(row, name) for name in FIELDS})


@dataclass(frozen=True)
class Told:
    """One change that this message tells."""

    alert_id: int
    level: str
    seq: int
    what: str | None
    old: str | None
    new: str | None  # a value, or one of TAKEN_BACK where there is none any more
    origin: str = "live"

    @property
    def is_withdrawal(self) -> bool:
        return self.new is None or self.new in TAKEN_BACK

    @property
    def is_retraction(self) -> bool:
        """That a publisher took an article back: of an analyst or a reprocess, `withdrawn` is of one fact."""
        return self.new == "retracted" or (self.new == "withdrawn" and self.origin == "live")


@dataclass(frozen=True)
class Story:
    """Everything one message needs of one development for one watch."""

    development_id: int
    title: str
    event_types: tuple[str, ...]
    countries: tuple[str, ...]
    status: str | None
    event_date: str | None
    independent_sources: int
    watch: str
    reports: tuple[Report, ...]
    facts: tuple[Stated, ...]
    told: tuple[Told, ...]
    article_id: int | None = None  # the article whose match is quoted
    quote: str | None = None
    terms: tuple[str, ...] = ()
    show_names: bool = False  # the watch asks for victims' names and phone numbers

    @property
    def shown(self) -> Report | None:
        """The article that the message shows first: the one that matched, else the first that is no copy."""
        for report in self.reports:
            if report.id == self.article_id:
                return report
        return next(
            (report for report in self.reports if not report.duplicate), self.reports[0] if self.reports else None
        )

    @property
    def outlets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(report.outlet for report in self.reports))

    @property
    def is_retracted(self) -> bool:
        """Whether its only report was taken back. Where others stand, what is told is a correction."""
        return len(self.reports) < 2 and any(told.is_retraction for told in self.told)

    @property
    def level(self) -> str:
        """`new` outranks: who is told of a development for the first time is told of it whole."""
        levels = {told.level for told in self.told}
        return next((level for level in ("new", "correction", "update") if level in levels), "new")

"""The counts of a back-test by week and language, and what one definition tells that another does not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from core.clock import iso
from nightdesk.backtest.trial import Told, Trial


@dataclass(frozen=True)
class Week:
    """One week of the users' calendar."""

    week: str  # 2026-W42
    begins: str  # its Monday
    alerts: int
    updates: int
    new: int
    dropped: int


@dataclass(frozen=True)
class Language:
    """One language: what there is on the watch's topics, and what it takes."""

    language: str
    archive: int
    articles: int
    alerts: int
    new: int
    dropped: int


@dataclass(frozen=True)
class Case:
    """One development, with why it is told or why it is no longer."""

    id: str
    development_id: int | None
    article_id: int
    at: str
    title: str
    language: str | None
    outlet: str | None
    url: str
    articles: int
    reason: str
    quote: str | None


@dataclass(frozen=True)
class Report:
    """A back-test."""

    watch: str
    since: str
    until: str
    in_force: bool  # the same name is in force, as it is here or otherwise
    changed: dict[str, tuple[Any, Any]]  # key: in force, here
    alerts: int
    updates: int
    articles: int
    waiting: int  # developments that match and lack sources or countries so far
    kept: int
    weeks: tuple[Week, ...]
    languages: tuple[Language, ...]
    new: tuple[Case, ...]
    dropped: tuple[Case, ...]
    told: tuple[Case, ...]  # all of it, the newest first

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def per_week(self) -> float:
        return round(self.alerts / max(len(self.weeks), 1), 1)


@dataclass(frozen=True)
class Span:
    """From when to when, in the users' zone."""

    since: datetime
    until: datetime
    zone: tzinfo


def report(
    trial: Trial,
    before: Trial | None,
    changed: dict[str, tuple[Any, Any]],
    in_force: bool,
    span: Span,
    archive: Mapping[str, int],
    why_dropped: Callable[[Told], str],
) -> Report:
    """`before`: the definition in force, where it differs."""
    old = before.told if before is not None else trial.told
    new = [told for id, told in trial.told.items() if id not in old]
    dropped = [told for id, told in old.items() if id not in trial.told]
    return Report(
        watch=trial.watch.name,
        since=iso(span.since),
        until=iso(span.until),
        in_force=in_force,
        changed=changed,
        alerts=len(trial.told),
        updates=sum(len(told.updates) for told in trial.told.values()),
        articles=trial.articles,
        waiting=len(trial.waiting),
        kept=len(trial.told) - len(new),
        weeks=_weeks(trial, new, dropped, span),
        languages=_languages(trial, new, dropped, archive),
        new=tuple(case(told, told.first.reason) for told in _newest(new)),
        dropped=tuple(case(told, why_dropped(told)) for told in _newest(dropped)),
        told=tuple(case(told, told.first.reason) for told in _newest(trial.told.values())),
    )


def case(told: Told, reason: str) -> Case:
    first, group = told.first, told.group
    return Case(
        id=group.id,
        development_id=group.development_id,
        article_id=first.article_id,
        at=iso(first.at),
        title=first.title,
        language=first.language,
        outlet=first.outlet,
        url=first.url,
        articles=len(group.hits),
        reason=reason,
        quote=first.quote,
    )


def _newest(told: Any) -> list[Told]:
    return sorted(told, key=lambda one: one.first.at, reverse=True)


def _weeks(trial: Trial, new: list[Told], dropped: list[Told], span: Span) -> tuple[Week, ...]:
    """Every week of the span, those without anything too."""
    told = Counter(_week(one.first.at, span.zone) for one in trial.told.values())
    updates = Counter(_week(at, span.zone) for one in trial.told.values() for at in one.updates)
    come, gone = (Counter(_week(one.first.at, span.zone) for one in each) for each in (new, dropped))
    monday = span.since.astimezone(span.zone).date()
    monday -= timedelta(days=monday.weekday())
    weeks = []
    while monday <= span.until.astimezone(span.zone).date():
        name = _name_of(monday)
        weeks.append(Week(name, monday.isoformat(), told[name], updates[name], come[name], gone[name]))
        monday += timedelta(days=7)
    return tuple(weeks)


def _week(at: datetime, zone: tzinfo) -> str:
    return _name_of(at.astimezone(zone).date())


def _name_of(day: Any) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _languages(trial: Trial, new: list[Told], dropped: list[Told], archive: Mapping[str, int]) -> tuple[Language, ...]:
    """Every language of the archive, the most frequent first; alerts count for the article that raises them."""
    articles = Counter(hit.language or "und" for told in trial.told.values() for hit in told.group.hits)
    told = Counter(one.first.language or "und" for one in trial.told.values())
    come, gone = (Counter(one.first.language or "und" for one in each) for each in (new, dropped))
    names = sorted({*archive, *articles, *gone}, key=lambda name: (-archive.get(name, 0), name))
    return tuple(
        Language(name, archive.get(name, 0), articles[name], told[name], come[name], gone[name]) for name in names
    )

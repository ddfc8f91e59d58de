"""What one definition of a watch makes of the archive: what it would tell, and what it would leave waiting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.decide import Change, Open, Overview, Standing, Tell, decide
from core.ids import show_id
from core.watch import Watch


@dataclass(frozen=True)
class Hit:
    """One article that the watch takes."""

    article_id: int
    at: datetime  # when it was news: published, but not after it was found
    title: str
    language: str | None
    outlet: str | None
    url: str
    reason: str
    quote: str | None


@dataclass(frozen=True)
class Group:
    """The articles of one development, or one that is in none, that the watch takes; the earliest first."""

    development_id: int | None
    hits: tuple[Hit, ...]
    overview: Overview
    updates: tuple[Change, ...] = ()

    @property
    def id(self) -> str:
        """As people see it: d34, or a12 for an article that is in no development."""
        if self.development_id is not None:
            return show_id("development", self.development_id)
        return show_id("article", self.hits[0].article_id)


@dataclass(frozen=True)
class Told:
    """One development that the watch would have told of: its alert, and the updates after it."""

    group: Group
    updates: tuple[datetime, ...] = ()

    @property
    def first(self) -> Hit:
        return self.group.hits[0]


@dataclass(frozen=True)
class Trial:
    """The answers of one definition."""

    watch: Watch
    told: dict[str, Told] = field(default_factory=dict)  # by id
    waiting: dict[str, str] = field(default_factory=dict)  # why it would not be told so far

    @property
    def articles(self) -> int:
        return sum(len(one.group.hits) for one in self.told.values())


def judge(watch: Watch, groups: Iterable[Group], max_age: timedelta) -> Trial:
    """What the watch would have told, had it always stood and had each article been news when it was published."""
    trial = Trial(watch)
    for group in groups:
        first = group.hits[0].at
        new = Change(0, group.development_id or 0, "new", "live", first)
        verdict = decide(new, _standing(watch, first, told=False), group.overview, (), max_age, first)
        if isinstance(verdict, Tell):
            trial.told[group.id] = Told(group, _updates(watch, group, max_age))
        elif isinstance(verdict, Open):
            trial.waiting[group.id] = verdict.reason
    return trial


def _updates(watch: Watch, group: Group, max_age: timedelta) -> tuple[datetime, ...]:
    found = []
    for change in group.updates:
        standing = _standing(watch, change.at, told=True)
        if isinstance(decide(change, standing, group.overview, (), max_age, change.at), Tell):
            found.append(change.at)
    return tuple(found)


def _standing(watch: Watch, at: datetime, *, told: bool) -> Standing:
    """As of a watch that is older than everything."""
    return Standing(watch, at - timedelta(seconds=1), matched=True, told=told, named={}, waiting=frozenset())


def earliest_first(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: (hit.at, hit.article_id)))

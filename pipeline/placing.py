"""Puts an article into its development, or founds one, and writes what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from pipeline import casework, changes, choosing, cluster, record
from pipeline.changes import STATED, Change, Record, Stated
from pipeline.config import PipelineConfig
from pipeline.profile import Profile, joined
from pipeline.recent import Recent
from store import articles, developments


@dataclass(frozen=True)
class Report:
    """One article, as developments see it."""

    article_id: int
    origin: str
    profile: Profile
    facts: tuple[Stated, ...]
    takes_back: str | None = None  # the headline of its version before, which it takes back
    thread: int | None = None  # in a replay: the thread that analysts put its development into; 0 is none


@dataclass(frozen=True)
class Placed:
    """Where an article went."""

    development_id: int | None = None
    founded: bool = False
    change: str | None = None
    duplicate_of: int | None = None


def place(
    db: Connection,
    config: PipelineConfig,
    recent: Recent,
    report: Report,
    asked_for: bool,
    copy: int | None,
    now: datetime,
) -> Placed:
    """Place a new article. One that is on no topic and that no watch asked for has no development."""
    copied = developments.development_of(db, copy) if copy is not None else None
    original = articles.original_of(db, copy) if copy is not None else None
    if not (report.profile.topics or asked_for or copied):
        return Placed(duplicate_of=original)
    near = recent.around(db, report.profile.first)
    decision = choosing.decide(report.profile, near, config, copied)
    developments.add_mentions(db, report.article_id, decision.mentions)
    if isinstance(decision, cluster.Found):
        # The same words of another day or place are no copy: a series repeats itself.
        duplicate_of = None if copied else original
        return found(db, report, decision.reason, now, duplicate_of)
    duplicate_of = original if decision.development_id == copied else None
    return _join(db, config, report, decision, near.profiles[decision.development_id], duplicate_of, now)


def found(db: Connection, report: Report, reason: str, now: datetime, duplicate_of: int | None = None) -> Placed:
    """A development that this article is the first to report."""
    blank = {"title": "", "topics": [], "event_types": [], "countries": [], "articles": 0, "sources": 0}
    times = {"first_found_at": now, "last_found_at": now, "updated_at": now}
    news = {"first_news_at": report.profile.first, "last_news_at": report.profile.last}
    row = {**blank, **times, **news, "independent_sources": 0, "baseline": report.origin != "live"}
    development_id = developments.add_development(db, row)
    developments.add_member(db, development_id, report.article_id, None, reason, now)
    keep_thread(db, development_id, report)
    record.describe(db, development_id, report.profile, now)
    _write(db, development_id, Change("new"), report, now)
    return Placed(development_id, True, "new", duplicate_of)


def _join(
    db: Connection,
    config: PipelineConfig,
    report: Report,
    decision: cluster.Join,
    known: Profile,
    duplicate_of: int | None,
    now: datetime,
) -> Placed:
    development_id = decision.development_id
    change = changes.update_by(
        _record(db, development_id, known), _reported(report, duplicate_of is not None), config.materiality
    )
    developments.add_member(db, development_id, report.article_id, decision.similarity, decision.reason, now)
    if duplicate_of is not None:
        articles.mark_duplicate(db, report.article_id, duplicate_of)
    keep_thread(db, development_id, report)
    record.describe(db, development_id, joined(known, report.profile), now)
    if change:
        _write(db, development_id, change, report, now)
    return Placed(development_id, False, change.kind if change else None, duplicate_of)


def keep_thread(db: Connection, development_id: int, report: Report) -> None:
    """What analysts said of the thread of a report's development holds in a replay too."""
    if report.thread is not None:
        casework.put(db, development_id, report.thread or None)


def edit(
    db: Connection,
    config: PipelineConfig,
    recent: Recent,
    report: Report,
    before: Sequence[Stated],
    asked_for: bool,
    now: datetime,
) -> Placed:
    """Take in a new version. It stays in its article's development; one that had none is placed now."""
    development_id = developments.development_of(db, report.article_id)
    if development_id is None:
        return place(db, config, recent, report, asked_for, None, now)
    known = Profile.from_json(developments.profiles(db, [development_id])[development_id])
    others = _record(db, development_id, known, besides=report.article_id)
    known_before = Record((*others.facts, *before), others.countries, others.editions)
    if report.takes_back is not None:
        change: Change | None = changes.retraction(before, others.facts, report.takes_back)
    else:
        change = changes.change_by_edit(before, report.facts) or changes.update_by(
            known_before, _reported(report, False), config.materiality
        )
    record.describe(db, development_id, revised(known, report.profile), now)
    if change:
        _write(db, development_id, change, report, now)
    return Placed(development_id, False, change.kind if change else None)


def revised(known: Profile, version: Profile) -> Profile:
    """A development's profile with the keys of a new version, which counts as no further article."""
    both = joined(known, version)
    analyses = min(both.analyses, known.articles)
    return replace(both, articles=known.articles, analyses=analyses)


def _record(db: Connection, development_id: int, known: Profile, besides: int | None = None) -> Record:
    rows = developments.facts_of_development(db, development_id, besides)
    return Record(
        facts=tuple(
            Stated(**{name: getattr(row, name) for name in STATED}, source_type=row.source_type) for row in rows
        ),
        countries=_destinations(known),
        editions=frozenset(known.editions),
    )


def _reported(report: Report, is_copy: bool) -> changes.Report:
    return changes.Report(report.facts, _destinations(report.profile), frozenset(report.profile.editions), is_copy)


def _destinations(profile: Profile) -> frozenset[str]:
    """Where people were taken: a further country is news, a further country named is not."""
    return frozenset(route.partition(">")[2] for route in profile.routes)


def _write(db: Connection, development_id: int, change: Change, report: Report, now: datetime) -> None:
    row: dict[str, Any] = {
        "kind": change.kind,
        "origin": report.origin,
        "at": now,
        "cause_article_id": report.article_id,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "facts": list(change.facts) or None,
    }
    record.add_change(db, development_id, row)

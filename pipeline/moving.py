"""Moves articles between developments, on a word from elsewhere than the articles themselves, and writes both anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from core.ids import show_id
from pipeline import casework, coding, record
from pipeline.placing import Report, keep_thread
from store import articles, developments, families, matches

_NAMED = 20  # articles that a change names


@dataclass(frozen=True)
class Mover:
    """On whose word articles move."""

    origin: str  # analyst | reprocess
    now: datetime
    by: str | None = None


def put_beside(db: Connection, report: Report, pages: Collection[int], now: datetime) -> int:
    """Put a new article to those of these pages, or found a development for all of them; which one."""
    development_id = families.development_of_pages(db, pages)
    if development_id is None:
        development_id = record.found(db, now, report.profile.first, now)
    developments.add_member(db, development_id, report.article_id, None, "an analyst put it here", now)
    keep_thread(db, development_id, report)
    record.rebuild(db, development_id, now)
    return development_id


def found_for(db: Connection, article_ids: Sequence[int], mover: Mover) -> int:
    """A development for articles that are about to move there; its id."""
    version = articles.version_row(db, article_ids[0])
    assert version is not None
    development_id = record.found(db, version.found_at, min(version.published_at, version.found_at), mover.now)
    write_change(db, development_id, mover, "new", cause=article_ids[0])
    return development_id


def move(db: Connection, article_ids: Sequence[int], target: int, mover: Mover, reason: str) -> None:
    """Move articles from wherever they are and write every development that it touches."""
    origins: dict[int, list[int]] = {}
    for article_id in article_ids:
        before = developments.development_of(db, article_id)
        if before is not None and before != target:
            origins.setdefault(before, []).append(article_id)
    families.move_members(db, article_ids, target, reason, mover.now)
    matches.hush(db, article_ids)
    for origin, gone in origins.items():
        record.rebuild(db, origin, mover.now)
        write_change(db, origin, mover, "update", "left", names(gone), show_id("development", target))
    record.rebuild(db, target, mover.now)
    whence = ", ".join(show_id("development", origin) for origin in origins)
    came = names(article_ids) + (f" from {whence}" if whence else "")
    write_change(db, target, mover, "update", "joined", None, came)


def merge(db: Connection, development_id: int, target: int, mover: Mover, reason: str) -> list[int]:
    """Make a development one with another; the articles that moved."""
    moved = families.member_ids(db, development_id)
    families.move_members(db, moved, target, reason, mover.now)
    close_into(db, development_id, target, mover)
    record.rebuild(db, target, mover.now)
    came = f"{names(moved)} from {show_id('development', development_id)}"
    write_change(db, target, mover, "update", "joined", None, came)
    return moved


def close_into(db: Connection, development_id: int, target: int, mover: Mover) -> None:
    """A development whose articles went elsewhere is from now on the one they went to."""
    families.merge_into(db, development_id, target, mover.now)
    coding.settle(db, development_id, ())
    casework.leave(db, development_id, target)
    write_change(db, development_id, mover, "update", "merged", None, show_id("development", target))


def write_change(
    db: Connection,
    development_id: int,
    mover: Mover,
    kind: str,
    what: str | None = None,
    old: str | None = None,
    new: str | None = None,
    cause: int | None = None,
    facts: Sequence[int] = (),
) -> None:
    row = {"kind": kind, "origin": mover.origin, "at": mover.now, "cause_article_id": cause, "by": mover.by}
    said = {"what": what, "old": old or None, "new": new or None, "facts": list(facts) or None}
    record.add_change(db, development_id, {**row, **said})


def listed(words: Sequence[str]) -> str:
    """A list as one side of a change."""
    return ", ".join(words) or "none"


def names(article_ids: Sequence[int]) -> str:
    """`a12, a13`; of very many the first."""
    shown = ", ".join(show_id("article", article_id) for article_id in article_ids[:_NAMED])
    rest = len(article_ids) - _NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown

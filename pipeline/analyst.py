"""What an analyst decides of articles and developments, each decision in the caller's transaction.

The machine's answer stays beside it. Nobody is told, except of a figure that they were told and that is now corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.errors import NotFound, UsageError
from core.ids import show_id
from pipeline import moving, placing, record
from pipeline.filing import Desk
from pipeline.moving import Mover, names, write_change
from pipeline.refiling import Refiled, refile
from pipeline.ruled import ANY
from pipeline.values import Classification
from store import articles, developments, families, precision, restricted, rulings

Labels = Mapping[tuple[str, str], bool]


@dataclass(frozen=True)
class Signed:
    """Who decides, and why."""

    by: str
    reason: str | None = None


def mover_of(signed: Signed, now: datetime) -> Mover:
    return Mover("analyst", now, signed.by)


def rule(db: Connection, signed: Signed, now: datetime, kind: str, what: str, **about: Any) -> int:
    """Write a ruling down; its id."""
    return rulings.add_ruling(
        db, {"kind": kind, "what": what, "by": signed.by, "reason": signed.reason, "at": now, **about}
    )


# --- Labels ---------------------------------------------------------------------------------------------------------


def label(db: Connection, desk: Desk, article_id: int, labels: Labels, signed: Signed) -> list[str]:
    """Say what an article is about; what came of it, in words. Raises NotFound."""
    developments.one_at_a_time(db)
    require_article(db, article_id)
    development_id = developments.development_of(db, article_id)
    _rule_labels(db, article_id, development_id, labels, signed, desk.now)
    refiled = refile(db, desk.matcher, article_id, desk.now)
    before, after = _in_words(refiled.labels_before), _in_words(refiled.labels)
    done = [f"{show_id('article', article_id)}: {after}" + ("" if before == after else f" (before: {before})")]
    if development_id is not None:
        for what, old, new in _label_changes(refiled):
            write_change(db, development_id, mover_of(signed, desk.now), "update", what, old, new, article_id)
    return done + _settle(db, desk, article_id, development_id, refiled, signed)


def _rule_labels(
    db: Connection, article_id: int, development_id: int | None, labels: Labels, signed: Signed, now: datetime
) -> None:
    about = {"article_id": article_id, "development_id": development_id}
    if ("topic", ANY) in labels:
        rulings.replace_labels(db, article_id, "topic")
        rulings.replace_labels(db, article_id, "event")
    elif any(kind == "topic" and holds for (kind, _), holds in labels.items()):
        rulings.replace_labels(db, article_id, "topic", [ANY])
    for (kind, name), holds in labels.items():
        rulings.replace_labels(db, article_id, kind, [name])
        words = "off topic" if name == ANY else f"{'' if holds else 'not '}{kind} {name}"
        rule(db, signed, now, kind, words, name=name, holds=holds, **about)


def _label_changes(refiled: Refiled) -> list[tuple[str, str, str]]:
    before, after = refiled.labels_before, refiled.labels
    sides = (("topics", before.topic_names, after.topic_names), ("event_types", before.event_names, after.event_names))
    return [(what, moving.listed(old), moving.listed(new)) for what, old, new in sides if set(old) != set(new)]


def _in_words(labels: Classification) -> str:
    topics, events = ", ".join(labels.topic_names), ", ".join(labels.event_names)
    return f"{topics or 'no topic'}{f'; {events}' if events else ''}"


def _settle(
    db: Connection, desk: Desk, article_id: int, development_id: int | None, refiled: Refiled, signed: Signed
) -> list[str]:
    """Where an article belongs now that its labels changed: what is on no topic leaves, what is on one comes in."""
    if restricted.is_restricted(db, article_id):
        return []
    asked = bool(refiled.labels.topics) or refiled.fired
    mover = mover_of(signed, desk.now)
    if development_id is None:
        if asked and (withdrawn := _withdrawn_for(db, article_id)) is not None:
            return [_restore(db, article_id, withdrawn, mover)]
        return [_place(db, desk, article_id, refiled, signed)] if asked else []
    left_topics = bool(refiled.labels_before.topics) and not refiled.labels.topics
    alone = families.member_ids(db, development_id) == [article_id]
    if not left_topics or (alone and asked):
        record.rebuild(db, development_id, desk.now)
        return []
    families.remove_members(db, [article_id])
    rulings.unpin(db, article_id)
    shown = show_id("development", development_id)
    record.rebuild(db, development_id, desk.now)
    write_change(db, development_id, mover, "update", "left", names([article_id]), None, article_id)
    if not alone:
        left = [f"it left {shown}"]
        return [*left, _place(db, desk, article_id, refiled, signed)] if asked else left
    return [f"{shown} has no article any more and is withdrawn", *_told_in_vain(db, development_id, signed, desk.now)]


def _place(db: Connection, desk: Desk, article_id: int, refiled: Refiled, signed: Signed) -> str:
    """Place an article as the machine would, on the analyst's word."""
    version = articles.version_row(db, article_id)
    assert version is not None
    profile = record.profile_of_article(db, article_id)
    report = placing.Report(article_id, "analyst", profile, refiled.stated)
    placed = placing.place(db, desk.config, desk.recent, report, refiled.fired, version.duplicate_of, desk.now)
    developments.sign_changes(db, signed.by, desk.now)
    assert placed.development_id is not None
    return f"it {'founded' if placed.founded else 'joined'} {show_id('development', placed.development_id)}"


def _withdrawn_for(db: Connection, article_id: int) -> Row[Any] | None:
    """The ruling that took an article off its topic and left its development without any, if that is how it is."""
    for ruling in reversed(rulings.about_article(db, article_id)):
        if ruling.kind == "topic" and not ruling.holds and ruling.development_id is not None:
            row = require_development(db, ruling.development_id)
            return ruling if row.status == record.WITHDRAWN else None
    return None


def _restore(db: Connection, article_id: int, ruling: Row[Any], mover: Mover) -> str:
    """Take back what that ruling brought about: its development stands again, and was not told in vain."""
    rulings.replace_made_with(db, ruling, "relevance")
    moving.move(db, [article_id], ruling.development_id, mover, "an analyst put it back here")
    return f"it is in {show_id('development', ruling.development_id)} again"


def _told_in_vain(db: Connection, development_id: int, signed: Signed, now: datetime) -> list[str]:
    """Whoever was told of what turns out to be nothing was told in vain: that counts in a watch's precision."""
    said = []
    for watch in precision.watches_told(db, [development_id]):
        rule_relevance(db, development_id, watch.id, watch.name, False, signed, now)
        said.append(f"not relevant for {watch.name}")
    return said


# --- Relevance ------------------------------------------------------------------------------------------------------


def rule_relevance(
    db: Connection, development_id: int, watch_id: int, watch: str, relevant: bool, signed: Signed, now: datetime
) -> None:
    """Say whether a development was worth telling to those who asked with that watch."""
    rulings.replace_relevance(db, watch_id, families.family(db, development_id))
    words = f"{'relevant' if relevant else 'not relevant'} for {watch}"
    about = {"development_id": development_id, "watch_id": watch_id, "name": watch, "holds": relevant}
    rule(db, signed, now, "relevance", words, **about)


# --- Developments ---------------------------------------------------------------------------------------------------


def merge(db: Connection, ids: Sequence[int], into: int | None, signed: Signed, now: datetime) -> list[str]:
    """Make developments one; without `into` the oldest takes in the others. Raises NotFound and UsageError."""
    developments.one_at_a_time(db)
    roots = list(dict.fromkeys(root_of(db, development_id) for development_id in ids))
    target = min(roots) if into is None else root_of(db, into)
    others = [root for root in roots if root != target]
    if not others:
        raise UsageError(f"{', '.join(show_id('development', one) for one in ids)}: that is one development already")
    shown = show_id("development", target)
    sources = ", ".join(show_id("development", other) for other in others)
    ruling_id = rule(db, signed, now, "merge", f"{sources} merged into {shown}", development_id=target)
    done = []
    for other in others:
        rule(db, signed, now, "merge", f"merged into {shown}", development_id=other)
        moved = moving.merge(db, other, target, mover_of(signed, now), f"an analyst merged d{other} into it")
        done.append(f"{show_id('development', other)} is merged into {shown}: {names(moved)}")
    rulings.pin(db, families.member_ids(db, target), target, ruling_id)
    return done


def split(db: Connection, article_ids: Sequence[int], to: int | None, signed: Signed, now: datetime) -> list[str]:
    """Take articles out of their development, to a new one or to `to`.

    Where most of them leave for a new one, the rest moves instead. Raises NotFound and UsageError.
    """
    developments.one_at_a_time(db)
    named = list(dict.fromkeys(article_ids))
    origin = _common_development(db, named, to)
    members = families.member_ids(db, origin) if origin is not None else []
    rest = [article_id for article_id in members if article_id not in named]
    if to is None and not rest:
        raise UsageError(f"{names(named)}: that is all of d{origin}, so there is nothing to split it from")
    mover = mover_of(signed, now)
    target = _target_of(db, to, origin)
    leaving = named if target is not None or len(named) <= len(rest) else rest
    if target is None:
        target = moving.found_for(db, leaving, mover)
    shown = show_id("development", target)
    if origin == target:
        raise UsageError(f"{names(named)}: already in {shown}")
    what = f"{names(leaving)} moved to {shown}" + (f" from d{origin}" if origin is not None else "")
    ruling_id = rule(db, signed, now, "split", what, development_id=target)
    if origin is not None:
        rule(db, signed, now, "split", what, development_id=origin)
    moving.move(db, leaving, target, mover, "an analyst put it here")
    if origin is not None and not families.member_ids(db, origin):
        moving.close_into(db, origin, target, mover)
    for touched in filter(None, (origin, target)):
        rulings.pin(db, families.member_ids(db, touched), touched, ruling_id)
    return [what]


def _common_development(db: Connection, article_ids: Sequence[int], to: int | None) -> int | None:
    """The one development that these articles are in."""
    inside: dict[int | None, list[int]] = {}
    for article_id in article_ids:
        if require_article(db, article_id).restricted:
            raise UsageError(
                f"{show_id('article', article_id)} is restricted and reports no development;"
                " take it in again without --restricted to have it report one"
            )
        inside.setdefault(developments.development_of(db, article_id), []).append(article_id)
    if len(inside) > 1:
        where = "; ".join(f"{names(some)} in {f'd{one}' if one else 'none'}" for one, some in inside.items())
        raise UsageError(f"split takes articles of one development, these are of several: {where}")
    found = next(iter(inside))
    if found is None and to is None:
        raise UsageError(
            f"{names(article_ids)} in no development; name one with --to, or say what it is about:"
            f" nightdesk label {show_id('article', article_ids[0])} --topic TOPIC"
        )
    return found


def _target_of(db: Connection, to: int | None, origin: int | None) -> int | None:
    """The development to move to; one that was merged into the articles' own stands alone again."""
    if to is None:
        return None
    row = require_development(db, to)
    if row.merged_into is not None and row.merged_into == origin:
        families.stand_alone(db, to)
        return to
    return root_of(db, to)


# --- What there is --------------------------------------------------------------------------------------------------


def require_article(db: Connection, article_id: int) -> Row[Any]:
    """An article in its current version. Raises NotFound."""
    found = articles.version_row(db, article_id)
    if found is None:
        raise NotFound(f"there is no article {show_id('article', article_id)}")
    return found


def require_development(db: Connection, development_id: int) -> Row[Any]:
    found = developments.development(db, development_id)
    if found is None:
        raise NotFound(f"there is no development {show_id('development', development_id)}")
    return found


def root_of(db: Connection, development_id: int) -> int:
    """The development that this one is now. Raises NotFound."""
    row = require_development(db, development_id)
    return int(row.merged_into or row.id)

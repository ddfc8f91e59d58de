"""What deciding reads: the changes that some watch may still have to be told of.

It is driven by what was touched lately and by fired matches, so that its cost follows the news and not the number of
watches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts, decisions
from store.articles import article_versions, articles
from store.definitions import sources, watches
from store.developments import development_articles, development_changes, developments
from store.matches import matches
from store.messages import message_alerts, messages
from store.silences import silenced, silences


@dataclass(frozen=True)
class Family:
    """A development and those merged into it: one for everybody who is told."""

    root: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Fired:
    """One article of a family that a watch asked for."""

    watch_id: int
    article_id: int
    terms: Any
    quote: str | None
    revision: int
    quiet: bool  # it did so only when an analyst or a reprocess looked again


def families_to_decide(
    db: Connection, since: datetime, horizon: datetime, *, cases_are_followed: bool = True
) -> list[Family]:
    """Developments touched since `since` where some watch has a change after `horizon` undecided, oldest first."""
    touched = sa.union(
        sa.select(developments.c.id).where(developments.c.updated_at >= since),
        sa.select(development_changes.c.development_id).where(development_changes.c.at >= since),
    ).subquery()
    recent = sa.and_(development_changes.c.at >= horizon, development_changes.c.development_id.in_(sa.select(touched)))
    asked = (
        sa.select(development_changes.c.development_id)
        .join(development_articles, development_articles.c.development_id == development_changes.c.development_id)
        .join(
            article_versions,
            sa.and_(article_versions.c.article_id == development_articles.c.article_id, article_versions.c.is_current),
        )
        .join(matches, sa.and_(matches.c.version_id == article_versions.c.id, matches.c.fired))
        .join(watches, sa.and_(watches.c.id == matches.c.watch_id, watches.c.revision == matches.c.revision))
        .where(recent, watches.c.retired_at.is_(None), ~_decided(matches.c.watch_id))
    )
    told = (
        sa.select(development_changes.c.development_id)
        .join(alerts, alerts.c.development_id == development_changes.c.development_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(recent, watches.c.retired_at.is_(None), ~_decided(alerts.c.watch_id))
    )
    # A case that somebody follows: no article of it need match anything.
    of_cases = sa.select(development_changes.c.development_id).join(
        developments, developments.c.id == development_changes.c.development_id
    )
    cases = of_cases.where(recent, developments.c.thread_id.is_not(None), sa.literal(cases_are_followed))
    # Where developments were merged, articles and alerts of one meet the changes of another.
    merged = sa.select(developments.c.id).where(
        developments.c.id.in_(sa.select(touched)), developments.c.merged_into.is_not(None)
    )
    # What a silence of a source holds back, since others may report it by now.
    held = (
        sa.select(alerts.c.development_id)
        .join(silenced, silenced.c.alert_id == alerts.c.id)
        .join(silences, silences.c.id == silenced.c.silence_id)
        .where(silences.c.source.is_not(None), silences.c.end_told_at.is_(None))
        .where(alerts.c.development_id.in_(sa.select(touched)))
    )
    ids = db.scalars(sa.union(asked, told, cases, held, merged)).all()
    return families_of(db, sorted(ids))


def _decided(watch_id: sa.Column[int]) -> sa.ColumnElement[bool]:
    return sa.exists().where(decisions.c.change_id == development_changes.c.id, decisions.c.watch_id == watch_id)


def families_of(db: Connection, ids: Iterable[int]) -> list[Family]:
    """Each development's family once, in the order of `ids`."""
    wanted = list(dict.fromkeys(ids))
    roots: dict[int, int] = {}
    for batch in _batches(wanted):
        for development_id in batch:
            roots.setdefault(development_id, development_id)
        _climb(db, batch, roots)
    order = list(dict.fromkeys(roots[development_id] for development_id in wanted))
    members = {root: [root] for root in order}
    for batch in _batches(order):
        _descend(db, {root: root for root in batch}, members)
    return [Family(root, tuple(members[root])) for root in order]


def _climb(db: Connection, ids: Sequence[int], roots: dict[int, int]) -> None:
    above = {development_id: development_id for development_id in ids}
    for _ in range(100):  # a chain of merges is short; a circle would be a fault elsewhere and must not hang us
        query = sa.select(developments.c.id, developments.c.merged_into).where(
            developments.c.id.in_(set(above.values())), developments.c.merged_into.is_not(None)
        )
        parents = {row.id: row.merged_into for row in db.execute(query)}
        if not parents:
            break
        above = {bottom: parents.get(top, top) for bottom, top in above.items()}
    roots.update(above)


def _descend(db: Connection, level: dict[int, int], members: dict[int, list[int]]) -> None:
    seen = set(level)
    while level:
        query = sa.select(developments.c.id, developments.c.merged_into).where(
            developments.c.merged_into.in_(set(level))
        )
        below = {row.id: level[row.merged_into] for row in db.execute(query) if row.id not in seen}
        for child, root in below.items():
            members[root].append(child)
        seen.update(below)
        level = below


def changes_of(db: Connection, members: Sequence[int], horizon: datetime) -> list[Row[Any]]:
    """The family's changes since `horizon`, in the order they befell it.

    That is the order of their numbers: a clock that is set back would put an update before its news.
    """
    return list(
        db.execute(
            sa.select(development_changes)
            .where(development_changes.c.development_id.in_(members), development_changes.c.at >= horizon)
            .order_by(development_changes.c.id)
        )
    )


#: A pre-selection that both engines can make; whether the key itself says so, the definition tells.
_FOLLOWING = (watches.c.retired_at.is_(None), sa.cast(watches.c.definition, sa.Text).like('%"threads":%["t%'))


def any_follows(db: Connection) -> bool:
    """Whether any watch follows any case."""
    return bool(db.scalar(sa.select(sa.exists().where(*_FOLLOWING))))


def follows(db: Connection, thread_ids: frozenset[str]) -> set[int]:
    """The watches that are not retired and follow a case by one of its ids."""
    query = sa.select(watches.c.id, watches.c.definition).where(*_FOLLOWING)
    return {row.id for row in db.execute(query) if thread_ids & set(row.definition.get("threads") or ())}


def fired_in(db: Connection, members: Sequence[int]) -> list[Fired]:
    """Fired matches of current versions with the watches as they are now, earliest article first."""
    query = (
        sa.select(
            matches.c.watch_id,
            articles.c.id,
            matches.c.terms,
            matches.c.quote,
            matches.c.revision,
            matches.c.quiet,
        )
        .join_from(development_articles, articles, articles.c.id == development_articles.c.article_id)
        .join(article_versions, sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current))
        .join(matches, sa.and_(matches.c.version_id == article_versions.c.id, matches.c.fired))
        .join(watches, sa.and_(watches.c.id == matches.c.watch_id, watches.c.revision == matches.c.revision))
        .where(development_articles.c.development_id.in_(members), watches.c.retired_at.is_(None))
        .order_by(articles.c.found_at, articles.c.id)
    )
    return [Fired(*row) for row in db.execute(query)]


def told_watches(db: Connection, members: Sequence[int]) -> list[int]:
    """Watches that are not retired and have an alert about the family."""
    query = (
        sa.select(alerts.c.watch_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(alerts.c.development_id.in_(members), watches.c.retired_at.is_(None))
        .distinct()
    )
    return list(db.scalars(query))


def messages_about(db: Connection, members: Sequence[int]) -> list[Row[Any]]:
    """Every message that told, or will tell, of the family: watch, channel, when it was frozen, what it named."""
    query = (
        sa.select(alerts.c.watch_id, messages.c.channel, messages.c.frozen_at, messages.c.content)
        .join_from(message_alerts, alerts, alerts.c.id == message_alerts.c.alert_id)
        .join(messages, messages.c.id == message_alerts.c.message_id)
        .where(alerts.c.development_id.in_(members))
    )
    return list(db.execute(query))


def sources_of(db: Connection, members: Sequence[int], article_id: int | None = None) -> set[str]:
    """Whose word a family is: the names of its sources, or of one article's; an outlet where there is no source."""
    query = (
        sa.select(sa.func.coalesce(sources.c.name, articles.c.outlet, ""))
        .select_from(development_articles)
        .join(articles, articles.c.id == development_articles.c.article_id)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .where(development_articles.c.development_id.in_(members))
    )
    if article_id is not None:
        query = query.where(articles.c.id == article_id)
    return set(db.scalars(query))


def decided_pairs(db: Connection, change_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(watch, change) pairs that are decided."""
    pairs: set[tuple[int, int]] = set()
    for batch in _batches(change_ids):
        query = sa.select(decisions.c.watch_id, decisions.c.change_id).where(decisions.c.change_id.in_(batch))
        pairs.update((row.watch_id, row.change_id) for row in db.execute(query))
    return pairs


def watches_by_id(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for batch in _batches(sorted(set(ids))):
        rows.extend(db.execute(sa.select(watches).where(watches.c.id.in_(batch))))
    return rows


def development(db: Connection, development_id: int) -> Row[Any]:
    return db.execute(sa.select(developments).where(developments.c.id == development_id)).one()


def _batches(ids: Sequence[int], size: int = 500) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]

"""Silences as rows: which stand, what an alert is to them, and what they hold back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts import silence
from alerts.silence import Muted, Silence
from store import decisions, deliveries, gathering, messages, silences


def standing(db: Connection, now: datetime) -> list[Silence]:
    """The silences in force."""
    return [as_silence(row) for row in silences.standing(db, now)]


def as_silence(row: Row[Any]) -> Silence:
    values = {name: getattr(row, name) for name in ("id", "owner", "reason", "starts_at", "ends_at")}
    return Silence(**values, **{name: getattr(row, name) for name in silences.MATCHERS})


def holder(
    db: Connection,
    watch: str,
    development: Row[Any],
    members: Sequence[int],
    cause_article_id: int | None,
    now: datetime,
) -> Silence | None:
    """The silence that holds back what this watch would be told now, if any does.

    `cause_article_id` names the article whose word it is; None where it is the word of all.
    """
    in_force = standing(db, now)
    if not in_force:
        return None
    sources = decisions.sources_of(db, members, cause_article_id) if any(one.source for one in in_force) else ()
    alert = Muted(
        watch=watch,
        topics=frozenset(development.topics or ()),
        events=frozenset(development.event_types or ()),
        countries=frozenset(development.countries or ()),
        members=frozenset(members),
        sources=frozenset(sources),
    )
    return silence.first(in_force, alert)


def hold_waiting(db: Connection, now: datetime) -> int:
    """Take out of the messages that are due what a silence holds back by now; how many alerts that were."""
    held = 0
    for row in gathered(db, now):
        family = decisions.families_of(db, [row.development_id])[0]
        development = decisions.development(db, family.root)
        cause = None if row.level == "new" else row.cause_article_id
        found = holder(db, row.watch, development, family.members, cause, now)
        if found is not None:
            _take_out(db, row, found, now)
            held += 1
    return held


def gathered(db: Connection, now: datetime) -> list[Row[Any]]:
    """The alerts in messages that are due and whose content is not fixed, where any silence stands at all."""
    return gathering.alerts_due(db, now) if silences.standing(db, now) else []


def _take_out(db: Connection, row: Row[Any], found: Silence, now: datetime) -> None:
    """One alert leaves its message for one of its own, which is never sent; an empty message goes with it."""
    silences.hit(db, found.id, row.alert_id, row.channel, now)
    if messages.alerts_of(db, row.message_id) == [row.alert_id] and not (row.about or {}).get("also_empty"):
        messages.freeze(db, row.message_id, row.kind, {"silenced_by": found.id}, now)
        deliveries.suppress_message(db, row.message_id, silence.words(found))
        return
    messages.detach(db, row.message_id, row.alert_id)
    alone = messages.add_message(
        db, "alert", row.channel, now, alert_id=row.alert_id, content={"silenced_by": found.id}
    )
    for delivery in deliveries.of_message(db, row.message_id):
        deliveries.add_delivery(
            db,
            alone,
            row.channel,
            delivery.recipient,
            delivery.recipient_key,
            now,
            now,
            suppressed=silence.words(found),
        )

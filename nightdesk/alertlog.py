"""The log of alerts: which were told to whom, what a silence or quiet hour holds, what was said, and another try."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.clock import iso
from core.errors import NotFound, UsageError
from core.ids import show_id
from nightdesk import listing
from nightdesk.app import App
from nightdesk.listing import ALERTS, Filters
from nightdesk.show import Shown
from store import alerts, attempts, deliveries, messages, people

STATES = ("pending", "leased", "sent", "unknown", "dead", "suppressed")


@dataclass(frozen=True)
class Narrowed:
    """What `alerts list` leaves out besides the filters of every listing."""

    watch: str | None = None
    channel: str | None = None
    state: str | None = None


def listed(db: Connection, filters: Filters, narrowed: Narrowed) -> Iterator[Mapping[str, Any]]:
    """The alerts, newest first. Raises UsageError for a state that is none."""
    if narrowed.state is not None and narrowed.state not in STATES:
        raise UsageError(f'there is no state "{narrowed.state}"; there are {", ".join(STATES)}')
    return listing.rows(db, ALERTS, filters, _only(narrowed))


def _only(narrowed: Narrowed) -> sa.Select[Any] | None:
    log = sa.table("deliveries_v", *(sa.column(name) for name in ("message_id", "channel", "state")))
    joined = sa.table("message_alerts_v", sa.column("message_id"), sa.column("alert_id"))
    told = sa.table("alerts_v", sa.column("id"), sa.column("watch"))
    wanted = []
    if narrowed.watch is not None:
        wanted.append(told.c.id.in_(sa.select(told.c.id).where(told.c.watch == narrowed.watch)))
    if narrowed.channel is not None or narrowed.state is not None:
        query = sa.select(joined.c.alert_id).join(log, log.c.message_id == joined.c.message_id)
        for column, value in ((log.c.channel, narrowed.channel), (log.c.state, narrowed.state)):
            query = query if value is None else query.where(column == value)
        wanted.append(told.c.id.in_(query))
    return sa.select(told.c.id).where(*wanted) if wanted else None


def with_fate(db: Connection, rows: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The rows with what became of each alert, channel by channel, for people."""
    for row in rows:
        yield {**row, "told": "; ".join(map(str, fates(deliveries.of_alert(db, int(row["id"]))))) or "not told yet"}


@dataclass(frozen=True)
class Fate:
    """What became of an alert on one channel."""

    channel: str
    state: str
    reason: str | None = None  # why it was held back or given up
    until: datetime | None = None  # when one that waits is due

    def __str__(self) -> str:
        until = f" until {iso(self.until)}" if self.until is not None else ""
        return f"{self.channel}: {self.state}{f' ({self.reason})' if self.reason else ''}{until}"


def fates(sent: Iterable[Row[Any]]) -> list[Fate]:
    """By the deliveries of one alert, each once."""
    told = [one for one in sent if not (one.state == "suppressed" and one.reason == "folded")]  # another row has it
    return list(dict.fromkeys(_fate(one) for one in told))


def _fate(one: Row[Any]) -> Fate:
    reason = one.reason if one.state in ("suppressed", "dead", "unknown") else None
    return Fate(one.channel, one.state, reason or None, one.not_before if one.state == "pending" else None)


def load(db: Connection, number: int) -> Shown:
    """One alert: why it was decided, whom it reached, each try, and what was said. Raises NotFound."""
    row = alerts.alert(db, number)
    if row is None:
        raise NotFound(f"there is no alert {show_id('alert', number)}")
    why = row.why or {}
    about = {
        "id": row.id,
        "watch": row.watch,
        "level": row.level,
        "development_id": row.development_id,
        "article_id": row.article_id,
        "created_at": iso(row.created_at),
        "reason": why.get("reason"),
        "words": ", ".join(why.get("terms") or ()) or None,
        "quote": why.get("quote"),
        "what": row.what,
        "old": row.old,
        "new": row.new,
    }
    sent = deliveries.of_alert(db, number)
    said = list(dict.fromkeys(one.message_id for one in sent))
    contents = [(message_id, messages.content_of(db, message_id) or {}) for message_id in said]
    text = next((content["text"] for _, content in contents if content.get("text")), None)
    return Shown(
        "alert",
        {**about, "text": text},
        {
            "deliveries": [_delivery(one) for one in sent],
            "tries": [_try(one, row) for one in sent for row in attempts.attempts_of(db, one.id)],
            "messages": [
                {"message": message_id, "title": content.get("title") or "not written yet"}
                for message_id, content in contents
                if not {"folded_into", "silenced_by"} & content.keys()
            ],
        },
    )


def _delivery(one: Row[Any]) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "recipient": one.recipient,
        "state": one.state,
        "reason": one.reason or one.last_error,
        "attempts": one.attempts,
        "not_before": iso(one.not_before) if one.state == "pending" else None,
        "sent_at": iso(one.sent_at) if one.sent_at else None,
        "message": one.message_id,
    }


def _try(one: Row[Any], row: Row[Any]) -> dict[str, Any]:
    return {
        "at": iso(row.started_at),
        "channel": one.channel,
        "recipient": one.recipient,
        "outcome": row.outcome or "under way",
        "detail": row.detail,
    }


def retry(app: App, number: int, channel: str | None, by: str = "") -> list[str]:
    """Let what was given up, or may not have arrived, go out again; what came of each. Raises NotFound, UsageError.

    `by` is who does it, and is noted with it.
    """
    shown, now = show_id("alert", number), app.clock()

    def work(db: Connection) -> list[str]:
        if alerts.alert(db, number) is None:
            raise NotFound(f"there is no alert {shown}")
        sent = [one for one in deliveries.of_alert(db, number) if channel in (None, one.channel)]
        again = [one for one in sent if deliveries.again(db, one.id, now)]
        if not again:
            raise UsageError(_nothing_to_retry(shown, sent, channel))
        if by:
            people.note_deed(db, by, "alert retried", shown, now)
        return [f"{one.channel} to {one.recipient}: tried again; it was {one.state}" for one in again]

    return app.store.unit(work)


def _nothing_to_retry(shown: str, sent: list[Row[Any]], channel: str | None) -> str:
    where = f" on the channel {channel}" if channel else ""
    states = "; ".join(f"{one.channel} {one.state}{f' ({one.reason})' if one.reason else ''}" for one in sent)
    return f"{shown} has nothing{where} that was given up or may not have arrived: {states or 'no delivery'}"

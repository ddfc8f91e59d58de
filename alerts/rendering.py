"""From a message's row to the content that is fixed; what cannot be drawn is told plain."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

import structlog
from sqlalchemy.engine import Connection, Row

from alerts import message
from alerts.config import Channel
from alerts.foot import read_foot
from alerts.read import read_stories
from alerts.style import House
from core.saying import Saying
from store import definitions, findings

log = structlog.get_logger(__name__)


def draw(
    db: Connection, row: Row[Any], channel: Channel | None, zone: tzinfo, now: datetime, house: House
) -> message.Content:
    """The content of an alert, a correction or a digest, as its alerts stand now, as its channel wants it."""
    stories = read_stories(db, row.id)
    style = house.style(row.channel, channel, now)
    kind: message.Kind = "digest" if row.kind == "digest" else "alert"
    titled = None if stories else lambda _: style.language.say("gathered", "nothing_title", watch=_watch(db, row))
    try:
        return message.compose(kind, stories, zone, style, read_foot(db, row, style.language, zone, now), titled)
    except Exception as error:
        log.error("message_not_rendered", message=row.id, error=type(error).__name__)
        findings.note(
            db,
            "message_not_rendered",
            f"message {row.id}",
            "daily",
            Saying("sent_plain", "sent plain: {error}", {"error": str(error)}),
            now,
        )
        return message.fallback(kind, stories, style)


def _watch(db: Connection, row: Row[Any]) -> str:
    found = definitions.watch_by_id(db, row.watch_id)
    return str(found.name) if found is not None else ""

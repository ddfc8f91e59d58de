"""A brief as it is asked for, by command, program or page: filters and a watch in, the brief out."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy.engine import Connection

from alerts.language import speak
from core.errors import UsageError
from nightdesk.brief.compose import Frame, compose
from nightdesk.brief.gather import gather
from nightdesk.brief.values import Brief
from nightdesk.listing import Filters


def ask(
    db: Connection,
    filters: Filters,
    watch: str | None,
    zone: tzinfo,
    now: datetime,
    *,
    restricted: bool = False,
    most: int | None = None,
) -> tuple[Brief, int]:
    """The brief, and of how many developments; more than `most` are refused. Raises NotFound, UsageError."""
    told, cases = gather(db, filters, watch, restricted)
    if most is not None and len(told) > most:
        raise UsageError(f"more than {most} developments; ask for a shorter time, or for less")
    frame = Frame(speak("en"), zone, filters.since, filters.until or now, _choice(filters, watch))
    return compose(told, cases, frame), len(told)


def _choice(filters: Filters, watch: str | None) -> tuple[str, ...]:
    """What was asked for beside the time, in words."""
    asked = {
        "Watch": watch,
        "Topic": filters.topic,
        "Event type": filters.event,
        "Country": filters.country and filters.country.upper(),
        "Source": filters.source,
        "Language": filters.lang,
    }
    return tuple(f"{name}: {value}" for name, value in asked.items() if value)

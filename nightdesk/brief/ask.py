"""A brief as it is asked for, by command, program or page: filters and a watch in, the brief out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.engine import Connection

from alerts.language import speak
from core.errors import UsageError
from nightdesk.brief.compose import Frame, compose
from nightdesk.brief.gather import gather
from nightdesk.brief.values import Brief
from nightdesk.listing import Filters

_SPAN = timedelta(days=7)


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
    """The brief, and of how many developments; more than `most` are refused. Raises NotFound, UsageError.

    Where no beginning is given it is of the last seven days, or of those before its end.
    """
    filters = _begun(filters, now)
    told, cases = gather(db, filters, watch, restricted)
    if most is not None and len(told) > most:
        raise UsageError(f"more than {most} developments; ask for a shorter time, or for less")
    frame = Frame(speak("en"), zone, filters.since, filters.until or now, _choice(filters, watch))
    return compose(told, cases, frame), len(told)


def _begun(filters: Filters, now: datetime) -> Filters:
    if filters.since is not None:
        return filters
    try:
        return replace(filters, since=min(filters.until or now, now) - _SPAN)
    except OverflowError:  # there was nothing before
        return filters


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

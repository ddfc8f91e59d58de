"""Welcomes a channel: once, ever, when what its sources had at first is read, or an hour after it was made.

It says what is read and what is not, what the channel's watches would have told of late, and when they tell next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts import group, message
from alerts.config import CONSOLE
from alerts.dispatch import address
from alerts.foot import sight_lines
from alerts.place import Place
from alerts.plain import safe
from alerts.read import read_development
from alerts.sight import sight
from alerts.style import Style
from alerts.view import view
from alerts.watches import readable
from core.watch import Watch
from store import definitions, messages, occasions
from store.sight import read_sources

#: Some sources may never answer; nobody waits for them longer than this.
_LONGEST_WAIT = timedelta(hours=1)
_LATELY = timedelta(days=7)
_SHOWN = 5


def welcome(db: Connection, place: Place, now: datetime) -> int:
    """Welcome the channels that are due; how many messages that were."""
    waiting = [row for row in definitions.active_channels(db) if _wants(row, place)]
    if not waiting:
        return 0
    known = occasions.welcomed(db)
    waiting = [row for row in waiting if row.name not in known]
    if not waiting or not occasions.any_visit(db):
        return 0
    settled = occasions.baseline_is_read(db)
    due = [row for row in waiting if settled or now - row.created_at >= _LONGEST_WAIT]
    return sum(_welcome(db, row.name, place, now) for row in due)


def _wants(row: Row[Any], place: Place) -> bool:
    settings = place.channels.get(row.name)
    return settings is not None and settings.welcome and bool(place.targets.get(row.name))


def _welcome(db: Connection, channel: str, place: Place, now: datetime) -> int:
    if not occasions.take_welcome(db, channel, now):
        return 0
    style = place.house.style(channel, place.channels[channel], now)
    say = style.language.say
    lines = [
        say("gathered", "welcome"),
        "",
        *sight_lines(sight(read_sources(db), now), style.language),
        *_of_watches(db, channel, place, style, now),
    ]
    title = say("gathered", "welcome_title", channel=safe(channel))
    content = message.plain("welcome", title, lines, style.language.tag)
    message_id = messages.add_message(db, "welcome", channel, now, content=content.as_json())
    occasions.set_welcome(db, channel, message_id)
    address(db, message_id, channel, place.targets[channel], now, now)
    return 1


def _of_watches(db: Connection, channel: str, place: Place, style: Style, now: datetime) -> Iterator[str]:
    """Each watch that tells this channel: what it would have told of late, and when it tells next."""
    found = [
        (row, watch)
        for row, watch in readable(definitions.active_watches(db))
        if channel in (watch.channels or (CONSOLE,))
    ]
    say = style.language.say
    if not found:
        yield from ("", say("gathered", "no_watch"))
    for row, watch in found:
        yield ""
        yield from _would_have_told(db, row.id, watch, place, style, now)
        if watch.mode == "digest":
            _, ends = group.period(watch, place.zone, now)
            yield say("gathered", "next_digest", watch=watch.name, at=style.language.moment(ends, place.zone))
        else:
            yield say("gathered", "at_once", watch=watch.name)


def _would_have_told(
    db: Connection, watch_id: int, watch: Watch, place: Place, style: Style, now: datetime
) -> Iterator[str]:
    asked = [row for row in occasions.asked_for(db, watch_id, now - _LATELY) if _holds(watch, row)]
    say, count = style.language.say, len(asked)
    if not asked:
        yield say("gathered", "week_none", watch=watch.name)
        return
    yield say("gathered", "week", count, watch=watch.name, n=str(count))
    for row in asked[:_SHOWN]:
        seen = view(read_development(db, row.id, watch.name), place.zone, style)
        yield f"- {seen['title']} {seen.get('url') or seen['desk'] or ''}".rstrip()
    if count > _SHOWN:
        yield f"- {say('gathered', 'more', count - _SHOWN, n=str(count - _SHOWN))}"


def _holds(watch: Watch, row: Row[Any]) -> bool:
    """The filters over the whole development."""
    if row.independent_sources < watch.minimum_sources:
        return False
    return not watch.countries or bool(set(watch.countries) & set(row.countries or ()))

"""Reminds of what was announced for today, where no news of it has come since.

It goes out with the morning's digests, on that day only, to who was told of the announcement at least a day before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy.engine import Connection, Row

from alerts import group, message, silencing
from alerts.config import CONSOLE
from alerts.dispatch import address
from alerts.place import Place
from alerts.read import read_development
from alerts.watches import watch_of
from core.watch import Watch
from store import decisions, definitions, messages, occasions, rulings

_A_DAY = timedelta(days=1)
#: What was announced longer ago is not looked for.
_HALF_A_YEAR = timedelta(days=180)


def remind(db: Connection, place: Place, now: datetime) -> int:
    """Make the reminders that are due; how many messages that were."""
    local = now.astimezone(place.zone)
    if local.time() < group.DIGEST_AT.at:
        return 0
    day = local.date().isoformat()
    made = 0
    for row in occasions.announced_for(db, day, now - _HALF_A_YEAR, now - _A_DAY):
        found = definitions.watch_by_id(db, row.watch_id)
        watch = watch_of(found) if found is not None else None
        if watch is not None and watch.mode == "immediate" and watch.updates == "all":
            made += _remind(db, row, watch, day, place, now)
    return made


def _remind(db: Connection, row: Row[tuple[int, int, int]], watch: Watch, day: str, place: Place, now: datetime) -> int:
    family = decisions.families_of(db, [row.development_id])[0]
    morning = datetime.combine(now.astimezone(place.zone).date(), time(0), tzinfo=place.zone)
    if occasions.changed_since(db, family.members, morning):
        return 0
    if row.watch_id in rulings.irrelevant_for(db, family.members):
        return 0
    development = decisions.development(db, family.root)
    if silencing.holder(db, watch.name, development, family.members, None, now) is not None:
        return 0
    told = {
        one.channel: one.frozen_at
        for one in decisions.messages_about(db, family.members)
        if one.watch_id == row.watch_id and one.frozen_at is not None and "title" in (one.content or {})
    }
    channels = [name for name in watch.channels or (CONSOLE,) if name in told and place.targets.get(name)]
    if not channels or not occasions.take_reminder(db, row.watch_id, family.root, day, now):
        return 0
    for name in channels:
        _send(db, row, watch, family.root, name, day, told[name], place, now)
    return len(channels)


def _send(
    db: Connection,
    row: Row[tuple[int, int, int]],
    watch: Watch,
    development_id: int,
    channel: str,
    day: str,
    told_at: datetime,
    place: Place,
    now: datetime,
) -> None:
    style = place.house.style(channel, place.channels.get(channel), now)
    language = style.language
    told = language.moment(told_at, place.zone)
    why = language.say("gathered", "reminder_why", day=language.day(day), told=told)
    story = read_development(db, development_id, watch.name)
    content = message.compose(
        "digest", (story,), place.zone, style, (why,), lambda line: language.say("gathered", "reminder", line=line)
    )
    content = replace(content, kind="reminder", thread=development_id)
    message_id = messages.add_message(
        db,
        "reminder",
        channel,
        now,
        watch_id=row.watch_id,
        development_id=development_id,
        alert_id=row.alert_id,
        urgent=watch.urgent,
        content=content.as_json(),
    )
    address(db, message_id, channel, place.targets[channel], now, now)

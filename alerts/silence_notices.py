"""Tells of silences: what one held back when it ends, and of those that hold nothing back.

What was held is listed once on each channel that it was held from, and is told by that: it is not sent again, and a
correction of it reaches whoever read the list.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from alerts import rendering
from alerts.dispatch import address
from alerts.place import Place
from alerts.silence import Silence, matcher
from alerts.silencing import as_silence
from core.ids import show_id
from core.saying import Saying, Value
from store import findings, messages, silences

#: A silence that held nothing back for so long is likely to name what never comes.
_UNUSED = timedelta(days=7)


def tell(db: Connection, place: Place, now: datetime) -> int:
    """Tell of the silences that ended; how many messages that were."""
    findings.end_told(db, "silence_over", now)
    made = 0
    for row in silences.over_untold(db, now):
        if silences.mark_end_told(db, row.id, now):
            made += _tell_end(db, as_silence(row), place, now)
    _note_unused(db, now)
    return made


def _tell_end(db: Connection, silence: Silence, place: Place, now: datetime) -> int:
    held: dict[str, list[int]] = defaultdict(list)
    for row in silences.held_by(db, silence.id):
        held[row.channel].append(row.alert_id)
    reached = [name for name in held if place.targets.get(name)]
    for name in reached:
        _list(db, silence, name, held[name], place, now)
    if not reached:
        about: dict[str, Value] = {"owner": silence.owner, "matcher": matcher(silence), "reason": silence.reason}
        ended = "The silence of {owner} ({matcher}: {reason}) has ended. "
        detail = Saying("silence_over", f"{ended}It held nothing back.", about)
        if held:
            lost = {**about, "n": len(held)}
            detail = Saying("silence_over_gone", ended + "It held back alerts of {n} channels that are gone.", lost)
        findings.note(db, "silence_over", show_id("silence", silence.id), "daily", detail, now)
    return len(reached)


def _list(db: Connection, silence: Silence, channel: str, alerts: list[int], place: Place, now: datetime) -> None:
    message_id = messages.add_message(db, "digest", channel, now, about={"silence": silence.id})
    for alert_id in alerts:
        messages.attach(db, message_id, alert_id)
    row = messages.message_to_freeze(db, message_id)
    content = rendering.draw(db, row, place.channels.get(channel), place.zone, now, place.house)
    messages.freeze(db, message_id, "digest", content.as_json(), now)
    address(db, message_id, channel, place.targets[channel], now, now)


def _note_unused(db: Connection, now: datetime) -> None:
    """Warn of what holds nothing back, once; over when it does, or ends."""
    idle = {show_id("silence", row.id): as_silence(row) for row in silences.without_hits(db, now)}
    noted = {row.subject for row in findings.of_kind(db, "silence_unused")}
    for name in noted - idle.keys():
        findings.end(db, "silence_unused", name, now)
    for name, silence in idle.items():
        if name not in noted and now - silence.starts_at >= _UNUSED:
            detail = Saying(
                "silence_unused",
                "The silence of {owner} ({matcher}) has held nothing back in {days} days. Is it what was meant? "
                "To end it: nightdesk silences end {name}",
                {
                    "owner": silence.owner,
                    "matcher": matcher(silence),
                    "days": (now - silence.starts_at).days,
                    "name": name,
                },
            )
            findings.note(db, "silence_unused", name, "weekly", detail, now)

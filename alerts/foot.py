"""What stands below a digest: why it gathered what it did, what could be seen and what could not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts.language import Language
from alerts.plain import safe
from alerts.said import saying_in
from alerts.sight import Sight, sight
from alerts.silence import matcher
from alerts.silencing import as_silence
from alerts.watches import watch_of
from store import definitions, silences
from store.sight import read_sources

_NAMES = 12


def read_foot(db: Connection, row: Row[Any], language: Language, zone: tzinfo, now: datetime) -> list[str]:
    """The lines below a message, in its language; none below one that tells of a single development."""
    about = row.about or {}
    if "ends" in about:
        found = definitions.watch_by_id(db, row.watch_id)
        watch = watch_of(found) if found is not None else None
        began, ends = (datetime.fromisoformat(about[name]) for name in ("began", "ends"))
        name = found.name if found is not None else ""
        return [
            period_line(name, began, ends, language, zone),
            *sight_lines(sight(read_sources(db), now, watch), language),
        ]
    if "silence" in about:
        return _of_silence(db, about["silence"], language)
    if about.get("because") == "quiet hours":
        return [language.say("gathered", "quiet")]
    return []


def period_line(watch: str, began: datetime, ends: datetime, language: Language, zone: tzinfo) -> str:
    return language.say(
        "gathered",
        "period",
        watch=watch,
        began=language.moment(began, zone),
        ends=language.moment(ends, zone),
    )


def sight_lines(seen: Sight, language: Language) -> list[str]:
    """`Seen: 108 of 115 sources were read.`, and the names of the others."""
    lines = [language.say("gathered", "seen", read=str(seen.read), total=str(seen.total))]
    if seen.unread:
        lines.append(language.say("gathered", "unread", names=_names(seen.unread, language)))
    if seen.silent:
        lines.append(language.say("gathered", "silent", names=_names(seen.silent, language)))
    return lines


def _names(names: Sequence[str], language: Language) -> str:
    shown = language.names(safe(name, 60) for name in names[:_NAMES])
    if len(names) <= _NAMES:
        return shown
    return language.say("gathered", "and_more", names=shown, n=str(len(names) - _NAMES))


def _of_silence(db: Connection, silence_id: int, language: Language) -> list[str]:
    row = silences.by_id(db, silence_id)
    if row is None:
        return []
    over = as_silence(row)
    return [
        language.say(
            "gathered",
            "silence",
            owner=safe(over.owner, 60),
            what=language.names(saying_in(language, one) for one in matcher(over)),
            reason=safe(over.reason, 200),
        )
    ]

"""`silences add`, `list` and `end`: mutes, checked and stored; what each held back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from alerts.silence import matcher_words
from alerts.silencing import as_silence
from core.clock import iso
from core.duration import parse_duration
from core.errors import NotFound, UsageError
from core.ids import read_id, show_id
from nightdesk.config import Config
from nightdesk.settings.mistakes import did_you_mean
from pipeline.topic import TOPICS, load_topics
from store import decisions, definitions, history, silences

SHOWN = ("id", "state", "matcher", "owner", "reason", "ends_at", "hits", "last_hit_at")
COLUMNS = (*SHOWN, "starts_at", *silences.MATCHERS)
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Wanted:
    """A silence as somebody asks for it."""

    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    matcher: Mapping[str, Any]


def add(db: Connection, config: Config, wanted: Wanted, now: datetime) -> int:
    """Store a silence; its id. Raises UsageError for one that could hold nothing, or everything."""
    if not wanted.reason.strip():
        raise UsageError("--reason is empty; who finds the silence later will want to know why")
    if not wanted.owner.strip():
        raise UsageError("--owner is empty; say who answers for the silence")
    if wanted.ends_at <= max(wanted.starts_at, now):
        raise UsageError("it would end before it begins; give --for 2d, or a later --until")
    matcher = _matcher(db, config, wanted.matcher)
    return silences.add(db, wanted.owner.strip(), wanted.reason.strip(), wanted.starts_at, wanted.ends_at, matcher, now)


def _matcher(db: Connection, config: Config, given: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in given.items() if value is not None}
    if not found:
        ways = "--watch, --topic, --event, --country, --development, --source"
        raise UsageError(f"a silence of everything is none; limit it by {ways}")
    topics = [topic for folder in (TOPICS, config.pipeline.topics_dir) if folder for topic in load_topics(folder)]
    known: dict[str, Collection[str]] = {
        "watch": [row.name for row in definitions.active_watches(db)],
        "topic": [topic.id for topic in topics],
        "event": [event.id for topic in topics for event in topic.events],
        "source": {source.name for source in config.sources} | definitions.names(db, definitions.sources, "desk"),
    }
    for name, names in known.items():
        if name in found and found[name] not in names:
            raise UsageError(f'there is no {name} "{found[name]}"; {did_you_mean(found[name], names) or "look again"}')
    if "country" in found:
        found["country"] = found["country"].upper()
        if not _COUNTRY.fullmatch(found["country"]):
            raise UsageError(f"{found['country']!r} is no country; write two letters, as in TH")
    if "development_id" in found:
        found["development_id"] = _development(db, str(found["development_id"]))
    return found


def _development(db: Connection, text: str) -> int:
    noun, number = read_id(text, "development")
    if noun != "development":
        raise UsageError(f"--development takes d34, not {text!r}")
    if history.development(db, number) is None:
        raise NotFound(f"there is no development d{number}")
    return decisions.families_of(db, [number])[0].root


def end(db: Connection, text: str, now: datetime) -> str:
    """End a silence now; its id as people see it. Raises NotFound."""
    noun, number = read_id(text, "silence")
    if noun != "silence":
        raise UsageError(f"silences end takes s3, not {text!r}")
    if not silences.end(db, number, now):
        raise NotFound(f"there is no silence s{number} in force; nightdesk silences list shows all")
    return show_id("silence", number)


def span(
    until: str | None, lasts: str | None, begin: str | None, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """When a silence begins and ends. Raises UsageError."""
    if (until is None) == (lasts is None):
        raise UsageError("say when it ends: --for 2d, or --until 2026-12-01")
    starts = now if begin is None else max(_moment(begin, "--from", zone, end=False), now)
    if lasts is None:
        return starts, _moment(str(until), "--until", zone, end=True)
    try:
        return starts, starts + parse_duration(lasts)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--for: {error}") from error


def _moment(text: str, option: str, zone: ZoneInfo, *, end: bool) -> datetime:
    """A day or time in the users' zone; a day that ends something means its end."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} is no time; write 2026-12-01 or 2026-12-01T08:00") from error
    if end and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def rows(db: Connection, now: datetime) -> list[dict[str, Any]]:
    """Every silence, newest first, with what it held back."""
    return [_row(row, now) for row in silences.with_hits(db)]


def _row(row: Any, now: datetime) -> dict[str, Any]:
    state = "over" if row.ends_at <= now else "to come" if row.starts_at > now else "in force"
    values = {name: getattr(row, name) for name in ("id", "owner", "reason", "hits", *silences.MATCHERS)}
    times = {name: getattr(row, name) for name in ("starts_at", "ends_at", "last_hit_at")}
    return {
        **values,
        "state": state,
        "matcher": matcher_words(as_silence(row)),
        **{name: iso(moment) if moment is not None else None for name, moment in times.items()},
    }

"""Findings that wake nobody: one list a day and one a week for the operator. Pure.

A period begins at eight in the operator's morning and has one list at most, whatever restarts. What is found while the
day's list is still to come waits for company, so that a first day with many dead sources is one message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from alerts.language import Language
from alerts.plain import safe
from alerts.said import detail_in

Period = Literal["daily", "weekly"]

_MORNING = timedelta(hours=8)
_GATHERING: dict[Period, timedelta] = {"daily": timedelta(hours=6), "weekly": timedelta(days=1)}
_REMIND_AFTER = timedelta(days=6)
_LINES = 150
_NAMES = 30
#: Over by themselves; that they are is no news.
_EVENTS = frozenset(
    {"items_missed", "outlets_unknown", "page_unreadable", "delivery_unknown", "message_not_rendered", "silence_over"}
)


@dataclass(frozen=True)
class Listed:
    """A list, ready to be sent."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """What a list tells, before it has a language: rows of findings that are `new`, `over`, and `still` so."""

    period: Period
    new: Sequence[Any]
    over: Sequence[Any]
    still: Sequence[Any]
    sources: int  # how many there are


def period_key(period: Period, now: datetime, zone: tzinfo) -> str:
    """The name of the period that `now` is in: `daily 2026-10-13`, `weekly 2026-W42`."""
    day = (now.astimezone(zone).replace(tzinfo=None) - _MORNING).date()
    if period == "daily":
        return f"daily {day.isoformat()}"
    year, week, _ = day.isocalendar()
    return f"weekly {year}-W{week:02}"


def period_began(period: Period, now: datetime, zone: tzinfo) -> datetime:
    """When that period began, in UTC."""
    day = (now.astimezone(zone).replace(tzinfo=None) - _MORNING).date()
    if period == "weekly":
        day -= timedelta(days=day.weekday())
    morning = datetime(day.year, day.month, day.day, tzinfo=zone) + _MORNING
    return morning.astimezone(UTC)


def is_due(period: Period, oldest: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether the oldest of what is to be told has waited for company long enough."""
    return oldest < period_began(period, now, zone) or now - oldest >= _GATHERING[period]


def wants_reminder(told_at: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether something told in an earlier week, and still so, belongs into this week's list."""
    return now - told_at >= _REMIND_AFTER and told_at < period_began("weekly", now, zone)


def is_state(kind: str) -> bool:
    """Whether a finding's end is worth telling."""
    return kind not in _EVENTS


def compose(draft: Draft, language: Language) -> Listed:
    """The list as a channel's language has it; names stay as they were noted."""
    over = [row for row in draft.over if is_state(row.kind)]
    failing = [row for row in draft.new if row.kind == "source_failing"]
    silent = [row for row in draft.new if row.kind == "source_silent"]
    rest = [row for row in draft.new if row not in failing and row not in silent]
    lines = [f"- {row.subject}: {detail_in(language, row)}" for row in sorted(failing, key=_by_rank(failing))]
    lines += [f"- {row.subject}: {detail_in(language, row)}" for row in silent]
    lines += [_line(row, language) for row in rest]
    if len(lines) > _LINES:
        lines[_LINES:] = [f"- {language.say('finding', 'and_more', n=str(len(lines) - _LINES))}"]
    if over:
        lines += ["", language.say("finding", "over_names", names=_names(over, language))]
    if draft.still:
        lines += ["", language.say("finding", "still_names", names=_names(draft.still, language))]
    lines += ["", language.say("finding", "look")]
    heads = language.word("finding", "between", "; ").join(_heads(draft, failing, silent, rest, over, language))
    title = language.say("finding", draft.period, heads=heads)
    return Listed(safe(title, 200), tuple(safe(line, 600) for line in lines))


def _heads(
    draft: Draft,
    failing: Sequence[Any],
    silent: Sequence[Any],
    rest: Sequence[Any],
    over: Sequence[Any],
    language: Language,
) -> list[str]:
    def say(key: str, count: int, **values: str) -> str:
        return language.say("finding", key, count, n=str(count), **values)

    heads = []
    if failing:
        heads.append(say("failing", len(failing), total=str(draft.sources), causes=counted(failing, language)))
    if silent:
        heads.append(say("silent", len(silent)))
    if rest:
        heads.append(say("found_more" if heads else "found", len(rest)))
    if over:
        heads.append(say("over", len(over)))
    if draft.still and not heads:
        heads.append(say("still", len(draft.still)))
    return heads


def kind_words(kind: str, language: Language) -> str:
    """What a kind of finding is called; its name where a language has no words for it."""
    return language.word("finding_kind", kind, kind.replace("_", " "))


def advice(kind: str, subject: str, language: Language) -> str:
    """What to do; empty where the details say it, or the language has no words for it."""
    return language.word("finding_help", kind).replace("{subject}", subject)


def _line(row: Any, language: Language) -> str:
    line = f"- {kind_words(row.kind, language)}, {row.subject}: {detail_in(language, row)}"
    return f"{line} {advice(row.kind, row.subject, language)}".rstrip()


def counted(failing: Sequence[Any], language: Language) -> str:
    """`9 blocked, 5 moved, 3 empty`: most frequent first."""
    groups = Counter(row.cause or "unreadable" for row in failing)
    ordered = sorted(groups.items(), key=lambda pair: (-pair[1], pair[0]))
    return language.names(
        language.say("finding", "by_cause", n=str(count), cause=language.word("source_cause", group, group))
        for group, count in ordered
    )


def _by_rank(failing: Sequence[Any]) -> Callable[[Any], tuple[int, str, str]]:
    """The most frequent cause first."""
    groups = Counter(row.cause for row in failing)
    return lambda row: (-groups[row.cause], row.cause or "", row.subject)


def _names(rows: Sequence[Any], language: Language) -> str:
    names = [f"{row.subject} ({_state(row.kind, language)})" for row in rows]
    shown = language.names(names[:_NAMES])
    if len(names) <= _NAMES:
        return shown
    return f"{shown} {language.say('finding', 'and_more', n=str(len(names) - _NAMES))}"


def _state(kind: str, language: Language) -> str:
    """Of a source it goes without saying that it is one."""
    words = kind_words(kind, language)
    return words.removeprefix("source ") if language.tag == "en" else words

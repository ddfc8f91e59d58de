"""Findings that wake nobody: one list a day and one a week for the operator. Pure.

A period begins at eight in the operator's morning and has one list at most, whatever restarts. What is found while the
day's list is still to come waits for company, so that a first day with many dead sources is one message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from alerts.plain import safe

Period = Literal["daily", "weekly"]

_MORNING = timedelta(hours=8)
_GATHERING: dict[Period, timedelta] = {"daily": timedelta(hours=6), "weekly": timedelta(days=1)}
_REMIND_AFTER = timedelta(days=6)
_LINES = 150
_NAMES = 30
#: What a list says of the causes of sources that cannot be read, where the word alone would not do.
_GROUPS = {
    "unreachable": "not reached",
    "troubled": "in trouble",
    "unreadable": "not readable",
    "ours": "for us to mend",
}
#: Over by themselves; that they are is no news.
_EVENTS = frozenset(
    {"items_missed", "outlets_unknown", "page_unreadable", "delivery_unknown", "message_not_rendered", "silence_over"}
)


@dataclass(frozen=True)
class Listed:
    """A list, ready to be sent."""

    title: str
    lines: tuple[str, ...]


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


def compose(period: Period, new: Sequence[Any], over: Sequence[Any], still: Sequence[Any], sources: int) -> Listed:
    """The list of what is `new`, `over`, and `still` so; rows of findings. `sources` is how many there are."""
    over = [row for row in over if is_state(row.kind)]
    lines: list[str] = []
    failing = [row for row in new if row.kind == "source_failing"]
    silent = [row for row in new if row.kind == "source_silent"]
    rest = [row for row in new if row not in failing and row not in silent]
    heads = []
    if failing:
        heads.append(f"{len(failing)} of {sources} sources cannot be read: {counted(failing)}")
    if silent:
        heads.append(f"{_many(len(silent), 'source is', 'sources are')} silent")
    if rest:
        heads.append(
            f"{_many(len(rest), 'more finding' if heads else 'finding', 'more findings' if heads else 'findings')}"
        )
    if over:
        heads.append(f"{len(over)} over")
    if still and not heads:
        heads.append(f"{len(still)} still so")
    for row in sorted(failing, key=lambda row: (_rank(failing, row.cause), row.subject)):
        lines.append(f"- {row.subject}: {row.detail}")
    lines += [f"- {row.subject}: {row.detail}" for row in silent]
    lines += [f"- {row.kind.replace('_', ' ')}, {row.subject}: {row.detail}" for row in rest]
    if len(lines) > _LINES:
        lines[_LINES:] = [f"- and {len(lines) - _LINES} more"]
    if over:
        lines += ["", f"Over: {_names(over)}."]
    if still:
        lines += ["", f"Still so since an earlier week: {_names(still)}."]
    lines += ["", "`nightdesk sources health` and `nightdesk doctor` show how things are now."]
    title = f"Nightdesk, {period} list: {'; '.join(heads)}"
    return Listed(safe(title, 200), tuple(safe(line, 600) for line in lines))


def counted(failing: Sequence[Any]) -> str:
    """`9 blocked, 5 moved, 3 empty`: most frequent first."""
    groups = Counter(row.cause or "unreadable" for row in failing)
    ordered = sorted(groups.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {_GROUPS.get(group, group)}" for group, count in ordered)


def _rank(failing: Sequence[Any], cause: str | None) -> tuple[int, str]:
    return -sum(1 for row in failing if row.cause == cause), cause or ""


def _names(rows: Sequence[Any]) -> str:
    names = [f"{row.subject} ({row.kind.removeprefix('source_').replace('_', ' ')})" for row in rows]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"

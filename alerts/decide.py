"""Who is told of which change, and why. Pure: values and `now` in, a verdict out.

A watch judges a development by all its articles. Its `new` change stays open for a watch, without a decision, until
one article version matches and the filters over the whole development hold; whatever else happens is decided once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.watch import Watch

#: What a change is about where the page of an article vanished.
_GONE = "gone"
#: What a change must be about to reach a watch with that `updates`.
_UPDATES = {"figures": ("figure",), "official": ("official",)}


@dataclass(frozen=True)
class Change:
    """One change of a development, as the record has it."""

    id: int
    development_id: int
    kind: str  # new | update | correction
    origin: str  # live | baseline | backfill | reprocess | analyst
    at: datetime
    what: str | None = None
    old: str | None = None
    new: str | None = None
    cause_article_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where a watch stands with a development, merged ones included."""

    watch: Watch
    edited_at: datetime
    matched: bool  # a current article version matches the watch as it is now
    told: bool  # an earlier alert of this watch told of it
    named: Mapping[str, frozenset[str]]  # channel -> values that a frozen message to it named
    waiting: frozenset[str]  # channels whose first message is not yet claimed
    quiet: bool = False  # it matches only since an analyst or a reprocess looked again
    dismissed_by: str | None = None  # the analyst who said that the development is not relevant for the watch
    left: tuple[str, ...] = ()  # channels that it told by and names no more


@dataclass(frozen=True)
class Overview:
    """The development as a whole, for the filters that look at all its articles."""

    independent_sources: int
    countries: frozenset[str]
    threads: frozenset[str] = frozenset()  # the case it is of, by every id that leads there


@dataclass(frozen=True)
class Tell:
    level: Literal["new", "update", "correction"]
    channels: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Pass:
    """Decided: nobody is told."""

    reason: str


@dataclass(frozen=True)
class Open:
    """Not decided: a later article may still match."""

    reason: str


Verdict = Tell | Pass | Open


def decide(
    change: Change, standing: Standing, overview: Overview, channels: tuple[str, ...], max_age: timedelta, now: datetime
) -> Verdict:
    """What this watch does with this change."""
    if change.at <= standing.edited_at:
        return Pass("older than the watch, or than its last edit")
    if now - change.at > max_age:
        return Pass("older than max_age when it first could be told")
    if change.kind == "new":
        return _of_new(change, standing, overview, channels)
    if change.kind == "correction":
        return _of_correction(change, standing, overview, channels)
    return _of_update(change, standing, overview, channels)


def _of_new(change: Change, standing: Standing, overview: Overview, channels: tuple[str, ...]) -> Verdict:
    if change.origin in ("baseline", "backfill"):
        return Pass(f"of {change.origin} articles: known, never told")
    if change.origin != "live":
        return Pass(f"made by {change.origin}: tells nobody")
    if standing.told:
        return Pass("already told of this development")
    if standing.dismissed_by:
        return Pass(f"not relevant for this watch, said {standing.dismissed_by}")
    if not standing.matched:
        return Open("no article matches yet")
    if standing.quiet:
        return Open("matches only since an analyst or a reprocess looked again: tells nobody of itself")
    lacking = _lacks(standing.watch, overview)
    if lacking:
        return Open(lacking)
    return Tell("new", channels, "a new development that the watch asked for")


def _of_update(change: Change, standing: Standing, overview: Overview, channels: tuple[str, ...]) -> Verdict:
    if change.origin != "live":
        return Pass(f"an update of origin {change.origin} tells nobody")
    if change.what == _GONE:
        return Pass("a page that vanished tells nobody")
    if standing.dismissed_by:
        return Pass(f"not relevant for this watch, said {standing.dismissed_by}")
    if not standing.told:
        if not standing.matched:
            return Pass("never told of this development, and no article matches")
        lacking = _lacks(standing.watch, overview)
        if lacking:
            return Pass(f"never told of this development: {lacking}")
    wanted = _wanted(standing.watch, change)
    if wanted:
        return Pass(wanted)
    return Tell("update", channels, f"an update ({change.what or 'change'}) to a development of this watch")


def _of_correction(change: Change, standing: Standing, overview: Overview, channels: tuple[str, ...]) -> Verdict:
    wronged = tuple(
        name
        for name in (*channels, *standing.left)
        if name in standing.waiting or _was_told(change, standing.named.get(name, frozenset()))
    )
    if wronged:
        return Tell("correction", wronged, "it was told a value that is now corrected")
    if change.origin != "live":
        return Pass(f"a correction of origin {change.origin}, of a value that was never told")
    return _of_update(change, standing, overview, channels)


def _lacks(watch: Watch, overview: Overview) -> str:
    if overview.independent_sources < watch.minimum_sources:
        return f"{overview.independent_sources} independent sources of {watch.minimum_sources} so far"
    if watch.countries and not overview.countries & set(watch.countries):
        return f"not in {', '.join(watch.countries)} so far"
    if watch.threads and not overview.threads & set(watch.threads):
        return f"not of {', '.join(watch.threads)} so far"
    return ""


def _wanted(watch: Watch, change: Change) -> str:
    """Why `updates` leaves this change out; empty where it does not."""
    if watch.updates == "all":
        return ""
    if watch.updates == "none":
        return "the watch wants no updates"
    if (change.what or "") in _UPDATES[watch.updates]:
        return ""
    return f"the watch wants updates of {watch.updates} only, this is {change.what or 'another kind'}"


_NUMBER = re.compile(r"\d[\d,.  ]*\d|\d")


def _was_told(change: Change, named: frozenset[str]) -> bool:
    if change.what == "article":  # whose old value is a headline: a number in it is a figure of its own
        return change.old is not None and plain(change.old) in named
    return was_named(change.old, named)


def was_named(old: str | None, named: frozenset[str]) -> bool:
    """Whether a message that named these values told the old one: the same words, or the same number."""
    if not old:
        return False
    if plain(old) in named:
        return True
    return any(number in named for number in numbers(old))


def plain(value: str) -> str:
    return " ".join(value.casefold().split())


def numbers(text: str) -> tuple[str, ...]:
    """Every number in a text in one plain spelling: `1,041` and `1041.0` are `1041`."""
    return tuple(number(found) for found in _NUMBER.findall(text))


def number(value: float | str) -> str:
    if isinstance(value, str):
        digits = re.sub(r"[,  ]", "", value)
        try:
            value = float(digits)
        except ValueError:
            return digits
    return f"{value:.0f}" if float(value).is_integer() else f"{value:g}"

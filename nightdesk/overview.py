"""What every development says in figures and places, kept in memory for charts and map, and brought up to date cheaply.

A development counts once, however many articles report it: its leading figures as ranges over all that they say.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from store import overview
from store.engine import Store

#: How far back charts and map can look.
SPAN = timedelta(days=3 * 366)
_BATCH = 5_000
_REST = 0.2  # seconds between two batches that nobody waits for
_OVERLAP, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: What one calls freed another calls held.
PEOPLE = frozenset({"people", "suspects", "victims", "defendants", "fugitives"})
_WHOM = PEOPLE | {"officers"}

#: What a chart counts: its title, the kind of news it is of, and what is counted.
SERIES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "rescued": ("People rescued", "rescue_release", PEOPLE),
    "returned": ("People returned home", "repatriation", PEOPLE),
    "arrested": ("People arrested or handed over", "arrest_handover", PEOPLE),
    "sentenced": ("People charged or sentenced", "prosecution_sentence", PEOPLE),
    "trained": ("Officers trained", "police_training", frozenset({"officers", "people"})),
}


@dataclass(frozen=True)
class Range:
    """A count of people as it was told: of whom, and between what."""

    unit: str
    nationality: str | None
    low: float
    high: float
    leading: bool


@dataclass(frozen=True)
class Entry:
    """One development."""

    id: int
    title: str
    day: date
    month: date  # the first of its month
    found_at: datetime
    topics: tuple[str, ...]
    events: tuple[str, ...]
    countries: tuple[str, ...]
    ranges: tuple[Range, ...]
    places: tuple[tuple[str | None, str | None], ...]  # name and country
    routes: tuple[tuple[str, str], ...]  # country by country, as they were gone

    def of(self, series: str, nationality: str | None = None) -> Range | None:
        """What it adds to a chart: its leading figure of what that counts, or what it says of one nationality."""
        _, event, units = SERIES[series]
        if not self.events or self.events[0] != event:
            return None
        fitting = [one for one in self.ranges if one.unit in units]
        if nationality is not None:
            fitting = [one for one in fitting if one.nationality == nationality]
        else:
            fitting = [one for one in fitting if one.leading] or fitting
        if not fitting:
            return None
        # Several reports of one thing are a range; the largest group stands for the whole, its parts do not add to it.
        top = max(fitting, key=lambda one: one.high)
        same = [one for one in fitting if one.nationality == top.nationality and one.leading == top.leading]
        return Range(top.unit, nationality, min(one.low for one in same), top.high, top.leading)


@dataclass(frozen=True)
class Chosen:
    """What is left out of a chart or map."""

    since: date
    until: date
    topic: str | None = None
    event: str | None = None
    country: str | None = None

    def fits(self, entry: Entry) -> bool:
        return (
            self.since <= entry.day <= self.until
            and (self.topic is None or self.topic in entry.topics)
            and (self.event is None or self.event in entry.events)
            and (self.country is None or self.country in entry.countries)
        )


class Event(Protocol):
    """What is set when the page closes."""

    def wait(self, timeout: float) -> bool: ...
    def is_set(self) -> bool: ...


class Overview:
    """Every development of the last years. Safe to share between threads."""

    def __init__(self) -> None:
        self._months: dict[date, dict[int, Entry]] = {}  # by the first day of each
        self._month_of: dict[int, date] = {}
        self._updated = _NEVER
        self._began: tuple[datetime, list[tuple[datetime, str]]] | None = None
        self._is_frozen = False
        self._lock = threading.Lock()

    def sources_began(self, db: Connection, now: datetime) -> list[tuple[datetime, str]]:
        """When each source brought its first article, and its name. Asks every article, so only once an hour."""
        with self._lock:
            if self._began is None or not timedelta(0) <= now - self._began[0] < _HOUR:
                self._began = now, [(row.at, row.name) for row in overview.sources_began(db)]
            return self._began[1]

    def read(self, db: Connection, now: datetime, chosen: Chosen) -> list[Entry]:
        """What fits, as it stands now: what changed since the last look is read again."""
        with self._lock:
            # A change that another process was still writing at the last look has a time before it.
            updated = self._updated if self._updated == _NEVER else self._updated - _OVERLAP
            is_last = False
            while not is_last:
                updated, is_last = self._read_on(db, updated, now - SPAN)
            return [
                entry
                for first in months(chosen)
                for entry in self._months.get(first, {}).values()
                if chosen.fits(entry)
            ]

    def warm(self, store: Store, now: datetime, stop: Event) -> None:
        """Read it all before somebody asks. Ends early once `stop` is set.

        Some at a time, each in a transaction of its own and with a rest after it, so that neither a stage nor a request
        waits for it.
        """
        updated, is_last = _NEVER, False
        while not is_last and not stop.wait(_REST):
            with store.read() as db, self._lock:
                updated, is_last = self._read_on(db, max(updated, self._updated), now - SPAN)
        if not stop.is_set():
            with store.read() as db:
                self.sources_began(db, now)

    def _read_on(self, db: Connection, updated: datetime, since: datetime) -> tuple[datetime, bool]:
        """Read what changed next after that moment; up to when, and whether that was all."""
        rows = overview.changed_since(db, updated, since, _BATCH)
        for row in rows:
            self._forget(row.id)
        standing = [row for row in rows if not row.gone]
        said = _by_development(overview.stated(db, [row.id for row in standing]))
        for row in standing:
            self._keep(_entry(row, said.get(row.id, ())))
        is_last = len(rows) < _BATCH or rows[-1].updated_at == updated
        if rows:
            self._updated = updated = rows[-1].updated_at
        if is_last and not self._is_frozen:
            gc.freeze()  # what stays for good need not be looked through at each collection, which stops a request
            self._is_frozen = True
        return updated, is_last

    def _keep(self, entry: Entry) -> None:
        self._months.setdefault(entry.month, {})[entry.id] = entry
        self._month_of[entry.id] = entry.month

    def _forget(self, development_id: int) -> None:
        first = self._month_of.pop(development_id, None)
        if first is not None:
            del self._months[first][development_id]


def _by_development(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.development_id, []).append(row)
    return found


def _entry(row: Any, said: Iterable[Any]) -> Entry:
    ranges: list[Range] = []
    places: list[tuple[str | None, str | None]] = []
    routes: list[tuple[str, str]] = []
    for one in said:
        if one.kind == "count":
            if one.unit in _WHOM:
                ranges.append(Range(one.unit, one.nationality, float(one.low), float(one.high), bool(one.leading)))
        elif one.kind == "place":
            places.append((one.place, one.country))
        else:
            stops = [stop for stop in (one.from_country, one.via_country, one.to_country) if stop]
            routes.extend(pairwise(stops))
    at = _day(row.event_date) or row.first_news_at.date()
    return Entry(
        id=row.id,
        title=row.title,
        day=at,
        month=at.replace(day=1),
        found_at=row.last_found_at,
        topics=tuple(row.topics or ()),
        events=tuple(row.event_types or ()),
        countries=tuple(row.countries or ()),
        ranges=tuple(ranges),
        places=tuple(dict.fromkeys(places)),
        routes=tuple(dict.fromkeys(routes)),
    )


def _day(written: str | None) -> date | None:
    """The day of an event, where it is known to the day or to the month."""
    parts = (written or "").split("-")
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1) if len(parts) > 1 else None
    except ValueError:
        return None


# -- by month ---------------------------------------------------------------------------------------------------------


@dataclass
class Month:
    """What a month adds up to: between low and high, told by so many developments."""

    first: date
    low: float = 0
    high: float = 0
    developments: int = 0

    @property
    def name(self) -> str:
        return f"{self.first:%b %Y}"


def months(chosen: Chosen) -> list[date]:
    """The first day of each month of a span."""
    found, at = [], chosen.since.replace(day=1)
    while at <= chosen.until:
        found.append(at)
        at = (at + timedelta(days=32)).replace(day=1)
    return found


def by_month(entries: Iterable[Entry], series: str, chosen: Chosen, nationality: str | None = None) -> list[Month]:
    """A chart's bars, one for each month of the span, those without any too. `entries` fit what was chosen."""
    found = {first: Month(first) for first in months(chosen)}
    for entry in entries:
        counted = entry.of(series, nationality)
        if counted is not None:
            month = found[entry.month]
            month.low += counted.low
            month.high += counted.high
            month.developments += 1
    return list(found.values())


def events_by_month(kinds: Mapping[str, Sequence[Entry]], chosen: Chosen) -> dict[str, list[int]]:
    """How many developments of each kind each month has; the kind of most first."""
    firsts = months(chosen)
    found = {}
    for kind, entries in sorted(kinds.items(), key=lambda one: (-len(one[1]), one[0])):
        counts = Counter(entry.month for entry in entries)
        found[kind] = [counts[first] for first in firsts]
    return found


def nationalities(entries: Iterable[Entry], series: str) -> list[tuple[str, float, float, int]]:
    """Of whom a chart's people are: each nationality with low, high and how many developments name it; most first."""
    found: dict[str, list[float]] = {}
    for entry in entries:
        for code in {one.nationality for one in entry.ranges if one.nationality}:
            counted = entry.of(series, code)
            if counted is not None:
                sums = found.setdefault(code, [0, 0, 0])
                sums[0] += counted.low
                sums[1] += counted.high
                sums[2] += 1
    ordered = sorted(found.items(), key=lambda one: -one[1][1])
    return [(code, low, high, int(count)) for code, (low, high, count) in ordered]


def by_kind(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The developments of each kind; each is of its first."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.events:
            found.setdefault(entry.events[0], []).append(entry)
    return found

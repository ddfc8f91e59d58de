"""A month of simulated sources in accelerated time: who publishes how, what befalls them, and what is noticed when.

`run` hands each visit to the crawler's own deciders as if an answer had come, and keeps its notices: without sockets,
store or pages. tests/monthdesk.py runs the whole desk on the same sources.
"""

from __future__ import annotations

import heapq
import math
import random
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from crawler.answer import Answer
from crawler.feeds import Entry
from crawler.habits import Habits, usual_gap
from crawler.health import Notice
from crawler.remember import Visit, after_visit
from crawler.source import Source
from crawler.visit import conditions, keyed, new_among
from store.pages import SourceDue
from tests.monthnews import NO_FATE, Fate, fates

START = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday
HISTORY = timedelta(days=120)  # published before the first visit
#: What kills a source, and what only looks like it.
DEATHS = ("gone", "html", "challenge", "dns", "empty", "frozen", "alike")
TROUBLES = ("flood", "redated", "redesign", "liar", "outage")
#: Mean hours between items, and whether nights and weekends are free.
RHYTHMS = {
    "wire": (0.3, False),
    "paper": (2.0, True),
    "hourly": (1.0, False),
    "thrice": (8.0, False),
    "daily": (24.0, False),
    "ministry": (30.0, True),
    "weekly": (168.0, False),
    "fortnightly": (336.0, False),
}
#: With fewer articles, for runs in which each is fetched, read and told of.
QUIETER = RHYTHMS | {"wire": (1.5, False), "hourly": (3.0, False)}


@dataclass(frozen=True)
class Line:
    """One line of a source's list."""

    number: int
    when: datetime  # the date it shows
    path: str
    guid: str


@dataclass
class Simulated:
    """One source, with all that it will ever publish."""

    name: str
    rhythm: str
    items: list[tuple[datetime, int]]  # when, which; oldest first
    shown: int  # entries in its list
    dated: bool
    death: str | None = None
    dies_at: datetime | None = None
    trouble: str | None = None
    troubled_at: datetime | None = None
    fates: dict[int, Fate] = field(default_factory=dict)  # of some of its items
    source: Source = field(init=False)
    state: dict[str, Any] = field(default_factory=dict)
    known: dict[str, str | None] = field(default_factory=dict)
    visits: int = 0
    seen: set[int] = field(default_factory=set)
    told: list[tuple[datetime, Notice]] = field(default_factory=list)
    largest_pause: timedelta = timedelta()

    def __post_init__(self) -> None:
        url = f"{self.home}/rss"
        self.source = Source.model_validate({"name": self.name, "url": url})
        self._times = [when for when, _ in self.items]

    @property
    def home(self) -> str:
        return f"https://{self.name}.example"

    @property
    def usual_gap(self) -> timedelta:
        """The gap that 95 of 100 of its gaps stay below, items of an hour taken as one."""
        times = [when for when in self._times if self.dies_at is None or when < self.dies_at]
        gaps, last = [], times[0]
        for when in times[1:]:
            if when - last >= timedelta(hours=1):
                gaps.append(when - last)
                last = when
        return sorted(gaps)[math.ceil(0.95 * len(gaps)) - 1]

    def is_dead(self, now: datetime) -> bool:
        return self.dies_at is not None and now >= self.dies_at

    def look(self, now: datetime, due: SourceDue) -> Visit:
        """What a visit meets."""
        url = self.source.url
        death = self.death if self.is_dead(now) else None
        if death in ("gone", "challenge"):
            status, body = (404, b"") if death == "gone" else (403, b"<html><title>Just a moment...</title>")
            return Visit(due, self.source, now, Answer(url, url, status, {}, body), error=f"http_{status}")
        if death == "html":
            return Visit(due, self.source, now, Answer(url, url, 200, {}, b"<html><title>x"), error="feed_html")
        if death == "dns" or self.is_out(now):
            return Visit(due, self.source, now, Answer(url, url, error="dns" if death else "timeout"), error="timeout")
        headers = conditions(due, now)
        entries = [] if death == "empty" else list(self._entries(now, death))
        shown = repr([(entry.url, entry.published) for entry in entries])
        etag = '"1"' if self.trouble == "liar" else f'"{hash(shown)}"'
        if headers and headers.get("If-None-Match") == etag:
            return Visit(due, self.source, now, Answer(url, url, 304))
        found = keyed(entries, self.source)
        answer = Answer(url, url, 200, {"etag": etag}, b"<rss>")
        return Visit(due, self.source, now, answer, sha256=str(hash(shown)), entries=len(found), keyed=found)

    def is_out(self, now: datetime) -> bool:
        at = self.troubled_at
        return self.trouble == "outage" and at is not None and at <= now < at + timedelta(hours=3)

    def _entries(self, now: datetime, death: str | None) -> Iterator[Entry]:
        for line in self.lines(now, death):
            date = line.when if self.dated else None
            yield Entry(line.guid, f"{self.home}/{line.path}", f"Item {line.number}", None, None, date)

    def lines(self, now: datetime, death: str | None) -> list[Line]:
        """What its list shows, the newest first: without what was taken back, what is there again on top."""
        until = self.dies_at if death == "frozen" and self.dies_at else now
        newest = bisect_right(self._times, until)
        again = [(fate.back_at, number) for number, fate in self.fates.items() if fate.back_at and fate.is_back(until)]
        kept = ((when, number) for when, number in reversed(self.items[:newest]) if not self._left(number, until))
        shown = sorted([*again, *islice(kept, self.shown)], reverse=True)[: self.shown]
        return [self._line(when, number, now, death) for when, number in shown]

    def _left(self, number: int, now: datetime) -> bool:
        fate = self.fates.get(number)
        return fate is not None and fate.gone_at is not None and fate.gone_at <= now

    def _line(self, when: datetime, number: int, now: datetime, death: str | None) -> Line:
        troubled = self.troubled_at is not None and now >= self.troubled_at
        if troubled and self.trouble == "redated" and self.troubled_at and when < self.troubled_at:
            when = self.troubled_at
        fate = self.fates.get(number, NO_FATE)
        moved = "again-" if fate.back_as == "moved" and fate.is_back(now) else ""
        path = f"{'new/' if self.is_redesigned(now) else ''}{moved}{number}"
        renamed = "-b" if fate.back_as == "guid" and fate.is_back(now) else ""
        return Line(number, when, "news" if death == "alike" else path, f"{path}{renamed}")

    def came(self, number: int) -> datetime:
        """When an item came out."""
        return self.items[number][0]

    def is_redesigned(self, now: datetime) -> bool:
        return self.trouble == "redesign" and self.troubled_at is not None and now >= self.troubled_at


def number_in(path: str) -> int:
    """Which item of its source an address or GUID is of."""
    found = re.search(r"(\d+)(?:-b)?$", path)
    return int(found[1]) if found else -1


Keep = Callable[[Simulated, Visit, SourceDue, list[Any], bool, datetime, float], list[Notice]]


def keep_in_memory(
    one: Simulated, seen: Visit, due: SourceDue, new: list[Any], first: bool, now: datetime, chance: float
) -> list[Notice]:
    """What the store would keep, without it."""
    after = after_visit(seen, due, new, first, now, chance=chance)
    one.state |= after.state
    return list(after.notices)


def due_of(one: Simulated) -> SourceDue:
    names = SourceDue.__dataclass_fields__
    return SourceDue(1, one.name, {}, **{name: one.state[name] for name in names if one.state.get(name) is not None})


def run(
    sources: list[Simulated],
    days: float = 30,
    chance: Callable[[], float] = lambda: 0.5,
    keep: Keep = keep_in_memory,
    load: Callable[[Simulated], SourceDue] = due_of,
) -> None:
    """Visit every source when it is due until the month is over."""
    waiting = [(START + timedelta(seconds=number), number) for number in range(len(sources))]
    heapq.heapify(waiting)
    end = START + timedelta(days=days)
    while waiting and waiting[0][0] < end:
        now, number = heapq.heappop(waiting)
        one = sources[number]
        heapq.heappush(waiting, (_visit(one, now, chance(), keep, load(one)), number))


def _visit(one: Simulated, now: datetime, chance: float, keep: Keep, due: SourceDue) -> datetime:
    seen = one.look(now, due)
    first = due.baseline_at is None and seen.error is None
    new = new_among(seen.keyed, one.known, now)
    notices = keep(one, seen, due, new, first, now, chance)
    one.known.update({key: None for entry in seen.keyed for key in entry.keys})
    one.seen.update(number_in(entry.entry.guid or "") for entry in seen.keyed)
    one.visits += 1
    one.told += [(now, notice) for notice in notices]
    following: datetime = one.state["next_visit_at"]
    one.largest_pause = max(one.largest_pause, following - now)
    return following


def published(hours: float, rests: bool, rng: random.Random, days: float) -> list[datetime]:
    """When a source of that rhythm brings something, from long before the start."""
    now, end = START - HISTORY, START + timedelta(days=days)
    found: list[datetime] = []
    while True:
        # Between regular and random: half of each gap is certain.
        now += timedelta(hours=hours * (0.5 + rng.expovariate(2.0)))
        if rests:
            while now.weekday() > 4 or not 8 <= now.hour < 18:
                now += timedelta(hours=1)
        if now >= end:
            return found
        found.append(now)


def make(
    number: int,
    rng: random.Random,
    days: float = 30,
    rhythms: Mapping[str, tuple[float, bool]] = RHYTHMS,
    rhythm: str | None = None,
    **befalls: Any,
) -> Simulated:
    """One source; without `rhythm` its rhythm follows from its number."""
    rhythm = rhythm or list(rhythms)[number % len(rhythms)]
    times = published(*rhythms[rhythm], rng, days)
    trouble, at = befalls.get("trouble"), befalls.get("troubled_at")
    if trouble == "flood" and at is not None:
        times = sorted([*times, *(at for _ in range(500))])
    items = [(when, place) for place, when in enumerate(times)]
    return Simulated(f"s{number}", rhythm, items, rng.choice((10, 20, 30, 50)), rng.random() < 0.8, **befalls)


def population(
    count: int, seed: int = 7, days: float = 30, rhythms: Mapping[str, tuple[float, bool]] = RHYTHMS
) -> list[Simulated]:
    """A third dies in the second or third week, a third has trouble that is none, a third just works."""
    rng = random.Random(seed)
    sources = []
    for number in range(count):
        at = START + timedelta(days=rng.uniform(9, 12))
        befalls: Mapping[str, Any] = {}
        if number % 3 == 0:
            befalls = {"death": DEATHS[number // 3 % len(DEATHS)], "dies_at": at}
        elif number % 3 == 1:
            befalls = {"trouble": TROUBLES[number // 3 % len(TROUBLES)], "troubled_at": at}
        sources.append(make(number, rng, days, rhythms, **befalls))
    give_fates(sources, random.Random(seed), days)
    return sources


def give_fates(
    sources: list[Simulated], rng: random.Random, days: float = 30, wanted: int = 3, haste: float = 1.0
) -> None:
    """News on the beat for every source, with edits and deletions: one before the first visit, `wanted` after it."""
    turn, end = count(), START + timedelta(days=days)
    for one in sources:
        alone = Counter(when for when, _ in one.items)  # not of a flood
        times = [(when, number) for when, number in one.items if alone[when] == 1]
        one.fates = fates([one for one in times if START <= one[0] < end], wanted, rng, turn, haste)
        one.fates |= {number: Fate(story=0) for _, number in [one for one in times if one[0] < START][-1:]}
    # Numbered by time, so that what is alike is far apart.
    told = sorted(
        (when, place, number)
        for place, one in enumerate(sources)
        for when, number in one.items
        if one.fates.get(number, NO_FATE).story is not None
    )
    for story, (_, place, number) in enumerate(told):
        sources[place].fates[number] = replace(sources[place].fates[number], story=story)


@dataclass(frozen=True)
class Found:
    """What became of one source in the month."""

    source: Simulated
    delay: timedelta | None  # from death to the finding
    limit: timedelta | None  # when it had to be found
    false: tuple[Notice, ...]  # findings of a source that was well
    missed: int  # items that came and went unseen
    items: int


def judge(one: Simulated, days: float = 30) -> Found:
    end = START + timedelta(days=days)
    about = [(at, notice) for at, notice in one.told if notice.detail and notice.kind.startswith("source_")]
    about = [(at, notice) for at, notice in about if notice.kind != "source_moved"]
    after = [at for at, _ in about if one.is_dead(at)]
    # What can be known of a list without dates is when its entries were seen.
    usual = max(one.usual_gap, usual_gap(Habits.of(one.state["memory"]).gaps) or one.usual_gap)
    false = tuple(notice for at, notice in about if not one.is_dead(at))
    delay = after[0] - one.dies_at if after and one.dies_at else None
    limit = max(timedelta(hours=24), 4 * usual) if one.dies_at else None
    last = one.dies_at or end - one.largest_pause
    # Of a flood a list shows its length at most.
    came = {number for when, number in one.items if START <= when < last and when != one.troubled_at}
    return Found(one, delay, limit, false, len(came - one.seen), len(came))

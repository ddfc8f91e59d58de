"""What must hold after a simulated month: nothing lost, nothing told twice, edits and deletions as they were made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from crawler.posts import is_made
from crawler.revisit import LADDER
from store import alerts, articles, attempts, deliveries, developments, matches, pages, revisits
from tests.month import START, Found, Simulated, judge
from tests.monthdesk import MAX_AGE, MonthDesk
from tests.monthnews import TELLING, Fate
from tests.receivers import Request

#: A due look comes after everything new, two of a site in a round, and an article is enrolled within a minute.
_SLACK = timedelta(minutes=30)


@dataclass(frozen=True)
class Proof:
    """Which promises were broken, by name, each with its cases; what was counted beside."""

    broken: dict[str, list[str]]
    figures: dict[str, Any]
    found: list[Found]


@dataclass
class Record:
    """What the store has, read once."""

    items: list[Any]
    articles: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))  # by address
    versions: Counter[int] = field(default_factory=Counter)
    revisits: dict[int, Any] = field(default_factory=dict)
    changes: list[Any] = field(default_factory=list)
    alerts: list[Any] = field(default_factory=list)
    fired: set[int] = field(default_factory=set)  # developments with an article that the watch asks for
    deliveries: list[Any] = field(default_factory=list)
    doubtful: int = 0
    integrity: str = "ok"


def prove(desk: MonthDesk, received: Iterable[Request], days: float) -> Proof:
    """Every promise against the store, the receiver, and what the web of the month knows."""
    record, month = _read(desk), Month(desk, START + timedelta(days=days))
    found = [judge(one, days) for one in desk.sources]
    promises: dict[str, Iterator[str]] = {
        "every article that was listed is stored exactly once": month.not_once(record),
        "every development that matches is alerted once": month.not_alerted(record),
        "every piece of news on the beat is told": month.untold(record),
        "nothing is told twice, nor what comes back": month.told_again(record),
        "what was there before the first visit is told to nobody": month.baseline_told(record),
        "every delivery ends": (
            f"{row.id} is {row.state}"
            for row in record.deliveries
            if row.state not in ("sent", "dead", "suppressed") or (row.state != "sent" and not row.reason)
        ),
        "the receiver has what was sent, once": _not_received(record, received),
        "the database is whole": iter([] if record.integrity == "ok" else [record.integrity]),
        "nothing broke": iter(desk.errors),
        "what was deleted or pruned does not come back as new": month.resurrected(record),
        "a page that is gone is recorded": month.unrecorded(record),
        "an article that matched is looked at again on the ladder": month.unvisited(record),
        "an edit is a version if it says something": month.misversioned(record),
        "a changed figure is an update or a correction": month.unnoticed_figures(record),
        "a death is found in time": _late(found, month.end),
        "a weekly source is left in peace": (
            f"{one.source.name}: {notice.detail}"
            for one in found
            if one.source.rhythm == "weekly"  # a rarer one may be quiet for longer than a dead one may go unfound
            for notice in one.false
        ),
    }
    return Proof({name: list(cases) for name, cases in promises.items()}, month.figures(record), found)


class Month:
    """The month as it was written, to hold against the record."""

    def __init__(self, desk: MonthDesk, end: datetime) -> None:
        self.desk, self.end, self.web = desk, end, desk.web

    def fated(self) -> Iterator[tuple[Simulated, int, Fate]]:
        return ((one, number, fate) for one in self.desk.sources for number, fate in one.fates.items())

    def stories(self, record: Record) -> Iterator[tuple[Simulated, int, Fate, Any]]:
        """News on the beat that was listed, with the article under its first address."""
        for one, number, fate in self.fated():
            first = self._addresses(one, number)
            if fate.story is not None and first and record.articles[first[0]]:
                yield one, number, fate, record.articles[first[0]][0]

    def _addresses(self, one: Simulated, number: int) -> list[str]:
        """Where an item was listed, in the order of listing."""
        known = self.web.listed[one.name]
        return [url for url in _forms(one, number) if url in known]

    def not_once(self, record: Record) -> Iterator[str]:
        listed = {url for urls in self.web.listed.values() for url in urls}
        # Where all links of a list are one, its entries have addresses that we made.
        items = Counter(row.url for row in record.items if not is_made(row.url))
        for url in listed | items.keys():
            if items[url] != 1 or len(record.articles[url]) != 1:
                yield f"{url}: {items[url]} items, {len(record.articles[url])} articles, listed: {url in listed}"
        yield from (f"{row.url} has no end" for row in record.items if row.ended_at is None)

    def not_alerted(self, record: Record) -> Iterator[str]:
        told = Counter(row.development_id for row in record.alerts if row.level == "new")
        for row in record.changes:
            wanted = row.kind == "new" and row.origin == "live" and row.development_id in record.fired
            if row.kind == "new" and told[row.development_id] != wanted:
                yield f"d{row.development_id}: {told[row.development_id]} alerts, {int(wanted)} expected"

    def untold(self, record: Record) -> Iterator[str]:
        told = {row.development_id for row in record.alerts}
        for one, number, _, article in self.stories(record):
            is_live = article.origin == "live" and article.found_at - one.came(number) <= MAX_AGE
            if is_live and article.development_id not in told:
                yield f"{article.url} (d{article.development_id})"

    def told_again(self, record: Record) -> Iterator[str]:
        for one, number, fate in self.fated():
            mine = {row.id for url in self._addresses(one, number) for row in record.articles[url]}
            founded = [row for row in record.changes if row.kind == "new" and row.cause_article_id in mine]
            if fate.story is not None and len(founded) > 1:
                yield f"{one.home} {number} ({fate.back_as}): founded {len(founded)} developments"

    def baseline_told(self, record: Record) -> Iterator[str]:
        silent = {row.development_id for row in record.changes if row.kind == "new" and row.origin != "live"}
        yield from (
            f"d{row.development_id}" for row in record.alerts if row.level == "new" and row.development_id in silent
        )

    def resurrected(self, record: Record) -> Iterator[str]:
        items = Counter(row.url for row in record.items)
        for one, number, fate in self.fated():
            if fate.back_as in ("same", "guid") and fate.is_back(self.end) and not one.is_redesigned(self.end):
                count = sum(items[url] for url in self._addresses(one, number))
                if count > 1:
                    yield f"{one.home} {number} is {count} items"

    def unrecorded(self, record: Record) -> Iterator[str]:
        for _, _, _, article in self.stories(record):
            missed = [fetch.at for fetch in self.web.fetched[article.url] if fetch.revision is None]
            row = record.revisits.get(article.id)
            if missed and (row is None or row.gone_at is None or row.gone_at != missed[0]):
                yield f"{article.url}: gone at {missed[0]}, recorded {row.gone_at if row else None}"

    def unvisited(self, record: Record) -> Iterator[str]:
        for one, _, _, article in self.stories(record):
            looks = [fetch.at for fetch in self.web.fetched[article.url]]
            for rung in LADDER:
                due = looks[0] + rung
                if due + _SLACK > self.end or not self._answers(one, due):
                    continue
                if not any(due <= at <= due + _SLACK for at in looks):
                    yield f"{article.url}: no look {rung} after {looks[0]}"

    def _answers(self, one: Simulated, due: datetime) -> bool:
        """Whether the site can be asked at that time: neither dead, nor out, nor at another address since."""
        closed = (one.dies_at, one.troubled_at if one.trouble in ("outage", "redesign") else None)
        return all(at is None or due + _SLACK < at for at in closed)

    def misversioned(self, record: Record) -> Iterator[str]:
        for _, _, fate, article in self.stories(record):
            seen = [fetch.revision for fetch in self.web.fetched[article.url] if fetch.revision is not None]
            edits = sum(before != after for before, after in pairwise(seen))
            kinds = [edit.kind for edit in fate.edits]
            most = edits + ("to_and_fro" in kinds)  # seen for the first time, it may say something
            later = record.versions[article.id] - 1
            if not edits <= later <= most:
                yield f"{article.url} {kinds}: {later} versions after the first, {edits} edits"

    def unnoticed_figures(self, record: Record) -> Iterator[str]:
        changed = {row.cause_article_id for row in record.changes if row.kind in ("update", "correction")}
        for _, _, fate, article in self.stories(record):
            edit = next((edit for edit in fate.edits if edit.kind == "figure"), None)
            looks = [fetch for fetch in self.web.fetched[article.url] if fetch.revision is not None]
            if edit and looks[0].at < edit.at <= looks[-1].at and article.id not in changed:
                yield f"{article.url} at {edit.at}"

    def figures(self, record: Record) -> dict[str, Any]:
        kinds: Counter[str] = Counter()
        for _, _, fate, article in self.stories(record):
            looks = self.web.fetched[article.url]
            for edit in fate.edits:
                kinds[f"edit {edit.kind}"] += looks[0].at < edit.at <= looks[-1].at or edit.kind not in TELLING
            kinds[f"gone {fate.gone_how}"] += any(fetch.revision is None for fetch in looks)
            kinds[f"back {fate.back_as}"] += fate.is_back(self.end)
        return {
            "visits": sum(one.visits for one in self.desk.sources),
            "items": len(record.items),
            "articles": sum(len(rows) for rows in record.articles.values()),
            "looks again": sum(max(len(looks) - 1, 0) for looks in self.web.fetched.values()),
            "versions": record.versions.total() - len(record.versions),
            "developments": sum(row.kind == "new" for row in record.changes),
            "changes": dict(Counter(row.kind for row in record.changes)),
            "alerts": dict(Counter(row.level for row in record.alerts)),
            "deliveries": dict(Counter(row.state for row in record.deliveries)),
            "befell and was seen": dict(sorted(kinds.items())),
        }


def _forms(one: Simulated, number: int) -> list[str]:
    return [f"{one.home}/{folder}{again}{number}" for folder in ("", "new/") for again in ("", "again-")]


def _not_received(record: Record, received: Iterable[Request]) -> Iterator[str]:
    got = Counter(request.headers["idempotency-key"] for request in received)
    sent = Counter(row.idempotency_key for row in record.deliveries if row.state == "sent")
    if got.keys() != sent.keys():
        yield f"{len(sent.keys() - got.keys())} never came, {len(got.keys() - sent.keys())} came unsent"
    if (repeats := got.total() - len(got)) > record.doubtful:
        yield f"{repeats} repeats, {record.doubtful} attempts of unknown end"


def _late(found: list[Found], end: datetime) -> Iterator[str]:
    for one in found:
        if one.limit is None or one.source.dies_at is None or one.source.dies_at + one.limit >= end:
            continue
        if one.delay is None or one.delay > one.limit:
            yield f"{one.source.name} {one.source.rhythm} {one.source.death}: {one.delay} of {one.limit}"


def _read(desk: MonthDesk) -> Record:
    items, versions, joined = pages.items, articles.article_versions, developments.development_articles
    with desk.store.read() as db:

        def rows(*columns: sa.ColumnElement[Any], of: sa.FromClause | None = None) -> list[Any]:
            query = sa.select(*columns) if of is None else sa.select(*columns).select_from(of)
            return list(db.execute(query.order_by(columns[0])))

        record = Record(rows(items.c.id, items.c.url, items.c.ended_at))
        a, d = articles.articles, joined.c
        placed = a.outerjoin(joined, d.article_id == a.c.id)
        for row in rows(a.c.id, a.c.url, a.c.origin, a.c.found_at, d.development_id, of=placed):
            record.articles[row.url].append(row)
        record.versions = Counter(row.article_id for row in rows(versions.c.article_id))
        looked = revisits.revisits.c
        record.revisits = {row.article_id: row for row in rows(looked.article_id, looked.state, looked.gone_at)}
        change = developments.development_changes.c
        record.changes = rows(change.id, change.development_id, change.kind, change.origin, change.cause_article_id)
        alert = alerts.alerts.c
        record.alerts = rows(alert.id, alert.development_id, alert.level, alert.article_id)
        fired = (
            sa.select(d.development_id)
            .join(versions, versions.c.article_id == d.article_id)
            .join(matches.matches, matches.matches.c.version_id == versions.c.id)
            .where(matches.matches.c.fired)
        )
        record.fired = set(db.scalars(fired))
        one = deliveries.deliveries.c
        record.deliveries = rows(one.id, one.idempotency_key, one.state, one.reason)
        outcome = attempts.attempts.c.outcome
        unsure = sa.or_(outcome.is_(None), outcome.in_(("unknown", "interrupted")))
        record.doubtful = db.scalar(sa.select(sa.func.count()).select_from(attempts.attempts).where(unsure)) or 0
        if desk.store.is_sqlite:
            record.integrity = str(db.exec_driver_sql("PRAGMA integrity_check").scalar())
    return record

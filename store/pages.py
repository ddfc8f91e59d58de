"""What was seen and fetched: visits, items, pages, the state of sources and sites. Written by the crawler."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from store import definitions
from store.base import id_column, insert_ignoring, json, metadata, moment, ref, text, upsert

T = TypeVar("T")

source_states = sa.Table(
    "source_states",
    metadata,
    ref("source_id", "sources.id", primary_key=True),
    moment("baseline_at", nullable=True),  # when the first visit was committed
    moment("next_visit_at", nullable=True),  # null: at once
    moment("last_visit_at", nullable=True),
    moment("last_ok_at", nullable=True),
    moment("last_new_at", nullable=True),
    moment("last_full_at", nullable=True),  # last visit without validators
    text("etag", nullable=True),
    text("last_modified", nullable=True),
    text("body_sha256", nullable=True),
    sa.Column("interval_s", sa.Float, nullable=True),  # the pace found so far, where `every` sets none
    sa.Column("failures", sa.Integer, nullable=False, default=0),  # in a row
    text("state", default="unproven"),  # unproven | ok | degraded | failing | silent | recovered
    moment("state_at", nullable=True),
    text("last_error", nullable=True),
    text("cause", nullable=True),  # why the state is not ok: a code of crawler/causes.py
    json("memory"),  # of the source's behaviour: crawler/habits.py
)

visits = sa.Table(
    "visits",
    metadata,
    id_column(),
    ref("source_id", "sources.id", index=True),
    moment("started_at", index=True),
    moment("finished_at"),
    text("outcome"),  # new | nothing_new | unchanged | not_modified | failed
    sa.Column("http_status", sa.Integer, nullable=True),
    text("error", nullable=True),
    sa.Column("entries", sa.Integer, nullable=False, default=0),
    sa.Column("new_items", sa.Integer, nullable=False, default=0),
    sa.Column("baseline", sa.Boolean, nullable=False, default=False),
)

items = sa.Table(
    "items",
    metadata,
    id_column(),
    ref("source_id", "sources.id"),
    ref("visit_id", "visits.id", index=True),
    text("key"),  # what makes the entry the same one at the next visit
    text("url"),  # as the feed gave it
    text("guid", nullable=True),
    text("title", nullable=True),
    text("summary", nullable=True),  # the feed's own text, plain
    text("byline", nullable=True),
    moment("published_at", nullable=True),
    moment("found_at"),
    sa.Column("baseline", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    moment("not_before", nullable=True),
    moment("ended_at", nullable=True),  # null: due
    text("end_state", nullable=True),  # fetched | refused | known
    text("end_reason", nullable=True),
    text("outlet", nullable=True),  # whose it is, where an aggregator brought it
    sa.UniqueConstraint("source_id", "key"),
    sa.Index("ix_items_url", "url"),
    sa.Index("ix_items_key", "key"),  # the same entry in another source's feed
    sa.Index(
        "ix_items_due",
        "not_before",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

pages = sa.Table(
    "pages",
    metadata,
    id_column(),
    ref("item_id", "items.id", nullable=True, index=True),
    ref("source_id", "sources.id", nullable=True, index=True),
    text("url"),  # as first found, unchanged
    text("final_url", nullable=True),  # after redirects
    moment("fetched_at", index=True),
    moment("found_at"),  # when its item was first seen
    text("origin"),  # live | baseline | backfill: what may be told of it
    sa.Column("http_status", sa.Integer, nullable=True),
    text("content_type", nullable=True),
    json("headers"),
    json("request"),  # the headers that asked for it
    text("sha256", nullable=True),  # of the body; null where the page was refused or only text was given
    sa.Column("bytes", sa.Integer, nullable=True),
    text("refused", nullable=True),  # why there is no body: robots, http_403, too_large, ...
    json("given", nullable=False),  # what came with it: title, text, html flag, byline, published, outlet, language
    # Kept from everybody who does not ask for it.
    sa.Column("restricted", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Index("ix_pages_url", "url"),
)

bodies = sa.Table(
    "bodies",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

sites = sa.Table(
    "sites",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    moment("not_before", nullable=True),  # no request earlier: Retry-After, back-off
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    json("robots"),  # {origin: {status, body, fetched_at}}: each origin of the site has its own
)


@dataclass(frozen=True)
class SourceDue:
    """A source to visit, with what is remembered of it."""

    id: int
    name: str
    definition: dict[str, Any]
    baseline_at: datetime | None = None
    next_visit_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    last_full_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    interval_s: float | None = None
    failures: int = 0
    state: str = "unproven"
    last_visit_at: datetime | None = None
    cause: str | None = None
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewItem:
    """An entry that its source did not show before."""

    key: str
    url: str
    guid: str | None
    title: str | None
    summary: str | None
    byline: str | None
    published_at: datetime | None
    outlet: str | None = None


@dataclass(frozen=True)
class ItemDue:
    """An item whose page is to be fetched."""

    id: int
    source_id: int
    key: str
    url: str
    title: str | None
    summary: str | None
    byline: str | None
    published_at: datetime | None
    found_at: datetime
    baseline: bool
    attempts: int
    outlet: str | None = None


@dataclass(frozen=True)
class SiteState:
    """What is remembered of a site for politeness' sake."""

    site: str
    not_before: datetime | None = None
    failures: int = 0
    robots: dict[str, Any] = field(default_factory=dict)


_SOURCE_COLUMNS = (
    definitions.sources.c.id,
    definitions.sources.c.name,
    definitions.sources.c.definition,
    *(source_states.c[name] for name in SourceDue.__dataclass_fields__ if name not in ("id", "name", "definition")),
)
_ITEM_COLUMNS = tuple(items.c[name] for name in ItemDue.__dataclass_fields__)

# Statements of every visit are made once: making one costs more than running it.
_SOURCE = sa.select(*_SOURCE_COLUMNS).select_from(
    definitions.sources.outerjoin(source_states, source_states.c.source_id == definitions.sources.c.id)
)
_SOURCE_BY_ID = _SOURCE.where(definitions.sources.c.id == sa.bindparam("wanted"))
_SITE = sa.select(sites).where(sites.c.site == sa.bindparam("wanted"))
_ADD_VISIT = visits.insert()
_COUNT_NEW = visits.update().where(visits.c.id == sa.bindparam("visit")).values(new_items=sa.bindparam("added"))
_KNOWN = sa.select(items.c.key, items.c.guid).where(items.c.source_id == sa.bindparam("source_id"))
_KNOWN_AMONG = {
    # One parameter for all keys, since a list of parameters is compiled anew for each length.
    "sqlite": _KNOWN.where(
        items.c.key.in_(sa.select(sa.func.json_each(sa.bindparam("keys", type_=sa.JSON)).table_valued("value").c.value))
    ),
    "postgresql": _KNOWN.where(items.c.key == sa.func.any(sa.bindparam("keys", type_=postgresql.ARRAY(sa.Text)))),
}


def sources_to_visit(
    db: Connection, now: datetime, limit: int, *, only: Collection[str] | None = None, everything: bool = False
) -> list[SourceDue]:
    """The sources whose next visit is due, longest waiting first; with `only` or `everything`, due or not."""
    sources = definitions.sources
    query = (
        _SOURCE.where(sources.c.retired_at.is_(None))
        .order_by(sa.func.coalesce(source_states.c.next_visit_at, sources.c.created_at), sources.c.id)
        .limit(limit)
    )
    if only is not None:
        query = query.where(sources.c.name.in_(list(only)))
    elif not everything:
        query = query.where(sa.or_(source_states.c.next_visit_at.is_(None), source_states.c.next_visit_at <= now))
    return [_source_due(row) for row in db.execute(query).mappings()]


def source_by_id(db: Connection, source_id: int) -> SourceDue | None:
    """One source, also a retired one: its items may still be due."""
    row = db.execute(_SOURCE_BY_ID, {"wanted": source_id}).mappings().first()
    return _source_due(row) if row else None


def _source_due(row: sa.RowMapping) -> SourceDue:
    # A source that was never visited has no row of states: its NULLs are the defaults.
    return SourceDue(**{name: value for name, value in row.items() if value is not None})


def items_to_fetch(
    db: Connection, now: datetime, limit: int, per_source: int, *, source_ids: Collection[int] | None = None
) -> list[tuple[int, str, bool]]:
    """Due items by id, address and whether they are baseline: live ones first, newest visits first, so many at most of
    each source.
    """
    order = (items.c.baseline, items.c.found_at.desc(), items.c.id)
    rank = sa.func.row_number().over(partition_by=items.c.source_id, order_by=order).label("rank")
    due = sa.and_(items.c.ended_at.is_(None), sa.or_(items.c.not_before.is_(None), items.c.not_before <= now))
    columns = (items.c.id, items.c.url, items.c.baseline, items.c.found_at)
    ranked = sa.select(*columns, rank).where(due)
    if source_ids is not None:
        ranked = ranked.where(items.c.source_id.in_(list(source_ids)))
    chosen = ranked.subquery()
    query = sa.select(chosen.c.id, chosen.c.url, chosen.c.baseline).where(chosen.c.rank <= per_source)
    query = query.order_by(chosen.c.baseline, chosen.c.found_at.desc(), chosen.c.id).limit(limit)
    return [(row.id, row.url, row.baseline) for row in db.execute(query)]


def live_items_waiting(db: Connection, now: datetime, limit: int) -> list[str]:
    """Addresses of due items that are no baseline."""
    due = sa.and_(items.c.ended_at.is_(None), sa.or_(items.c.not_before.is_(None), items.c.not_before <= now))
    return list(db.scalars(sa.select(items.c.url).where(due, sa.not_(items.c.baseline)).limit(limit)))


def item_pages_since(db: Connection, since: datetime) -> list[tuple[str, datetime]]:
    """Addresses of items whose pages were asked for since then, oldest first, with when."""
    asked = sa.and_(pages.c.fetched_at >= since, pages.c.item_id.is_not(None), pages.c.http_status.is_not(None))
    query = sa.select(pages.c.url, pages.c.fetched_at).where(asked).order_by(pages.c.fetched_at)
    return [(row.url, row.fetched_at) for row in db.execute(query)]


def item_to_fetch(db: Connection, item_id: int, now: datetime) -> ItemDue | None:
    """One item with the words of its feed; None if it is due no longer."""
    due = sa.and_(items.c.ended_at.is_(None), sa.or_(items.c.not_before.is_(None), items.c.not_before <= now))
    row = db.execute(sa.select(*_ITEM_COLUMNS).where(items.c.id == item_id, due)).mappings().first()
    return ItemDue(**row) if row else None


def known_keys(db: Connection, source_id: int, keys: Collection[str]) -> dict[str, str | None]:
    """Which of `keys` the source has shown before, with their GUIDs."""
    if not keys:
        return {}
    asked = {"source_id": source_id, "keys": sorted(set(keys))}
    return {row.key: row.guid for row in db.execute(_KNOWN_AMONG[db.dialect.name], asked).all()}


def record_visit(
    db: Connection,
    source_id: int,
    visit: Mapping[str, Any],
    new: Sequence[NewItem],
    state: Mapping[str, Any],
) -> int:
    """One visit with its items and what is remembered of the source. Returns how many items were new."""
    made = db.execute(_ADD_VISIT, {"source_id": source_id, "new_items": 0, **visit})
    visit_id = made.inserted_primary_key[0]  # type: ignore[index]
    own = {
        "source_id": source_id,
        "visit_id": visit_id,
        "found_at": visit["finished_at"],
        "baseline": visit["baseline"],
    }
    added = 0
    # Rows as parameters, not as VALUES: compiling a statement for each number of rows costs more than inserting them.
    insert = insert_ignoring(db, items).returning(items.c.id)
    for part in _batched([{**vars(item), **own, "attempts": 0} for item in new], 200):
        added += len(db.execute(insert, part).all())
    if added:
        db.execute(_COUNT_NEW, {"visit": visit_id, "added": added})
    _put(db, source_states, {"source_id": source_id, **state}, "source_id")
    return added


def postpone_item(db: Connection, item_id: int, attempts: int, not_before: datetime) -> None:
    due = sa.and_(items.c.id == item_id, items.c.ended_at.is_(None))
    db.execute(items.update().where(due).values(attempts=attempts, not_before=not_before))


def end_item(db: Connection, item_id: int, now: datetime, state: str, reason: str | None = None) -> bool:
    """End an item as fetched, refused or known; False if someone else ended it before."""
    due = sa.and_(items.c.id == item_id, items.c.ended_at.is_(None))
    ended = db.execute(items.update().where(due).values(ended_at=now, end_state=state, end_reason=reason))
    return ended.rowcount == 1


def is_known_elsewhere(db: Connection, item: ItemDue, urls: Collection[str], *, aggregated: bool = False) -> bool:
    """Whether another source showed this address earlier, or a page of it was taken in without an item.

    What was only baseline there does not count for a live item: news must not be lost to a source that is new. Nor does
    what an aggregator showed, unless the item is `aggregated` too: it is to be booked to its outlet's own source.
    """
    others = sa.select(definitions.sources.c.id)  # lets the unique key (source_id, key) answer
    if not aggregated:
        others = others.where(definitions.sources.c.type != "aggregator")
    earlier = sa.select(items.c.id).where(
        items.c.source_id.in_(others),
        items.c.key == item.key,
        items.c.id < item.id,
        items.c.source_id != item.source_id,
    )
    if not item.baseline:
        earlier = earlier.where(sa.not_(items.c.baseline))
    ingested = sa.select(pages.c.id).where(
        pages.c.url.in_(list(urls)), pages.c.item_id.is_(None), pages.c.refused.is_(None), ~pages.c.restricted
    )
    return db.execute(earlier.limit(1)).first() is not None or db.execute(ingested.limit(1)).first() is not None


def add_page(db: Connection, values: Mapping[str, Any]) -> int:
    """One fetched response, refusal or ingested text. Its body must be stored already."""
    page_id: int = db.execute(pages.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]
    return page_id


def site_state(db: Connection, site: str) -> SiteState:
    row = db.execute(_SITE, {"wanted": site}).mappings().first()
    return SiteState(site, row["not_before"], row["failures"], row["robots"] or {}) if row else SiteState(site)


def keep_site(db: Connection, state: SiteState) -> None:
    _put(db, sites, asdict(state), "site")


def sites_waiting(db: Connection, now: datetime) -> set[str]:
    """Sites that asked not to be asked now."""
    return set(db.scalars(sa.select(sites.c.site).where(sites.c.not_before > now)))


def items_since(db: Connection, source_id: int, since: datetime) -> int:
    """How many items a source brought after `since`."""
    counted = sa.select(sa.func.count()).where(items.c.source_id == source_id, items.c.found_at >= since)
    return db.scalar(counted) or 0


def seen_in_aggregators(db: Connection, since: datetime) -> list[tuple[str | None, str, datetime]]:
    """Outlet, address and time of what aggregators brought since then."""
    sources = definitions.sources
    query = (
        sa.select(items.c.outlet, items.c.url, items.c.found_at)
        .join(sources, sources.c.id == items.c.source_id)
        .where(sources.c.type == "aggregator", items.c.found_at >= since)
        .order_by(items.c.id)
    )
    return [(row.outlet, row.url, row.found_at) for row in db.execute(query)]


def outlets_known(db: Connection) -> list[tuple[str, str]]:
    """Address and name of every source in use that is no aggregator."""
    sources = definitions.sources
    query = sa.select(sources.c.url, sources.c.title).where(
        sources.c.type != "aggregator", sources.c.retired_at.is_(None)
    )
    return [(row.url, row.title) for row in db.execute(query)]


_Puts = dict[tuple[str, str, frozenset[str]], postgresql.Insert | sqlite.Insert]
_PUTS: _Puts = {}


def _put(db: Connection, table: sa.Table, values: Mapping[str, Any], key: str) -> None:
    form = (db.dialect.name, table.name, frozenset(values))
    if form not in _PUTS:
        insert = upsert(db, table)
        changed = {name: insert.excluded[name] for name in sorted(values) if name != key}
        _PUTS[form] = insert.on_conflict_do_update(index_elements=[key], set_=changed)
    db.execute(_PUTS[form], dict(values))


def _batched(things: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part

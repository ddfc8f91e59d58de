"""What the API has: each listing with its parameters, and how one of it is found. All else follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import NotFound, QueryError, UsageError
from core.ids import read_id
from nightdesk import alertlog, listing, search, show, watchlist
from nightdesk.listing import View
from nightdesk.output import natural
from nightdesk.web.api import parameters as may
from nightdesk.web.api.parameters import Given, Parameter, read_number
from nightdesk.web.api.problems import BadParameter

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Page:
    """Some rows and where to go on: empty where nothing is left."""

    items: Rows
    next: str = ""


@dataclass(frozen=True)
class Resource:
    """One listing. `one` finds a single thing by its id or name, where it has one of its own."""

    name: str
    says: str
    parameters: tuple[Parameter, ...]
    page: Callable[[Connection, Given, datetime], Page]
    columns: Callable[[Connection], Sequence[str]]
    one: Callable[[Connection, str, datetime], Mapping[str, Any]] | None = None
    key: str = "id"  # what `one` takes
    is_whole: bool = True  # whether `one` gives more than the row

    @property
    def noun(self) -> str:
        return self.name.removesuffix("es" if self.name == "watches" else "s")


CHANGES = View("changes_v", "change", development="development_id", time="at")
#: What a listing leaves to who asks for one: a page of texts would be long.
_HEAVY = frozenset({"text"})


def _columns(view: View) -> Callable[[Connection], Sequence[str]]:
    return lambda db: [name for name in listing.columns(db, view) if name not in _HEAVY]


def _cut(rows: Rows, limit: int, key: str) -> Page:
    """A page of rows of which one too many was read."""
    following = str(rows[limit - 1][key]) if len(rows) > limit else ""
    return Page([_slim(row) for row in rows[:limit]], following)


def _slim(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in natural(row).items() if name not in _HEAVY}


def _pages(view: View) -> Callable[[Connection, Given, datetime], Page]:
    """Rows in the order of a key that a row keeps for ever, so that no page misses or repeats one."""
    key = view.order if view.order == "name" else "id"
    ordered = replace(view, order=key)

    def page(db: Connection, given: Given, _now: datetime) -> Page:
        return _cut(list(listing.rows(db, ordered, _beyond(given, key))), given.limit, key)

    return page


def _beyond(given: Given, key: str) -> listing.Filters:
    after = given.get(may.AFTER)
    beyond = after if after is None or key == "name" else read_number("after", after)
    return replace(given.filters, limit=given.limit + 1, beyond=beyond)


def _alerts(db: Connection, given: Given, _now: datetime) -> Page:
    narrowed = alertlog.Narrowed(given.get(may.WATCH), given.get(may.CHANNEL), given.get(may.STATE))
    return _cut(list(alertlog.listed(db, _beyond(given, "id"), narrowed)), given.limit, "id")


def _interactions(db: Connection, given: Given, _now: datetime) -> Page:
    """They have no id of their own: the cursor is a development, and how many of its rows were given already."""
    after, passed = given.get(may.AFTER), 0
    beyond: int | None = None
    if after is not None:
        development, _, count = after.partition("-")
        number, passed = read_number("after", development), read_number("after", count)
        beyond = min(number + 1, may.LARGEST) if given.filters.newest_first else number - 1
    filters = replace(given.filters, limit=given.limit + min(passed, 10_000) + 1, beyond=beyond)
    rows = list(listing.rows(db, listing.INTERACTIONS, filters))[passed:]
    items = rows[: given.limit]
    if len(rows) <= given.limit:
        return Page([natural(row) for row in items])
    last = items[-1]["development_id"]
    same = sum(row["development_id"] == last for row in items)
    before = passed if after is not None and after.partition("-")[0] == str(last) else 0
    return Page([natural(row) for row in items], f"{last}-{same + before}")


def _search(db: Connection, given: Given, _now: datetime) -> Page:
    question = search.Question(
        given.get(may.QUERY),
        replace(given.filters, limit=given.limit),
        ranked=given.get(may.RANK) is not None,
        after=given.get(may.AFTER) or "",
    )
    try:
        found = search.find(db, question)
    except QueryError:
        raise
    except UsageError as error:
        raise BadParameter("after", str(error)) from error
    return Page([_slim(hit.as_row()) for hit in found.hits], found.next)


def _watches(db: Connection, given: Given, now: datetime) -> Page:
    after = given.get(may.AFTER) or ""
    rows = sorted((row for row in watchlist.rows(db, now) if row["name"] > after), key=lambda row: row["name"])
    return _cut(rows[: given.limit + 1], given.limit, "name")


def _whole(noun: str) -> Callable[[Connection, str, datetime], Mapping[str, Any]]:
    """One thing with all that belongs to it, by 34 or d34."""

    def one(db: Connection, text: str, _now: datetime) -> Mapping[str, Any]:
        return show.as_json(show.load(db, noun, _number(text, noun)))

    return one


def _number(text: str, noun: str) -> int:
    letter, digits = (text[:1], text[1:]) if text[:1].isalpha() else ("", text)
    number = read_number("id", digits)
    named = read_id(f"{letter}{number}", noun)[0] if letter in "adfnst" else ""
    if named != noun:
        raise BadParameter("id", f"{text!r} is no {noun}")
    return number


def _row(view: View, key: str = "id") -> Callable[[Connection, str, datetime], Mapping[str, Any]]:
    """One row of a view, by its id or name."""

    def one(db: Connection, text: str, _now: datetime) -> Mapping[str, Any]:
        value: int | str = text if key == "name" else read_number("id", text)
        query = sa.text(f"SELECT * FROM {view.name} WHERE {key} = :value")
        row = db.execute(query, {"value": value}).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no {view.name.removesuffix('s_v')} {text}")
        return natural(dict(row))

    return one


def _watch(db: Connection, name: str, now: datetime) -> Mapping[str, Any]:
    for row in watchlist.rows(db, now):
        if row["name"] == name:
            return natural(row)
    raise NotFound(f"there is no watch {name}")


def _listing(name: str, says: str, view: View, filters: tuple[Parameter, ...], **more: Any) -> Resource:
    ordered = () if view.order == "name" else (may.ORDER,)
    parameters = (*filters, *ordered, may.LIMIT, may.AFTER)
    return Resource(name, says, parameters, **{"page": _pages(view), "columns": _columns(view), **more})


_OF_DEVELOPMENT = (may.TOPIC, may.COUNTRY, may.SOURCE, may.LANG, may.SINCE, may.UNTIL)

RESOURCES: tuple[Resource, ...] = (
    _listing(
        "developments", "What happened: one for each change in the world.", listing.DEVELOPMENTS, may.ALL,
        one=_whole("development"),
    ),
    _listing("articles", "What was published.", listing.ARTICLES, may.ALL, one=_whole("article")),
    _listing(
        "facts", "Stated figures, places, routes, dates and names, each with its quote.", listing.FACTS, may.ALL,
        one=_whole("fact"),
    ),
    _listing(
        "interactions", "Who does what with whom in policing abroad.", listing.INTERACTIONS, may.ALL,
        page=_interactions,
    ),
    _listing(
        "changes", "What befell developments.", CHANGES, _OF_DEVELOPMENT, one=_row(CHANGES), is_whole=False
    ),
    _listing(
        "sources", "Where we look, and how each fares.", listing.SOURCES, (), one=_row(listing.SOURCES, "name"),
        key="name", is_whole=False,
    ),
    _listing(
        "watches", "What people asked to be told of, and how each fares.", listing.WATCHES, (), page=_watches,
        columns=watchlist.columns, one=_watch, key="name", is_whole=False,
    ),
    _listing(
        "alerts", "Decisions to tell.", listing.ALERTS,
        (may.WATCH, may.CHANNEL, may.STATE, *_OF_DEVELOPMENT), page=_alerts, one=_whole("alert"),
    ),
    _listing(
        "deliveries", "What was sent where, and what came of it; recipients are masked.", listing.DELIVERIES,
        (may.SINCE, may.UNTIL), one=_row(listing.DELIVERIES), is_whole=False,
    ),
    Resource(
        "search", "Articles that a query finds, each with the place where the words stand.",
        (may.QUERY, *may.ALL, may.RANK, may.LIMIT, may.AFTER), _search,
        lambda db: [name for name in search.columns(db) if name not in _HEAVY],
    ),
)  # fmt: skip

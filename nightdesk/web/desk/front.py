"""`/`: developments as they come, newest first, in days of the users' zone; live where scripts run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.clock import iso
from core.errors import UsageError
from nightdesk import listing
from nightdesk.people import Person, acts_for
from nightdesk.web.api import parameters as may
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame, person_of
from nightdesk.web.desk.telling import Telling, tell
from store import findings, people

_FILTERS = (may.TOPIC, may.EVENT, may.COUNTRY, may.LANG, may.SOURCE, may.SINCE, may.UNTIL)
_PAGE = 30
#: More than came in within any one second.
_TIES = 200


class Front:
    """The routes of the desk itself."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [Route("/", self._show, methods=["GET"]), Deed("/looked", self._looked, "reader")]

    async def _show(self, request: Request) -> Response:
        person = person_of(request)
        whole = not request.headers.get("hx-request")
        given = [(name, value) for name, value in request.query_params.multi_items() if value]
        name = "front.html" if whole else "stories.html"
        return await self._frame.answer(request, name, lambda db: self._read(db, given, person))

    def _read(self, db: Connection, given: list[tuple[str, str]], person: Person | None) -> dict[str, Any]:
        now, zone = self._frame.now(), self._frame.zone_of(person)
        asked = may.read(given, (*_FILTERS, may.AFTER), now, zone)
        after = asked.get(may.AFTER)
        rows = _rows(db, asked.filters, after)
        told = tell(db, [row["id"] for row in rows[:_PAGE]])
        looked = self._looked_at(db, person)
        kept = {name: value for name, value in given if name != "after"}
        return {
            "title": "The desk",
            "days": _by_day(told, zone),
            "looked": looked,
            "unseen": sum(looked is not None and one.row.updated_at > looked for one in told),
            "next": "/?" + urlencode({**kept, "after": _cursor(rows[_PAGE - 1])}) if len(rows) > _PAGE else "",
            "brief": "?" + urlencode(kept | _moments(asked.filters)) if kept else "",
            "asked": {one.name: "" for one in _FILTERS} | kept,
            "filtered": bool(kept),
            "live": "/?" + urlencode(kept) if after is None else "",
            **self._frame.choices,
            "mine": self._mine(db, person, now),
            "wake": [one for one in findings.still_open(db) if one.severity == "wake"],
        }

    @staticmethod
    def _looked_at(db: Connection, person: Person | None) -> datetime | None:
        user = people.standing(db, person.name) if person is not None else None
        return user.looked_at if user is not None else None

    @staticmethod
    def _mine(db: Connection, person: Person | None, now: datetime) -> list[Telling]:
        """What waits for whoever is logged in, and for those they stand in for."""
        if person is None:
            return []
        waiting = people.marked_for(db, acts_for(db, person.name, now))
        return tell(db, [row.development_id for row in waiting[:20]])

    async def _looked(self, form: Form) -> Response:
        now, name = self._frame.now(), form.person.name
        await anyio.to_thread.run_sync(
            lambda: self._frame.app.store.unit(lambda db: people.change(db, name, {"looked_at": now}))
        )
        return go("/", "Everything up to now counts as seen.")


def _moments(filters: listing.Filters) -> dict[str, str]:
    """The span as who reads the link in another zone understands it, too: a day is one of the reader's zone."""
    span = {"since": filters.since, "until": filters.until}
    return {name: iso(at) for name, at in span.items() if at is not None}


def _by_day(told: Iterable[Telling], zone: Any) -> list[tuple[Any, list[Telling]]]:
    return [(day, list(some)) for day, some in groupby(told, lambda one: one.row.last_found_at.astimezone(zone).date())]


def _rows(db: Connection, filters: listing.Filters, after: str | None) -> list[Mapping[str, Any]]:
    """A page and one more, from where the page before ended: at a moment, among those of the same second at an id."""
    if after is None:
        return list(listing.rows(db, listing.DEVELOPMENTS, replace(filters, limit=_PAGE + 1)))
    at, _, number = after.partition("~")
    try:
        ends = datetime.fromisoformat(at) + timedelta(seconds=1)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"after: {after!r} is no place in this list") from error
    until = ends if filters.until is None else min(ends, filters.until)
    rows = list(listing.rows(db, listing.DEVELOPMENTS, replace(filters, until=until, limit=_PAGE + _TIES)))
    passed = next((at for at, row in enumerate(rows, 1) if str(row["id"]) == number), 0)
    return rows[passed:]


def _cursor(row: Mapping[str, Any]) -> str:
    return f"{row['last_found_at']}~{row['id']}"

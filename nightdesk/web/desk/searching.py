"""`/search`: articles that a query finds, with the place where the words stand and how the hits divide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.language import speak
from core.errors import QueryError, UsageError
from nightdesk import search
from nightdesk.restricted import find_all
from nightdesk.search import Found, Hit, Question
from nightdesk.web.api import parameters as may
from nightdesk.web.desk.frame import Frame, person_of, say_event, sees_restricted

_PAGE = 30
_KNOWN = (replace(may.QUERY, required=False), *may.ALL, may.RANK, may.AFTER)
_SHOWN = 8  # values of a facet; the others are behind a fold
#: The facets, what each is called, and the parameter that narrows to one of its values.
_FACETS = (
    ("topic", "Topic", "topic"),
    ("event", "Kind of news", "event"),
    ("country", "Country", "country"),
    ("source", "Source", "source"),
    ("language", "Language", "lang"),
    ("month", "Month", "since"),
)


class Searching:
    """The routes of the search."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [Route("/search", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        given = [(name, value) for name, value in request.query_params.multi_items() if value.strip()]
        person = person_of(request)
        zone = self._frame.zone_of(person)
        return await self._frame.answer(
            request, "search.html", lambda db: self._read(db, given, zone, sees_restricted(person))
        )

    def _read(self, db: Connection, given: list[tuple[str, str]], zone: ZoneInfo, restricted: bool) -> dict[str, Any]:
        asked = may.read(given, _KNOWN, self._frame.now(), zone)
        kept = {name: value for name, value in given if name != "after"}
        values: dict[str, Any] = {
            "title": f"{kept['q']} · search" if "q" in kept else "Search",
            "asked": {one.name: "" for one in _KNOWN} | kept,
            "hits": [],
            "facets": [],
            "next": "",
            "wrong": None,
            "narrowed": [
                (name, value, "/search?" + urlencode({key: one for key, one in kept.items() if key != name}))
                for name, value in kept.items()
                if name not in ("q", "rank")
            ],
        }
        if "q" not in kept:
            return values
        question = Question(
            kept["q"],
            replace(asked.filters, limit=_PAGE),
            ranked=asked.get(may.RANK) is not None,
            after=asked.get(may.AFTER) or "",
        )
        try:
            found = find_all(db, question) if restricted else search.find(db, question)
            facets = search.facets(db, question) if not question.after else None
        except QueryError as error:
            return {**values, "wrong": _wrong(kept["q"], error)}
        except UsageError as error:
            return {**values, "wrong": {"reason": str(error), "before": "", "at": "", "after": ""}}
        return {
            **values,
            **_found(found, kept),
            "facets": [] if facets is None else _facets(facets.counts, kept),
            "counted": facets.articles if facets else None,
            "whole": facets.whole if facets else True,
        }


def _found(found: Found, kept: Mapping[str, str]) -> dict[str, Any]:
    return {
        "hits": [(hit.row, highlighted(hit)) for hit in found.hits],
        "next": "/search?" + urlencode({**kept, "after": found.next}) if found.next else "",
    }


def highlighted(hit: Hit) -> Markup:
    """The snippet with its found words marked; the publisher's own words are only ever text."""
    parts, at = [], 0
    for start, end in hit.marks:
        parts += [Markup("{}<mark>{}</mark>").format(hit.snippet[at:start], hit.snippet[start:end])]
        at = end
    return Markup("").join([*parts, Markup("{}").format(hit.snippet[at:])])


def _wrong(query: str, error: QueryError) -> dict[str, str]:
    """A bad query with the place of its mistake."""
    at = min(max(error.position, 0), len(query))
    end = at + 1 if at < len(query) else at
    return {"reason": error.reason, "before": query[:at], "at": query[at:end] or "⌃", "after": query[end:]}


def _facets(counts: Mapping[str, Mapping[str, int]], kept: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for name, title, parameter in _FACETS:
        values = counts.get(name, {})
        if not values:
            continue
        rows = [(_said(name, value), count, _narrow(kept, parameter, value)) for value, count in values.items()]
        found.append({"title": title, "first": rows[:_SHOWN], "rest": rows[_SHOWN:]})
    return found


def _said(facet: str, value: str) -> str:
    if facet == "event":
        return say_event(value)
    if facet == "country":
        return speak("en").country(value)
    return value.replace("_", " ") if facet == "topic" else value


def _narrow(kept: Mapping[str, str], parameter: str, value: str) -> str:
    """The same question of one value alone; of a month, its days."""
    more = {parameter: value} if parameter != "since" else _month(value)
    return "/search?" + urlencode({**kept, **more})


def _month(value: str) -> dict[str, str]:
    year, month = (int(part) for part in value.split("-")[:2])
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    return {"since": f"{year:04}-{month:02}-01", "until": f"{following[0]:04}-{following[1]:02}-01T00:00"}

"""`/map`: where developments were, and the ways that people went, over coastlines of our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.language import speak
from core.errors import UsageError
from nightdesk.overview import Entry, Overview
from nightdesk.web.desk import coast
from nightdesk.web.desk.charts import SPANS, read_chosen
from nightdesk.web.desk.coast import VIEWS, View
from nightdesk.web.desk.frame import Frame

_ASKED = ("view", "months", "topic", "event")
#: So many ways are drawn, the most gone first; more would hide the land.
_WAYS = 60
_NAMED = 14  # places whose names stand in the picture
_LISTED = 40


class Map:
    """The routes of the map."""

    def __init__(self, frame: Frame, kept: Overview) -> None:
        self._frame = frame
        self._kept = kept

    def routes(self) -> list[Route]:
        return [Route("/map", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        asked = {name: request.query_params.get(name, "").strip() for name in _ASKED}
        return await self._frame.answer(request, "map.html", lambda db: self._read(db, asked))

    def _read(self, db: Connection, asked: Mapping[str, str]) -> dict[str, Any]:
        now = self._frame.now()
        name = asked["view"] or "asia"
        if name not in VIEWS:
            raise UsageError(f"view: {name!r} is none of {', '.join(VIEWS)}")
        chosen = read_chosen({**asked, "months": asked["months"] or "6"}, now.astimezone(self._frame.zone).date())
        entries = self._kept.read(db, now, chosen)
        places, unplaced = _places(entries)
        ways = Counter(way for entry in entries for way in entry.routes)
        kept = {key: value for key, value in asked.items() if value and key != "view"}
        return {
            "title": "Map",
            "asked": {**asked, "view": name, "months": asked["months"] or "6"},
            "views": [(key, view.title, "/map?" + urlencode({**kept, "view": key})) for key, view in VIEWS.items()],
            "spans": SPANS,
            "drawn": draw(name, places, ways),
            "places": places.most_common(_LISTED),
            "ways": ways.most_common(_LISTED),
            "developments": len(entries),
            "unplaced": unplaced,
            "since": chosen.since,
            "label": label,
            "where": where,
            **self._frame.choices,
        }


def _places(entries: Iterable[Entry]) -> tuple[Counter[tuple[str, str]], int]:
    """How many developments were at each place, by name and country; and how many were nowhere that is known."""
    found: Counter[tuple[str, str]] = Counter()
    unplaced = 0
    for entry in entries:
        here = {(name or "", country or "") for name, country in entry.places if coast.is_known(name, country)}
        if not here:  # then the country is all that is known
            here = {("", country) for country in entry.countries if coast.locate(None, country)}
        found.update(here)
        unplaced += not here
    return found, unplaced


def label(name: str, country: str) -> str:
    """`Myawaddy, Myanmar`."""
    return speak("en").place(name or None, country or None)


def draw(name: str, places: Mapping[tuple[str, str], int], ways: Counter[tuple[str, str]]) -> Markup:
    """The land, the ways over it, and the places over these, the busiest last so that no other hides it."""
    view = VIEWS[name]
    parts = [coast.land(name)]
    parts += [_way(view, way, count) for way, count in ways.most_common(_WAYS)]
    shown = [(key, count) for key, count in sorted(places.items(), key=lambda one: one[1]) if _inside(view, *key)]
    parts += [_place(view, key, count) for key, count in shown]
    parts += _names(view, [key for key, _ in reversed(shown)])
    return Markup('<svg class="map" viewBox="0 0 1000 {:.0f}" aria-label="Map of {}" role="group">{}</svg>').format(
        view.height, view.title, Markup("\n").join(parts)
    )


def _inside(view: View, name: str, country: str) -> bool:
    point = coast.locate(name, country)
    return point is not None and view.has(*point)


def _way(view: View, way: tuple[str, str], count: int) -> Markup:
    start, end = (coast.locate(None, country) for country in way)
    if start is None or end is None or not (view.has(*start) or view.has(*end)):
        return Markup("")
    language = speak("en")
    said = f"{language.country(way[0])} to {language.country(way[1])}: {count}"
    return coast.way(view, start, end, said, min(5.0, count**0.5))


def _place(view: View, key: tuple[str, str], count: int) -> Markup:
    name, country = key
    point = coast.locate(name, country)
    assert point is not None
    x, y = view.at(*point)
    said = f"{label(name, country)}: {count} development{'s' if count != 1 else ''}"
    return Markup(
        '<a href="{}" aria-label="{}"><circle class="place{}" cx="{:.0f}" cy="{:.0f}" r="{:.1f}">'
        "<title>{}</title></circle></a>"
    ).format(where(name, country), said, "" if name else " two", x, y, 5 + 3 * min(count, 60) ** 0.5, said)


def where(name: str, country: str) -> str:
    """The page that lists what was there."""
    if name:
        quoted = name.replace('"', "")
        return "/search?" + urlencode({"q": f'place:"{quoted}"'})
    return "/?" + urlencode({"country": country})


def _names(view: View, keys: Iterable[tuple[str, str]]) -> list[Markup]:
    """The names of the busiest places, each where no other stands."""
    taken: list[tuple[float, float]] = []
    written = []
    for name, country in keys:
        point = coast.locate(name, country)
        if not name or point is None:
            continue
        x, y = view.at(*point)
        if any(abs(x - left) < 110 and abs(y - top) < 18 for left, top in taken):
            continue
        taken.append((x, y))
        written.append(Markup('<text x="{:.0f}" y="{:.0f}">{}</text>').format(min(x + 12, 900), y + 5, name))
        if len(written) == _NAMED:
            break
    return written

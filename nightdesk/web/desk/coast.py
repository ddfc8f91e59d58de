"""Coastlines and borders as drawings: read from our own file, projected, thinned to what a screen can show.

The projection is plate carrée seen from 150° east, so that South-East Asia and the Pacific lie whole in one picture;
the seam is in the Atlantic. A *view* is a part of it, in degrees; its drawing is 1,000 wide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel.core import get_global
from markupsafe import Markup

from alerts.language import speak

Point = tuple[float, float]  # degrees east of the seam or drawn units, downwards

_SEAM = -30.0
WIDTH = 1000.0
#: How many degrees wide a small picture can be.
_WIDTHS = (24, 36, 54, 80, 120, 180, 270, 359)
#: Rings smaller than this many drawn units across are left out, unless a country has no larger one.
_LEAST = 1.5


@dataclass(frozen=True)
class View:
    """A part of the world: its edges in degrees, west and east as usual."""

    title: str
    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        """Drawn units for a degree."""
        return WIDTH / (_turned(self.east) - _turned(self.west))

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.scale

    def at(self, north: float, east: float) -> Point:
        """Where a place is drawn."""
        return (_turned(east) - _turned(self.west)) * self.scale, (self.north - north) * self.scale

    def has(self, north: float, east: float) -> bool:
        x, y = self.at(north, east)
        return 0 <= x <= WIDTH and 0 <= y <= self.height


VIEWS = {
    "asia": View("South-East Asia", 90, -11, 132, 30),
    "pacific": View("Pacific", 112, -48, -125, 22),
    "world": View("World", -29.9, -56, -30.1, 74),
}


@lru_cache(maxsize=8)
def land(name: str) -> Markup:
    """The countries of a view, each as one path that says its name."""
    view = VIEWS[name]
    return Markup("\n").join(
        Markup('<path class="land" d="{}"><title>{}</title></path>').format(path, speak("en").country(code) or title)
        for code, title, path in _paths(view)
    )


def small_map(places: Sequence[tuple[float, float, str]], routes: Sequence[tuple[Point, Point]] = ()) -> Markup:
    """A picture of some places, each north, east and name, and of ways between places; empty where there are none."""
    ends = [end for way in routes for end in way]
    points = [(north, east) for north, east, _ in places] + ends
    if not points:
        return Markup("")
    view = _around(points)
    dots = Markup("").join(
        Markup('<circle class="place" cx="{:.0f}" cy="{:.0f}" r="14"><title>{}</title></circle>').format(
            *view.at(north, east), name
        )
        for north, east, name in places
    )
    ways = Markup("").join(way(view, start, end) for start, end in routes)
    paths = _backdrop(view)
    names = ", ".join(name for _, _, name in places) or "a route"
    return Markup('<svg class="map" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="Map of {}">{}{}{}</svg>').format(
        WIDTH, view.height, names, paths, ways, dots
    )


@lru_cache(maxsize=64)
def _backdrop(view: View) -> Markup:
    """The land of a small picture, coarser: it is drawn at a third of its units."""
    return Markup("").join(Markup('<path class="land" d="{}"/>').format(path) for _, _, path in _paths(view, step=3))


def way(view: View, start: Point, end: Point, title: str = "", weight: float = 1) -> Markup:
    """A bent line from one place to another, thicker towards where it leads."""
    (x1, y1), (x2, y2) = view.at(*start), view.at(*end)
    length = math.hypot(x2 - x1, y2 - y1)
    if length < 1:
        return Markup("")
    bend = 0.18 * length
    middle_x = (x1 + x2) / 2 + (y2 - y1) / length * bend
    middle_y = (y1 + y2) / 2 - (x2 - x1) / length * bend
    towards = math.atan2(y2 - middle_y, x2 - middle_x)
    tip = 9 + 2 * weight
    wings = " L".join(
        f"{x2 - tip * math.cos(towards + turn):.1f} {y2 - tip * math.sin(towards + turn):.1f}" for turn in (0.4, -0.4)
    )
    return Markup(
        '<path class="way" stroke-width="{:.1f}" d="M{:.1f} {:.1f} Q{:.1f} {:.1f} {:.1f} {:.1f}"><title>{}</title>'
        "</path>"
        '<path class="tip" d="M{:.1f} {:.1f} L{} Z"/>'
    ).format(1.5 + weight, x1, y1, middle_x, middle_y, x2, y2, title, x2, y2, wings)


def _around(points: Sequence[Point]) -> View:
    """A view that has all the points with room around them, half as high as wide.

    It is one of few, so that the land of most is drawn already.
    """
    easts = [_turned(east) for _, east in points]
    norths = [north for north, _ in points]
    wide = max(max(easts) - min(easts), 2 * (max(norths) - min(norths)), 14) * 1.5
    wide = next((size for size in _WIDTHS if size >= wide), _WIDTHS[-1])
    tenth = wide / 10
    middle = round((max(easts) + min(easts)) / 2 / tenth) * tenth
    centre = round((max(norths) + min(norths)) / 2 / tenth) * tenth
    west, east = middle - wide / 2, middle + wide / 2
    return View("", _usual(west), centre - wide / 4, _usual(east), centre + wide / 4)


# -- places -----------------------------------------------------------------------------------------------------------


def locate(name: str | None, country: str | None) -> Point | None:
    """Where a place lies, north and east; the middle of its country where only that is known."""
    found = _places().get((country or "", name or ""))
    if found is None and country:
        found = _middles().get(country)
    return found


def is_known(name: str | None, country: str | None) -> bool:
    """Whether the place itself is known, and not only its country."""
    return (country or "", name or "") in _places()


@cache
def _places() -> dict[tuple[str, str], Point]:
    text = (files("nightdesk.web.desk") / "coordinates.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {(country, name): (float(north), float(east)) for country, name, north, east in rows}


@cache
def _middles() -> dict[str, Point]:
    """The middle of each country's largest piece; of one too small for the atlas, a town."""
    found = {}
    for code, _, rings in _countries():
        ring = max(rings, key=lambda one: _across(one)[0] * _across(one)[1])
        easts, norths = [x for x, _ in ring], [y for _, y in ring]
        found[code] = ((max(norths) + min(norths)) / 2, _usual((max(easts) + min(easts)) / 2))
    for (country, _), point in _places().items():
        found.setdefault(country, point)
    return found


# -- the file ---------------------------------------------------------------------------------------------------------


def _turned(east: float) -> float:
    """Degrees east of the seam."""
    return (east - _SEAM) % 360


def _usual(turned: float) -> float:
    return (turned + _SEAM + 180) % 360 - 180


def _across(ring: Sequence[Point]) -> Point:
    easts, norths = [x for x, _ in ring], [y for _, y in ring]
    return max(easts) - min(easts), max(norths) - min(norths)


def _paths(view: View, step: int = 1) -> Iterator[tuple[str, str, str]]:
    """Code, name and path of each country that the view shows some of, to so many drawn units."""
    left, scale = _turned(view.west), view.scale
    right = left + WIDTH / scale
    for code, title, outlines in _outlines():
        parts = []
        for outline in outlines:
            west, east, south, north = outline.edges
            if east < left or west > right or north < view.south or south > view.north:
                continue
            if (east - west + north - south) * scale < _LEAST * step * 2 and not outline.is_largest:
                continue
            parts.append(_path(outline.ring, left, view.north, scale, step))
        if parts:
            yield code, title, "".join(parts)


@dataclass(frozen=True)
class _Outline:
    """A ring with its edges: west, east, south, north."""

    ring: Sequence[Point]
    edges: tuple[float, float, float, float]
    is_largest: bool


@cache
def _outlines() -> list[tuple[str, str, list[_Outline]]]:
    """The rings of each country, measured once."""
    found = []
    for code, title, rings in _countries():
        largest = max(rings, key=lambda one: sum(_across(one)))
        found.append((code, title, [_Outline(ring, _edges(ring), ring is largest) for ring in rings]))
    return found


def _edges(ring: Sequence[Point]) -> tuple[float, float, float, float]:
    easts, norths = [x for x, _ in ring], [y for _, y in ring]
    return min(easts), max(easts), min(norths), max(norths)


def _path(ring: Sequence[Point], left: float, north: float, scale: float, step: int) -> str:
    """A ring in drawn units, without the points that no screen tells apart."""
    points: list[tuple[int, int]] = []
    scale /= step
    for x, y in ring:
        point = round((x - left) * scale) * step, round((north - y) * scale) * step
        if not points or point != points[-1]:
            points.append(point)
    if len(points) < 3:  # an island of a pixel is still an island
        x, y = points[0]
        return f"M{x} {y}h1v1h-1z"
    (x, y), rest = points[0], points[1:]
    steps = []
    for nx, ny in rest:
        steps.append(f"{nx - x} {ny - y}")
        x, y = nx, ny
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z"


@cache
def _countries() -> list[tuple[str, str, list[list[Point]]]]:
    """Code, name and rings of each country, in degrees east of the seam and north. Antarctica is left out."""
    file = files("nightdesk.web") / "static" / "vendor" / "countries-50m.json"
    atlas = json.loads(file.read_text("utf-8"))
    arcs = [list(_unpacked(arc, atlas["transform"])) for arc in atlas["arcs"]]
    numbers = {number: code for code, number in _numbers()}
    found = []
    for shape in atlas["objects"]["countries"]["geometries"]:
        if shape["properties"]["name"] == "Antarctica":
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [_ring(outer, arcs) for polygon in polygons for outer in polygon[:1]]
        found.append((numbers.get(shape.get("id", ""), ""), shape["properties"]["name"], rings))
    return found


def _numbers() -> Iterator[tuple[str, str]]:
    """ISO 3166 codes of two letters with those of three digits."""
    for digits, letters in get_global("territory_aliases").items():
        if digits.isdigit() and len(letters) == 1:
            yield letters[0], digits


def _unpacked(arc: Sequence[Sequence[int]], transform: Any) -> Iterator[Point]:
    """TopoJSON writes each point as the step from the one before, in whole grid cells."""
    (across, up), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        yield x * across + west, y * up + south


def _ring(indices: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Arcs end where the next begins; ~n is arc n backwards. All of a ring is on one side of the seam."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else list(reversed(arcs[~index]))
        points.extend(arc[1:] if points else arc)
    whole = [points[0]]
    for x, y in points[1:]:  # a step of more than half the world is one over the date line
        x += 360 * round((whole[-1][0] - x) / 360)
        whole.append((x, y))
    middle = sum(x for x, _ in whole) / len(whole)
    shift = 360 * math.ceil((_SEAM - middle) / 360)
    return [(x + shift - _SEAM, y) for x, y in whole]

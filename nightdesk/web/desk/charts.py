"""`/charts`: people over time, and kinds of news by month. Drawn here as SVG, with the numbers as a table below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import UsageError
from nightdesk import overview
from nightdesk.overview import SERIES, Chosen, Month, Overview
from nightdesk.web.desk.frame import Frame, say_event
from store import overview as stored

SPANS = (("6", "6 months"), ("12", "12 months"), ("24", "2 years"), ("36", "3 years"))
_KINDS = 6  # of news that have a colour of their own
_WIDTH, _HEIGHT, _LEFT, _FOOT = 720, 220, 52, 46


class Charts:
    """The routes of the charts."""

    def __init__(self, frame: Frame, kept: Overview) -> None:
        self._frame = frame
        self._kept = kept

    def routes(self) -> list[Route]:
        return [Route("/charts", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        asked = {
            name: request.query_params.get(name, "").strip() for name in ("months", "topic", "country", "nationality")
        }
        return await self._frame.answer(request, "charts.html", lambda db: self._read(db, asked))

    def _read(self, db: Connection, asked: Mapping[str, str]) -> dict[str, Any]:
        now = self._frame.now()
        chosen = read_chosen(asked, now.astimezone(self._frame.zone).date())
        nationality = asked["nationality"].upper() or None
        entries = self._kept.read(db, now, chosen)
        kinds_of, marks = overview.by_kind(entries), self._marks(db, chosen, now)
        charts = []
        for series, (title, event, _) in SERIES.items():
            own = kinds_of.get(event, [])
            bars = overview.by_month(own, series, chosen, nationality)
            if any(bar.developments for bar in bars):
                whom = [] if nationality else overview.nationalities(own, series)[:8]
                charts.append(
                    {
                        "name": series,
                        "title": title,
                        "event": event,
                        "bars": bars,
                        "drawn": draw(bars, title, marks),
                        "whom": whom,
                    }
                )
        kinds = overview.events_by_month(kinds_of, chosen)
        layers = layered(kinds)
        return {
            "title": "Charts",
            "asked": dict(asked),
            "spans": SPANS,
            "months": overview.months(chosen),
            "charts": charts,
            "kinds": kinds,
            "kinds_drawn": draw_kinds(layers, overview.months(chosen)),
            "kinds_key": [label for label, _ in layers],
            "marks": marks,
            "last_day": _last_day,
            **self._frame.choices,
        }

    def _marks(self, db: Connection, chosen: Chosen, now: datetime) -> dict[date, tuple[list[str], list[str]]]:
        """What a spike may come from: by month the sources that were new and those that were silent or failing."""
        began = datetime.combine(chosen.since, datetime.min.time(), now.tzinfo)
        found: dict[date, tuple[list[str], list[str]]] = {first: ([], []) for first in overview.months(chosen)}
        for at, name in self._kept.sources_began(db, now):
            first = at.date().replace(day=1)
            if first in found:
                found[first][0].append(name)
        for row in stored.sources_silent(db, began):
            ended = (row.ended_at or now).date()
            for first, (_, silent) in found.items():
                if row.first_at.date() <= _last_day(first) and ended >= first:
                    silent.append(row.name)
        return {first: (sorted(set(new)), sorted(set(silent))) for first, (new, silent) in found.items()}


def read_chosen(asked: Mapping[str, str], today: date) -> Chosen:
    """The span and filters of a chart or map. Raises UsageError."""
    written = asked.get("months") or "12"
    if written not in dict(SPANS):
        raise UsageError(f"months: {written!r} is none of {', '.join(value for value, _ in SPANS)}")
    country = (asked.get("country") or "").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise UsageError(f"country: {country!r} is no code of two letters, as TH")
    since = today.replace(day=1)
    for _ in range(int(written) - 1):
        since = (since - timedelta(days=1)).replace(day=1)
    return Chosen(since, today, asked.get("topic") or None, asked.get("event") or None, country or None)


def _last_day(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


# -- drawing ----------------------------------------------------------------------------------------------------------


def draw(bars: Sequence[Month], title: str, marks: Mapping[date, tuple[list[str], list[str]]]) -> Markup:
    """Bars as high as the lowest count that was told, and lighter up to the highest."""
    top = _round_up(max(bar.high for bar in bars))
    parts = [_axis(top)]
    step = (_WIDTH - _LEFT) / len(bars)
    for at, bar in enumerate(bars):
        x, wide = _LEFT + at * step + step * 0.15, step * 0.7
        said = f"{bar.name}: {_span(bar)} in {bar.developments} development{'s' if bar.developments != 1 else ''}"
        low, high = _y(bar.low, top), _y(bar.high, top)
        parts.append(
            Markup(
                '<g><title>{}</title><rect class="range" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/></g>'
            ).format(said, x, high, wide, low - high, x, low, wide, _y(0, top) - low)
        )
        parts.append(_month(at, bar.first, len(bars), x + wide / 2))
        new, silent = marks.get(bar.first, ([], []))
        for place, sign, names, what in ((-6, "▲", new, "new"), (6, "▽", silent, "silent or failing")):
            if names:
                said = (
                    f"{bar.name}: {len(names)} source{'s' if len(names) != 1 else ''} {what}: {', '.join(names[:12])}"
                )
                parts.append(
                    Markup(
                        '<text class="soft" x="{:.1f}" y="{}" text-anchor="middle">{}<title>{}</title></text>'
                    ).format(x + wide / 2 + place, _HEIGHT - 6, sign, said)
                )
    return _picture(parts, f"{title} by month")


Layers = Sequence[tuple[str, Sequence[int]]]


def layered(kinds: Mapping[str, Sequence[int]]) -> Layers:
    """The kinds of most news by the names people call them; the others as one."""
    names = list(kinds)
    own = names if len(names) <= _KINDS else names[: _KINDS - 1]
    rest = [kinds[name] for name in names[len(own) :]]
    others = [("Others", [sum(column) for column in zip(*rest, strict=True)])] if rest else []
    return [*((say_event(name), kinds[name]) for name in own), *others]


def draw_kinds(layers: Layers, firsts: Sequence[date]) -> Markup:
    """One kind on the other."""
    if not layers:
        return Markup("")
    top = _round_up(max(sum(counts[at] for _, counts in layers) for at in range(len(firsts))))
    parts = [_axis(top)]
    step = (_WIDTH - _LEFT) / len(firsts)
    for at, first in enumerate(firsts):
        x, wide, under = _LEFT + at * step + step * 0.15, step * 0.7, 0
        for layer, (label, counts) in enumerate(layers, 1):
            if counts[at]:
                y, foot = _y(under + counts[at], top), _y(under, top)
                parts.append(
                    Markup(
                        '<rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title>'
                        "</rect>"
                    ).format(layer, x, y, wide, foot - y, f"{first:%b %Y}: {label}: {counts[at]}")
                )
                under += counts[at]
        parts.append(_month(at, first, len(firsts), x + wide / 2))
    return _picture(parts, "Developments by kind and month")


def _picture(parts: Sequence[Markup], says: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, says, Markup("").join(parts)
    )


def _axis(top: float) -> Markup:
    lines = []
    for part in (0, 0.5, 1):
        y = _y(top * part, top)
        lines.append(
            Markup(
                '<line class="axis" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>'
                '<text class="soft" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(_LEFT, y, _WIDTH, y, _LEFT - 6, y + 4, f"{top * part:,.10g}")
        )
    return Markup("").join(lines)


def _month(at: int, first: date, count: int, x: float) -> Markup:
    """The name of a month under its bar; of many only some, and each January its year."""
    if count > 14 and at % 3 and first.month != 1:
        return Markup("")
    is_year = not at or first.month == 1
    named = f"{first:%Y}" if count > 14 and is_year else f"{first:%b %y}" if is_year else f"{first:%b}"
    return Markup('<text class="soft" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
        x, _HEIGHT - _FOOT + 18, named
    )


def _y(value: float, top: float) -> float:
    return (_HEIGHT - _FOOT) - value / top * (_HEIGHT - _FOOT - 12)


def _round_up(value: float) -> float:
    """The next round figure, which halves into a whole one."""
    scale = 10.0
    while True:
        for step in (0.2, 0.4, 0.6, 1.0):
            if value <= scale * step:
                return scale * step
        scale *= 10


def _span(bar: Month) -> str:
    low, high = f"{bar.low:,.10g}", f"{bar.high:,.10g}"
    return low if low == high else f"{low} to {high}"

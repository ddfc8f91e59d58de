"""`/sql`: read-only questions to the views, named ones to choose from, their answers as table, drawing and CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NightdeskError, UsageError
from nightdesk import adhoc, answers, output, savedqueries
from nightdesk.queries import Named
from nightdesk.web.desk.frame import Frame, person_of
from nightdesk.web.reading import Reading
from store import views
from store.readonly import Answer

#: Rows that a page shows; CSV has all that the limits of [database] let through.
_SHOWN = 500
_DRAWN = 40
_LONGEST = 20_000
_WIDTH, _ROW, _LEFT = 720, 22, 220


@dataclass(frozen=True)
class _Asked:
    """What the address asks: a text of SQL, or a named query with what is filled in."""

    text: str
    name: str
    given: Mapping[str, str]
    zone: ZoneInfo  # of whoever asks


class Sql:
    """The routes of the console. One question at a time, in a child that is killed when it takes too long."""

    def __init__(self, frame: Frame, turns: Reading) -> None:
        self._frame = frame
        self._turns = turns

    def routes(self) -> list[Route]:
        return [Route("/sql", self._show, methods=["GET"]), Route("/sql.csv", self._sheet, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        asked = _read(request, self._frame)
        values: dict[str, Any] = {
            "title": "SQL",
            "named": {},
            "views": [(name, views.ABOUT[name]) for name in views.NAMES],
            "text": asked.text,
            "chosen": None,
            "given": asked.given,
            "names": (),
            "rows": (),
            "wrong": "",
            "cut": "",
            "drawn": "",
            "sheet": "/sql.csv?" + urlencode(request.query_params.multi_items()),
            "is_asked": bool(asked.text or asked.name),
        }
        try:
            values["named"] = await self._frame.reading.ask(self._named)
            values["chosen"] = values["named"].get(asked.name)
            if asked.text or (values["chosen"] and "run" in request.query_params):
                answer = await self._turns.aside(lambda: self._ask(asked, values["named"]))
                names, rows = answers.rows(answer)
                shown = f"{len(rows):,} rows; the page shows {_SHOWN}, CSV has all" if len(rows) > _SHOWN else ""
                values |= {
                    "names": names,
                    "rows": rows[:_SHOWN],
                    "cut": answer.cut or shown,
                    "drawn": draw(names, rows),
                }
            else:
                values["is_asked"] = False
        except NightdeskError as error:
            values["wrong"] = str(error)
        return await self._frame.show(request, "sql.html", 400 if values["wrong"] else 200, **values)

    async def _sheet(self, request: Request) -> Response:
        # A sheet is of the desk: the same for whoever fetches it.
        asked = replace(_read(request, self._frame), zone=self._frame.zone)
        try:
            known = await self._frame.reading.ask(self._named) if not asked.text else {}
            answer = await self._turns.aside(lambda: self._ask(asked, known))
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        names, rows = answers.rows(answer)
        out = io.StringIO("\ufeff", newline="")  # so that spreadsheets read it as UTF-8
        out.seek(0, io.SEEK_END)
        output.write_csv(rows, names, out)
        headers = {"Content-Disposition": f'attachment; filename="{asked.name or "answer"}.csv"'}
        return Response(out.getvalue(), media_type="text/csv", headers=headers)

    def _ask(self, asked: _Asked, known: Mapping[str, Named]) -> Answer:
        """Raises UsageError."""
        config = self._frame.app.config
        if asked.text:
            return adhoc.ask(config, asked.text)
        chosen = known.get(asked.name)
        if chosen is None:
            raise UsageError(f"there is no query named {asked.name!r}")
        values = chosen.values(asked.given, self._frame.now(), asked.zone)
        return adhoc.ask(config, chosen.sql, values)

    def _named(self, db: Connection) -> Mapping[str, Named]:
        return savedqueries.known(db, self._frame.app.config)


def _read(request: Request, frame: Frame) -> _Asked:
    given = dict(request.query_params)
    text, name = given.pop("q", "").strip()[:_LONGEST], given.pop("name", "").strip()
    given.pop("run", None)
    return _Asked(text, name, {key: value for key, value in given.items() if value}, frame.zone_of(person_of(request)))


def draw(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Bars of the first column of numbers by the first of words or days; nothing where an answer has no such two."""
    rows = rows[:_DRAWN]
    if len(rows) < 2:
        return Markup("")
    numbers = [name for name in names if _are_numbers(rows, name) and not name.endswith("id")]
    labels = [name for name in names if name not in numbers and all(isinstance(row[name], str | None) for row in rows)]
    if not numbers or not labels:
        return Markup("")
    label, number = labels[0], numbers[-1]
    top = max(abs(float(row[number] or 0)) for row in rows) or 1
    parts = []
    for at, row in enumerate(rows):
        value, y = row[number], at * _ROW
        wide = abs(float(value or 0)) / top * (_WIDTH - _LEFT - 90)
        said = str(row[label] if row[label] is not None else "none")
        parts.append(
            Markup(
                '<g><title>{}: {}</title><text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}"/>'
                '<text class="soft" x="{:.1f}" y="{}">{}</text></g>'
            ).format(
                said,
                "" if value is None else f"{value:,}",
                _LEFT - 8,
                y + 16,
                said if len(said) < 32 else said[:31] + "…",
                _LEFT,
                y + 3,
                wide,
                _ROW - 6,
                _LEFT + wide + 6,
                y + 16,
                "" if value is None else f"{value:,}",
            )
        )
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{} by {}">{}</svg>').format(
        _WIDTH, len(rows) * _ROW + 4, number, label, Markup("").join(parts)
    )


def _are_numbers(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)

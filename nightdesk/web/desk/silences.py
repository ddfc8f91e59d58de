"""`/silences`: mutes with owner, reason and end, what each held back, and a form for another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import UsageError
from core.ids import show_id
from nightdesk import silences
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame
from store import definitions, people
from store import silences as kept

#: What a silence can be limited to, as its form names it.
LIMITS = ("watch", "topic", "event", "country", "development", "source")
SPANS = (("8h", "8 hours"), ("1d", "a day"), ("3d", "3 days"), ("7d", "a week"), ("28d", "4 weeks"))
_HELD = 200


class Silences:
    """The routes of the mutes."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Route("/silences", self._list, methods=["GET"]),
            Deed("/silences/add", self._add, "editor"),
            Deed("/silences/{id:str}/end", self._end, "editor", "/silences"),
        ]

    async def _list(self, request: Request) -> Response:
        asked = {key: request.query_params.get(key, "")[:200] for key in LIMITS}
        return await self._show(request, asked)

    async def _show(self, request: Request, given: dict[str, str], wrong: str = "", status: int = 200) -> Response:
        def read(db: Connection) -> dict[str, Any]:
            rows = silences.rows(db, self._frame.now())
            held = {row["id"]: kept.held_by(db, row["id"])[:_HELD] for row in rows[:50] if row["hits"]}
            return {
                "title": "Silences",
                "standing": [row for row in rows if row["state"] != "over"],
                "over": [row for row in rows if row["state"] == "over"][:100],
                "held": {id: list(dict.fromkeys(one.alert_id for one in some)) for id, some in held.items()},
                "given": {**dict.fromkeys((*LIMITS, "reason", "lasts", "until"), ""), **given},
                "wrong": wrong,
                "spans": SPANS,
                "watch_choices": [(row.name, row.name) for row in definitions.active_watches(db)],
                **self._frame.choices,
            }

        try:
            values = await self._frame.reading.ask(read)
        except UsageError as error:
            return await self._frame.sorry(request, error)
        return await self._frame.show(request, "silences.html", status, **values)

    async def _add(self, form: Form) -> Response:
        now, by, zone = self._frame.now(), form.person.name, self._frame.zone_of(form.person)
        given = {key: form.text(key, 500) for key in (*LIMITS, "reason", "lasts", "until")}

        def add(db: Connection) -> tuple[str, datetime]:
            lasts, until = given["lasts"] or None, given["until"] or None
            if lasts and until:
                lasts = None  # whoever names a day means it
            starts_at, ends_at = silences.span(until, lasts, None, now, zone)
            matcher = {key: given[key] or None for key in LIMITS if key != "development"}
            matcher["development_id"] = given["development"] or None
            wanted = silences.Wanted(by, given["reason"], starts_at, ends_at, matcher)
            name = show_id("silence", silences.add(db, self._frame.app.config, wanted, now))
            people.note_deed(
                db, by, "silence added", given["development"] or name, now, given["reason"], {"silence": name}
            )
            return name, ends_at

        try:
            name, ends_at = await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(add))
        except UsageError as error:
            return await self._show(form.request, given, str(error).replace("--", ""), 422)
        until = ends_at.astimezone(zone)
        return go("/silences", f"{name}: what fits it is decided and not sent until {until:%Y-%m-%d %H:%M}.")

    async def _end(self, form: Form) -> Response:
        name, now, by = form.request.path_params["id"], self._frame.now(), form.person.name

        def end(db: Connection) -> str:
            ended = silences.end(db, name, now)
            people.note_deed(db, by, "silence ended", ended, now, form.text("reason", 500) or None)
            return ended

        ended = await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(end))
        said = f"{ended} is over. What it held back is listed once on the channels that it was held from."
        return go("/silences", said)

"""`/alerts` and `/alerts/{id}`: what was told to whom, why, with which words, and another try."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NightdeskError
from core.ids import read_id, show_id
from nightdesk import alertlog, preview
from nightdesk.alertlog import Narrowed
from nightdesk.listing import Filters
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.telling import tell
from store import definitions, deliveries, history, people

_PAGE = 50
#: States of a delivery as people say them, with the colour in which they are shown.
STATES = {
    "pending": ("waits", "soft"),
    "leased": ("is being sent", "soft"),
    "sent": ("sent", "good"),
    "unknown": ("may not have arrived", "warn"),
    "dead": ("given up", "bad"),
    "suppressed": ("held back", "soft"),
}


class Alerts:
    """The routes of the log."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Route("/alerts", self._list, methods=["GET"]),
            Route("/alerts/{id:int}", self._one, methods=["GET"]),
            Deed("/alerts/{id:int}/retry", self._retry, "operator"),
        ]

    async def _list(self, request: Request) -> Response:
        asked = {key: request.query_params.get(key, "") for key in ("watch", "state", "channel", "after")}

        def read(db: Connection) -> dict[str, Any]:
            filters = Filters(limit=_PAGE + 1)
            if asked["after"]:
                filters = replace(filters, beyond=read_id(asked["after"], "alert")[1])
            narrowed = Narrowed(asked["watch"] or None, asked["channel"] or None, asked["state"] or None)
            found = list(alertlog.listed(db, filters, narrowed))
            rows = found[:_PAGE]
            sent = deliveries.of_alerts(db, [row["id"] for row in rows])
            told = {one.id: one for one in tell(db, list(dict.fromkeys(row["development_id"] for row in rows)))}
            kept = {key: value for key, value in asked.items() if value and key != "after"}
            return {
                "title": "Alerts",
                "rows": [{**row, "told": alertlog.fates(sent[row["id"]])} for row in rows],
                "lines": told,
                "states": STATES,
                "asked": asked,
                "filtered": bool(kept),
                "next": "/alerts?" + urlencode({**kept, "after": show_id("alert", rows[-1]["id"])})
                if len(found) > _PAGE
                else "",
                "watch_choices": [(row.name, row.name) for row in history.all_watches(db)],
                "state_choices": [(state, said) for state, (said, _) in STATES.items()],
                "channel_choices": [(row.name, row.name) for row in definitions.active_channels(db)],
            }

        return await self._frame.answer(request, "alerts.html", read)

    async def _one(self, request: Request) -> Response:
        number = request.path_params["id"]

        def read(db: Connection) -> dict[str, Any]:
            shown = alertlog.load(db, number)
            sent = shown.parts["deliveries"]
            return {
                "title": f"Alert {show_id('alert', number)}",
                "row": shown.row,
                "sent": sent,
                "tries": shown.parts["tries"],
                "told": next(iter(tell(db, [shown.row["development_id"]])), None),
                "states": STATES,
                "can_retry": any(one["state"] in ("dead", "unknown") for one in sent),
                "preview": self._preview(db, number, sent[0]["channel"] if sent else None),
                "deeds": people.deeds_about(db, show_id("alert", number)),
            }

        return await self._frame.answer(request, "alert.html", read)

    def _preview(self, db: Connection, number: int, channel: str | None) -> str:
        """The message as it would be drawn now; why not, where a template or the channel is no more."""
        try:
            return preview.part_of(preview.of_alert(db, self._frame.app.config, number, channel), "text")
        except NightdeskError as error:
            return str(error)

    async def _retry(self, form: Form) -> Response:
        number, by = form.request.path_params["id"], form.person.name
        channel = form.text("channel", 100) or None
        lines = await anyio.to_thread.run_sync(lambda: alertlog.retry(self._frame.app, number, channel, by))
        return go(f"/alerts/{number}", f"{'; '.join(lines)}.")

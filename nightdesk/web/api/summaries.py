"""What sums many rows up: `/api/v1/facets`, how the hits of a search divide, and `/api/v1/brief.docx`, a brief."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import NotFound
from nightdesk import search
from nightdesk.app import App
from nightdesk.brief.ask import ask
from nightdesk.brief.formats import Form, written
from nightdesk.web.api import parameters, problems
from nightdesk.web.api.parameters import Given, Parameter
from nightdesk.web.reading import Reading
from store.facets import FACETS

FACETS_PATH, BRIEF_PATH = "/api/v1/facets", "/api/v1/brief.{form}"
FACETS_TAKE = (parameters.QUERY, *parameters.ALL)
BRIEF_TAKES = (*parameters.ALL, parameters.WATCH)
#: The endings of a brief, what each is, and how it is sent.
FORMS: Mapping[str, tuple[Form, str]] = {
    "docx": (Form.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": (Form.MD, "text/markdown; charset=utf-8"),
    "html": (Form.HTML, "text/html; charset=utf-8"),
    "ris": (Form.RIS, "application/x-research-info-systems"),
    "json": (Form.CSL, "application/vnd.citationstyles.csl+json"),
}
#: A longer one is written by command, which nobody waits behind.
MOST = 500


class Summaries:
    """The routes of one App."""

    def __init__(self, app: App, reading: Reading) -> None:
        self._app = app
        self._reading = reading
        self._writing = Reading(app.store, at_once=1)  # a document keeps a processor busy

    def routes(self) -> list[Route]:
        return [
            Route(FACETS_PATH, self._facets, methods=["GET"]),
            Route(BRIEF_PATH.replace("{form}", "{form:str}"), self._brief, methods=["GET"]),
        ]

    async def _facets(self, request: Request) -> Response:
        def read(db: Connection) -> Response:
            given = self._given(request, FACETS_TAKE)
            found = search.facets(db, search.Question(given.get(parameters.QUERY), given.filters))
            counts = {facet: found.counts.get(facet, {}) for facet in FACETS}
            return JSONResponse({"articles": found.articles, "whole": found.whole, "counts": counts})

        return await _told(self._reading, read)

    async def _brief(self, request: Request) -> Response:
        def read(db: Connection) -> Response:
            ending = request.path_params["form"]
            if ending not in FORMS:
                raise NotFound(f"there is no brief.{ending[:20]}; there are {', '.join(FORMS)}")
            form, kind = FORMS[ending]
            given, now, zone = self._given(request, BRIEF_TAKES), self._app.clock(), self._zone
            chosen = replace(given.filters, limit=MOST + 1)
            brief, _ = ask(db, chosen, given.get(parameters.WATCH), zone, now, most=MOST)
            name = f"brief-{now.astimezone(zone).date().isoformat()}.{ending}"
            sent = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(written(brief, form), media_type=kind, headers=sent)

        return await _told(self._writing, read)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._app.config.timezone)

    def _given(self, request: Request, known: tuple[Parameter, ...]) -> Given:
        return parameters.read(request.query_params.multi_items(), known, self._app.clock(), self._zone)


async def _told(reading: Reading, work: Callable[[Connection], Any]) -> Response:
    try:
        answer: Response = await reading.ask(work)
    except Exception as error:
        told = problems.answer(error)
        if told is None:
            raise
        return told
    return answer

"""The routes of the API: each listing, one of each, the document, and the document as a page to read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nightdesk.app import App
from nightdesk.web.api import parameters, problems
from nightdesk.web.api.document import PREFIX, document
from nightdesk.web.api.resources import RESOURCES, Resource
from nightdesk.web.pages import page
from nightdesk.web.reading import Reading

Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """The API of one App."""

    def __init__(self, app: App, reading: Reading) -> None:
        self._app = app
        self._reading = reading

    def routes(self) -> list[Route]:
        """Every route, to be served beside others."""
        found = [Route(f"{PREFIX}/openapi.json", self._openapi, methods=["GET"])]
        for resource in RESOURCES:
            found.append(Route(f"{PREFIX}/{resource.name}", self._listing(resource), methods=["GET"]))
            if resource.one is not None:
                path = f"{PREFIX}/{resource.name}/{{{resource.key}:str}}"
                found.append(Route(path, self._one(resource), methods=["GET"]))
        return [*found, Route("/docs", self._docs, methods=["GET"])]

    def _listing(self, resource: Resource) -> Endpoint:
        def work(db: Connection, request: Request) -> Any:
            now, zone = self._app.clock(), ZoneInfo(self._app.config.timezone)
            given = parameters.read(request.query_params.multi_items(), resource.parameters, now, zone)
            found = resource.page(db, given, now)
            return {"items": found.items, "next": found.next or None}

        return self._answering(work)

    def _one(self, resource: Resource) -> Endpoint:
        assert resource.one is not None
        find = resource.one

        def work(db: Connection, request: Request) -> Any:
            now, zone = self._app.clock(), ZoneInfo(self._app.config.timezone)
            parameters.read(request.query_params.multi_items(), (), now, zone)
            return find(db, parameters.read_text(resource.key, request.path_params[resource.key]), now)

        return self._answering(work)

    def _answering(self, work: Callable[[Connection, Request], Any]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            def answer(db: Connection) -> bytes:
                return json.dumps(work(db, request), ensure_ascii=False, separators=(",", ":")).encode()

            try:
                return Response(await self._reading.ask(answer), media_type="application/json")
            except Exception as error:
                told = problems.answer(error)
                if told is None:
                    raise
                return told

        return endpoint

    async def _openapi(self, request: Request) -> Response:
        return await self._answering(lambda db, _: self._document(db))(request)

    async def _docs(self, _: Request) -> Response:
        told = await self._reading.ask(self._document)
        return page("docs.html", tag="en", title="The API", api=told, prefix=PREFIX)

    @staticmethod
    def _document(db: Connection) -> dict[str, Any]:
        return document({resource.name: resource.columns(db) for resource in RESOURCES})

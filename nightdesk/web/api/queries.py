"""`/api/v1/queries`: the named queries, and the answer of one, as JSON or as CSV, for a spreadsheet to fetch."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import NotFound, UsageError
from nightdesk import adhoc, answers, output, savedqueries
from nightdesk.app import App
from nightdesk.queries import Named
from nightdesk.web.api import parameters, problems
from nightdesk.web.api.problems import BadParameter
from nightdesk.web.reading import Reading
from store.readonly import Value

PATH = "/api/v1/queries"


class Queries:
    """The named queries of one App. Each is asked in a child of its own, which is killed when it takes too long."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._turns = Reading(app.store, at_once=1)

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self._list, methods=["GET"]),
            Route(f"{PATH}/{{name:str}}.csv", self._sheet, methods=["GET"]),
            Route(f"{PATH}/{{name:str}}.json", self._rows, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        def listed() -> Response:
            _refuse_all(request)
            told = [
                {
                    "name": one.name,
                    "about": one.about,
                    "parameters": [asdict(parameter) for parameter in one.parameters],
                }
                for one in self._load().values()
            ]
            return JSONResponse({"items": told, "next": None})

        return await self._answer(listed)

    async def _sheet(self, request: Request) -> Response:
        def sheet() -> Response:
            query = self._query(request)
            answer = adhoc.ask(self._app.config, query.sql, self._values(query, request))
            if answer.cut:  # a sheet shows what it got as if it were all
                raise UsageError(f"{answer.cut}; ask for less, or raise database.sql_rows")
            names, rows = answers.rows(answer)
            out = io.StringIO("\ufeff", newline="")  # so that spreadsheets read it as UTF-8
            out.seek(0, io.SEEK_END)
            output.write_csv(rows, names, out)
            headers = {"Content-Disposition": f'attachment; filename="{query.name}.csv"'}
            return Response(out.getvalue(), media_type="text/csv", headers=headers)

        return await self._answer(sheet)

    async def _rows(self, request: Request) -> Response:
        def told() -> Response:
            query = self._query(request)
            answer = adhoc.ask(self._app.config, query.sql, self._values(query, request))
            _, rows = answers.rows(answer)
            return JSONResponse({"items": rows, "next": None, "cut": answer.cut or None})

        return await self._answer(told)

    def _query(self, request: Request) -> Named:
        """Raises NotFound."""
        name = parameters.read_text("name", request.path_params["name"])
        query = self._load().get(name)
        if query is None:
            raise NotFound(f"there is no named query {name}; {PATH} lists them")
        return query

    async def _answer(self, work: Callable[[], Response]) -> Response:
        try:
            return await self._turns.aside(work)
        except Exception as error:
            told = problems.answer(error)
            if told is None:
                raise
            return told

    def _load(self) -> Mapping[str, Named]:
        with self._app.store.read() as db:
            return savedqueries.known(db, self._app.config)

    def _values(self, query: Named, request: Request) -> dict[str, Value]:
        """What the address gives, and the defaults. Raises BadParameter."""
        now, zone = self._app.clock(), ZoneInfo(self._app.config.timezone)
        given = _given(request)
        given.pop("token", None)
        known = {parameter.name: parameter for parameter in query.parameters}
        for name in given:
            if name not in known:
                raise BadParameter(name, f"there is no such parameter here; there are {', '.join(known) or 'none'}")
        values = {}
        for name, parameter in known.items():
            written = given.get(name, parameter.default)
            if written is None:
                raise BadParameter(name, f"is missing; it is a {parameter.kind}")
            try:
                values[name] = parameter.read(written, now, zone)
            except UsageError as error:
                raise BadParameter(name, str(error).removeprefix(f"--param {name}: ")) from error
            except OverflowError as error:
                raise BadParameter(name, "is beyond all measure") from error
        return values


def _given(request: Request) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name in given:
            raise BadParameter(name, "is given twice")
        given[name] = parameters.read_text(name, text)
    return given


def _refuse_all(request: Request) -> None:
    for name in request.query_params:
        raise BadParameter(name, "there is no such parameter here")

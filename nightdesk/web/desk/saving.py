"""`/new-query` and `/queries/NAME`: a query kept under a name, changed and removed by whose it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import UsageError
from nightdesk import adhoc, savedqueries
from nightdesk.savedqueries import Wanted
from nightdesk.web.desk.deeds import Deed, Form, Look, go
from nightdesk.web.desk.frame import Frame, person_of
from nightdesk.web.reading import Reading

_LONGEST = 20_000


class Saving:
    """The routes of saved queries. `turns` is shared with the console: one question at a time, whoever asks it."""

    def __init__(self, frame: Frame, turns: Reading) -> None:
        self._frame = frame
        self._turns = turns

    def routes(self) -> list[Route]:
        return [
            Look("/new-query", self._new, "reader"),
            Deed("/new-query", self._add, "reader", "/new-query"),
            Look("/queries/{name:str}", self._known, "reader"),
            Deed("/queries/{name:str}", self._change, "reader", lambda path, _: path),
            Deed("/queries/{name:str}/remove", self._remove, "reader"),
        ]

    async def _new(self, request: Request) -> Response:
        sql = request.query_params.get("q", "").strip()[:_LONGEST]
        return await self._show(request, Wanted("", "", "", sql), is_new=True)

    async def _known(self, request: Request) -> Response:
        name, person = request.path_params["name"], person_of(request)
        assert person is not None  # Look lets nobody else in

        def read(db: Connection) -> dict[str, Any]:
            return _values(savedqueries.require(db, name, person), is_new=False)

        return await self._frame.answer(request, "query_form.html", read)

    async def _show(
        self, request: Request, wanted: Wanted, *, is_new: bool, wrong: str = "", status: int = 200
    ) -> Response:
        return await self._frame.show(request, "query_form.html", status, **_values(wanted, is_new, wrong))

    async def _add(self, form: Form) -> Response:
        config, now, by = self._frame.app.config, self._frame.now(), form.person.name
        return await self._keep(
            form, form.text("name", 200), True, lambda db, wanted: savedqueries.add(db, config, wanted, by, now)
        )

    async def _change(self, form: Form) -> Response:
        now, who, name = self._frame.now(), form.person, form.request.path_params["name"]
        await self._frame.reading.ask(lambda db: savedqueries.require(db, name, who))  # before it is tried
        return await self._keep(
            form,
            name,
            False,
            lambda db, wanted: savedqueries.change(db, wanted, who, now),
        )

    async def _keep(self, form: Form, name: str, is_new: bool, write: Any) -> Response:
        """What was typed, kept once it was tried; where something is wrong, the form again with why."""
        wanted = Wanted(name, form.text("about", 500), form.text("parameters"), form.text("sql", _LONGEST))

        try:
            await self._turns.aside(lambda: self._try(wanted))
            await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(lambda db: write(db, wanted)))
        except UsageError as error:
            return await self._show(form.request, wanted, is_new=is_new, wrong=str(error), status=422)
        return go(f"/sql?name={wanted.name}", f"{wanted.name} is saved.")

    def _try(self, wanted: Wanted) -> None:
        """Ask it once, so that a mistake in it is found by whoever writes it. Raises UsageError."""
        adhoc.ask(self._frame.app.config, *wanted.read().trial(self._frame.now(), self._frame.zone))

    async def _remove(self, form: Form) -> Response:
        name, now, who = form.request.path_params["name"], self._frame.now(), form.person
        app = self._frame.app

        def work() -> None:
            app.store.unit(lambda db: savedqueries.remove(db, app.config, name, who, now))

        await anyio.to_thread.run_sync(work)
        return go("/sql", f"{name} is removed.")


def _values(wanted: Wanted, is_new: bool, wrong: str = "") -> dict[str, Any]:
    title = "Save a query" if is_new else wanted.name
    return {"title": title, "given": asdict(wanted), "is_new": is_new, "wrong": wrong}

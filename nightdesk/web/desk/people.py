"""`/people` and `/people/{name}`: who may log in, as what, what they did, and what whoever leaves leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NotFound, UsageError
from nightdesk import belongings, handover, people
from nightdesk.web.desk.deeds import Deed, Form, Look, go
from nightdesk.web.desk.frame import Frame
from store import people as kept

_DEEDS = 100
_ROLES = {
    "reader": "looks, searches and marks",
    "editor": "decides on news, watches and silences too",
    "operator": "runs the desk",
}


class People:
    """The routes of the users."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Look("/people", self._list, "operator"),
            Look("/people/{name:str}", self._one, "operator"),
            Deed("/people/add", self._add, "operator"),
            Deed("/people/{name:str}/role", self._set_role, "operator"),
            Deed("/people/{name:str}/password", self._set_password, "operator"),
            Deed("/people/{name:str}/remove", self._remove, "operator"),
            Deed("/people/{name:str}/hand-over", self._hand_over, "operator"),
        ]

    async def _list(self, request: Request) -> Response:
        def read(db: Connection) -> dict[str, Any]:
            rows = people.rows(db)
            return {
                "title": "People",
                "standing": [row for row in rows if row["state"] == "stands"],
                "removed": [row for row in rows if row["state"] == "removed"],
                "roles": _ROLES,
                "deeds": kept.last_deeds(db, _DEEDS),
            }

        values = await self._frame.reading.ask(read)
        return await self._frame.show(request, "people.html", **values)

    async def _one(self, request: Request) -> Response:
        name = request.path_params["name"]

        def read(db: Connection) -> dict[str, Any]:
            row = next((row for row in people.rows(db) if row["name"] == name), None)
            if row is None:
                raise NotFound(f"there is no user {name}")
            return {
                "title": name,
                "row": row,
                "roles": _ROLES,
                "belongings": belongings.of(db, name, self._frame.now()),
                "others": [one["name"] for one in people.rows(db) if one["state"] == "stands" and one["name"] != name],
                "done": kept.last_deeds(db, _DEEDS, by=name),
                "about": [one for one in kept.deeds_about(db, name) if one.what in _ABOUT],
            }

        return await self._frame.answer(request, "person.html", read)

    async def _write(self, work: Callable[[Connection], None]) -> None:
        await anyio.to_thread.run_sync(lambda: self._frame.app.store.unit(work))

    async def _add(self, form: Form) -> Response:
        name, role, password = form.text("name", 63).lower(), form.text("role", 20), form.text("password", 1000)
        by, now = form.person.name, self._frame.now()
        await self._write(lambda db: people.add(db, name, role, password, by, now))
        return go("/people", f"{name} may log in as {role}. Tell them the password, and that /me changes it.")

    async def _set_role(self, form: Form) -> Response:
        name, role, now = self._other(form), form.text("role", 20), self._frame.now()
        await self._write(lambda db: people.set_role(db, name, role, form.person.name, now))
        return go(f"/people/{name}", f"{name}: {role} from the next request on.")

    async def _set_password(self, form: Form) -> Response:
        name, password, now = self._other(form), form.text("password", 1000), self._frame.now()
        await self._write(lambda db: people.set_password(db, name, password, form.person.name, now))
        return go(f"/people/{name}", f"{name}: what was logged in with the old password is logged out.")

    async def _remove(self, form: Form) -> Response:
        name, now = self._other(form), self._frame.now()
        by, store = form.person.name, self._frame.app.store
        ended = await anyio.to_thread.run_sync(lambda: store.unit(lambda db: people.remove(db, name, by, now)))
        said = f"{name} cannot log in any more. What they leave behind is listed here."
        return go(f"/people/{name}", f"{said} Their tokens ended: {', '.join(ended)}." if ended else said)

    async def _hand_over(self, form: Form) -> Response:
        name, to, now = form.request.path_params["name"], form.needed("to", 63), self._frame.now()
        by, store = form.person.name, self._frame.app.store
        handed = await anyio.to_thread.run_sync(
            lambda: store.unit(lambda db: handover.hand_over(db, name, to, by, now))
        )
        return go(f"/people/{name}", f"{to} has now: {', '.join(handed) or 'nothing of it, since there was nothing'}.")

    @staticmethod
    def _other(form: Form) -> str:
        """Whom the deed is about; not whoever does it, who could lock themselves out."""
        name: str = form.request.path_params["name"]
        if name == form.person.name:
            raise UsageError("another operator does that to you; your own password is changed at /me")
        return name


#: Deeds whose `about` is a person.
_ABOUT = ("user added", "role set", "password set", "away", "back", "user removed", "handed over", "set free")

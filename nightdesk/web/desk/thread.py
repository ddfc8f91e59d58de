"""`/threads/{id}`: the stages of one case in order, each with its figures and why it is of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import NotFound
from core.ids import show_id
from nightdesk.web.desk.decisions import following
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.telling import tell
from store import decisions, definitions, threads

#: So many stages a page has room for: the last ones.
_STAGES = 100


class Thread:
    """The routes of one case."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        at = "/threads/{id:int}"
        return [Route(at, self._show, methods=["GET"]), Deed(f"{at}/follow", self._follow, "editor")]

    async def _show(self, request: Request) -> Response:
        number = request.path_params["id"]
        return await self._frame.answer(request, "thread.html", lambda db: self._read(db, number))

    def _read(self, db: Connection, number: int) -> dict[str, Any] | Response:
        root = threads.root_of(db, number)
        if root is None:
            raise NotFound(f"there is no thread {show_id('thread', number)}")
        if root != number:
            return RedirectResponse(f"/threads/{root}", 303)
        stages = threads.members(db, root)
        told = tell(db, stages[-_STAGES:])
        began = told[0].line if told else threads.titles(db, [root])[root]
        names = threads.ids_of(db, root)
        following = decisions.follows(db, frozenset(show_id("thread", one) for one in names))
        watches = [definitions.watch_by_id(db, watch_id) for watch_id in sorted(following)]
        return {
            "title": f"{show_id('thread', root)} {began}",
            "id": root,
            "began": began,
            "stages": told,
            "left_out": len(stages) - len(told),
            "merged": names[1:],
            "countries": list(dict.fromkeys(code for one in told for code in one.row.countries or ())),
            "followed_by": watches,
            "channels": list(self._frame.app.config.channels),
        }

    async def _follow(self, form: Form) -> Response:
        number = form.request.path_params["id"]
        return go(f"/threads/{number}", await following(form, self._frame.app, show_id("thread", number)))

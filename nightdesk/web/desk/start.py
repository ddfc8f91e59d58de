"""`/start`: the first hour, as a list that shows the thing works."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nightdesk import firsthour
from nightdesk.web.desk.frame import Frame


class Start:
    """The route of the list."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [Route("/start", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        def read(db: Connection) -> dict[str, Any]:
            steps = firsthour.steps(db, self._frame.app.config)
            return {
                "title": "The first hour",
                "steps": steps,
                "known": [step for step in steps if step.done is not None],
            }

        return await self._frame.answer(request, "start.html", read)

"""`/developments/{id}`: one development with all that is known of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.ids import show_id
from nightdesk import show
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.telling import tell


class Development:
    """The routes of one development."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [Route("/developments/{id:int}", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        number = request.path_params["id"]

        def read(db: object) -> dict[str, object]:
            shown = show.load(db, "development", number)  # type: ignore[arg-type]
            (told,) = tell(db, [number])  # type: ignore[arg-type]
            return {"title": f"{show_id('development', number)} {told.line}", "told": told, "parts": shown.parts}

        return await self._frame.answer(request, "development.html", read)

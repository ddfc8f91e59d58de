"""What one takes away of a development: its articles for a reference manager, and the pack of evidence."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import Connection, Row
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from alerts.language import speak
from alerts.read import read_developments
from alerts.story import Story
from core.errors import NightdeskError, UsageError
from core.ids import show_id
from nightdesk.brief.compose import Frame as BriefFrame
from nightdesk.brief.compose import compose
from nightdesk.brief.formats import Form as BriefForm
from nightdesk.brief.formats import written
from nightdesk.brief.gather import Material
from nightdesk.brief.values import Brief
from nightdesk.evidence import export_evidence
from nightdesk.web.desk.deeds import Look
from nightdesk.web.desk.frame import Frame
from nightdesk.web.reading import Reading
from store import citations, dossier, families, stories

#: A pack of larger pages is made by command: packing keeps a processor busy.
MOST_BYTES = 100_000_000
_BLOCK = 1 << 18
_TYPES = {
    BriefForm.RIS: ("references.ris", "application/x-research-info-systems"),
    BriefForm.CSL: ("references.json", "application/vnd.citationstyles.csl+json"),
}


class Papers:
    """The routes of what is taken away. One pack is made at a time."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._packing = Reading(frame.app.store, at_once=1)

    def routes(self) -> list[Route]:
        at = "/developments/{id:int}"
        return [
            Route(f"{at}/references.ris", self._ris, methods=["GET"]),
            Route(f"{at}/references.json", self._csl, methods=["GET"]),
            Look(f"{at}/evidence.zip", self._evidence, "reader"),
        ]

    async def _ris(self, request: Request) -> Response:
        return await self._references(request, BriefForm.RIS)

    async def _csl(self, request: Request) -> Response:
        return await self._references(request, BriefForm.CSL)

    async def _references(self, request: Request, form: BriefForm) -> Response:
        number = request.path_params["id"]
        name, kind = _TYPES[form]

        def read(db: Connection) -> Brief:
            row = _now(db, number)
            return brief_of(db, self._frame, row, read_developments(db, [row])[row.id])

        try:
            brief = await self._frame.reading.ask(read)
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        saved = _saved(f"{show_id('development', number)}-{name}")
        return Response(written(brief, form), media_type=kind, headers=saved)

    async def _evidence(self, request: Request) -> Response:
        number, store = request.path_params["id"], self._frame.app.store
        pack = f"{show_id('development', number)}.zip"

        def check(db: Connection) -> None:
            members = families.member_ids(db, _now(db, number).id)
            if dossier.bytes_of_pages(db, members) > MOST_BYTES:
                raise UsageError(
                    f"the pages come to more than {MOST_BYTES // 1_000_000} MB; pack them by command:"
                    f" nightdesk export evidence {show_id('development', number)} -o {pack}"
                )

        def make() -> tuple[IO[bytes], int]:
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder) / pack
                export_evidence(store, number, str(made))
                return made.open("rb"), os.path.getsize(made)  # open, it outlives its folder

        try:
            await self._frame.reading.ask(check)
            file, size = await self._packing.aside(make)
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        sent = {**_saved(pack), "Content-Length": str(size)}
        return StreamingResponse(_blocks(file), media_type="application/zip", headers=sent)


def brief_of(db: Connection, frame: Frame, row: Row[Any], story: Story, members: Sequence[int] | None = None) -> Brief:
    """A development as a brief cites it."""
    cited = citations.citations(db, [report.id for report in story.reports] if members is None else members)
    material = Material(dict(row._mapping), replace(story, facts=()), tuple(cited), (), {})  # articles alone are cited
    return compose([material], {}, BriefFrame(speak("en"), frame.zone, None, frame.now()))


def _now(db: Connection, number: int) -> Row[Any]:
    """The development that this one is now. Raises NotFound."""
    row = stories.require(db, number)
    return row if row.merged_into is None else stories.require(db, row.merged_into)


def _saved(name: str) -> dict[str, str]:
    """A browser saves it, and shows nothing of it as a page of ours."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block

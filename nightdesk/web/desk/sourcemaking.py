"""`/new-source`: a site's address, the ways to read it, one look at the chosen one, and then it is kept; or a list."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, get_args

import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NightdeskError, UsageError
from crawler.source import Kind, SourceType
from nightdesk.web.desk.deeds import Deed, Form, Look, go, why
from nightdesk.web.desk.frame import Frame

if TYPE_CHECKING:
    from crawler.discover import Candidate

# What looks at sites takes seconds to import, and most pages need none of it: it is imported where it is used.
_SHOWN = 15


class SourceMaking:
    """The routes of the form."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Look("/new-source", self._new, "operator"),
            Deed("/sources/find", self._find, "operator", "/new-source"),
            Deed("/sources/look", self._look, "operator", "/new-source"),
            Deed("/sources/add", self._add, "operator", "/new-source"),
            Deed("/sources/import", self._import, "operator", "/new-source", in_steps=True),
        ]

    async def _new(self, request: Request) -> Response:
        return await self._show(request, address=request.query_params.get("url", "")[:2000])

    async def _show(self, request: Request, status: int = 200, **values: Any) -> Response:
        start: dict[str, Any] = {
            "title": "New source",
            "types": get_args(SourceType),
            "address": "",
            "candidates": (),
            "chosen": None,
            "given": {},
            "sight": None,
            "items": (),
            "wrong": "",
            "taken": (),
        }
        return await self._frame.show(request, "source_form.html", status, **{**start, **values})

    async def _find(self, form: Form) -> Response:
        """Ways to read the site."""
        from nightdesk import newsource

        address = form.needed("address", 2000)
        try:
            found = await anyio.to_thread.run_sync(lambda: newsource.find(self._frame.app, address))
        except NightdeskError as error:
            return await self._show(form.request, 422, address=address, wrong=str(error))
        given = {"name": newsource.name_for(found[0].url), "language": None, "country": None, "type": None}
        return await self._show(form.request, address=address, candidates=found, chosen=found[0], given=given)

    async def _look(self, form: Form) -> Response:
        """One look at the chosen way, which keeps nothing."""
        from nightdesk import newsource

        shown, chosen = _read(form)
        try:
            source = newsource.made_of(_needed(chosen), shown["given"])
            sight = await anyio.to_thread.run_sync(lambda: newsource.visit(self._frame.app, source))
        except (NightdeskError, SQLAlchemyError) as error:
            return await self._refused(form, shown, error)
        return await self._show(form.request, **shown, sight=sight, items=sight.rows()[:_SHOWN])

    async def _add(self, form: Form) -> Response:
        from nightdesk import newsource

        shown, chosen = _read(form)
        app, by = self._frame.app, form.person.name
        try:
            way = _needed(chosen)
            source, done = await anyio.to_thread.run_sync(lambda: newsource.add(app, way, shown["given"], by))
        except (UsageError, SQLAlchemyError) as error:
            return await self._refused(form, shown, error)
        return go(f"/sources/{source.name}", f"{source.name}: {done}. It is visited with the next round.")

    async def _refused(self, form: Form, shown: dict[str, Any], error: NightdeskError | SQLAlchemyError) -> Response:
        """The ways again, which no page but the one that found them has, with what was chosen and typed."""
        status, reason = why(error)
        return await self._show(form.request, 422 if status == 409 else status, **shown, wrong=reason)

    async def _import(self, form: Form) -> Response:
        """Every good entry of a list that was sent along."""
        from nightdesk import sourcelist

        file = form.file("list")
        if file is None:
            return await self._show(form.request, 422, wrong="no file was chosen")
        body, name = await file.read(), PurePath(file.filename or "list").name[:100]
        app, by = self._frame.app, form.person.name
        try:
            entries = sourcelist.read_body(body, name)
            taken = await anyio.to_thread.run_sync(lambda: sourcelist.take_in(app, entries, by))
        except NightdeskError as error:
            return await self._show(form.request, 422, wrong=str(error))
        return await self._show(form.request, taken=taken)


def _read(form: Form) -> tuple[dict[str, Any], Candidate | None]:
    """What the page shows of a form, and the way that was chosen, if one of its was. Raises UsageError."""
    from crawler.discover import Candidate

    candidates = [_candidate(line) for line in form.words("candidate")][:50]
    number = form.text("chosen", 10)
    one = candidates[int(number)] if number.isdecimal() and int(number) < len(candidates) else None
    given = {key: form.text(key, 80) or None for key in ("name", "language", "country", "type")}
    given["country"] = given["country"].upper() if given["country"] else None
    shown = {"address": form.text("address", 2000), "candidates": candidates, "given": given}
    if one is None:
        return shown | {"chosen": candidates[0] if candidates else None}, None
    named = Candidate(one.url, form.text("title", 200) or one.title, kind=one.kind, entries=one.entries)
    return shown | {"chosen": named}, named


def _needed(chosen: Candidate | None) -> Candidate:
    """Raises UsageError."""
    if chosen is None:
        raise UsageError("choose one of the ways to read it; look for them again where none is listed")
    return chosen


def _candidate(line: str) -> Candidate:
    """A way as the form carried it: kind, entries, address and title. Raises UsageError."""
    from crawler.discover import Candidate

    kind, _, rest = line.partition(" ")
    entries, _, rest = rest.partition(" ")
    url, _, title = rest.partition(" ")
    known = next((one for one in get_args(Kind) if one == kind), None)
    if known is None or not url:
        raise UsageError("this form is not complete; look for the site again")
    return Candidate(url, title or None, int(entries) if entries.isdecimal() else None, kind=known)

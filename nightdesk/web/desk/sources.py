"""`/sources` and `/sources/{name}`: how each source fares and why, when it is visited, what it brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.language import speak
from core.errors import NightdeskError, NotFound
from crawler.source import Source
from nightdesk import health
from nightdesk.hearing import language_name
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame
from store import people, yields

if TYPE_CHECKING:
    from nightdesk.newsource import Sight

# What looks at sites takes seconds to import, and most pages need none of it: it is imported where it is used.
_SHOWN = 20
#: States with what they mean, worst first, and the colour in which they are shown.
STATES = {
    "failing": ("cannot be read", "bad"),
    "silent": ("answers, but nothing new comes", "bad"),
    "degraded": ("read with difficulty", "warn"),
    "unproven": ("not visited often enough to know", "soft"),
    "recovered": ("read again", "good"),
    "ok": ("well", "good"),
}
_TYPES = {".toml": "text/plain; charset=utf-8", ".opml": "text/x-opml; charset=utf-8"}


class Sources:
    """The routes of the sources as they stand."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Route("/sources", self._list, methods=["GET"]),
            Route("/sources.toml", self._export, methods=["GET"]),
            Route("/sources.opml", self._export, methods=["GET"]),
            Route("/sources/{name:str}", self._one, methods=["GET"]),
            Deed("/sources/{name:str}/test", self._test, "operator"),
            Deed("/sources/{name:str}/retire", self._retire, "operator"),
            Deed("/sources/{name:str}/follow", self._follow, "operator"),
        ]

    async def _list(self, request: Request) -> Response:
        asked = {key: request.query_params.get(key, "") for key in ("state", "lang", "country", "type", "name")}

        def read(db: Connection) -> dict[str, Any]:
            rows = health.source_rows(db)
            lately = yields.articles_since(db, self._frame.now() - timedelta(days=7))
            shown = [row for row in rows if _fits(row, asked)]
            return {
                "title": "Sources",
                "states": STATES,
                "counts": Counter(row["state"] for row in rows),
                "troubles": _troubles(rows),
                "rows": [{**row, "articles_7d": lately.get(row["id"], 0)} for row in shown],
                "whole": len(rows),
                "asked": asked,
                "state_choices": [(state, state) for state in STATES],
                "language_choices": _choices(rows, "language", language_name),
                "country_choices": _choices(rows, "country", speak("en").country),
                "type_choices": _choices(rows, "type", lambda word: word.replace("_", " ")),
            }

        return await self._frame.answer(request, "sources.html", read)

    async def _one(self, request: Request) -> Response:
        return await self._show(request, request.path_params["name"])

    async def _show(self, request: Request, name: str, **more: Any) -> Response:
        """The page of one source, after a look at it with what that found."""
        sight: Sight | None = more.get("sight")

        def read(db: Connection) -> dict[str, Any]:
            row = next(iter(health.source_rows(db, name)), None)
            if row is None:
                raise NotFound(f"there is no source {name}")
            source = Source.model_validate(row["definition"])
            return {
                "title": row["title"],
                "row": {**row, "advice": _plain(row["advice"] or "")},
                "source": source,
                "meaning": STATES[row["state"]],
                "language_name": language_name,
                "visits": yields.last_visits(db, row["id"], _SHOWN),
                "findings": yields.findings_of(db, name, _SHOWN),
                "articles": yields.last_articles(db, row["id"], _SHOWN),
                "deeds": [one for one in people.deeds_about(db, name) if one.what.startswith("source ")],
                "sight": sight,
                "items": sight.rows()[:_SHOWN] if sight is not None else (),
                "unread": more.get("unread", ""),
            }

        return await self._frame.answer(request, "source.html", read)

    async def _export(self, request: Request) -> Response:
        from nightdesk import sourcelist

        ending = "." + request.url.path.rpartition(".")[2]
        own = request.query_params.get("which") == "own"
        body = await self._frame.reading.aside(
            lambda: sourcelist.written(sourcelist.active(self._frame.app, own), ending)
        )
        return Response(
            body, media_type=_TYPES[ending], headers={"Content-Disposition": f"inline; filename=sources{ending}"}
        )

    async def _test(self, form: Form) -> Response:
        """One look at the source now, which keeps nothing."""
        from nightdesk import newsource

        app, name = self._frame.app, form.request.path_params["name"]
        try:
            sight = await anyio.to_thread.run_sync(lambda: newsource.visit(app, newsource.known(app, name)))
        except NotFound:
            raise
        except NightdeskError as error:
            return await self._show(form.request, name, unread=str(error))
        return await self._show(form.request, name, sight=sight)

    async def _follow(self, form: Form) -> Response:
        """Visit a source of the catalogue from now on."""
        from nightdesk import newsource

        app, name, by = self._frame.app, form.request.path_params["name"], form.person.name
        await anyio.to_thread.run_sync(lambda: newsource.follow(app, name, by))
        return go(f"/sources/{name}", f"{name} is visited from the next round on.")

    async def _retire(self, form: Form) -> Response:
        from nightdesk import newsource

        app, name = self._frame.app, form.request.path_params["name"]
        reason, by = form.text("reason", 500) or None, form.person.name
        await anyio.to_thread.run_sync(lambda: newsource.retire(app, name, by, reason))
        return go("/sources", f"{name} is visited no longer. What it brought stays.")


def _fits(row: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    wanted = {"state": row["state"], "lang": row["language"], "country": row["country"], "type": row["type"]}
    word = asked["name"].casefold()
    return all(not asked[key] or asked[key] == value for key, value in wanted.items()) and (
        not word or any(word in str(row[key]).casefold() for key in ("name", "title", "url"))
    )


def _choices(rows: Sequence[Mapping[str, Any]], key: str, said: Callable[[str], str]) -> list[tuple[str, str]]:
    """What there is to choose from, as people call it."""
    found = {row[key]: said(row[key]) for row in rows if row[key]}
    return sorted(found.items(), key=lambda pair: pair[1])


def _troubles(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """Why sources are in trouble, with what mends it and which they are, the most frequent first."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["state"] in ("failing", "silent", "degraded") and row["cause"]:
            found.setdefault((row["cause"], _plain(row["advice"])), []).append(row["name"])
    return sorted(((*why, names) for why, names in found.items()), key=lambda one: (-len(one[2]), one[0]))


def _plain(advice: str) -> str:
    """Advice without the marks that set off what is typed elsewhere."""
    return advice.replace("`", "")

"""`/watches` and `/watches/{name}`: what is asked, what each watch caught of late, how often it was right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from alerts.config import CONSOLE
from core.errors import NotFound
from core.watch import Watch
from nightdesk import alertlog, newwatch, watchlist
from nightdesk.alertlog import Narrowed
from nightdesk.keptwatch import kept_watch
from nightdesk.listing import Filters
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.plainly import asks, tells
from nightdesk.web.desk.telling import tell
from store import history, misses, people

if TYPE_CHECKING:
    from alerts.run import TestResult

_CAUGHT = 20


class Watches:
    """The routes of the watches as they stand."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Route("/watches", self._list, methods=["GET"]),
            Route("/watches.toml", self._export, methods=["GET"]),
            Route("/watches/{name:str}", self._one, methods=["GET"]),
            Deed("/watches/{name:str}/send-test", self._send_test, "editor"),
            Deed("/watches/{name:str}/remove", self._remove, "editor"),
        ]

    async def _list(self, request: Request) -> Response:
        def read(db: Connection) -> dict[str, Any]:
            rows = self._rows(db)
            return {
                "title": "Watches",
                "watches": [row for row in rows if row["retired_at"] is None],
                "retired": [row for row in rows if row["retired_at"] is not None],
                "file": self._file,
            }

        return await self._frame.answer(request, "watches.html", read)

    @property
    def _file(self) -> str:
        """Where the watches are defined that no page changes. Its folder is nobody's matter."""
        file = self._frame.app.config.file
        return file.name if file is not None else "the built-in defaults"

    def _rows(self, db: Connection) -> list[dict[str, Any]]:
        """Every watch with how it fares, and in plain words."""
        titles = {topic: title for topic, (title, _) in self._frame.beats.items()}
        found = {row.name: kept_watch(row.name, row.definition) for row in history.all_watches(db)}
        return [
            {**row, "wrong": found[row["name"]].wrong, **_in_words(found[row["name"]].watch, titles)}
            for row in watchlist.rows(db, self._frame.now())
        ]

    async def _one(self, request: Request) -> Response:
        name = request.path_params["name"]

        def read(db: Connection) -> dict[str, Any]:
            row = next((row for row in self._rows(db) if row["name"] == name), None)
            if row is None:
                raise NotFound(f"there is no watch {name}")
            caught = list(alertlog.listed(db, Filters(limit=_CAUGHT), Narrowed(watch=name)))
            told = {one.id: one for one in tell(db, list({alert["development_id"] for alert in caught}))}
            return {
                "title": name,
                "row": row,
                "caught": [(alert, told.get(alert["development_id"])) for alert in caught],
                "missed": misses.open_of_watch(db, name, _CAUGHT),
                "deeds": [one for one in people.deeds_about(db, name) if one.what.startswith(("watch ", "test "))],
                "file": self._file,
            }

        return await self._frame.answer(request, "watch.html", read)

    async def _export(self, request: Request) -> Response:
        app, desk_only = self._frame.app, request.query_params.get("which") == "desk"

        def read(db: Connection) -> str:
            broken = newwatch.left_out(newwatch.broken(db, app.config))
            return broken + newwatch.as_toml(newwatch.active(db, app.config, desk_only))

        return PlainTextResponse(await self._frame.reading.ask(read) or "# There is none.\n")

    async def _send_test(self, form: Form) -> Response:
        """A message marked as a test to each channel of the watch; says what the services answered."""
        app, name = self._frame.app, form.request.path_params["name"]

        def send() -> str:
            with app.store.read() as db:
                watch = newwatch.find(db, app.config, name)
            answers = [
                _answered(channel, result)
                for channel in watch.channels or (CONSOLE,)
                for result in app.alerter.test_message(channel)
            ]
            app.store.unit(lambda db: people.note_deed(db, form.person.name, "test sent", name, self._frame.now()))
            return "; ".join(answers)

        return go(f"/watches/{name}", f"Test message: {await anyio.to_thread.run_sync(send)}.")

    async def _remove(self, form: Form) -> Response:
        app, name = self._frame.app, form.request.path_params["name"]
        reason, by = form.text("reason", 500) or None, form.person.name
        await anyio.to_thread.run_sync(
            lambda: newwatch.remove(app.store, app.config, name, self._frame.now(), by, reason)
        )
        return go("/watches", f"{name} is asked of nothing more. What it told stays on record.")


def _in_words(watch: Watch | None, titles: Mapping[str, str]) -> dict[str, Any]:
    """What a watch asks and tells, in words; one that is not valid does neither."""
    if watch is None:
        return {"watch": None, "asks": "Asks nothing, for it is not valid", "tells": ""}
    return {"watch": watch, "asks": asks(watch, titles), "tells": tells(watch)}


def _answered(channel: str, result: TestResult) -> str:
    """What a service made of a test message: `hook to json://…: accepted (HTTP 200)`."""
    whom = channel if result.recipient == channel else f"{channel} to {result.recipient}"
    return f"{whom}: {result.state}{f' ({result.detail})' if result.detail else ''}"

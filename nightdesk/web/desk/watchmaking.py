"""`/new-watch` and `/watches/{name}/edit`: a watch of the desk's own, tried on the archive before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.config import with_console
from core.errors import NightdeskError, NotFound, UsageError
from core.watch import Watch
from nightdesk import hearing, newwatch
from nightdesk.backtest import Report, of_watch
from nightdesk.keptwatch import kept_watch, what_is_left
from nightdesk.newwatch import BadWatch
from nightdesk.readymade import READY_MADE, named
from nightdesk.web.desk import watchform
from nightdesk.web.desk.deeds import Deed, Form, Look, go
from nightdesk.web.desk.frame import Frame, say_event
from nightdesk.web.desk.refused import Sent
from nightdesk.web.desk.watchform import Fields
from store import definitions, precision

_DAYS = 90
_CASES = 25
#: More than this in a week is more than anybody reads as it comes.
MANY_A_WEEK = 20


class WatchMaking:
    """The routes of the form."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Look("/new-watch", self._new, "editor"),
            Look("/watches/{name:str}/edit", self._edit, "editor"),
            Deed("/watches/try", self._try, "editor", _page_of),
            Deed("/watches/save", self._save, "editor", _page_of),
            Deed("/watches/ready-made", self._take_ready_made, "editor", "/new-watch", in_steps=True),
        ]

    # -- looking ------------------------------------------------------------------------------------------------------

    async def _new(self, request: Request) -> Response:
        like = request.query_params.get("like", "")
        ready = named(request.query_params.get("ready", ""))

        def read(db: Connection) -> Fields:
            if ready is not None:
                return watchform.of_watch(Watch.model_validate(ready.given()))
            return watchform.copy_of(newwatch.find(db, self._frame.app.config, like)) if like else Fields()

        try:
            fields = await self._frame.reading.ask(read)
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        return await self._show(request, _proposed(fields, request), editing=False)

    async def _edit(self, request: Request) -> Response:
        name = request.path_params["name"]

        try:
            definition = await self._frame.reading.ask(lambda db: self._of_the_desk(db, name))
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        kept = kept_watch(name, definition)
        fields = watchform.of_watch(kept.watch or what_is_left(name, definition))
        errors = {key.partition("[")[0]: list(said) for key, said in kept.wrong.items()}
        faulty = "Not valid, and empty here"
        return await self._show(request, _proposed(fields, request), editing=True, errors=errors, faulty=faulty)

    def _of_the_desk(self, db: Connection, name: str) -> Mapping[str, Any]:
        """The definition of a watch that the page may change, valid or not. Raises NotFound, UsageError."""
        origin = definitions.origin_of(db, definitions.watches, name)
        if origin is None:
            raise NotFound(f"there is no watch {name}")
        if origin != "desk":
            raise UsageError(f"the watch {name} is defined in the configuration file; change it there, or copy it")
        return definitions.definition_of(db, definitions.watches, name) or {}

    async def _show(
        self,
        request: Request,
        fields: Fields,
        editing: bool,
        errors: Mapping[str, list[str]] | None = None,
        status: int = 200,
        **trial: Any,
    ) -> Response:
        def there(db: Connection) -> set[str]:
            return {row.name for row in definitions.active_watches(db)}

        names = await self._frame.reading.ask(there)
        values = {
            "title": f"Change {fields.name}" if editing else "New watch",
            "fields": fields,
            "editing": editing,
            "errors": errors or {},
            "faulty": "Not kept",
            "bad_query": watchform.check_query(fields.query),
            "beats": [
                (topic, title, [(event, say_event(event)) for event in events])
                for topic, (title, events) in self._frame.beats.items()
            ],
            "channels": with_console(self._frame.app.config.channels),
            "ready_made": [(one, one.name in names) for one in READY_MADE],
            "report": None,
            "late": "",
            "days": _DAYS,
            **trial,
        }
        return await self._frame.show(request, "watch_form.html", status, **values)

    # -- trying and keeping -------------------------------------------------------------------------------------------

    async def _try(self, form: Form) -> Response:
        """What the watch would have told, beside the form as it was typed."""
        fields, editing = watchform.from_form(form), bool(form.text("editing"))
        try:
            watch = await anyio.to_thread.run_sync(lambda: self._read(fields, editing))
        except UsageError as error:
            return await self._show(form.request, fields, editing, _by_field(error), 422)
        try:
            trial = await self._frame.reading.ask(lambda db: self._trial(db, watch))
        except NightdeskError as error:
            return await self._show(form.request, fields, editing, late=str(error))
        return await self._show(form.request, fields, editing, **trial)

    def _read(self, fields: Fields, editing: bool) -> Watch:
        """The watch of the form, checked. Raises BadWatch, or UsageError for a name that is taken."""
        app = self._frame.app
        with app.store.read() as db:
            definition = self._of_the_desk(db, fields.name) if editing else None
            taken = not editing and definitions.origin_of(db, definitions.watches, fields.name) is not None
        if taken:
            raise UsageError(f"there is a watch {fields.name}; choose another name")
        if definition is None:
            return newwatch.read(app.config, app.store, fields.given())
        before = kept_watch(fields.name, definition).watch or what_is_left(fields.name, definition)
        return newwatch.read(app.config, app.store, fields.given(before.model_dump(mode="json")))

    def _trial(self, db: Connection, watch: Watch) -> dict[str, Any]:
        now, config = self._frame.now(), self._frame.app.config
        report = of_watch(db, config, watch, now - timedelta(days=_DAYS), now)
        known = [case.development_id for case in report.told if case.development_id is not None]
        return {
            "report": report,
            "cases": report.told[:_CASES],
            "noise": len(precision.found_irrelevant(db, known)),
            "busiest": max(report.weeks, key=lambda week: week.alerts),
            "is_much": report.per_week > MANY_A_WEEK,
            "bars": _bars(report),
            "hints": [said for _, said in hearing.warnings([watch], config.sources)],
        }

    async def _save(self, form: Form) -> Response:
        fields, editing = watchform.from_form(form), bool(form.text("editing"))
        app, by, now = self._frame.app, form.person.name, self._frame.now()

        def keep() -> tuple[Watch, str]:
            watch = self._read(fields, editing)
            return watch, newwatch.add(app.store, app.config, watch, editing, now, by, fields.reason or None)

        try:
            watch, done = await anyio.to_thread.run_sync(keep)
        except UsageError as error:
            return await self._show(form.request, fields, editing, _by_field(error), 422)
        said = "Nothing was changed." if done == "same" else "It is asked of every article from now on."
        return go(f"/watches/{watch.name}", f"{watch.name} is kept. {said}")

    async def _take_ready_made(self, form: Form) -> Response:
        """Keep those that were ticked, to be told on the channels that were."""
        chosen = [one for name in form.words("ready") if (one := named(name)) is not None]
        channels, app, now = form.words("channels"), self._frame.app, self._frame.now()
        if not chosen:
            raise UsageError("none was ticked")

        def keep() -> list[str]:
            for one in chosen:
                watch = newwatch.read(app.config, app.store, {**one.given(), "channels": channels})
                newwatch.add(app.store, app.config, watch, False, now, form.person.name)
            return [one.name for one in chosen]

        names = await anyio.to_thread.run_sync(keep)
        return go("/watches", f"Kept: {', '.join(names)}. They are asked of every article from now on.")


def _page_of(_: str, sent: Sent) -> str:
    """The form of a new watch, or of the one that is changed."""
    name = "".join(sent.get("name", ())[:1]).strip()
    return f"/watches/{quote(name, safe='')}/edit" if name and any(sent.get("editing", ())) else "/new-watch"


def _proposed(fields: Fields, request: Request) -> Fields:
    """With the change that a link proposes; whoever sent it looks at it before it is kept."""
    asked = {key: request.query_params.get(key, "")[:500] for key in ("widen", "value", "word", "clause", "instead")}
    if asked["widen"] and asked["value"]:
        return watchform.widened(fields, asked["widen"], asked["value"])
    if asked["word"]:
        return watchform.with_word(fields, asked["word"], asked["clause"], bool(asked["instead"]))
    return fields


def _by_field(error: UsageError) -> dict[str, list[str]]:
    return error.by_key() if isinstance(error, BadWatch) else {"name": [str(error)]}


def _bars(report: Report) -> list[dict[str, Any]]:
    """The weeks as bars of a drawing, 100 high and 12 wide each."""
    most = max((week.alerts for week in report.weeks), default=0) or 1
    return [
        {"week": week, "x": 12 * at, "height": round(week.alerts * 60 / most, 1)}
        for at, week in enumerate(report.weeks)
    ]

"""`/intake`: what became of an address, with the fix that fits; and what somebody has in hand, taken in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import NightdeskError, NotFound, UsageError
from core.ids import read_id
from nightdesk import intake
from nightdesk import misses as known_misses
from nightdesk.explain import Explanation, explain
from nightdesk.explain.mending import Mend
from nightdesk.handing import Said
from nightdesk.intake import Handed
from nightdesk.web.desk.deeds import Deed, Form, Look, go
from nightdesk.web.desk.frame import Frame
from store import definitions, misses

_MISSES = 20
_LONGEST_TEXT = 400_000
_KEYS = ("address", "text", "outlet", "date", "url", "speaker", "title", "note")


@dataclass(frozen=True)
class Fix:
    """What would mend it: words, and where the desk can do it the link or the form that does."""

    words: str  # with the command that does it
    label: str = ""
    link: str = ""  # a page that shows what it would do
    post: str = ""  # or a form that does it
    fields: tuple[tuple[str, str], ...] = ()
    role: str = "reader"

    @property
    def why(self) -> str:
        """The words for whoever has the button."""
        return self.words.partition(": nightdesk ")[0]


class Intake:
    """The routes of what comes in by hand."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [
            Route("/intake", self._show, methods=["GET"]),
            Deed("/intake", self._take, "editor", "/intake", in_steps=True),
            Deed("/intake/missed", self._missed, "reader"),
            Look("/intake/taken", self._taken, "editor"),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._draw(request, request.query_params.get("what", "").strip()[:2000])

    async def _draw(
        self, request: Request, what: str = "", given: dict[str, Any] | None = None, wrong: str = "", status: int = 200
    ) -> Response:
        def read(db: Connection) -> dict[str, Any]:
            found, unknown = None, ""
            if what:
                try:
                    found = explain(db, self._frame.app.config, what, self._frame.now())
                except (NotFound, UsageError) as error:
                    unknown = str(error)
            return {
                "title": "Take in",
                "what": what,
                "found": found,
                "unknown": unknown,
                "fixes": self._fixes(db, found) if found is not None else (),
                "missed": misses.all_misses(db, _MISSES),
            }

        try:
            values = await self._frame.reading.ask(read)
        except NightdeskError as error:
            return await self._frame.sorry(request, error)
        start = {**dict.fromkeys(_KEYS, ""), "restricted": False, "quiet": False}
        return await self._frame.show(
            request, "intake.html", status, given={**start, **(given or {})}, wrong=wrong, **values
        )

    def _fixes(self, db: Connection, found: Explanation) -> list[Fix]:
        fixes = [self._fix(db, one) if isinstance(one, Mend) else Fix(one) for one in found.mend]
        return [replace(fix, words=self._shown(fix.words)) for fix in fixes]

    def _shown(self, words: str) -> str:
        """Without the folder of the configuration, which is nobody's matter here."""
        file = self._frame.app.config.file
        return words if file is None else words.replace(str(file), file.name)

    def _fix(self, db: Connection, mend: Mend) -> Fix:
        """The button for one line; a line without one says the command."""
        needs, words = mend.needs, str(mend)
        match mend.deed:
            case "add_site":
                return Fix(words, "Add this site", f"/new-source?{urlencode({'url': needs['url']})}", role="operator")
            case "add_source":
                return Fix(words, "Add this source", post=f"/sources/{needs['source']}/follow", role="operator")
            case "take_in":
                fields = (("address", needs["url"]),)
                return Fix(words, "Take this in and tell", post="/intake", fields=fields, role="editor")
            case "look_at":
                return Fix(words, "See the source", f"/sources/{needs['source']}")
            case "end_silence":
                return Fix(words, "End this silence", post=f"/silences/{needs['silence']}/end", role="editor")
            case "widen":
                change = {"widen": needs["key"], "value": needs["value"]}
                return self._change(db, needs["watch"], change, words, f"Add {needs['value']} to the watch")
            case "add_word" | "replace_word":
                change = {"word": needs["word"], "clause": needs["clause"]}
                change |= {"instead": "yes"} if mend.deed == "replace_word" else {}
                return self._change(db, needs["watch"], change, words, f"Add {needs['word']} to the watch")
            case "change":
                return self._change(db, needs["watch"], {}, words, "Change the watch")
            case "label":
                return Fix(words, "See the article", f"/articles/{read_id(needs['article'], 'article')[1]}")
            case _:
                return Fix(words)

    @staticmethod
    def _change(db: Connection, watch: str, change: dict[str, str], words: str, label: str) -> Fix:
        """The form of the watch with the change in it; one of the file is copied, since no page changes that."""
        if definitions.origin_of(db, definitions.watches, watch) == "desk":
            asked = f"?{urlencode(change)}" if change else ""
            return Fix(words, label, f"/watches/{watch}/edit{asked}", role="editor")
        return Fix(words, f"{label}, in a copy", f"/new-watch?{urlencode({'like': watch, **change})}", role="editor")

    async def _missed(self, form: Form) -> Response:
        """Keep it as a known miss, which is looked at again later."""
        what = form.needed("what", 2000)
        app, now = self._frame.app, self._frame.now()

        def keep() -> int | None:
            with app.store.read() as db:
                found = explain(db, app.config, what, now)
            return known_misses.keep(app.store, found, now)

        kept = await anyio.to_thread.run_sync(keep)
        said = "It is kept as a known miss." if kept is not None else "It was not missed: it is told, or on its way."
        return go(f"/intake?{urlencode({'what': what})}", said)

    async def _take(self, form: Form) -> Response:
        """An address, a text or a file; what was typed stays where it cannot be taken."""
        given: dict[str, Any] = {key: form.text(key, _LONGEST_TEXT if key == "text" else 2000) for key in _KEYS}
        given |= {"restricted": bool(form.text("restricted")), "quiet": bool(form.text("quiet"))}
        file = form.file("file")
        body = await file.read() if file is not None else b""
        handed = Handed(given["address"], given["text"], body, (file.filename or "") if file is not None else "")
        words = {key: given[key] or None for key in ("url", "outlet", "date", "speaker", "title", "note")}
        said, by = Said(**words, restricted=given["restricted"]), form.person.name
        zone = self._frame.zone_of(form.person)
        try:
            taken = await anyio.to_thread.run_sync(
                lambda: intake.take(self._frame.app, handed, said, by, zone, not given["quiet"])
            )
        except NightdeskError as error:
            return await self._draw(form.request, given=given, wrong=str(error).replace("--", ""), status=422)
        bad = [f"{one.url}: {one.error}" for one in taken if one.page_id is None]
        ids = ",".join(str(one.page_id) for one in taken if one.page_id is not None)
        return go(f"/intake/taken?pages={ids}", "; ".join(["It is taken in.", *bad]))

    async def _taken(self, request: Request) -> Response:
        """What became of what was handed in; read again by itself until all of it is."""
        named = request.query_params.get("pages", "").split(",")[:50]
        ids = [int(one) for one in named if one.isdecimal() and len(one) < 18]

        def read(db: Connection) -> dict[str, Any]:
            rows = intake.outcomes(db, ids)
            again = f"/intake/taken?pages={','.join(map(str, ids))}" if any(row["waits"] for row in rows) else ""
            return {"title": "Taken in", "rows": rows, "again": again}

        return await self._frame.answer(request, "taken.html", read)

"""What people decide of a development by the forms of its page: done as the commands do it, and signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from sqlalchemy.engine import Connection
from starlette.responses import Response
from starlette.routing import Route

from core.errors import UsageError
from core.ids import show_id
from nightdesk import analyst, newwatch
from nightdesk import silences as mutes
from nightdesk.analyst import Beside, Labels
from nightdesk.app import App
from nightdesk.dossier import ADDED, JUDGED, LABELLED, MERGED, SPLIT, THREADED
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.development import STATES
from nightdesk.web.desk.frame import Frame
from pipeline.analyst import Signed
from store import people, stories

#: What a figure says of itself; numbers are written as people write them.
NUMBERS = ("value", "low", "high")
FIGURE = (*NUMBERS, "bound", "unit", "status", "nationality", "speaker")
_MOST_TAGS = 12


class Decisions:
    """The deeds on one development."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    @property
    def _app(self) -> App:
        return self._frame.app

    def routes(self) -> list[Route]:
        at = "/developments/{id:int}"
        return [
            Deed(f"{at}/mark", self._mark, "reader"),
            Deed(f"{at}/label", self._label, "editor"),
            Deed(f"{at}/merge", self._merge, "editor"),
            Deed(f"{at}/split", self._split, "editor"),
            Deed(f"{at}/thread", self._thread, "editor"),
            Deed(f"{at}/relevance", self._relevance, "editor"),
            Deed(f"{at}/figure", self._add_figure, "editor"),
            Deed(f"{at}/mute", self._mute, "editor"),
            Deed(f"{at}/unmute", self._unmute, "editor"),
            Deed(f"{at}/follow", self._follow, "editor"),
        ]

    # -- what an analyst decides ----------------------------------------------------------------------------------

    async def _label(self, form: Form) -> Response:
        labels, word = labels_of(form), signed(form)
        return await self._decide(form, LABELLED, lambda at, note: analyst.label(self._app, at, labels, word, note))

    async def _merge(self, form: Form) -> Response:
        other, word = form.needed("other", 20), signed(form)
        return await self._decide(
            form, MERGED, lambda at, note: analyst.merge(self._app, [at, other], None, word, note), {"with": other}
        )

    async def _split(self, form: Form) -> Response:
        chosen, to, word = form.words("articles"), form.text("to", 20) or None, signed(form)
        if not chosen:
            raise UsageError("tick the articles that leave; the boxes stand in the timeline")
        return await self._decide(
            form, SPLIT, lambda _, note: analyst.split(self._app, chosen, to, word, note), {"articles": chosen}
        )

    async def _thread(self, form: Form) -> Response:
        where, word = form.needed("where", 20), signed(form)
        return await self._decide(
            form, THREADED, lambda at, note: analyst.thread(self._app, at, where, word, note), {"with": where}
        )

    async def _relevance(self, form: Form) -> Response:
        watch, relevant, word = form.needed("watch"), form.text("relevant") == "yes", signed(form)
        detail = {"watch": watch, "relevant": "yes" if relevant else "no"}
        return await self._decide(
            form, JUDGED, lambda at, note: analyst.relevance(self._app, at, watch, relevant, word, note), detail
        )

    async def _add_figure(self, form: Form) -> Response:
        values, article, word = figure_of(form), form.text("article", 20), signed(form)
        values |= {"quote": form.text("quote")}
        return await self._decide(
            form,
            ADDED,
            lambda at, note: analyst.add_fact(self._app, article or at, "count", values, word, note),
        )

    async def _decide(
        self,
        form: Form,
        what: str,
        work: Callable[[str, Beside], list[str]],
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        """One decision of the analyst's, with the deed beside it in one transaction."""
        number = form.request.path_params["id"]
        at = show_id("development", number)
        note = noting(form, what, at, self._frame, detail)
        done = await carry_out(lambda: work(at, note))
        return go(f"/developments/{number}", done)

    # -- where it stands, and who hears of it ---------------------------------------------------------------------

    async def _mark(self, form: Form) -> Response:
        state, person, note = form.needed("state"), form.text("person", 80) or None, form.text("note")
        if state not in STATES:
            raise UsageError(f"state: {state!r} is none of {', '.join(STATES)}")
        tags = list(dict.fromkeys(tag.lstrip("#") for tag in form.text("tags", 400).replace(",", " ").split()))
        values = {"state": state, "person": person, "note": note or None, "tags": tags[:_MOST_TAGS]}

        def work(db: Connection, number: int) -> str:
            stories.require(db, number)
            if person is not None and people.standing(db, person) is None:
                raise UsageError(f"there is no user {person!r}")
            people.mark(db, number, values, form.person.name, self._frame.now())
            return f"Marked as {state}" + (f" for {person}." if person else ".")

        return await self._do(form, "marked", work, {**values, "note": note})

    async def _mute(self, form: Form) -> Response:
        now, watch, reason = self._frame.now(), form.text("watch") or None, form.needed("reason")
        until, lasts = form.text("until", 20) or None, form.text("lasts", 10) or None
        zone = self._frame.zone_of(form.person)
        starts, ends = mutes.span(until, None if until else lasts, None, now, zone)

        def work(db: Connection, number: int) -> str:
            matcher = {"development_id": show_id("development", number), "watch": watch}
            wanted = mutes.Wanted(form.person.name, reason, starts, ends, matcher)
            silence = mutes.add(db, self._app.config, wanted, now)
            whom = watch or "every watch"
            end = f"{ends.astimezone(zone):%-d %b %Y, %H:%M}"
            return f"Muted for {whom} until {end} ({show_id('silence', silence)})."

        return await self._do(form, "silence added", work, {"watch": watch, "until": f"{ends:%Y-%m-%d %H:%M} UTC"})

    async def _unmute(self, form: Form) -> Response:
        silence = form.needed("silence", 20)

        def work(db: Connection, _: int) -> str:
            return f"Silence {mutes.end(db, silence, self._frame.now())} has ended."

        return await self._do(form, "silence ended", work, {"silence": silence})

    async def _follow(self, form: Form) -> Response:
        number = form.request.path_params["id"]
        return go(f"/developments/{number}", await following(form, self._app, show_id("development", number)))

    async def _do(
        self, form: Form, what: str, work: Callable[[Connection, int], str], detail: Mapping[str, Any] | None = None
    ) -> Response:
        """What the page itself writes, with the deed beside it in one transaction."""
        number = form.request.path_params["id"]
        note = noting(form, what, show_id("development", number), self._frame, detail)

        def both(db: Connection) -> str:
            said = work(db, number)
            note(db)
            return said

        said = await anyio.to_thread.run_sync(lambda: self._app.store.unit(both))
        return go(f"/developments/{number}", said)


# -- what forms of other pages share ----------------------------------------------------------------------------------


def signed(form: Form) -> Signed:
    """Whoever is logged in, and the reason they gave."""
    return Signed(form.person.name, form.text("reason") or None)


def noting(form: Form, what: str, about: str, frame: Frame, detail: Mapping[str, Any] | None = None) -> Beside:
    """Writes down who did it, in the transaction of what was done."""
    reason, now = form.text("reason") or None, frame.now()
    return lambda db: people.note_deed(db, form.person.name, what, about, now, reason, detail)


def labels_of(form: Form) -> Labels:
    """What the boxes say otherwise than they did. Raises UsageError where that is nothing."""
    topics, was_topics = set(form.words("topics")), set(form.text("was_topics").split())
    events, was_events = set(form.words("events")), set(form.text("was_events").split())
    labels = Labels(
        topics=tuple(sorted(topics - was_topics)),
        not_topics=tuple(sorted(was_topics - topics)),
        events=tuple(sorted(events - was_events)),
        not_events=tuple(sorted(was_events - events)),
    )
    if not labels:
        raise UsageError("no box was changed")
    return labels


def figure_of(form: Form) -> dict[str, Any]:
    """The fields of a figure that were filled in. Raises UsageError."""
    values: dict[str, Any] = {}
    for name in FIGURE:
        if word := form.text(name, 200):
            values[name] = number(name, word) if name in NUMBERS else word
    if "nationality" in values:
        values["nationality"] = values["nationality"].upper()
    return values


def number(name: str, word: str) -> float:
    """`1,250` as a number. Raises UsageError."""
    try:
        return float(word.replace(",", "").replace(" ", ""))
    except ValueError as error:
        raise UsageError(f"{name}: {word!r} is no number") from error


async def following(form: Form, app: App, case: str) -> str:
    """A watch of one case, as `watches follow` makes it; what came of it. Raises NotFound and UsageError."""
    chosen, urgent, by = form.words("channels"), bool(form.text("urgent")), form.person.name

    def follow() -> str:
        thread = newwatch.case(app.store, case)
        given: dict[str, Any] = {"name": f"follow-{thread}", "threads": [thread], "urgent": urgent}
        given |= {"channels": chosen} if chosen else {}
        watch = newwatch.read(app.config, app.store, given)
        newwatch.add(app.store, app.config, watch, False, app.clock(), by, f"asked for at {case}")
        return f"{watch.name} tells of every further stage of {thread}."

    return await anyio.to_thread.run_sync(follow)


async def carry_out(work: Callable[[], list[str]]) -> str:
    """Do what a command does; what came of it. Raises UsageError, whose words name fields and no options."""
    try:
        return "; ".join(await anyio.to_thread.run_sync(work))
    except UsageError as error:
        raise UsageError(str(error).replace("--", "")) from error

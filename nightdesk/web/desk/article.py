"""`/articles/{id}`: one article with its words, what was read in them, and everything that became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy.engine import Connection, Row
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.language import speak
from core.errors import NotFound
from core.ids import show_id
from nightdesk import analyst
from nightdesk.differences import difference
from nightdesk.dossier import LABELLED, decided
from nightdesk.passages import innermost, lines, span
from nightdesk.people import Person
from nightdesk.web.desk.decisions import carry_out, labels_of, noting, signed
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.development import DATED
from nightdesk.web.desk.frame import Frame, person_of, sees_restricted
from nightdesk.web.desk.ledger import words
from nightdesk.web.desk.telling import tell
from store import articles, citations, dossier, facts, history, interactions, people, rulings
from store.revisits import revisits_of

#: So many reports of its development are looked through for copies of it.
_REPORTS = 200
#: Where its words come from, if not from its page.
_FROM = {
    "feed": "These are the words of its feed: the page itself could not be read.",
    "given": "These are the words that were handed in.",
}


class Article:
    """The routes of one article."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        at = "/articles/{id:int}"
        return [Route(at, self._show, methods=["GET"]), Deed(f"{at}/label", self._label, "editor")]

    async def _show(self, request: Request) -> Response:
        number, person = request.path_params["id"], person_of(request)
        return await self._frame.answer(request, "article.html", lambda db: self._read(db, number, person))

    def _read(self, db: Connection, number: int, person: Person | None) -> dict[str, Any]:
        row = require(db, number, person)
        shown = show_id("article", number)
        language = speak("en")
        stated = facts.facts_of(db, row.version_id)
        whole = f"{row.title}\n{row.text}"
        spans = {fact.id: at for fact in stated if (at := span(fact.quote, fact.position, whole)) is not None}
        spans = innermost(spans)
        title, *text = lines(whole, spans)
        topics, events = articles.topics_and_events(db, row.version_id)
        versions = dossier.versions_of(db, number)
        return {
            "title": f"{shown} {row.title}",
            "row": row,
            "heading": title,
            "text": text,
            "told_from": _FROM.get(row.text_from, ""),
            "dated": DATED,
            "facts": [(fact, words(fact, number, language), fact.id in spans) for fact in stated],
            "speakers": any(fact.speaker for fact in stated),
            "acts": interactions.told_by(db, row.version_id),
            "topics": [one.topic for one in topics],
            "events": [one.event_type for one in events],
            "matches": dossier.matches_of(db, row.version_id),
            "versions": versions,
            "edits": list(_edits(versions)),
            "pages": history.pages_of_article(db, number, row.restricted),
            "revisits": revisits_of(db, number),
            "given": articles.given_with(db, number),
            "done": decided(rulings.about_article(db, number), people.deeds_about(db, shown)),
            **_related(db, row),
            **(self._frame.choices if person is not None and person.may("editor") else {}),
        }

    async def _label(self, form: Form) -> Response:
        number = form.request.path_params["id"]
        shown, labels, word = show_id("article", number), labels_of(form), signed(form)
        note = noting(form, LABELLED, shown, self._frame)
        await self._frame.reading.ask(lambda db: require(db, number, form.person))
        done = await carry_out(lambda: analyst.label(self._frame.app, shown, labels, word, note))
        return go(f"/articles/{number}", done)


def require(db: Connection, number: int, person: Person | None) -> Row[Any]:
    """An article that this person may see. Raises NotFound."""
    row = history.article(db, number, sees_restricted(person))
    if row is None:
        raise NotFound(f"there is no article {show_id('article', number)}")
    return row


def _edits(versions: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], list[tuple[str, str]]]]:
    """Each version after the first with what it changed: what went or came, and its words."""
    for old, new in pairwise(versions):
        changed = difference(f"{old.title}\n{old.text}", f"{new.title}\n{new.text}")
        yield new, [(line[:1], line[2:]) if line[:2] in ("- ", "+ ") else ("", line) for line in changed]


def _related(db: Connection, row: Row[Any]) -> dict[str, Any]:
    """The development it reports, the article it is a copy of, and its own copies."""
    beside = dossier.reports(db, row.development_id, _REPORTS) if row.development_id is not None else []
    return {
        "told": tell(db, [row.development_id]) if row.development_id is not None else [],
        "original": citations.citations(db, [row.duplicate_of]) if row.duplicate_of is not None else [],
        "copies": [one for one in beside if one.duplicate_of == row.id],
    }

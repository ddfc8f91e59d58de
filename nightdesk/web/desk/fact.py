"""`/facts/{id}`: one stated fact among its words, what became of it, and the forms that correct or reject it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection, Row
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.language import speak
from core.errors import NotFound, UsageError
from core.ids import show_id
from nightdesk import analyst, show
from nightdesk.dossier import CORRECTED, REJECTED
from nightdesk.passages import around, span
from nightdesk.people import Person
from nightdesk.web.desk.article import require
from nightdesk.web.desk.decisions import FIGURE, NUMBERS, carry_out, noting, number, signed
from nightdesk.web.desk.deeds import Deed, Form, go
from nightdesk.web.desk.development import figure_choices
from nightdesk.web.desk.frame import Frame, person_of, sees_restricted
from nightdesk.web.desk.ledger import words
from nightdesk.web.desk.telling import tell
from store import dossier, facts

#: What a fact of each kind says, besides figures.
_SAYS = {
    "place": (("place", "Place"), ("country", "Country")),
    "route": (("from_country", "From"), ("via_country", "By way of"), ("to_country", "To")),
    "date": (("event_date", "Date"),),
    "agency": (("name", "Name"), ("country", "Country")),
    "org": (("name", "Name"), ("country", "Country")),
    "person": (("name", "Name"), ("role", "Role")),
}
_FIGURES = ("count", "money")
#: Written as two letters.
_CODES = frozenset({"nationality", "country", "from_country", "via_country", "to_country"})
_ROOM = 400


class Fact:
    """The routes of one fact."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        at = "/facts/{id:int}"
        return [
            Route(at, self._show, methods=["GET"]),
            Deed(f"{at}/correct", self._correct, "editor"),
            Deed(f"{at}/reject", self._reject, "editor"),
        ]

    async def _show(self, request: Request) -> Response:
        fact_id, person = request.path_params["id"], person_of(request)
        return await self._frame.answer(request, "fact.html", lambda db: self._read(db, fact_id, person))

    def _read(self, db: Connection, fact_id: int, person: Person | None) -> dict[str, Any]:
        shown = show.load(db, "fact", fact_id, sees_restricted(person))
        row, article = _with_article(db, fact_id, person)
        whole = dossier.texts_of(db, [row.version_id]).get(row.version_id, "")
        at = span(row.quote, row.position, whole)
        said = words(row, article.id, speak("en"))
        return {
            "title": f"{show_id('fact', fact_id)} {said}",
            "row": row,
            "line": said,
            "article": article,
            "passage": around(whole, at, _ROOM) if at is not None else None,
            "told": tell(db, [article.development_id]) if article.development_id is not None else [],
            "rulings": shown.parts["rulings"],
            "is_figure": row.kind in _FIGURES,
            "says": _SAYS.get(row.kind, ()),
            "codes": _CODES,
            **(figure_choices() if person is not None and person.may("editor") else {}),
        }

    async def _correct(self, form: Form) -> Response:
        row, article = await self._frame.reading.ask(
            lambda db: _with_article(db, form.request.path_params["id"], form.person)
        )
        values, word, everywhere = changed(form, row), signed(form), bool(form.text("everywhere"))
        detail = {"fact": show_id("fact", row.id), **{name: str(value) for name, value in values.items()}}
        note = noting(form, CORRECTED, _about(article), self._frame, detail)
        shown = show_id("fact", row.id)
        done = await carry_out(lambda: analyst.edit_fact(self._frame.app, shown, values, word, everywhere, note))
        return go(_home(article), done)

    async def _reject(self, form: Form) -> Response:
        row, article = await self._frame.reading.ask(
            lambda db: _with_article(db, form.request.path_params["id"], form.person)
        )
        shown, word, everywhere = show_id("fact", row.id), signed(form), bool(form.text("everywhere"))
        note = noting(form, REJECTED, _about(article), self._frame, {"fact": shown})
        done = await carry_out(lambda: analyst.reject_fact(self._frame.app, shown, word, everywhere, note))
        return go(_home(article), done)


def _require(db: Connection, fact_id: int) -> Row[Any]:
    row = facts.fact(db, fact_id)
    if row is None:
        raise NotFound(f"there is no fact {show_id('fact', fact_id)}")
    return row


def _with_article(db: Connection, fact_id: int, person: Person | None) -> tuple[Row[Any], Row[Any]]:
    """A fact and its article, which this person may see. Raises NotFound."""
    row = _require(db, fact_id)
    return row, require(db, row.article_id, person)


def _about(article: Row[Any]) -> str:
    if article.development_id is None:
        return show_id("article", article.id)
    return show_id("development", article.development_id)


def _home(article: Row[Any]) -> str:
    """Where one sees what came of it."""
    if article.development_id is None:
        return f"/articles/{article.id}"
    return f"/developments/{article.development_id}"


def changed(form: Form, row: Row[Any]) -> dict[str, Any]:
    """The fields that say otherwise than the fact; an empty one takes a value away. Raises UsageError."""
    names = FIGURE if row.kind in _FIGURES else tuple(name for name, _ in _SAYS.get(row.kind, ()))
    if row.kind == "money":
        names = (*names, "currency")
    values: dict[str, Any] = {}
    for name in names:
        word = form.text(name, 200)
        if name in _CODES or name == "currency":
            word = word.upper()
        given: Any = number(name, word) if name in NUMBERS and word else word
        if given != (getattr(row, name) if getattr(row, name) is not None else ""):
            values[name] = given
    if not values:
        raise UsageError("no field says otherwise; change what is wrong")
    return values

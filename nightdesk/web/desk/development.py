"""`/developments/{id}`: one development with all that is known of it, and the forms by which people decide on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from markupsafe import Markup
from sqlalchemy.engine import Connection, Row
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.language import speak
from alerts.read import story_of
from core.ids import show_id
from nightdesk.brief.compose import STANDING
from nightdesk.brief.values import Note
from nightdesk.dossier import decided, fold, timeline
from nightdesk.people import Person
from nightdesk.web.desk import coast
from nightdesk.web.desk.frame import Frame, person_of, sees_restricted
from nightdesk.web.desk.ledger import beside, ledger, statements, with_passages
from nightdesk.web.desk.papers import brief_of
from nightdesk.web.desk.telling import Telling, tell, telling
from pipeline.values import Bound, Status
from store import (
    citations,
    dossier,
    families,
    history,
    interactions,
    people,
    restricted,
    rulings,
    silences,
    stories,
    threads,
)
from store import ledger as mentioned

#: So many articles a page has room for; more are counted.
_REPORTS = 200
#: Of so many originals, the first and the last, it sets figures side by side; copies say what their originals say.
_FIRST, _LAST = 20, 40
#: Stages of its case on either side, and developments it names.
_STAGES, _MENTIONS = 6, 10


class Development:
    """The route of the page."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[Route]:
        return [Route("/developments/{id:int}", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        number, person = request.path_params["id"], person_of(request)
        return await self._frame.answer(request, "development.html", lambda db: self._read(db, number, person))

    def _read(self, db: Connection, number: int, person: Person | None) -> dict[str, Any] | Response:
        row = stories.require(db, number)
        if row.merged_into is not None:
            return RedirectResponse(f"/developments/{row.merged_into}", 303)
        language = speak("en")
        reports = dossier.reports(db, number, _REPORTS)
        found = sorted(reports, key=lambda report: (report.found_at, report.id))
        folded = fold(reports, row.first_reporter)
        read = {report.row.version_id for report in (*folded[:_FIRST], *folded[_FIRST:][-_LAST:])}
        facts = stories.facts_of(db, [report.version_id for report in found if report.version_id in read])
        story = story_of(row, found, facts)
        stated = statements(reports, facts)
        members = [report.id for report in reports]
        cited = [report.row.id for report in folded if report.row.version_id in read]
        figures = ledger(stated, folded, language)
        texts = dossier.texts_of(db, [report.row.version_id for report in figures.columns])
        family = families.family(db, number)
        told = telling(row, story, language, people.marks_of(db, [number]).get(number))
        return {
            "title": f"{show_id('development', number)} {told.line}",
            "row": row,
            "told": told,
            "standing": STANDING,
            "lede": _lede(row, reports),
            "merged": [one for one in family if one != number],
            "ledger": with_passages(figures, texts),
            "beside": beside(stated, language),
            "acts": interactions.interactions_of(db, number),
            "moments": timeline(folded, history.changes_in(db, number)),
            "unread": len(folded) - len(read),
            "more_reports": row.articles - len(reports),
            "alerts": _alerts(db, family),
            "muted": silences.about(db, family),
            "done": decided(
                rulings.about_development(db, number, members), people.deeds_about(db, show_id("development", number))
            ),
            "cited": [Note(source) for source in brief_of(db, self._frame, row, story, cited).sources()],
            **_case(db, row),
            "map": _map(facts),
            "dated": DATED,
            "mentions": tell(db, mentioned.mentions(db, number)[:_MENTIONS]),
            "restricted": _restricted(db, number) if sees_restricted(person) else [],
            "mentioned_in": citations.citations(db, mentioned.mentioned_in(db, number)[:_MENTIONS]),
            **self._choices(db, person),
        }

    def _choices(self, db: Connection, person: Person | None) -> dict[str, Any]:
        """What the forms offer to whoever may use them."""
        if person is None:
            return {}
        offered: dict[str, Any] = {"states": STATES, "users": [one.name for one in people.everybody(db)]}
        if person.may("editor"):
            offered |= {
                **self._frame.choices,
                **figure_choices(),
                "channels": list(self._frame.app.config.channels),
            }
        return offered


#: How it is known when an article was published, where its page does not say so.
DATED = {"feed": "dated by its feed", "url": "dated by its address", "given": "dated by who handed it in",
          "found": "dated by when it was found"}  # fmt: skip
#: Where a development can stand among people.
STATES = ("new", "seen", "used", "dismissed")


def figure_choices() -> dict[str, Any]:
    """What a figure can count, and how it can stand."""
    return {"units": speak("en").units, "statuses": get_args(Status), "bounds": get_args(Bound)}


def _lede(row: Row[Any], reports: Iterable[Row[Any]]) -> Row[Any] | None:
    """The report whose opening stands for the development."""
    return next((report for report in reports if report.title == row.title), None) if row.lede else None


def _alerts(db: Connection, family: Sequence[int]) -> list[dict[str, Any]]:
    """Each alert with where it went."""
    went: dict[int, list[Row[Any]]] = {}
    for delivery in history.deliveries_about(db, family):
        went.setdefault(delivery.alert_id, []).append(delivery)
    return [{"row": row, "deliveries": went.get(row.id, [])} for row in dossier.alerts_about(db, family)]


def _restricted(db: Connection, number: int) -> list[Row[Any]]:
    """The restricted reports that stand beside it."""
    found = (history.article(db, one, restricted=True) for one in restricted.beside(db, number))
    return [row for row in found if row is not None]


def _case(db: Connection, row: Row[Any]) -> dict[str, Any]:
    """The stages of its case next to it, each with why it is of the case."""
    stages = threads.members(db, row.thread_id) if row.thread_id is not None else []
    own = stages.index(row.id) if row.id in stages else 0
    near = stages[max(own - _STAGES, 0) : own + _STAGES + 1]
    told = {one.id: one for one in tell(db, [number for number in near if number != row.id])}
    return {
        "earlier": _told(told, stages[max(own - _STAGES, 0) : own]),
        "later": _told(told, stages[own + 1 : own + _STAGES + 1]),
        "more_stages": len(stages) - len(near),
    }


def _map(facts: Iterable[Row[Any]]) -> Markup:
    """The places and ways that its articles state, as far as it is known where they lie."""
    names: dict[coast.Point, str] = {}
    ways: dict[tuple[coast.Point, coast.Point], None] = {}
    for fact in facts:
        name = fact.place or fact.name
        if fact.kind == "place" and coast.is_known(name, fact.country) and (at := coast.locate(name, fact.country)):
            names.setdefault(at, name)
        elif fact.kind == "route":
            ends = coast.locate(None, fact.from_country), coast.locate(None, fact.to_country)
            if ends[0] is not None and ends[1] is not None:
                ways.setdefault((ends[0], ends[1]))
    return coast.small_map([(*at, name) for at, name in names.items()], list(ways))


def _told(told: dict[int, Telling], numbers: Iterable[int]) -> list[Telling]:
    return [told[number] for number in numbers if number in told]

"""Draws a page of the desk: its head, who is logged in, times in the users' zone, and what was said after a deed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from alerts.language import speak
from core.errors import NightdeskError, NotFound, UsageError
from core.ids import show_id
from nightdesk.app import App
from nightdesk.people import Person
from nightdesk.web.desk import static
from nightdesk.web.desk.deeds import SAID
from nightdesk.web.pages import environment
from nightdesk.web.reading import Reading
from pipeline.topic import load_topics

T = TypeVar("T")

NAV = (
    ("/", "Desk"),
    ("/search", "Search"),
    ("/charts", "Charts"),
    ("/map", "Map"),
    ("/sources", "Sources"),
    ("/watches", "Watches"),
    ("/alerts", "Alerts"),
    ("/sql", "SQL"),
    ("/intake", "Take in"),
)


class Frame:
    """What the pages of one App share."""

    def __init__(self, app: App, reading: Reading) -> None:
        self.app = app
        self.reading = reading

    @property
    def zone(self) -> ZoneInfo:
        """The desk's, which days of charts and documents are of."""
        return ZoneInfo(self.app.config.timezone)

    def zone_of(self, person: Person | None) -> ZoneInfo:
        """The zone that somebody reads times and writes days in."""
        return ZoneInfo(person.timezone) if person is not None and person.timezone else self.zone

    @cached_property
    def beats(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Each topic with its title and its event types, as the topic files have them."""
        return {topic.id: (topic.title, tuple(event.id for event in topic.events)) for topic in load_topics()}

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What a filter of topics or event types offers: each value with what people call it."""
        events = [event for _, some in self.beats.values() for event in some]
        return {
            "topic_choices": [(topic, title) for topic, (title, _) in self.beats.items()],
            "event_choices": [(event, say_event(event)) for event in dict.fromkeys(events)],
        }

    def now(self) -> datetime:
        return self.app.clock()

    async def show(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        """The page of a template in pages/desk, which extends frame.html. `title` must be among the values."""
        person = person_of(request)
        zone = self.zone_of(person)
        said = unquote(request.cookies.get(SAID, ""))
        drawn = (
            _environment()
            .get_template(f"desk/{name}")
            .render(
                {
                    "nav": NAV,
                    "here": request.url.path,
                    "person": person,
                    "may": person.may if person is not None else _may_nothing,
                    "said": said,
                    "zone": zone.key,
                    "_zone": zone,
                    "now": self.now(),
                    **values,
                }
            )
        )
        answer = HTMLResponse(drawn, status)
        if said:
            answer.delete_cookie(SAID, httponly=True, samesite="strict")
        return answer

    async def answer(
        self, request: Request, name: str, work: Callable[[Connection], dict[str, Any] | Response]
    ) -> Response:
        """The page of what `work` reads; where that refuses, a page that says why. It may lead elsewhere instead."""
        try:
            values = await self.reading.ask(work)
        except NightdeskError as error:
            return await self.sorry(request, error)
        return values if isinstance(values, Response) else await self.show(request, name, **values)

    async def sorry(self, request: Request, error: NightdeskError) -> Response:
        status = 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError) else 503
        title = {404: "That is not there", 400: "That cannot be asked"}.get(status, "That did not work")
        return await self.show(request, "sorry.html", status, title=title, more=str(error))


def person_of(request: Request) -> Person | None:
    """Who is logged in, where anybody is."""
    found: Person | None = getattr(request.state, "person", None)
    return found


def sees_restricted(person: Person | None) -> bool:
    """Whether somebody is shown restricted reports, always marked as such."""
    return person is not None and person.may("editor")


def _may_nothing(_: str) -> bool:
    return False


# -- what templates can write -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = environment().overlay()
    # An overlay shares these tables with what it lies over, so they are its own from here.
    made.filters = {**made.filters, **_FILTERS}
    made.globals = {**made.globals, "static": static.address, "ours": _ours}
    return made


@pass_context
def _ours(context: Context) -> Markup:
    """The field that says that a form is one of ours; without it nothing is done."""
    person = context.get("person")
    return Markup('<input type="hidden" name="form" value="{}">').format(person.form if person is not None else "")


def _moment(value: datetime | str) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@pass_context
def _when(context: Context, value: datetime | str | None, form: str = "%-d %b %Y, %H:%M") -> Markup | str:
    """A moment in the users' zone, with UTC for who hovers."""
    if value is None:
        return ""
    at = _moment(value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        at.astimezone(context["_zone"]).strftime(form),
    )


@pass_context
def _ago(context: Context, value: datetime | str | None) -> Markup | str:
    """How long ago, as one would say it; the moment itself for who hovers."""
    if value is None:
        return ""
    at, now = _moment(value), context["now"]
    seconds = (now - at).total_seconds()
    if abs(seconds) < 60:
        said = "now"
    else:
        length, unit = next((int(abs(seconds) // size), unit) for size, unit in _SPANS if abs(seconds) >= size)
        said = f"{length} {unit} ago" if seconds > 0 else f"in {length} {unit}"
    local = at.astimezone(context["_zone"]).strftime("%-d %b %Y, %H:%M")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), f"{local} ({at.astimezone(UTC):%H:%M} UTC)", said
    )


_SPANS = ((86400 * 2, "days"), (3600, "h"), (60, "min"))


def _day(value: date | str | None) -> str:
    """A day, or as much of one as is known, in words."""
    return speak("en").day(value if isinstance(value, str) or value is None else value.isoformat()) or ""


def _list(value: Any) -> list[Any]:
    """A list as the views write it."""
    return json.loads(value) if isinstance(value, str) else list(value or ())


def _country(code: str | None) -> str:
    return speak("en").country(code) if code else ""


def say_event(name: str) -> str:
    """An event type as people say it."""
    label = speak("en").event(name).get("label") or name.replace("_", " ")
    return label[:1].upper() + label[1:]


def _value(value: Any) -> str:
    """A setting as one reads it: lists with commas, nothing as none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def _number(value: float | int | None) -> str:
    return "" if value is None else speak("en").number(value)


def _in_script(text: str | None, language: str | None) -> Markup | str:
    """Publisher's words in their own language and direction, so that the browser takes the right letters."""
    if not text:
        return ""
    if not language:
        return Markup('<span dir="auto">{}</span>').format(text)
    return Markup('<span lang="{}" dir="auto">{}</span>').format(language, text)


#: Where the page of an id is.
_PAGES = {
    "a": "/articles/{}",
    "d": "/developments/{}",
    "f": "/facts/{}",
    "n": "/alerts/{}",
    "s": "/silences",
    "t": "/threads/{}",
}
_ID = re.compile(r"(?<![\w/.-])([adfnst])([1-9]\d{0,17})(?![\w/-])", re.ASCII)


def _linked(text: str | None) -> Markup:
    """Words of the desk, in which each id leads to its page."""
    words = str(escape(text or ""))
    return Markup(_ID.sub(lambda found: f'<a href="{_PAGES[found[1]].format(found[2])}">{found[0]}</a>', words))


def _web(url: str | None) -> str:
    """An address that a link may lead to; empty where it is none of the web's."""
    return url if url and url.lower().startswith(("http://", "https://")) else ""


def _out(url: str | None, text: str) -> Markup:
    """A link that leaves the desk, or only its text."""
    if not _web(url):
        return escape(text)
    return Markup('<a href="{}" rel="noopener noreferrer external">{}</a>').format(url, text)


_FILTERS: dict[str, Callable[..., Any]] = {
    "when": _when,
    "ago": _ago,
    "day": _day,
    "listed": _list,
    "country": _country,
    "event": say_event,
    "number": _number,
    "value": _value,
    "in_script": _in_script,
    "linked": _linked,
    "web": _web,
    "out": _out,
    "id": lambda number, noun: show_id(noun, number),
    "says": lambda word: str(word).replace("_", " "),
}

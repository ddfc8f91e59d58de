"""A form that was refused, on the page that it stands on: with the reason beside it and what was typed still in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import structlog
from lxml import html
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match, Route

from core.errors import NightdeskError
from core.text import clean
from nightdesk.web.pages import page as plain

log = structlog.get_logger(__name__)

#: What the page itself knows better, or what is not sent back.
_KEPT = frozenset({"hidden", "password", "file", "submit", "button", "reset", "image"})
#: Fields that hold a secret, or the word of the session; no page repeats them.
SECRET = frozenset({"form", "password", "old", "new", "again"})
_DOCTYPE = "<!doctype html>"

Sent = Mapping[str, Sequence[str]]


async def again(request: Request, at: str, sent: Sent, reason: str, status: int) -> Response:
    """The page `at` with the form that `request` sent to us; where it cannot be shown, plainly what was sent."""
    try:
        found = await _page(request, at)
    except (NightdeskError, SQLAlchemyError) as error:
        log.warning("refused_without_page", path=at, error=str(error).partition("\n")[0])
        found = None
    if found is None:
        title = "That is not there" if status == 404 else "That could not be done"
        return plainly(status, title, reason, at, sent)
    return HTMLResponse(fill(found, request.url.path, sent, reason), status)


def plainly(status: int, title: str, more: str, back: str, sent: Sent | None = None) -> Response:
    """A page that reads nothing: why it was not done, and what was sent, to be copied from it."""
    fields = [
        (name.replace("_", " "), value)
        for name, values in (sent or {}).items()
        if name not in SECRET
        for value in map(clean, values)
        if value
    ]
    return plain("sorry.html", status, tag="en", title=title, more=clean(more), back=back, sent=fields)


async def _page(request: Request, at: str) -> str | None:
    """What a browser would be shown at `at`; None where that is no page."""
    scope = {**request.scope, "method": "GET", "path": at, "raw_path": at.encode(), "query_string": b""}
    for route in request.app.routes:
        match, more = route.matches(scope)
        if match is Match.FULL and isinstance(route, Route):
            answer = await route.endpoint(Request({**scope, **more}, request.receive))
            if answer.status_code != 200 or not isinstance(answer, HTMLResponse):
                return None
            return bytes(answer.body).decode()
    return None


def fill(page: str, action: str, sent: Sent, reason: str) -> str:
    """The page with the reason at its head, and by the form of `action`, whose fields have what was sent. Pure."""
    # What is pasted out of a PDF may hold what no page can.
    sent = {name: [clean(value) for value in values] for name, values in sent.items()}
    reason = clean(reason).rstrip(".") + "."
    document = html.document_fromstring(page)
    form = _form(document, action, sent)
    main = document.get_element_by_id("main")
    alert = html.Element("p", {"class": "wrong", "role": "alert", "dir": "auto"})
    alert.text = f"That was not done: {reason}"
    main.insert(0, alert)
    if form is not None:
        _refill(_controls(document, form), sent)
        beside = html.Element("p", {"class": "wrong", "id": "refused", "dir": "auto"})
        beside.text = f"{reason[:1].upper()}{reason[1:]}"
        form.insert(0, beside)
        link = html.Element("a", {"href": "#refused"})
        link.text = "What you sent is still there."
        alert.text += " "
        alert.append(link)
        for around in form.iterancestors("details"):
            around.set("open", "")
    written: str = html.tostring(document, encoding="unicode", doctype=_DOCTYPE)
    return written


def _form(document: html.HtmlElement, action: str, sent: Sent) -> html.HtmlElement | None:
    """The form that was sent: of several to one address, the one with the same hidden fields."""
    posted = [form for form in document.forms if form.get("method", "").lower() == "post"]
    forms = [form for form in posted if action in addresses(form)]
    return next((form for form in forms if _agrees(form, sent)), forms[0] if forms else None)


def addresses(form: html.HtmlElement) -> set[str]:
    """Where it can be sent: its own address, and those of its buttons."""
    return {str(form.get("action")), *(at.partition("#")[0] for at in form.xpath(".//button/@formaction"))}


def _agrees(form: html.HtmlElement, sent: Sent) -> bool:
    hidden = form.xpath(".//input[@type='hidden'][@name!='form']")
    return all(field.get("value", "") in sent.get(field.get("name", ""), ()) for field in hidden)


def _controls(document: html.HtmlElement, form: html.HtmlElement) -> Iterable[html.HtmlElement]:
    """Its fields, those that stand elsewhere and name it too."""
    yield from form.iterdescendants("input", "select", "textarea")
    if name := form.get("id"):
        for found in document.iterdescendants("input", "select", "textarea"):
            if found.get("form") == name:
                yield found


def _refill(controls: Iterable[html.HtmlElement], sent: Sent) -> None:
    for control in controls:
        values, kind = sent.get(control.get("name") or "", ()), control.get("type", "text")
        if control.tag == "textarea":
            control.text = "\n" + "".join(values[:1])
        elif control.tag == "select":
            for option in control.iterdescendants("option"):
                _set(option, "selected", option.get("value", option.text or "") in values)
        elif kind in ("checkbox", "radio"):
            _set(control, "checked", control.get("value", "on") in values)
        elif kind not in _KEPT:
            control.set("value", "".join(values[:1]))


def _set(control: html.HtmlElement, name: str, holds: bool) -> None:
    if holds:
        control.set(name, "")
    else:
        control.attrib.pop(name, None)

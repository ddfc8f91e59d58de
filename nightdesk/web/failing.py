"""What is answered where no page can be: no such address, a question that is stopped, a database that does not answer,
a mistake of ours.

Whoever sits before a browser reads what happened, whether anything was lost, and what to do; a program gets a line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from urllib.parse import quote

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import NightdeskError, NotFound, UsageError
from nightdesk.web.addresses import is_ours
from nightdesk.web.pages import page

log = structlog.get_logger(__name__)

_BUSY = (
    "Another program writes to the database just now. Nothing was changed or lost: wait a moment and load the page"
    " again. If it stays so, nightdesk doctor says what is wrong."
)
_AWAY = (
    "The database does not answer. Nothing was changed or lost: try again in a minute. If it stays so, whoever runs the"
    " desk finds the reason with nightdesk doctor and in the log."
)
#: In the words of SQLite, Postgres and the pool.
_WAITING = ("locked", "busy", "lock timeout", "queuepool", "deadlock", "statement timeout")
#: What can be said of a question that was refused or stopped, by its status.
_TITLES = {400: "That cannot be asked", 404: "That is not there", 503: "That did not work"}
_FAULT = (
    "This is a mistake of the program, and it is in its log. Nothing that was on record is lost. Tell whoever runs the"
    " desk, and try another page."
)


class Failing:
    """ASGI middleware: an error that nobody answered becomes a page, and is in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if began or scope["type"] != "http":
                raise
            await failed(error, scope)(scope, receive, send)


def failed(error: Exception, scope: Scope) -> Response:
    """The answer to an error, which is written to the log."""
    if isinstance(error, SQLAlchemyError) and is_away(error):
        log.warning("database_failed", path=scope["path"], error=str(error).partition("\n")[0])
        title, more = ("The database is busy", _BUSY) if is_busy(error) else ("The database is away", _AWAY)
        return _answer(scope, 503, title, more)
    if isinstance(error, NightdeskError):
        log.warning("page_refused", path=scope["path"], error=str(error).partition("\n")[0])
        status = status_of(error)
        return _answer(scope, status, _TITLES[status], str(error))
    log.exception("page_failed", path=scope["path"])
    return _answer(scope, 500, "That went wrong here", _FAULT)


def status_of(error: NightdeskError) -> int:
    """A question that took too long may be asked again; what is not there, or cannot be asked, need not be."""
    return 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError) else 503


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the database does not answer. What it answers with an error, such as that there is no such column, is a
    mistake of ours, by whichever name SQLite gives it."""
    if not isinstance(error, OperationalError | InterfaceError | TimeoutError):
        return False
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE)


def is_busy(error: SQLAlchemyError) -> bool:
    """Whether another program holds the database, so that waiting helps."""
    said = str(error).lower()
    return any(word in said for word in _WAITING)


async def not_there(request: Request, error: Exception) -> Response:
    """No route leads there, or none of that method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        more = f"{request.url.path} leads nowhere on this desk. It may have been cut or mistyped."
        return _answer(request.scope, 404, "There is no such page", more)
    return _answer(request.scope, error.status_code, "That cannot be asked", f"{error.detail}.", error.headers)


def _answer(scope: Scope, status: int, title: str, more: str, headers: Mapping[str, str] | None = None) -> Response:
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return PlainTextResponse(f"{title}. {more}\n", status, headers)
    here = _here(scope) if status == 503 else ""
    answer = page("sorry.html", status, tag="en", title=title, more=more, back=here or "/", again=bool(here))
    answer.headers.update(headers or {})
    return answer


def _here(scope: Scope) -> str:
    """The address that was asked, to ask it again; empty for what was sent, and for what a browser takes elsewhere."""
    query = scope["query_string"].decode("latin-1")
    path = quote(scope["path"])
    if scope["method"] not in ("GET", "HEAD") or not is_ours(scope["path"]):
        return ""
    return f"{path}?{query}" if query else path

"""What people do by a form: who may, whether the form is ours, and that the error of one is a page and not a loss."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import NightdeskError, NotFound, UsageError
from nightdesk.people import Person
from nightdesk.web.addresses import is_ours
from nightdesk.web.desk import refused
from nightdesk.web.desk.refused import Sent
from nightdesk.web.failing import is_away

log = structlog.get_logger(__name__)

#: The cookie that carries a line to the page after a deed, which says it once.
SAID = "nightdesk_said"
_LONGEST = 4000


class Form:
    """The fields of one form."""

    def __init__(self, request: Request, data: FormData, person: Person) -> None:
        self.request = request
        self.person = person
        self._data = data

    def text(self, name: str, longest: int = _LONGEST) -> str:
        """A field without the space around it; empty where it was left so. Raises UsageError."""
        value = self._data.get(name, "")
        word = value.strip() if isinstance(value, str) else ""
        if len(word) > longest:
            raise UsageError(f"{name} is longer than {longest} characters")
        return word.replace("\r\n", "\n")

    def needed(self, name: str, longest: int = _LONGEST) -> str:
        """A field that says something. Raises UsageError."""
        word = self.text(name, longest)
        if not word:
            raise UsageError(f"{name.replace('_', ' ')} is missing")
        return word

    def words(self, name: str) -> list[str]:
        """Every value of a field that may be given more than once, as boxes are."""
        return [value for value in self._data.getlist(name) if isinstance(value, str) and value]

    def file(self, name: str) -> UploadFile | None:
        """A file that was sent along; None where none was chosen."""
        value = self._data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


Work = Callable[[Form], Awaitable[Response]]
#: The page that a form stands on: its address, or what tells it from the deed's and from what was sent.
At = str | Callable[[str, Sent], str]


class Look(Route):
    """A page that only some may see."""

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], role: str) -> None:
        super().__init__(path, endpoint, methods=["GET"])
        self.role = role


class Deed(Route):
    """What a form does. `role` may; `work` gets the form after it was found to be one of ours.

    Where it is refused the page `at` comes again with the reason and what was typed: if none is named, the one whose
    address is the deed's without its last word. `in_steps` says that some of it may be done where the rest fails.
    """

    def __init__(self, path: str, work: Work, role: str, at: At = "", *, in_steps: bool = False) -> None:
        async def endpoint(request: Request) -> Response:
            person: Person = request.state.person
            async with request.form(max_files=2, max_fields=200) as data:
                sent = {name: [one for one in data.getlist(name) if isinstance(one, str)] for name in data}
                back = self.page_of(request.url.path, sent)
                word = data.get("form", "")
                if not (isinstance(word, str) and hmac.compare_digest(word.encode(), person.form.encode())):
                    more = "Go back, load the page again, and send it once more."
                    return refused.plainly(403, "This form is too old", more, back)
                try:
                    return await work(Form(request, data, person))
                except (NightdeskError, SQLAlchemyError) as error:
                    status, reason = why(error, in_steps=in_steps)
                    return await refused.again(request, back, sent, reason, status)

        super().__init__(path, endpoint, methods=["POST"])
        self.role, self._at = role, at

    def page_of(self, path: str, sent: Sent) -> str:
        """The page that the form sent to `path` stands on."""
        if callable(self._at):
            return self._at(path, sent)
        return self._at or path.rpartition("/")[0] or "/"


def go(to: str, said: str = "") -> Response:
    """On to a page of ours, which says once what was done."""
    answer = RedirectResponse(to if is_ours(to) else "/", 303)
    if said:
        answer.set_cookie(SAID, quote(said[:1000]), max_age=60, httponly=True, samesite="strict")
    return answer


def why(error: NightdeskError | SQLAlchemyError, *, in_steps: bool = False) -> tuple[int, str]:
    """The status and the words for what was not done. Raises the error where it is a mistake of ours."""
    if isinstance(error, SQLAlchemyError):
        if not is_away(error):
            raise error
        log.warning("deed_failed", error=str(error).partition("\n")[0])
        if in_steps:
            return 503, "the database is busy or away; it may not have been done. Look first, then send it once more"
        return 503, "the database is busy or away; nothing was changed. Wait a moment and send it once more"
    return 404 if isinstance(error, NotFound) else 409, str(error).replace("--", "")

"""Who may ask for what: the one place that decides, for every route.

What is not named here needs a token or a login. A route that changes something says which role may (desk/deeds.py); one
that does not say so changes nothing for anybody.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from nightdesk.people import Person
from nightdesk.settings.sections import WebConfig
from nightdesk.tokens import Token
from nightdesk.web.failing import failed
from nightdesk.web.hosts import host_asked, is_loopback
from nightdesk.web.pages import page

#: Says nothing of what the desk knows, or has its own key in the path.
OPEN = frozenset({"/healthz", "/desk.css", "/static/{name:str}", "/a/{token:str}", "/login"})
#: Where programs ask that can send no header: the key may stand in the address, as `?token=`. The scope that is for it.
BY_ADDRESS = {"/feed.atom": "feed", "/api/v1/queries/{name:str}.csv": "sheet"}
#: Any of these says that somebody else is asking through the one who connects.
FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_SAFE = ("GET", "HEAD")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="nightdesk", Basic realm="nightdesk", charset="UTF-8"'}
_HOW = "Send a token as Authorization: Bearer; nightdesk tokens add makes one."
#: The cookie of a login. It is sent only by pages of ours, so a link from a mail comes without it: see _come_again.
COOKIE = "nightdesk_session"


@dataclass(frozen=True)
class Asked:
    """A request, as far as it matters here. `path` is the route's, as in the table; `query` is what follows its ?."""

    path: str
    method: str
    headers: Mapping[str, str]
    query: str = ""

    @property
    def key(self) -> str | None:
        """The key that was sent: as bearer, as password of anybody, or in the address where that is allowed."""
        kind, _, rest = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return rest.strip()
        if kind.lower() == "basic":
            return _password(rest)
        if kind:
            return ""
        named = parse_qs(self.query, max_num_fields=50).get("token") if self.path in BY_ADDRESS else None
        return named[-1] if named else None

    @property
    def cookie(self) -> str | None:
        """The session that was sent, whether it holds or not."""
        try:
            found = SimpleCookie(self.headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return found.value if found is not None else None

    @property
    def wants_page(self) -> bool:
        """Whether a person in a browser asks."""
        return "text/html" in self.headers.get("accept", "")

    @property
    def comes_by_link(self) -> bool:
        """Whether a page or mail from elsewhere leads here: then a browser keeps the cookie back."""
        return self.method == "GET" and self.headers.get("sec-fetch-site") in ("cross-site", "same-site")

    @property
    def is_from_another_site(self) -> bool:
        """Whether a page of somebody else's makes a browser ask; following a link to here is no such thing."""
        site = self.headers.get("sec-fetch-site")
        if site is None:
            origin = self.headers.get("origin", "null")  # a form of ours sends null, since it gives no referrer
            own = host_asked(self.headers.get("host", ""))
            return origin != "null" and (urlsplit(origin).hostname or "") != own
        is_link = self.method in _SAFE and self.headers.get("sec-fetch-mode") == "navigate"
        return site not in ("same-origin", "none") and not is_link


@dataclass(frozen=True)
class Refused:
    """Why not."""

    status: int
    reason: str


def is_private(web: WebConfig) -> bool:
    """Whether only people at this machine can ask: then reading needs no token."""
    return is_loopback(web.listen) and not web.public_url and not web.trusted_proxies


def decide(asked: Asked, private: bool, who: Token | Person | None, role: str | None = None) -> Refused | None:
    """Whether a request is let in. Pure.

    `who` is the token whose key was sent, or the person whose session it is, if that holds. `role` is what the route
    asks of a person.
    """
    if asked.is_from_another_site:
        return Refused(403, "Another site cannot ask here.")
    if asked.path in OPEN:
        return None
    if asked.method not in _SAFE and role is None:
        return Refused(403, "Nothing is changed here.")
    if isinstance(who, Token):
        if role is not None:
            return Refused(403, "A token reads and changes nothing; log in.")
        if who.scope in ("read", BY_ADDRESS.get(asked.path)):
            return None
        return Refused(403, f"This token is for {who.scope} only.")
    if isinstance(who, Person):
        return None if role is None or who.may(role) else Refused(403, f"This is for the role {role}.")
    if asked.key is not None:  # whoever shows a key wants to know that it does not hold
        return Refused(401, f"This token does not hold. {_HOW}")
    if role is not None:
        return Refused(401, "Log in to do this.")
    if private and not any(name in asked.headers for name in FORWARDING):
        return None
    return Refused(401, f"Reading here needs a token. {_HOW}")


class Access:
    """ASGI middleware. `web` is asked for each request, since a reload may change it.

    `check` tells whose key it is, and `known` whose session. Routes find the person in `request.state.person`.
    """

    def __init__(
        self,
        app: ASGIApp,
        web: Callable[[], WebConfig],
        check: Callable[[str], Awaitable[Token | None]],
        known: Callable[[str], Awaitable[Person | None]],
    ) -> None:
        self._app = app
        self._web = web
        self._check = check
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = _route(scope)
        if route is not None:
            path = route.path if isinstance(route, Route) else ""
            asked = Asked(path, scope["method"], Headers(scope=scope), scope["query_string"].decode("latin-1"))
            try:
                who = await self._who(asked)
            except SQLAlchemyError as error:  # the key may be good; nobody can say
                await failed(error, scope)(scope, receive, send)
                return
            refused = decide(asked, is_private(self._web()), who, getattr(route, "role", None))
            if refused is not None:
                await _answer(refused, asked, scope)(scope, receive, send)
                return
            scope.setdefault("state", {})["person"] = who if isinstance(who, Person) else None
        await self._app(scope, receive, send)

    async def _who(self, asked: Asked) -> Token | Person | None:
        if asked.path in OPEN:
            return None
        if asked.key is not None:
            return await self._check(asked.key) if asked.key else None
        return await self._known(asked.cookie) if asked.cookie else None


def _answer(refused: Refused, asked: Asked, scope: Scope) -> Response:
    """What whoever is refused sees: a browser the way to log in, a program the reason."""
    if refused.status == 401 and asked.wants_page and asked.key is None:
        here = scope["path"] + (f"?{asked.query}" if asked.query else "")
        if asked.comes_by_link and asked.cookie is None:
            return _come_again()
        wanted = here if asked.method == "GET" else "/"
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)
    if asked.wants_page:
        return page("sorry.html", refused.status, tag="en", title="This is not for you", more=refused.reason, back="/")
    challenge = _CHALLENGE if refused.status == 401 else None
    return PlainTextResponse(f"{refused.reason}\n", refused.status, challenge)


def _come_again() -> Response:
    """The same address once more, asked for by a page of ours, so that the browser sends the cookie along."""
    return HTMLResponse('<!doctype html><meta http-equiv="refresh" content="0"><title>Nightdesk</title>\n')


def _route(scope: Scope) -> object | None:
    """The route that will answer; None where none does, which tells nobody anything."""
    partly = None
    for route in scope["app"].routes:
        match = route.matches(scope)[0]
        if match is Match.FULL:
            return route  # type: ignore[no-any-return]
        if match is Match.PARTIAL and partly is None:
            partly = route
    return partly


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""

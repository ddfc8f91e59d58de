"""Who may ask for what: the one place that decides, for every route. What is not named here needs a token."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from nightdesk.settings.sections import WebConfig
from nightdesk.tokens import Token
from nightdesk.web.hosts import host_asked, is_loopback

#: Says nothing of what the desk knows, or has its own key in the path.
OPEN = frozenset({"/healthz", "/desk.css", "/a/{token:str}", "/developments/{id:int}"})
#: Where programs ask that can send no header: the key may stand in the address, as `?token=`. The scope that is for it.
BY_ADDRESS = {"/feed.atom": "feed", "/api/v1/queries/{name:str}.csv": "sheet"}
#: Any of these says that somebody else is asking through the one who connects.
FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_SAFE = ("GET", "HEAD")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="nightdesk", Basic realm="nightdesk", charset="UTF-8"'}
_HOW = "Send a token as Authorization: Bearer; nightdesk tokens add makes one."


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


def decide(asked: Asked, private: bool, token: Token | None) -> Refused | None:
    """Whether a request is let in. `token` is the one whose key was sent, if it holds. Pure."""
    if asked.is_from_another_site:
        return Refused(403, "Another site cannot ask here.")
    if asked.path in OPEN:
        return None
    if asked.method not in _SAFE:
        return Refused(403, "Nothing is changed here.")
    if token is not None:
        if token.scope in ("read", BY_ADDRESS.get(asked.path)):
            return None
        return Refused(403, f"This token is for {token.scope} only.")
    if asked.key is not None:  # whoever shows a key wants to know that it does not hold
        return Refused(401, f"This token does not hold. {_HOW}")
    if private and not any(name in asked.headers for name in FORWARDING):
        return None
    return Refused(401, f"Reading here needs a token. {_HOW}")


class Access:
    """ASGI middleware. `web` is asked for each request, since a reload may change it."""

    def __init__(
        self, app: ASGIApp, web: Callable[[], WebConfig], check: Callable[[str], Awaitable[Token | None]]
    ) -> None:
        self._app = app
        self._web = web
        self._check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _route(scope)
        if path is not None:
            query = scope["query_string"].decode("latin-1")
            asked = Asked(path, scope["method"], Headers(scope=scope), query)
            key = asked.key if path not in OPEN else None
            try:
                token = await self._check(key) if key else None
            except SQLAlchemyError:  # the key may be good; nobody can say
                await PlainTextResponse("The database does not answer.\n", 503)(scope, receive, send)
                return
            refused = decide(asked, is_private(self._web()), token)
            if refused is not None:
                challenge = _CHALLENGE if refused.status == 401 else None
                await PlainTextResponse(f"{refused.reason}\n", refused.status, challenge)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _route(scope: Scope) -> str | None:
    """The route that will answer, as in the table; None where none does, which tells nobody anything."""
    for route in scope["app"].routes:
        if route.matches(scope)[0] is not Match.NONE:
            return route.path if isinstance(route, Route) else ""
    return None


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""

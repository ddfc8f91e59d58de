"""Around every request: only our own names, only small bodies, and headers that let no page do more than it should."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nightdesk.web.hosts import host_asked

_BODY_LIMIT = 65_536
#: What is handed in by a form: a PDF, a list of sources.
_LARGER = {"/intake": 32 * 1024 * 1024, "/sources/import": 4 * 1024 * 1024}
_HEADERS = {
    # Nothing is loaded from anywhere but here, nothing that stands in a page runs, nobody frames it.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class Guard:
    """ASGI middleware. `hosts` is asked for each request, since a reload may change them."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], frozenset[str]]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if host_asked(headers.get("host", "")) not in self._hosts():
            await PlainTextResponse("This desk does not go by that name.\n", 400)(scope, receive, guarded)
        elif _too_long(headers, _LARGER.get(scope["path"], _BODY_LIMIT)):
            await PlainTextResponse("Too much.\n", 413)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)


def _too_long(headers: Headers, limit: int) -> bool:
    """Whether a body is larger than any form of ours, or does not say how large it is."""
    length = headers.get("content-length")
    if length is None:
        return "transfer-encoding" in headers
    return not length.isdecimal() or int(length) > limit

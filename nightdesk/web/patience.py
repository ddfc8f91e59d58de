"""How much one client may ask for in a minute, so that nobody keeps the desk busy from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

#: More than a person with a mouse, or a mail scanner that opens every link of a digest.
REQUESTS = 240
SPAN = timedelta(minutes=1)
_CLIENTS = 10_000


class Patience:
    """ASGI middleware. Counts in memory and on one event loop; `/healthz` is free."""

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._clock = clock
        self._began: datetime | None = None
        self._asked: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz" and not self._may(scope.get("client")):
            wait = str(int(SPAN.total_seconds()))
            answer = PlainTextResponse("Too many requests. Try again in a minute.\n", 429, {"Retry-After": wait})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may(self, client: tuple[str, int] | None) -> bool:
        now = self._clock()
        if self._began is None or not timedelta(0) <= now - self._began < SPAN or len(self._asked) > _CLIENTS:
            self._began, self._asked = now, {}
        name = _name(client[0] if client else "")
        self._asked[name] = self._asked.get(name, 0) + 1
        return self._asked[name] <= REQUESTS


def _name(address: str) -> str:
    """Whom an address stands for: of IPv6 everybody has at least a /64 of their own."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(found) >> 64 << 64)) if found.version == 6 else str(found)

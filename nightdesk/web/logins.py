"""`/login` and `/logout`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import structlog
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from nightdesk import people
from nightdesk.app import App
from nightdesk.web.access import COOKIE
from nightdesk.web.addresses import is_ours
from nightdesk.web.desk.deeds import Deed, Form
from nightdesk.web.hosts import host_asked
from nightdesk.web.pages import page
from nightdesk.web.reading import Reading
from store import people as kept

log = structlog.get_logger(__name__)

#: So many wrong passwords from one client, and for one name from anywhere, in so long; then nobody is asked any more.
BY_CLIENT, BY_NAME, SPAN = 10, 50, timedelta(minutes=15)
_REMEMBERED = 10_000


class Attempts:
    """Wrong passwords of late, in memory and on one event loop."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, str], list[datetime]] = {}

    def may(self, client: str, name: str) -> bool:
        return self._count(("client", client)) < BY_CLIENT and self._count(("name", name)) < BY_NAME

    def failed(self, client: str, name: str) -> None:
        if len(self._failed) > _REMEMBERED:  # oldest first: a dict keeps its order
            for key in list(self._failed)[: _REMEMBERED // 2]:
                del self._failed[key]
        for key in (("client", client), ("name", name)):
            self._failed.setdefault(key, []).append(self._clock())

    def _count(self, key: tuple[str, str]) -> int:
        now = self._clock()
        late = [at for at in self._failed.get(key, ()) if timedelta(0) <= now - at < SPAN]
        if late:
            self._failed[key] = late
        else:
            self._failed.pop(key, None)
        return len(late)


class Logins:
    """The routes of one App. One password is tried at a time: each takes memory and a tenth of a second."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._attempts = Attempts(app.clock)
        self._reading = Reading(app.store, at_once=1)

    def routes(self) -> list[Route]:
        return [
            Route("/login", self._show, methods=["GET"]),
            Route("/login", self._log_in, methods=["POST"]),
            Deed("/logout", self._log_out, "reader"),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._form(request.query_params.get("next", "/"))

    async def _form(self, wanted: str, name: str = "", wrong: str = "", status: int = 200) -> Response:
        web = self._app.config.web
        has_first = bool(web.password and web.password.get_secret_value())

        def anybody(db: Connection) -> bool:
            return has_first or any(row.removed_at is None and row.password for row in kept.everybody(db))

        return page(
            "login.html",
            status,
            tag="en",
            title="Log in",
            next=wanted if is_ours(wanted) else "/",
            who=name,
            wrong=wrong,
            nobody=not await self._reading.ask(anybody),
        )

    async def _log_in(self, request: Request) -> Response:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
        name, password, wanted = (fields.get(key, [""])[0] for key in ("name", "password", "next"))
        client = request.client.host if request.client else ""
        name = name.strip().lower()[:100]
        if not self._attempts.may(client, name):
            minutes = int(SPAN.total_seconds() // 60)
            return await self._form(wanted, name, f"Too many tries. Wait {minutes} minutes.", 429)
        web = self._app.config.web
        first = web.password.get_secret_value() if web.password else None
        store, now = self._app.store, self._app.clock()
        cookie = await self._reading.aside(lambda: people.log_in(store, name, password[:1000], first, now))
        if cookie is None:
            self._attempts.failed(client, name)
            log.warning("login_refused", client=client)
            return await self._form(wanted, name, "Name and password do not fit.", 401)
        log.info("logged_in", user=name, client=client)
        answer = RedirectResponse(wanted if is_ours(wanted) else "/", 303)
        answer.set_cookie(
            COOKIE,
            cookie,
            max_age=int(people.LONGEST.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self._is_safe(request),
        )
        return answer

    async def _log_out(self, form: Form) -> Response:
        cookie = form.request.cookies.get(COOKIE, "")
        await anyio.to_thread.run_sync(lambda: people.log_out(self._app.store, cookie, self._app.clock()))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._is_safe(form.request))
        return answer

    def _is_safe(self, request: Request) -> bool:
        """Whether the browser speaks TLS, with us or with a proxy before us."""
        public = urlsplit(self._app.config.web.public_url)
        asked = host_asked(request.headers.get("host", ""))
        return request.url.scheme == "https" or (public.scheme == "https" and asked == public.hostname)

"""The daemon's web page: opened, moved by a reload, closed. The desk goes on without it, and says so."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.engine import Connection

from core.saying import Saying
from nightdesk.app import App
from store import findings

if TYPE_CHECKING:
    from nightdesk.overview import Overview
    from nightdesk.web.server import Server

log = structlog.get_logger(__name__)

_KIND = "web_closed"


class Page:
    """At most one server."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._server: Server | None = None
        self._listen = ""
        self._closing = threading.Event()

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it; empty while it is closed."""
        return self._server.address if self._server is not None else ""

    async def open(self) -> None:
        """Listen where that is not so already; where it cannot be, the next call tries again."""
        if self._server is None or not self._server.is_alive:
            await asyncio.to_thread(self._open)

    async def renew(self) -> None:
        """Listen where a new configuration says; what else it changes is asked for with each request."""
        if self._app.config.web.listen != self._listen:
            await self.close()
            await self.open()

    async def close(self) -> None:
        self._closing.set()
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            self._server = None

    def _open(self) -> None:
        from nightdesk.web.server import Server
        from nightdesk.web.site import make_site

        web, now = self._app.config.web, self._app.clock()
        site = make_site(self._app)
        server = Server(site, web.listen)
        try:
            server.start()
        except Exception as error:
            reason = str(error)
            log.warning("web_closed", reason=reason)
            lead = "The links of messages lead to a page that is not there. {reason}"
            detail = Saying("web_closed", lead, {"reason": reason})
            if web.public_url:  # else nothing leads there
                self._write(lambda db: findings.note(db, _KIND, web.listen, "daily", detail, now))
            return
        self._server, self._listen = server, web.listen
        self._closing = threading.Event()
        threading.Thread(target=self._warm, args=(site.state.overview, self._closing), name="warm", daemon=True).start()
        self._write(lambda db: findings.end_all(db, _KIND, now))

    def _warm(self, overview: Overview, closing: threading.Event) -> None:
        """What charts and map need, before the first look at them."""
        try:
            overview.warm(self._app.store, self._app.clock(), closing)
        except Exception as error:  # a database that is away or closed: then the first look reads it
            log.info("not_warmed", reason=type(error).__name__)

    def _write(self, work: Callable[[Connection], object]) -> None:
        with contextlib.suppress(Exception):  # a database that is away must not keep the page from opening
            self._app.store.unit(work)

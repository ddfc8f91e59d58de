"""Serves the site from a thread with a loop of its own, so that no page holds up a stage nor a stage a page."""

from __future__ import annotations

import contextlib
import socket
import threading

import structlog
import uvicorn
from starlette.types import ASGIApp

from core.errors import NightdeskError

log = structlog.get_logger(__name__)

_BACKLOG = 64
_STOP_SECONDS = 3.0


class CannotListen(NightdeskError):
    """The address of `web.listen` is not to be had."""


class Server:
    """One address, from `start` to `stop`."""

    def __init__(self, site: ASGIApp, listen: str) -> None:
        self._site = site
        self._listen = listen
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.address = ""

    def start(self) -> None:
        """Listen from now on. Raises CannotListen."""
        host, _, port = self._listen.rpartition(":")
        door = _open(host.strip("[]"), int(port), self._listen)
        self.address = f"http://{host}:{door.getsockname()[1]}"
        config = uvicorn.Config(
            self._site,
            lifespan="off",
            http="h11",
            ws="none",
            loop="asyncio",
            log_config=None,
            access_log=False,  # an address holds a key
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            limit_concurrency=100,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, args=(door,), name="web", daemon=True)
        self._thread.start()
        log.info("web_listens", address=self.address)

    def _run(self, door: socket.socket) -> None:
        assert self._uvicorn is not None
        with contextlib.closing(door):
            try:
                self._uvicorn.run(sockets=[door])
            except Exception as error:  # the desk goes on without its page
                log.error("web_failed", error=type(error).__name__)

    def stop(self) -> None:
        """Finish what is being answered, a few seconds at most."""
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    @property
    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


def _open(host: str, port: int, listen: str) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        door = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        # asyncio sets this only on sockets that name their protocol, which those accepted here do not; without it the
        # body of each answer waits some 40 ms for the client to acknowledge its head.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return door
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotListen(f"web.listen {listen}: {reason}") from error

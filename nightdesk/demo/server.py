"""The web server of one outlet: pages, feed, robots.txt, with validators as a good site has them."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import structlog

from nightdesk.demo.edition import Edition
from nightdesk.demo.feeds import feed
from nightdesk.demo.pages import front_page, page

log = structlog.get_logger(__name__)

_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
_REFUSAL = b"<html><head><title>403</title></head><body><h1>Access denied</h1></body></html>"
_MISSING = b"<html><head><title>404</title></head><body><h1>Not found</h1></body></html>"


@dataclass(frozen=True)
class Response:
    status: HTTPStatus
    content_type: str
    body: bytes
    changed: str = ""  # Last-Modified


@dataclass(frozen=True)
class Answer:
    """What an outlet answers at one moment. `on_feed` is called as its feed is sent."""

    edition: Edition
    on_feed: Callable[[], None]

    def to(self, path: str) -> Response:
        if path == "/robots.txt":
            return Response(HTTPStatus.OK, "text/plain; charset=utf-8", _ROBOTS)
        if path == "/":
            return Response(HTTPStatus.OK, *front_page(self.edition))
        if path == "/feed":
            newest = max(entry.published for entry in self.edition.entries)
            return Response(HTTPStatus.OK, *feed(self.edition), changed=format_datetime(newest, usegmt=True))
        return self._page(path)

    def _page(self, path: str) -> Response:
        entry = self.edition.page(path)
        if entry is None:
            return Response(HTTPStatus.NOT_FOUND, "text/html", _MISSING)
        if self.edition.outlet.refuses_pages:
            return Response(HTTPStatus.FORBIDDEN, "text/html", _REFUSAL)
        content_type, body = page(self.edition, entry)
        return Response(HTTPStatus.OK, content_type, body, changed=format_datetime(entry.published, usegmt=True))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader who hangs up, or is killed, is no error of ours; anything else is a bug worth a line."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            log.error("press_failed", error=repr(error))


class Press:
    """One outlet on its own free port of 127.0.0.1, served from a thread."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler(answer))
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(answer: Callable[[], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "Press"
        timeout = 30

        def do_GET(self) -> None:
            self._respond(with_body=True)

        def do_HEAD(self) -> None:
            self._respond(with_body=False)

        def _respond(self, with_body: bool) -> None:
            given = answer()
            path = urlsplit(self.path).path
            response = given.to(path)
            if path == "/feed" and with_body:
                given.on_feed()
            self._send(response, with_body)

        def _send(self, response: Response, with_body: bool) -> None:
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:20]}"'
            fresh = response.status == HTTPStatus.OK and self._has(tag, response.changed)
            self.send_response(HTTPStatus.NOT_MODIFIED if fresh else response.status)
            if response.status == HTTPStatus.OK:
                self.send_header("ETag", tag)
                if response.changed:
                    self.send_header("Last-Modified", response.changed)
            if not fresh:
                self.send_header("Content-Type", response.content_type)
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if with_body and not fresh:
                self.wfile.write(response.body)

        def _has(self, tag: str, changed: str) -> bool:
            # RFC 9110 13.2.2: with If-None-Match given, If-Modified-Since does not count.
            if (tags := self.headers.get("If-None-Match")) is not None:
                return tag in tags
            return bool(changed) and self.headers.get("If-Modified-Since") == changed

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the demo's terminal belongs to the alerts."""

    return Handler

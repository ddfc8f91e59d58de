"""A news site on loopback that publishes what a test tells it to, and counts what it is asked for."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Post</title>
<meta property="article:published_time" content="{published}"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>{title}</h1><p class="byline">By Desk Reporter</p>{paragraphs}</article>
<footer>Harbour Post, all rights reserved</footer></body></html>"""


@dataclass(frozen=True)
class Story:
    slug: str
    title: str
    text: str  # paragraphs separated by blank lines
    published: datetime


@dataclass
class Site:
    """Serves `/rss`, `/robots.txt` and `/news/SLUG`. Use as a context manager."""

    stories: list[Story] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Site:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                status, kind, body = site.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish(self, slug: str, title: str, text: str, published: datetime | None = None) -> str:
        """Put a story at the top of the feed; returns its address."""
        self.stories.append(Story(slug, title, text, published or datetime.now(UTC)))
        return f"{self.url}/news/{slug}"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path == "/rss":
            return 200, "application/rss+xml", self._feed().encode()
        if path == "/robots.txt":
            return 200, "text/plain", b"User-agent: *\nDisallow: /private\n"
        for story in self.stories:
            if path == f"/news/{story.slug}":
                return 200, "text/html; charset=utf-8", _page(story).encode()
        return 404, "text/plain", b"not here"

    def _feed(self) -> str:
        items = "".join(
            f"<item><title>{escape(story.title)}</title><link>{self.url}/news/{story.slug}</link>"
            f"<guid>{story.slug}</guid><pubDate>{format_datetime(story.published)}</pubDate>"
            f"<description>{escape(story.text[:120])}</description></item>"
            for story in reversed(self.stories[-200:])  # as long as a real feed gets
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>{items}</channel></rss>'


def _page(story: Story) -> str:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.text.split("\n\n"))
    return _PAGE.format(title=escape(story.title), published=story.published.isoformat(), paragraphs=paragraphs)

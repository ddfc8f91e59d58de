"""Small pages of our own writing, for tests of extraction."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract import extract
from pipeline.values import Extract, Given

FOUND = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TITLE = "Ferry service returns to Port Lanter"
BODY = (
    "<p>The ferry between Port Lanter and the mainland will sail again from Monday, the harbour board said on Friday "
    "after a month of repairs to its engines.</p>"
    "<p>Up to 240 passengers can travel on each crossing, and the board promised three crossings a day until spring, "
    "when a second vessel is due to join the route.</p>"
    "<p>Islanders had complained that fresh food was running short in the shops of the old town.</p>"
)


def page(body: str = "", head: str = "", *, title: str = TITLE, text: str = BODY, language: str = "en") -> str:
    """A page with one article; `body` goes behind it, `head` into the head."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title} | Lanter Post</title>'
        f'<meta property="og:site_name" content="Lanter Post">{head}</head>'
        f"<body><header><nav>Home News Sport</nav></header><main><h1>{title}</h1>{text}{body}</main>"
        "<footer>Lanter Post 2026</footer></body></html>"
    )


def read(
    markup: str | bytes | None,
    *,
    url: str = "https://post.example.org/news/ferry-returns",
    content_type: str | None = "text/html",
    given: Given | None = None,
) -> Extract:
    """`markup` through the extractor."""
    body = markup.encode() if isinstance(markup, str) else markup
    return extract(body, url=url, content_type=content_type, given=given or Given(), found_at=FOUND)

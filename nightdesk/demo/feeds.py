"""One function per kind of feed; each gives the content type and the bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from core.clock import iso
from nightdesk.demo.edition import Edition, Entry
from nightdesk.demo.story import FeedKind

Feed = tuple[str, bytes]


def feed(edition: Edition) -> Feed:
    """The outlet's feed, newest first."""
    return _KINDS[edition.outlet.feed](edition)


def _html(entry: Entry) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in entry.paragraphs)


def _newest(edition: Edition) -> datetime:
    return max(entry.published for entry in edition.entries)


def _rss(edition: Edition, items: str, namespaces: str = "") -> Feed:
    outlet = edition.outlet
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"{namespaces}><channel>'
        f"<title>{escape(outlet.title)}</title><link>{edition.base}/</link><description>{escape(outlet.title)}</description>"
        f"<language>{outlet.language}</language><lastBuildDate>{format_datetime(_newest(edition))}</lastBuildDate>"
        f"{items}</channel></rss>\n"
    )
    return "application/rss+xml; charset=utf-8", text.encode()


def _rss_item(entry: Entry, more: str = "") -> str:
    return (
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>"
        f'<guid isPermaLink="false">{entry.key}</guid><pubDate>{format_datetime(entry.published)}</pubDate>'
        f"<description>{escape(entry.summary)}</description>{more}</item>\n"
    )


def _rss_summary(edition: Edition) -> Feed:
    return _rss(edition, "".join(_rss_item(entry) for entry in edition.entries))


def _rss_content(edition: Edition) -> Feed:
    items = (
        _rss_item(
            entry,
            f"<dc:creator>{escape(entry.byline)}</dc:creator>"
            f"<content:encoded><![CDATA[{_html(entry)}]]></content:encoded>",
        )
        for entry in edition.entries
    )
    modules = ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return _rss(edition, "".join(items), modules)


def _atom(edition: Edition) -> Feed:
    outlet = edition.outlet
    entries = "".join(
        f"<entry><title>{escape(entry.title)}</title><id>tag:{outlet.name}.example,2026:{entry.key}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(entry.link)}"/>'
        f"<published>{iso(entry.published)}</published><updated>{iso(entry.published)}</updated>"
        f"<summary>{escape(entry.summary)}</summary></entry>\n"
        for entry in edition.entries
    )
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.title)}</title><id>{edition.base}/</id><updated>{iso(_newest(edition))}</updated>"
        f'<author><name>{escape(outlet.title)}</name></author><link href="{edition.base}/"/>{entries}</feed>\n'
    )
    return "application/atom+xml; charset=utf-8", text.encode()


def _rdf(edition: Edition) -> Feed:
    listed = "".join(f'<rdf:li rdf:resource="{escape(entry.link)}"/>' for entry in edition.entries)
    items = "".join(
        f'<item rdf:about="{escape(entry.link)}"><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>'
        f"<description>{escape(entry.summary)}</description><dc:date>{iso(entry.published)}</dc:date></item>\n"
        for entry in edition.entries
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{edition.base}/feed"><title>{escape(edition.outlet.title)}</title>'
        f"<link>{edition.base}/</link><description>{escape(edition.outlet.title)}</description>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>{items}</rdf:RDF>\n"
    )
    return "application/rdf+xml; charset=utf-8", text.encode()


def _json(edition: Edition) -> Feed:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.outlet.title,
        "home_page_url": f"{edition.base}/",
        "feed_url": f"{edition.base}/feed",
        "language": edition.outlet.language,
        "items": [
            {
                "id": entry.key,
                "url": entry.link,
                "title": entry.title,
                "summary": entry.summary,
                "content_text": entry.summary,
                "date_published": iso(entry.published),
            }
            for entry in edition.entries
        ],
    }
    return "application/feed+json; charset=utf-8", json.dumps(document, ensure_ascii=False).encode()


_KINDS: dict[FeedKind, Callable[[Edition], Feed]] = {
    "rss_summary": _rss_summary,
    "rss_content": _rss_content,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
}

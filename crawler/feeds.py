"""Feeds, from bytes to entries: RSS 0.9x to 2.0 and RDF, Atom 0.3 and 1.0, JSON Feed.

lxml reads them; what it cannot read may be tried with `parse_loosely` (feedparser), which is slow and belongs in a
child process that can be killed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html.entities import html5
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from core.errors import NightdeskError
from core.urls import resolve
from crawler.charsets import declared_in_header, decode
from crawler.dates import read_date
from crawler.fields import Fields, tag_of, text_of
from crawler.plain import plain, plain_line, tidy

#: More entries than any feed of news has; of a longer one the newest are taken.
MAX_ENTRIES = 2000


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. Text is plain; `url` is absolute and otherwise as the feed has it."""

    guid: str | None
    url: str | None
    title: str | None
    text: str | None
    byline: str | None
    published: datetime | None
    outlet: str | None = None  # whose text it is, where the entry says so
    outlet_url: str | None = None
    modified: datetime | None = None  # when its page was touched last, where that is all that is known
    html: str | None = None  # its text as it came, where that holds links


@dataclass(frozen=True)
class Feed:
    title: str | None
    entries: tuple[Entry, ...]
    total: int  # entries in the document
    damaged: bool = False  # read as far as it could be


class FeedError(NightdeskError):
    """No entries could be read. `code`: empty, html, truncated, not_a_feed, damaged, ...; `kind`: of what."""

    def __init__(self, code: str, detail: str = "", kind: str = "feed") -> None:
        self.code = code
        self.kind = kind
        super().__init__(f"{code}: {detail}" if detail else code)

    @property
    def reason(self) -> str:
        """What a visit's record says: `feed_html`, `listing_empty`."""
        return f"{self.kind}_{self.code}"

    @property
    def worth_another_try(self) -> bool:
        """Whether a more patient parser might read it."""
        return self.kind == "feed" and self.code in ("damaged", "truncated", "not_a_feed")


def parse(body: bytes, *, url: str, content_type: str | None = None) -> Feed:
    """The feed in `body`, which was fetched from `url`. Raises FeedError."""
    try:
        return _parse(body, url, content_type)
    except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
        raise FeedError("damaged", f"{type(error).__name__}: {str(error)[:100]}") from error


def _parse(body: bytes, url: str, content_type: str | None) -> Feed:
    start = body[:1024].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    if not start.strip():
        raise FeedError("empty")
    if start.startswith((b"{", b"[")):
        return _json_feed(body, url, content_type)
    if start.startswith((b"<!doctype html", b"<html")):
        raise FeedError("html", "a web page stands where a feed was")
    root, damaged = _root(body, content_type)
    return _xml_feed(root, url, damaged)


def parse_loosely(body: bytes, url: str, content_type: str | None = None) -> Feed:
    """As `parse`, with feedparser: slow, patient. Raises FeedError."""
    import feedparser

    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    # Bytes in a file object only: feedparser opens a string as a file or an address.
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries:
        raise FeedError("damaged", str(found.get("bozo_exception", ""))[:200])
    entries = [_loose_entry(one, url) for one in found.entries[: MAX_ENTRIES * 2]]
    return Feed(plain_line(found.feed.get("title")), newest(entries), len(found.entries), damaged=bool(found.bozo))


def newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """At most MAX_ENTRIES, in their order; of more, the latest by date, undated ones by place."""
    every = [entry for entry in entries if entry.url or entry.guid or entry.title]
    if len(every) <= MAX_ENTRIES:
        return tuple(every)
    ranked = sorted(range(len(every)), key=lambda place: (_age(every[place]), place))[:MAX_ENTRIES]
    return tuple(every[place] for place in sorted(ranked))


def _age(entry: Entry) -> float:
    return -entry.published.timestamp() if entry.published else 0.0


# XML


def _parser(*, recover: bool = False, encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        encoding=encoding,
        remove_pis=True,
        remove_comments=True,
    )


def _root(body: bytes, content_type: str | None) -> tuple[etree._Element, bool]:
    """The document's root, and whether it had to be mended."""
    undeclared = b"encoding" not in body[:200] and body[:2] not in (b"\xff\xfe", b"\xfe\xff")
    if not (undeclared and declared_in_header(content_type) not in (None, "utf-8")):
        try:
            return etree.fromstring(body.lstrip(), _parser()), False
        except (etree.XMLSyntaxError, ValueError, LookupError):
            pass
    mended = _mend(decode(body, content_type))
    for recover in (False, True):
        try:
            root = etree.fromstring(mended, _parser(recover=recover, encoding="utf-8"))
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root, recover
    raise FeedError("damaged", "not XML")


_PROLOGUE = re.compile(r"^[^<]{0,2000}")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]{0,500}(?:\[[^\]]{0,20000}\]\s*)?>", re.I)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def _mend(text: str) -> bytes:
    """The usual faults removed: junk before the root, entities of HTML, bare ampersands, characters XML forbids."""
    body = _DECLARATION.sub("", _PROLOGUE.sub("", text, count=1), count=1)
    body = _FORBIDDEN.sub("", _DOCTYPE.sub("", body, count=1))

    def named(match: re.Match[str]) -> str:
        return match[0] if match[1] in _OF_XML else html5.get(match[1] + ";", f"&amp;{match[1]};")

    return _BARE_AMPERSAND.sub("&amp;", _ENTITY.sub(named, body)).encode()


def _xml_feed(root: etree._Element, url: str, damaged: bool) -> Feed:
    kind = tag_of(root)[1]
    if kind in ("html", "body", "head", "div"):
        raise FeedError("html", "a web page stands where a feed was")
    base = urljoin(url, root.get(_XML_BASE, ""))
    read: Callable[[etree._Element, str], Entry]
    found: Iterable[etree._Element]
    if kind == "feed":
        head = Fields(root)
        found, read = head.own("entry"), _atom_entry
    elif kind in ("rss", "rdf", "channel", "rss2"):
        head = Fields(next(iter(Fields(root).own("channel")), root))
        found, read = (one for one in root.iter("{*}item", "{*}Item", "item") if one.tag is not None), _rss_entry
    else:
        raise FeedError("not_a_feed", f"the root element is <{kind[:40]}>")
    every = list(found)
    if damaged and not every:
        raise FeedError("truncated", "it ends before the first entry")
    entries = newest(read(one, urljoin(base, one.get(_XML_BASE, ""))) for one in every[: MAX_ENTRIES * 10])
    return Feed(plain_line(head.text("title")), entries, len(every), damaged)


_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_CONTENT = ("http://purl.org/rss/1.0/modules/content/",)
_DC = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/")
_FEEDBURNER = ("http://rssnamespace.org/feedburner/ext/1.0",)


def _rss_entry(item: etree._Element, base: str) -> Entry:
    fields = Fields(item)
    guid_node = fields.first("guid")
    guid = tidy(text_of(guid_node))
    guid = guid or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    text = fields.foreign(_CONTENT, "encoded") or fields.text("description", "body", "summary", "fullitem")
    date = fields.text("pubdate", "date", "published") or fields.foreign(_DC, "date", "created", "issued", "modified")
    origin = fields.first("source")
    return Entry(
        guid=guid,
        url=_rss_link(fields, base, guid, guid_node),
        title=plain_line(fields.text("title") or fields.foreign(_DC, "title")),
        text=plain(text),
        byline=_byline(fields.foreign(_DC, "creator") or fields.text("author")),
        published=read_date(date),
        outlet=plain_line(text_of(origin)),
        outlet_url=resolve(base, origin.get("url")) if origin is not None else None,
        html=linked(text),
    )


def linked(html: str | None) -> str | None:
    """A text that holds links, as it is; of any other nothing."""
    return html if html and ("<a" in html or "<A" in html) else None


def _rss_link(fields: Fields, base: str, guid: str | None, guid_node: etree._Element | None) -> str | None:
    link = fields.first("link")
    named = (text_of(link) or link.get("href")) if link is not None else None
    if found := resolve(base, fields.foreign(_FEEDBURNER, "origlink")) or resolve(base, named):
        return found
    for child in fields.named("link"):  # an Atom link inside RSS
        if child.get("href") and child.get("rel", "alternate") == "alternate":
            return resolve(base, child.get("href"))
    is_link = guid_node is None or guid_node.get("isPermaLink", guid_node.get("ispermalink", "true")).lower() == "true"
    return resolve(base, guid) if guid and is_link and guid.lower().startswith(("http://", "https://")) else None


def _atom_entry(entry: etree._Element, base: str) -> Entry:
    fields = Fields(entry)
    author = fields.first("author")
    byline = Fields(author).text("name") if author is not None and len(author) else text_of(author)
    node = fields.first("source")
    origin = Fields(node) if node is not None else None
    html = _atom_text(fields.first("content")) or _atom_text(fields.first("summary"))
    return Entry(
        guid=tidy(fields.text("id")),
        url=_atom_link(fields, base),
        title=plain_line(_atom_text(fields.first("title"))),
        text=plain(html),
        byline=_byline(byline or fields.foreign(_DC, "creator")),
        published=read_date(fields.text("published", "issued", "created", "updated", "modified")),
        outlet=plain_line(_atom_text(origin.first("title"))) if origin is not None else None,
        outlet_url=_atom_link(origin, base) if origin is not None else None,
        html=linked(html),
    )


def _atom_link(fields: Fields, base: str) -> str | None:
    if found := resolve(base, fields.foreign(_FEEDBURNER, "origlink")):
        return found
    links = [link for link in fields.own("link") if link.get("href")]
    ranked = sorted(
        links, key=lambda link: (link.get("rel", "alternate") != "alternate", "html" not in link.get("type", "html"))
    )
    for link in ranked:
        if link.get("rel", "alternate") in ("alternate", "via", "related") and (
            found := resolve(base, link.get("href"))
        ):
            return found
    content, identity = fields.first("content"), fields.text("id")
    return resolve(base, content.get("src") if content is not None else None) or (
        resolve(base, identity) if identity and identity.lower().startswith(("http://", "https://")) else None
    )


def _atom_text(node: etree._Element | None) -> str | None:
    """What a text construct holds, as HTML; markup inside it becomes blocks again."""
    if node is None:
        return None
    if len(node) == 0:
        text = node.text or ""
        is_markup = node.get("type", "text") not in ("text", "text/plain")
        return (
            text
            if is_markup or ("&" not in text and "<" not in text)
            else text.replace("&", "&amp;").replace("<", "&lt;")
        )
    return str(etree.tostring(node, encoding="unicode", method="html", with_tail=False))


def _byline(text: str | None) -> str | None:
    """A name: of `desk@example.org (Ana Ruiz)` the second part."""
    name = plain_line(text)
    found = re.fullmatch(r"\S{1,80}@\S{1,80} \((.{1,200})\)", name or "")
    return (found[1] if found else name or "")[:200] or None


# JSON Feed


def _json_feed(body: bytes, url: str, content_type: str | None) -> Feed:
    try:
        data = json.loads(decode(body, content_type))
    except (ValueError, RecursionError) as error:
        raise FeedError("truncated" if body.rstrip()[-1:] not in (b"}", b"]") else "not_a_feed", "not JSON") from error
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not (_word(data, "version") or _word(data, "title")):
        raise FeedError("not_a_feed", "JSON, but no JSON Feed")
    base = _word(data, "home_page_url") or url
    entries = [_json_entry(item, urljoin(url, base)) for item in items[: MAX_ENTRIES * 10] if isinstance(item, dict)]
    return Feed(plain_line(_word(data, "title")), newest(entries), len(items))


def _json_entry(item: dict[str, Any], base: str) -> Entry:
    authors = item.get("authors")
    author = authors[0] if isinstance(authors, list) and authors else item.get("author")
    name = _word(author, "name") if isinstance(author, dict) else None
    text = plain(_word(item, "content_html")) or tidy(_word(item, "content_text")) or tidy(_word(item, "summary"))
    return Entry(
        guid=tidy(_word(item, "id")),
        url=resolve(base, _word(item, "url") or _word(item, "external_url") or _address(_word(item, "id"))),
        title=plain_line(_word(item, "title")),
        text=text,
        byline=_byline(name),
        published=read_date(_word(item, "date_published") or _word(item, "date_modified")),
        html=linked(_word(item, "content_html")),
    )


def _address(text: str | None) -> str | None:
    return text if text and text.startswith(("http://", "https://")) else None


def _word(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


# feedparser


def _loose_entry(one: Any, base: str) -> Entry:
    content = one.get("content") or [{}]
    published = one.get("published") or one.get("updated") or one.get("created")
    guid = tidy(one.get("id"))
    return Entry(
        guid=guid,
        url=resolve(base, one.get("feedburner_origlink") or one.get("link") or _address(guid)),
        title=plain_line(one.get("title")),
        text=plain(text := content[0].get("value") or one.get("summary")),
        byline=_byline(one.get("author")),
        published=read_date(published),
        html=linked(text),
    )

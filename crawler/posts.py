"""Pages whose items carry their whole text: public Telegram previews, notice boards of ministries. No page is fetched.

Telegram's preview (`t.me/s/CHANNEL`) is read by its own marks; any other board by the selector of its posts. An item's
text is the text of the post itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from core.urls import resolve, url_key
from crawler.dates import date_in_url, read_date
from crawler.feeds import MAX_ENTRIES, Entry, Feed, FeedError, linked
from crawler.listing import compiled, date_in, page_tree, text_of
from crawler.plain import plain, plain_line

_LONGEST_TITLE = 140
_SENTENCE_END = re.compile(r"(?<=[.!?。！？။။។])\s*")
_MADE = re.compile(r"[?&]notice=[0-9a-f]{12}$")
_HAS_CLASS = 'contains(concat(" ", normalize-space(@class), " "), " {} ")'


def is_telegram(url: str) -> bool:
    """Whether an address is one of Telegram's own: read by its marks, without a selector."""
    return (urlsplit(url).hostname or "").removeprefix("www.") in ("t.me", "telegram.me", "telegram.dog")


def preview_of(url: str) -> str:
    """The address of a channel's preview: `t.me/example` shows only a button, `t.me/s/example` its posts."""
    parts = urlsplit(url)
    names = [part for part in parts.path.split("/") if part]
    if is_telegram(url) and names and names[0] != "s":
        return f"https://t.me/s/{names[0]}"
    return url


def read_posts(body: bytes, *, url: str, content_type: str | None = None, item: str | None = None) -> Feed:
    """The posts on a page, the newest first. Raises FeedError of kind `posts`.

    `no_preview`: the channel shows none to the public; `empty`: a board without posts, or not where `item` looks.
    """
    root = page_tree(body, content_type, kind="posts")
    if item is None:
        return _telegram(root, url)
    entries = [entry for node in compiled(item)(root)[:MAX_ENTRIES] if (entry := _notice(node, url))]
    if not entries:
        raise FeedError("empty", f"{item!r} finds no post with a text", kind="posts")
    return Feed(plain_line(root.findtext(".//title")), tuple(entries), len(entries))


def headline(text: str) -> str:
    """A post's first line or sentence, as its title."""
    line = text.strip().partition("\n")[0].strip()
    if len(line) > _LONGEST_TITLE:
        line = _SENTENCE_END.split(line, maxsplit=1)[0]
    if len(line) > _LONGEST_TITLE:
        cut = line[:_LONGEST_TITLE]
        line = (cut.rpartition(" ")[0] if " " in cut[60:] else cut).rstrip(" ,;:，、") + "…"
    return line


def _telegram(root: etree._Element, url: str) -> Feed:
    title = _first_text(root, "tgme_channel_info_header_title")
    posts = [post for post in _with_class(root, "tgme_widget_message") if post.get("data-post")]
    if not posts:
        # A channel's preview has its own frame even without posts; what has none is a refusal.
        if title is None and not list(_with_class(root, "tgme_channel_history")):
            raise FeedError("no_preview", "the channel shows no posts to the public", kind="posts")
        raise FeedError("empty", "the channel has no posts", kind="posts")
    entries = [entry for post in reversed(posts) if (entry := _telegram_post(post, title))]
    return Feed(title, tuple(entries[:MAX_ENTRIES]), len(posts))


def _telegram_post(post: etree._Element, channel: str | None) -> Entry | None:
    number = (post.get("data-post") or "").strip("/")
    # A reply shows the text it answers inside itself, and the post's own text comes last.
    texts = [node for node in _with_class(post, "tgme_widget_message_text") if not _is_quoted(node)]
    text = _lines(texts[-1]) if texts else None
    if not text or not re.fullmatch(r"[\w]{1,64}/\d{1,12}", number):
        return None  # a picture or a film without words
    times = [one.get("datetime") for one in post.iter("time") if one.get("datetime")]
    author = _first_text(post, "tgme_widget_message_from_author")
    return Entry(
        guid=number,
        url=f"https://t.me/{number}",
        title=headline(text),
        text=text,
        byline=author,
        published=read_date(times[-1]) if times else None,
        outlet=channel,
        html=linked(_source(texts[-1])),
    )


def _is_quoted(node: etree._Element) -> bool:
    return any("message_reply" in (above.get("class") or "") for above in node.iterancestors())


def _notice(node: etree._Element, url: str) -> Entry | None:
    text = _lines(node)
    if not text:
        return None
    heading = next((found for one in node.iter("h1", "h2", "h3", "h4", "h5", "h6") if (found := text_of(one))), None)
    own = next((there for one in node.iter("a") if (there := _own_page(one, url))), None)
    named = node.get("id") or node.get("data-id")
    # A notice without a name is its own words: an edited one counts as new, a moved one does not.
    guid = own or named or hashlib.sha256(text.encode()).hexdigest()[:16]
    title, html = (heading or headline(text))[:500], linked(_source(node))
    return Entry(guid, own or made_address(url, guid), title, text, None, _date(node, own), html=html)


def _own_page(anchor: etree._Element, url: str) -> str | None:
    found = resolve(url, anchor.get("href"))
    if found is None or url_key(found) == url_key(url):
        return None
    return found if urlsplit(found).hostname == urlsplit(url).hostname else None


def made_address(url: str, guid: str) -> str:
    """An address of its own for what has none: sites pass over a parameter they do not know."""
    mark = hashlib.sha256(guid.encode()).hexdigest()[:12]
    bare = url.partition("#")[0]
    return f"{bare}{'&' if '?' in bare else '?'}notice={mark}"


def is_made(url: str) -> bool:
    """Whether an address is one of `made_address`: what stands there is not the item."""
    return _MADE.search(url) is not None


def _date(node: etree._Element, own: str | None) -> datetime | None:
    return date_in(node) or date_in_url(own or "")


def _with_class(node: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from node.xpath(f".//*[{_HAS_CLASS.format(name)}]")


def _first_text(node: etree._Element, name: str) -> str | None:
    return next((found for one in _with_class(node, name) if (found := text_of(one))), None)


def _lines(node: etree._Element) -> str | None:
    return plain(_source(node))


def _source(node: etree._Element) -> str:
    return str(etree.tostring(node, encoding="unicode", method="html", with_tail=False))

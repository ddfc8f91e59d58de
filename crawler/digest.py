"""Entries of aggregators that are lists of other outlets' stories: taken apart into the stories. Pure.

News searches put related coverage under a headline, digests name their sources behind each sentence, portals lead to a
page of their own that leads on. The text of a list is nobody's article; each link is the outlet's own. An article that
merely cites others is left whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from urllib.parse import urlsplit

from core.urls import resolve, site_of, url_key
from crawler.aggregator import host_of, is_wrapped, unwrap
from crawler.feeds import Entry, Feed, newest
from crawler.posts import headline

_LONGEST = 200_000
_MOST_LINKS = 60
_SHOWN_BY_LINKS = 0.5  # of the text of a list stands in blocks that link to outlets
_FEWEST_ENTRIES = 3
_LONGEST_LABEL = 60
# Each tag is read once, whatever it holds: see crawler.plain.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?][^<>]*>")
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]{1,3000})\"|'([^']{1,3000})'|([^\s\"'>]{1,3000}))", re.I)
_BLOCKS = frozenset("p div li ul ol tr td table h1 h2 h3 h4 h5 h6 blockquote section article dt dd hr".split())
#: Places where stories are shared, not published.
_SHARING = frozenset(
    "facebook.com twitter.com x.com t.me telegram.me instagram.com youtube.com youtu.be linkedin.com pinterest.com "
    "reddit.com wa.me whatsapp.com line.me tiktok.com threads.net bsky.app apple.com addtoany.com".split()
)
#: What a link says that is neither a headline nor an outlet's name.
_SAYS_NOTHING = re.compile(
    r"[\W\d_]*(?:(?:read|see|view|learn) (?:more|full|on)?.*|more|full (?:story|article|text)|sources?|links?|here|via|"
    r"original|article|continue.*|baca.*|selengkapnya|xem (?:thêm|tiếp)|nguồn|ที่มา|อ่านต่อ|อ่านเพิ่มเติม|ดูเพิ่มเติม|"
    r"来源|來源|原文|链接|連結|阅读更多|閱讀更多|全文|출처|더보기|原文へ|続きを読む)?[\W\d_]*",
    re.I,
)


@dataclass
class _Link:
    url: str
    text: str = ""
    wrapped: bool = False


@dataclass
class _Block:
    """What stands together: a list item, a paragraph, a line."""

    text: str = ""
    links: list[_Link] = field(default_factory=list)


def taken_apart(feed: Feed, url: str) -> Feed:
    """A feed with the stories of its lists in the place of the lists; `url` is the aggregator's own address."""
    homes = _homes(feed.entries, url)
    entries: list[Entry] = []
    for entry in feed.entries:
        entries += stories_in(entry, homes) or [entry]
    return replace(feed, entries=newest(entries))


def stories_in(entry: Entry, homes: frozenset[str]) -> list[Entry]:
    """The stories that an entry lists, each to be booked to its outlet; none where it is no list.

    `homes` are the aggregator's own sites. What the entry itself leads to stays, unless that is only the list.
    """
    if not entry.html:
        return []
    blocks = [_outward(block, homes) for block in _blocks(entry.html[:_LONGEST], entry.url or "")]
    stories = {url_key(story.url or ""): story for block in blocks for story in _stories(block, entry)}
    said = sum(len(block.text) for block in blocks)
    if sum(len(block.text) for block in blocks if block.links) < _SHOWN_BY_LINKS * said:
        return []
    own = unwrap(entry.url) if entry.url else None
    if own is None or (own.wrapped is None and _site(own.url) in homes):
        return _led_on(entry, list(stories.values()))
    if len({_who(story) for story in stories.values()}) < 2:
        return []
    mine = stories.pop(url_key(own.url), None)
    if own.wrapped is None and (mine is None or not _are_headlines(blocks)):
        return []
    return [replace(entry, text=mine.text if mine else None, html=None), *stories.values()]


def _led_on(entry: Entry, stories: list[Entry]) -> list[Entry]:
    """The stories of an entry that leads to the aggregator itself; one alone is what the entry is about."""
    if len(stories) != 1:
        return stories
    (story,) = stories
    return [replace(entry, url=story.url, outlet=story.outlet, published=story.published, html=None)]


def _who(story: Entry) -> str | None:
    return story.outlet if is_wrapped(story.url or "") else host_of(story.url or "")


def _homes(entries: Iterable[Entry], url: str) -> frozenset[str]:
    """The sites that are the aggregator's own: of its feed, and the one that all its entries lead to."""
    led = Counter(_site(unwrap(entry.url).url) for entry in entries if entry.url)
    alone = {site for site in led if len(led) == 1 and led[site] >= _FEWEST_ENTRIES}
    return frozenset({_site(url), *alone} - {""})


def _site(url: str) -> str:
    try:
        return site_of(url)
    except ValueError:
        return ""


def _outward(block: _Block, homes: frozenset[str]) -> _Block:
    """A block with those of its links that lead to articles of others."""
    found = []
    for link in block.links:
        there = unwrap(link.url)
        site = _site(there.url)
        is_page = bool(urlsplit(there.url).path.strip("/") or urlsplit(there.url).query)
        if there.wrapped or (site and is_page and site not in homes and site not in _SHARING):
            found.append(_Link(there.url, " ".join(link.text.split()), there.wrapped is not None))
    return _Block(" ".join(block.text.split()), found)


def _stories(block: _Block, entry: Entry) -> Iterator[Entry]:
    for link in block.links[:_MOST_LINKS]:
        rest = _around(block, link)
        is_headline = _is_headline(link.text)
        title = link.text if is_headline else headline(_without_links(block)) or entry.title
        label = rest if is_headline else link.text
        yield Entry(
            guid=None,
            url=link.url,
            title=title[:500] if title else None,
            text=block.text if len(block.text) > len(title or "") + _LONGEST_LABEL else None,
            byline=None,
            # Its own page says when it came out; the list came later.
            published=entry.published if link.wrapped else None,
            outlet=_name(label),
        )


def _is_headline(text: str) -> bool:
    """Whether a link's words are a headline rather than a name, a number or `read more`."""
    if _says_nothing(text):
        return False
    return len(text.split()) >= 5 or sum(3 if letter > "\u0e00" else 1 for letter in text) >= 36


def _says_nothing(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and _SAYS_NOTHING.fullmatch(text) is not None


def _around(block: _Block, link: _Link) -> str:
    """What a block says besides its one link; nothing where it has several."""
    return block.text.replace(link.text, " ", 1) if len(block.links) == 1 else ""


def _without_links(block: _Block) -> str:
    """A sentence without the names of its sources behind it."""
    text = block.text
    for link in block.links:
        text = text.replace(link.text, "", 1) if link.text else text
    return re.sub(r"\s*[(\[【（][\s,;/、，|&and]*[)\]】）]|\s+[,;|]+(?=\s|$)", "", text).strip(" –—-|,;:→►")


def _name(label: str) -> str | None:
    """An outlet's name, where what stands beside a link is nothing but that."""
    name = " ".join(label.split()).strip(" –—-|,;:()[]【】（）·•")
    if not name or len(name) > _LONGEST_LABEL or _says_nothing(name) or re.search(r"[.!?。] ", name):
        return None
    return name


def _are_headlines(blocks: Iterable[_Block]) -> bool:
    """Whether the links are the text: a list of headlines with the names of their outlets."""
    linked = [block for block in blocks if block.links]
    inside = sum(len(link.text) for block in linked for link in block.links)
    return inside >= 0.5 * sum(len(block.text) for block in blocks)


def _blocks(html: str, base: str) -> Iterator[_Block]:
    """The blocks of a piece of HTML with their links."""
    block, link, position = _Block(), None, 0
    for tag in _TAG.finditer(html):
        words = html[position : tag.start()]
        _say(block, link, words)
        position = tag.end()
        name = (tag[2] or "").lower()
        if name == "a":
            link = None
            found = _HREF.search(tag[3]) if not tag[1] else None
            if found is not None and (there := resolve(base, unescape(found[1] or found[2] or found[3]))):
                link = _Link(there)
                block.links.append(link)
        elif name in _BLOCKS or (name == "br" and block.links):
            if block.text.strip():
                yield block
            block, link = _Block(), None
        else:
            _say(block, link, " " if name else "")
    _say(block, link, html[position:])
    if block.text.strip():
        yield block


def _say(block: _Block, link: _Link | None, html: str) -> None:
    words = unescape(html).replace("\xa0", " ")
    block.text += words
    if link is not None:
        link.text += words

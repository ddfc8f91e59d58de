"""Section pages: the links of a list of articles, by a selector or by the pattern that the page's own links show.

Without a selector the page's links are grouped by the shape of their address and their place in the document; the
group that looks most like headlines is the list. What cannot be a list says why: see `FeedError.code`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import log2
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml.cssselect import CSSSelector

from core.urls import resolve, site_of, url_key
from crawler.charsets import decode
from crawler.dates import date_in_url, find_date, read_date
from crawler.feeds import MAX_ENTRIES, Entry, Feed, FeedError
from crawler.plain import plain_line

_LONGEST = 4_000_000  # characters of a page that are looked at
_MOST_LINKS = 5_000
_FEWEST = 3  # links that make a list, where no selector says so
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.I)
_AROUND = frozenset({"nav", "header", "footer", "aside", "form", "noscript"})
_AROUND_NAMES = re.compile(
    r"\b(?:nav|menu|navbar|breadcrumbs?|footer|sidebar|social|share|tags?|pagination|pager|lang(?:uage)?s?|login)\b",
    re.I,
)
_TEASER = re.compile(r"^(?:read|see|learn|show|view) (?:more|all)\b|^(?:more|details?|click here)$|^[\W\d_]*$", re.I)
_NO_ARTICLE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|mp[34]|zip|docx?|xlsx?|css|js|xml|rss)$"
    r"|/(?:tag|tags|category|author|login|register|search|contact|about|privacy|subscribe)(?:/|$)",
    re.I,
)


@dataclass(frozen=True)
class _Link:
    node: etree._Element
    url: str
    text: str
    shape: str
    place: str
    around: bool  # in a menu, a footer and the like


def read_listing(body: bytes, *, url: str, content_type: str | None = None, item: str | None = None) -> Feed:
    """The list on a page; `item` is the CSS selector of its links or of the blocks that hold one each.

    Raises FeedError of kind `listing`: `empty` (no list, or the selector finds nothing), `alike` (all links are one),
    `not_a_page`.
    """
    root = page_tree(body, content_type)
    base = _base(root, url)
    title = plain_line(root.findtext(".//title"))
    chosen = _selected(root, item, base) if item else _learned(root, base, url)
    if not chosen:
        raise FeedError("empty", f"{item!r} finds no link" if item else "no list of articles", kind="listing")
    if len(chosen) >= _FEWEST and len({url_key(link.url) for link in chosen}) == 1:
        raise FeedError("alike", "all links of the list lead to one page", kind="listing")
    entries = _entries(chosen)
    return Feed(title, entries[:MAX_ENTRIES], len(entries))


def page_tree(body: bytes, content_type: str | None, kind: str = "listing") -> etree._Element:
    """A page as a tree. Raises FeedError."""
    if not body.strip():
        raise FeedError("empty", "nothing came", kind=kind)
    if body.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")):
        raise FeedError("not_a_page", kind=kind)
    declared = _META_CHARSET.search(body[:4096])
    told = (
        content_type
        if "charset" in (content_type or "") or not declared
        else f"text/html; charset={declared[1].decode()}"
    )
    text = decode(body, told)[:_LONGEST].replace("\x00", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError("not_a_page", str(error)[:100], kind=kind) from error
    if root is None:
        raise FeedError("not_a_page", kind=kind)
    return root


def compiled(selector: str) -> CSSSelector:
    """A selector ready for use. Raises ValueError that says what is wrong."""
    if len(selector) > 200:
        raise ValueError("a selector of more than 200 characters")
    try:
        return CSSSelector(selector, translator="html")
    except Exception as error:  # cssselect and lxml each have errors of their own
        raise ValueError(f"not a CSS selector: {error}") from error


def text_of(node: etree._Element) -> str:
    """What a reader sees of a node, on one line."""
    parts: list[str] = []
    for piece in node.iter():
        if isinstance(piece.tag, str) and piece.tag in ("script", "style", "noscript", "template"):
            continue
        parts.append(piece.text or "")
        if piece is not node:
            parts.append(piece.tail or "")
    return plain_line(" ".join(parts).replace("<", "‹").replace("&", "&amp;")) or ""


def _blocks(node: etree._Element, owners: Mapping[etree._Element, str | None]) -> Iterator[etree._Element]:
    """A link and the blocks around it that hold no other link of the list."""
    yield node
    for above in islice(node.iterancestors(), 5):
        if above.tag in ("body", "main", "html") or owners.get(above) is None:
            return
        yield above


def _owners(links: Sequence[_Link]) -> dict[etree._Element, str | None]:
    """For each block the one article that its links lead to; None where there are several."""
    found: dict[etree._Element, str | None] = {}
    for link in links:
        key = url_key(link.url)
        for above in islice(link.node.iterancestors(), 8):
            found[above] = key if found.get(above, key) == key else None
    return found


def date_in(block: etree._Element) -> datetime | None:
    """The date that a block marks or writes."""
    for time in block.iter("time"):
        if found := read_date(time.get("datetime")) or find_date(text_of(time)):
            return found
    words = text_of(block)
    return find_date(words[:400]) or find_date(words[-400:])


def _heading_in(block: etree._Element) -> str | None:
    return next((text for one in block.iter("h1", "h2", "h3", "h4", "h5") if (text := text_of(one))), None)


def _base(root: etree._Element, url: str) -> str:
    named = root.find(".//base[@href]")
    return resolve(url, named.get("href")) or url if named is not None else url


def _selected(root: etree._Element, item: str, base: str) -> list[_Link]:
    found: list[_Link] = []
    for node in compiled(item)(root)[:_MOST_LINKS]:
        anchor = node if node.tag == "a" else next(node.iter("a"), None)
        if anchor is None:
            anchor = next(node.iterancestors("a"), None)
        address = resolve(base, anchor.get("href")) if anchor is not None else None
        if anchor is None or address is None:
            continue
        found.append(_Link(anchor, address, _title(anchor) or text_of(node)[:300], "", "", False))
    return found


def _learned(root: etree._Element, base: str, url: str) -> list[_Link]:
    """The group of links that looks like a list of articles; none where nothing does."""
    links = [link for link in _links(root, base) if _same_site(link.url, url) and url_key(link.url) != url_key(url)]
    groups: dict[tuple[str, str], list[_Link]] = defaultdict(list)
    for link in links:
        if not link.around and not _NO_ARTICLE.search(urlsplit(link.url).path):
            groups[link.shape, link.place].append(link)
    scored = sorted(((_likeness(group), key) for key, group in groups.items()), reverse=True)
    if not scored or scored[0][0] <= 0:
        if len(links) >= _FEWEST and len({url_key(link.url) for link in links}) == 1:
            return links
        return []
    best, (shape, _) = scored[0]
    # The same kind of address elsewhere on the page belongs to it: the lead story, a second column.
    places = {place for score, (other, place) in scored if other == shape and score > best / 8}
    more = [key for score, key in scored if score > best / 2 and _article_like(key[0])]
    wanted = {(shape, place) for place in places} | set(more) | {scored[0][1]}
    return [link for link in links if (link.shape, link.place) in wanted]


def _links(root: etree._Element, base: str) -> list[_Link]:
    found: list[_Link] = []
    for anchor in root.iter("a"):
        address = resolve(base, anchor.get("href"))
        if address is None or (anchor.get("href") or "").lstrip().startswith("#"):
            continue
        place, around = _place(anchor)
        found.append(_Link(anchor, address, _title(anchor), shape_of(address), place, around))
        if len(found) >= _MOST_LINKS:
            break
    return found


def _title(anchor: etree._Element) -> str:
    """A link's headline: its words, else its title, else the text of its picture."""
    heading = next((one for one in anchor.iter("h1", "h2", "h3", "h4", "h5") if text_of(one)), None)
    text = text_of(heading) if heading is not None else text_of(anchor)
    said = plain_line(anchor.get("title")) or ""
    if not text or _TEASER.search(text) or (text.endswith(("...", "…")) and len(said) > len(text)):
        picture = next((one.get("alt") for one in anchor.iter("img") if one.get("alt")), None)
        text = said or plain_line(picture) or text
    return text[:500]


def _place(anchor: etree._Element) -> tuple[str, bool]:
    """The way to a link through its nearest ancestors, and whether it leads through what surrounds the content."""
    steps: list[str] = []
    around = False
    for depth, above in enumerate(anchor.iterancestors()):
        name = f"{above.get('class') or ''} {above.get('id') or ''}".replace("_", "-").replace("-", " ")
        if above.tag in _AROUND and not (above.tag == "header" and _in_article(above)):
            around = True
        elif above.tag not in ("body", "html") and len(name) < 120 and _AROUND_NAMES.search(name):
            around = True
        if depth < 4:
            steps.append(f"{above.tag}.{(above.get('class') or '').partition(' ')[0]}")
        elif around:
            break
    return " ".join(steps), around


def _in_article(node: etree._Element) -> bool:
    return next(node.iterancestors("article", "li"), None) is not None


def shape_of(url: str) -> str:
    """An address with what differs between articles left out: `/news/2026/a-raid-in-poipet-41` is `/news/9/s`."""
    parts = urlsplit(url)
    path = [_part(part) for part in parts.path.split("/") if part]
    query = "&".join(sorted(f"{name}={_part(value)}" for name, _, value in _pairs(parts.query) if name != "page"))
    return f"{(parts.hostname or '').removeprefix('www.')}/{'/'.join(path)}{'?' + query if query else ''}"


def _pairs(query: str) -> Iterable[tuple[str, str, str]]:
    return (pair.partition("=") for pair in query.split("&")[:20] if pair)


def _part(part: str) -> str:
    text = unquote(part)
    if text.isdigit():
        return "9"
    stem, dot, ending = text.rpartition(".")
    if dot and re.fullmatch(r"s?html?|aspx?|php|do|jsp", ending):
        return f"{_part(stem)}.{ending}"
    if not text.isascii() or len(re.findall(r"[-_+ ]", text)) >= 2 or len(text) > 24:
        return "s"
    return "9" if any(letter.isdigit() for letter in text) else text.lower()


def _article_like(shape: str) -> bool:
    path = shape.partition("/")[2]
    return bool(re.search(r"(?:^|/|=)[9s](?:\.|$|/|&)", path))


def _likeness(group: Sequence[_Link]) -> float:
    """How much a group of links looks like a list of headlines; none at or below 0."""
    addresses = {url_key(link.url) for link in group}
    if len(addresses) < _FEWEST:
        return 0.0
    longest: dict[str, str] = {}
    for link in group:
        key = url_key(link.url)
        longest[key] = max(longest.get(key, ""), link.text, key=len)
    titles = [title for title in longest.values() if title]
    if len(set(titles)) * 2 < len(addresses):  # "Read more", the same words under every link
        return 0.5 * log2(1 + len(addresses)) if _article_like(group[0].shape) else 0.0
    length = sum(min(_weight(title), 60) for title in titles) / len(addresses)
    if length < 12:
        return 0.0
    dated = sum(date_in_url(link.url) is not None for link in group) / len(group)
    shape = 2.0 if _article_like(group[0].shape) else 0.4
    return log2(1 + len(addresses)) * (length / 30) * shape * (1 + dated)


def _weight(title: str) -> float:
    """The length of a title as Latin letters would have it: a Han sign says as much as a short word."""
    return sum(2.5 if "\u2e80" <= letter <= "\uffef" else 1 for letter in title)


def _entries(links: Sequence[_Link]) -> tuple[Entry, ...]:
    """One entry for each address, with the best of its titles, in the order of the page."""
    mine: dict[str, list[_Link]] = defaultdict(list)
    for link in links:
        mine[url_key(link.url)].append(link)
    # Words that stand under many links ("Read more") are nobody's headline.
    common = Counter(link.text for group in mine.values() for link in {one.text: one for one in group}.values())
    owners = _owners(links)
    return tuple(_entry(group, common, owners) for group in mine.values())


def _entry(group: Sequence[_Link], common: Counter[str], owners: Mapping[etree._Element, str | None]) -> Entry:
    titles = [link.text for link in group if not _TEASER.search(link.text) and common[link.text] < 3]
    blocks = [block for link in group[:3] for block in _blocks(link.node, owners)]
    return Entry(
        guid=None,
        url=group[0].url,
        title=max(titles, key=len, default=None) or next((head for one in blocks if (head := _heading_in(one))), None),
        text=None,
        byline=None,
        published=date_in_url(group[0].url) or next((date for one in blocks if (date := date_in(one))), None),
    )


def _same_site(link: str, page: str) -> bool:
    try:
        return site_of(link) == site_of(page)
    except ValueError:
        return False

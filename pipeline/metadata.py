"""Title, byline, site and canonical address of a page, from what it says in several places that need not agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain, islice
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from core.text import clean
from core.urls import resolve, site_of
from pipeline.blocks import Flat
from pipeline.structured import Structured
from pipeline.tree import Page, text_of

_SEPARATOR = re.compile(
    r"\s+[|\-–—·•:»«/]+\s+|\s*[|｜]\s*|\s*--+\s*|\s*_\s*(?=[^_]*$)|(?<=[^\x00-\x7f])\s?[-–—]\s?(?=[^\x00-\x7f])"
)
_PART = re.compile(r"\s*[|｜»«•·]\s*|\s+[-–—/:]+\s+|:\s+")
_GENERIC = re.compile(r"(?:.{0,40}\b(?:print|home(?:page)?|news|untitled|article|index)|\W*)", re.I)
_PRINT_TITLE = re.compile(
    r"(?:^|[-–—|:]\s*)(?:print(?:able|er)?(?:[ -](?:version|friendly|view|page|article))*)\s*$", re.I
)
_BY = re.compile(
    r"^\s*(?:written by|reported by|story by|text by|by|von|par|por|di|oleh|penulis|reporter|editor|autor[ea]?|bởi|"
    r"tác giả|автор|"
    r"作者|記者|记者|文|撰文|글|기자|โดย|ผู้เขียน)\s*[:：]?\s+|^\s*(?:作者|記者|记者|文|撰文|Penulis|Oleh|Reporter|"
    r"โดย)\s*[:：/／]\s*",
    re.I,
)
_BYLINE_LINE = re.compile(
    r"(?:^|[\s　|·])(?:By|By:|Written by|Von|Par|Oleh|Penulis:?|作者[:：]|記者[:：／/]?|记者[:：]?)\s*([^\n|"
    r"·　]{2,60})"
)
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author|by|writer|credits?|penulis|reporter|redaktur|autor|auteur)(?:$|[\s_-]|name)", re.I
)
_NOT_A_NAME = re.compile(
    r"https?:|@|\d{3,}|\b(?:says|said|sagt|required|erforderlich)\b|^(?:name|no author)\b|"
    r"^(?:admin|administrator|editor|staff|webmaster|redaksi|news desk|unknown|none|null|"
    r"anonymous)$",
    re.I,
)


def metas(tree: etree._Element) -> dict[str, str]:
    """Every meta of the page by lower-case name, the first of each."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        get = meta.get
        name = get("property") or get("name") or get("itemprop") or get("http-equiv")
        content = get("content")
        if name and content and (content := content.strip()):
            found.setdefault(name.strip().lower(), content)
    return found


def page_title(tree: etree._Element, meta: dict[str, str], structured: Structured) -> str:
    """The headline: what heading, Open Graph and data agree on, without the site's name."""
    element = next(tree.iter("title"), None)
    head = "" if element is None else _line(text_of(element))
    if _PRINT_TITLE.search(head):
        head = ""
    site = site_name(meta, structured) or ""
    shared = _line(meta.get("og:title") or meta.get("twitter:title") or meta.get("title") or meta.get("dc.title") or "")
    named = _line(unescape(structured.headline or ""))
    headings = [text for h1 in tree.iter("h1") if 3 < len(text := _line(text_of(h1))) < 300]
    for claim in (shared, named, head):
        for heading in headings:
            # A heading that the head repeats is the headline, whatever else the page has.
            if claim and len(heading) > 8 and _key(heading) != _key(site) and _repeats(claim, heading):
                return _unglued(_without_end(heading, site), claim)
    for claim in (_without_site(named, site), _without_site(shared, site)):
        if claim and not _is_generic(claim, site):
            return claim
    if (heading := _heading_in(tree, head)) or not _is_generic(heading := _without_site(head, site), site):
        return heading
    if len(headings) == 1 and not _is_generic(headings[0], site):
        return headings[0]
    return _prominent_line(tree) or next(iter(headings), "") or _without_site(shared, site) or _without_site(head, site)


def _heading_in(tree: etree._Element, head: str) -> str:
    """The heading that is the longest part of the page's title, where nothing else tells headline from site."""
    longest = max(map(_key, _PART.split(head)), key=len)
    lines = (_line(text_of(heading)) for heading in islice(tree.iter("h1", "h2", "h3"), 12))
    return next((line for line in lines if len(line) > 8 and _key(line) == longest), "")


def _unglued(heading: str, claim: str) -> str:
    """`heading`, or `claim` where they differ only in what sets a kicker apart: its own line there, a colon here."""
    parts = _PART.split(claim)
    return claim if len(parts) > 1 and len(_PART.split(heading)) == 1 and _key(claim) == _key(heading) else heading


def _repeats(other: str, heading: str) -> bool:
    """Whether `other` is `heading`, or begins with it and goes on with little more than the site's name."""
    one, two = _key(other), _key(heading)
    return two in one and (one.startswith(two) or len(two) > 0.7 * len(one)) and len(two) > 0.4 * len(one)


def _line(text: str) -> str:
    return " ".join(clean(text.replace("\xad", "")).split()).rstrip("¶").rstrip()


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _without_site(title: str, site: str) -> str:
    """`title` without the parts at its ends that name the site."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if site:
        for known in (parts[-1], parts[0]):
            if _key(known) and _key(known) == _key(site):
                return _cut(title, known, known is parts[0])
    head = max(parts, key=len)
    # The longest part is the headline if it is a sentence and the rest is short; else leave the title whole.
    tail = title[len(parts[0]) :]
    if head is parts[0] and _width(head) > _width(parts[-1]) and _width(parts[-1]) <= 30 and len(tail) < len(title) / 2:
        return _cut(title, parts[-1], False)
    return title


def _without_end(title: str, site: str) -> str:
    """`title` without the site's name behind it."""
    last = _SEPARATOR.split(title)[-1]
    return _cut(title, last, False) if site and last != title and _key(last) == _key(site) else title


def _cut(title: str, part: str, leading: bool) -> str:
    rest = title[len(part) :] if leading else title[: title.rfind(part)]
    return re.sub(r"^[\s|｜\-–—·•:»«/_]+|[\s|｜\-–—·•»«/_]+$", "", rest) or title


def _width(text: str) -> int:
    return sum(1 if character < "\u0e00" else 2 for character in text)


def _is_generic(title: str, site: str) -> bool:
    return (
        len(title) < 4
        or (bool(site) and _key(title) == _key(site))
        or (len(title) < 60 and _GENERIC.fullmatch(title) is not None)
    )


def _prominent_line(tree: etree._Element) -> str:
    """The first large or bold line of a page without headings, as print versions set their headline."""
    for element in tree.iter("font", "b", "strong", "h2", "h3", "big"):
        if element.tag == "font" and (element.get("size") or "").strip() not in {"4", "5", "6", "7", "+2", "+3"}:
            continue
        text = _line(text_of(element))
        if 12 <= _width(text) <= 200:
            return text
    return ""


def site_name(meta: dict[str, str], structured: Structured) -> str | None:
    return _line(meta.get("og:site_name") or structured.publisher or meta.get("application-name") or "")[:120] or None


_AUTHOR_METAS = ("author", "article:author", "dc.creator", "byl", "parsely-author")


def page_byline(
    page: Page, flat: Flat, heading: int | None, meta: dict[str, str], structured: Structured
) -> str | None:
    """Who wrote it, as the page says; None rather than a guess."""
    candidates = (structured.author, *(meta.get(name) for name in _AUTHOR_METAS))
    named = chain(candidates, _marked_authors(page), _printed_authors(flat, heading))
    return next((name for text in named if (name := _name(text))), None)


def _marked_authors(page: Page) -> Iterator[str]:
    """What stands in elements marked as the author's."""
    for attribute in ("rel", "itemprop"):
        if f'{attribute}="author"' in page.markup or f"{attribute}=author" in page.markup:
            for element in page.tree.iterfind(f'.//*[@{attribute}="author"]'):
                yield text_of(element)


def _printed_authors(flat: Flat, heading: int | None) -> Iterator[str]:
    """Names near the heading in elements called so, then in lines that begin as a byline does."""
    first = max(0, heading - 6) if heading is not None else 0
    end = heading + 12 if heading is not None else 60
    lines = [(element, words) for at, element, words in flat.asides if first <= at < end]
    lines += [(flat.boxes[block.box].element, block.text) for block in flat.blocks[first:end]]
    lines = [(element, words) for element, words in lines if 3 < len(words) < 150]
    for element, words in lines:
        outer = element.getparent()
        called = f"{element.get('class', '')} {element.get('id', '')} {'' if outer is None else outer.get('class', '')}"
        if _BYLINE_CLASS.search(called):
            match = _BYLINE_LINE.search(words)
            if match or len(words) < 60:
                yield match[1] if match else words
    for _, words in lines:
        match = _BYLINE_LINE.search(words) if len(words) < 100 else None
        if match and not match[1][0].islower() and len(match[1].split()) < 6:
            yield match[1]


def _name(text: str | None) -> str | None:
    line = _line(text or "")
    line = _BY.sub("", line)
    line = re.split(r"\s*(?:\||·|　| in (?=[A-Z])|责任编辑|責任編輯|来源|\d{1,2}[:/.]\d{1,2}|\b(?:19|20)\d\d\b)", line)[
        0
    ].strip(" ,;:-–—/")
    line = re.sub(r"\s*기자$", "", line)
    if not 2 <= len(line) <= 120 or _NOT_A_NAME.search(line) or len(line.split()) > 12:
        return None
    return line


_DEVICE = re.compile(r"^(?:www\d?|m|amp|mobile|touch|wap)\.")
_PRINT_PARAMETERS = frozenset({"print", "printable", "amp", "output", "outputtype", "pf", "printer", "view"})
_SUFFIXES = re.compile(r"^(?:amp|print|printable|index\.\w+|\d{1,3}|page|\.amp|\?.*)$", re.I)


def canonical_url(tree: etree._Element, meta: dict[str, str], structured: Structured, url: str) -> str | None:
    """The address the page itself calls its own; only on the same site, and never a home page or a section."""
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    for claim in (*links[:1], meta.get("og:url"), structured.url):
        address = resolve(url, claim) if claim else None
        try:
            if address and _is_plausible(address, url):
                return address
        except ValueError:
            continue
    return _without_print(url)


def _same_site(one: str, other: str) -> bool:
    return _host(one) == _host(other) or site_of(one) == site_of(other)


def _host(url: str) -> str:
    return _DEVICE.sub("", (urlsplit(url).hostname or "").lower())


def _is_plausible(address: str, url: str) -> bool:
    # Another site's address is no proof: a copy may name its original, but then anybody may name anybody.
    # Caches of AMP pages carry the publisher's host in their own path.
    if not _same_site(address, url) and f"/{urlsplit(address).netloc}/" not in url:
        return False
    there, here = urlsplit(address), urlsplit(url)
    steps, own = _steps(there.path), _steps(here.path)
    if not steps and not there.query:
        return False
    if steps == own and here.query and not there.query:
        # `index.php` without the number that tells its articles apart is no article.
        return not re.search(r"\.(?:php|aspx?|jsp|cgi|cfm)$", there.path)
    shorter = len(steps) < len(own) and own[: len(steps)] == steps
    return not shorter or all(_SUFFIXES.match(step) for step in own[len(steps) :])


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step]


def _without_print(url: str) -> str | None:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [
        (key, value)
        for key, value in pairs
        if not (key.lower() in _PRINT_PARAMETERS and value.lower() in {"", "1", "true", "print", "amp", "yes"})
    ]
    return urlunsplit(parts._replace(query=urlencode(kept))) if len(kept) < len(pairs) else None

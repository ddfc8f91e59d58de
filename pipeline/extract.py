"""One page to one article: pure and picklable, made to run in a child process that may be killed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from core.text import clean
from pipeline import pagekind
from pipeline.beside import Marked
from pipeline.blocks import flatten, size
from pipeline.body import bare_text, enough, fallback_text, main_text, second_opinion, teaser_text, tidy
from pipeline.bylines import without_bylines
from pipeline.charset import decode
from pipeline.head import Head
from pipeline.language import detect_language, normal_tag
from pipeline.metadata import canonical_url, page_byline, site_name
from pipeline.paywall import asks_for_payment
from pipeline.published import choose_published, is_sane, page_dates, url_date
from pipeline.structured import plain
from pipeline.tree import Page, parse, text_of
from pipeline.values import Extract, Given

_TEXT_BYTES = bytes(range(0x20, 0x100)) + b"\t\n\r\x0c\x1b\x00"
_MAX_TEXT = 400_000
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[…\])\s*$")
_TEASER_SIZE = 1200


def extract(body: bytes | None, *, url: str, content_type: str | None, given: Given, found_at: datetime) -> Extract:
    """The article on a page, or why there is none. A refused page (no body) falls back on what came with it."""
    handed_in = given.whole and (content_type or "").startswith("text/plain")
    page = parse(decode(body, content_type)) if body and not handed_in and _is_text(body, content_type) else None
    if page is None:
        return _without_page(body, url=url, given=given, found_at=found_at)
    found = _read(page, url=url, given=given, found_at=found_at)
    if given.whole and given.text:
        return _given(replace(found, text_from="given"), given)
    if found.state in {"empty", "blocked"} and (given.text or "").strip():
        return _from_feed(found, given)
    return found


def _is_text(body: bytes, content_type: str | None) -> bool:
    if body[:5] == b"%PDF-" or body[:4] in (b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff\xe0"):
        return False
    controls = len(body[:20_000].translate(None, _TEXT_BYTES))
    if controls > 200 and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return not (content_type or "").lower().startswith(("image/", "audio/", "video/", "font/"))


def _read(page: Page, *, url: str, given: Given, found_at: datetime) -> Extract:
    head = Head(page)
    title = head.title or clean(given.title or "").strip()
    flat = flatten(page.body)
    marked = Marked(flat, title)
    declared = page.tree.get("lang") or page.tree.get("xml:lang") or head.meta.get("og:locale") or given.language
    dates = []
    if given.published_at is None or not is_sane(given.published_at, found_at):
        language = _zone_language(marked, title, declared)
        dates = page_dates(page, flat, marked.heading, head.meta, head.published, language, found_at, url_date(url))
    site = site_name(head.meta, head.data)
    byline = page_byline(page, flat, marked.heading, head.meta, head.data) or head.embedded.author or given.byline
    canonical = canonical_url(page.tree, head.meta, head.data, url)

    verdict = pagekind.teasers(marked, f"{title}\n{head.raw_title}", url, head.data, head.meta)
    text = teaser_text(marked, title) if verdict else _text(page, marked, head, title)
    published = choose_published(given.published_at, whole=given.whole, page=dates, url=url, found_at=found_at)
    text = without_bylines(text, byline, published.day)
    cut = (len(text) < _TEASER_SIZE and size(text) < _TEASER_SIZE) or _CUT_SHORT.search(text) is not None
    result = Extract(
        state="article",
        reason="article",
        title=title,
        text=text,
        byline=byline,
        language=detect_language(f"{title}\n{text}", declared),
        published_at=published.at,
        published_from=published.origin,
        published_day=published.day,
        canonical_url=canonical,
        site_name=site or given.outlet,
        paywalled=cut and (head.data.free is False or asks_for_payment(text_of(page.body))),
    )
    headings = [block.text for block in marked.blocks if block.tag in {"h1", "h2"}]
    return _judged(result, verdict, head, headings)


def _zone_language(marked: Marked, title: str, declared: str | None) -> str | None:
    """The language that says in which zone a printed time is: what is declared, else what the page begins with."""
    if (tag := normal_tag(declared)) is not None:
        return tag
    return detect_language("\n".join([title, *(block.text for block in marked.blocks[:100])])[:3000])


def _text(page: Page, marked: Marked, head: Head, title: str) -> str:
    """The article's text from where it is: on the page, else in data, else wherever some is found."""
    text = main_text(marked, title)
    if enough(text) and not (head.data.body and size(head.data.body) > 2 * size(text)):
        return text
    noscripts = [element for element in page.body.iter("noscript") if len(text_of(element)) > 150]
    hidden = fallback_text(head.data, head.embedded, noscripts, title)
    if size(hidden) > 1.3 * size(text):
        return hidden
    if enough(text):
        return text
    lenient = Marked(flatten(page.body, lenient=True), title)
    text = max(text, main_text(lenient, title), bare_text(marked, title), key=size)
    if enough(text):
        return text
    other = second_opinion(page.tree, title)
    return other if size(other) > 1.5 * size(text) else text


def _judged(result: Extract, verdict: pagekind.Verdict | None, head: Head, headings: list[str]) -> Extract:
    """The page's end state: walls and errors first, then lists, then whether anything is left to read."""
    wall = pagekind.wall(result.title, result.text, head.data)
    if wall is not None:
        return replace(result, state=wall.state, reason=wall.reason, text="")
    gone = pagekind.missing(result.title, headings, result.text, head.data)
    if gone is not None:
        return replace(result, state=gone.state, reason=gone.reason, title="", text="", canonical_url=None)
    if verdict is not None and not head.data.is_live_blog:
        return replace(result, state=verdict.state, reason=verdict.reason, canonical_url=None)
    if len(result.text) < 60 and size(result.text) < 60:
        return replace(result, state="empty", reason="empty: the page has a headline but no text", text="")
    if len(result.text) > _MAX_TEXT:
        end = result.text.rfind("\n\n", 0, _MAX_TEXT)
        text = result.text[: end if end > 0 else _MAX_TEXT]
        return replace(result, text=text, reason=f"article: cut to {len(text):,} of {len(result.text):,} characters")
    if result.paywalled:
        return replace(result, reason="article: only the part in front of the paywall")
    return result


def _without_page(body: bytes | None, *, url: str, given: Given, found_at: datetime) -> Extract:
    """No page to read: what the feed or the line said, else the reason why there is nothing."""
    published = choose_published(given.published_at, whole=given.whole, page=[], url=url, found_at=found_at)
    state, reason = (
        ("blocked", "blocked: the page was refused and nothing came with it")
        if body is None
        else ("empty", "empty: the page has no text")
    )
    bare = Extract(
        state=state,  # type: ignore[arg-type]
        reason=reason,
        title=" ".join(clean(given.title or "").split()),
        byline=given.byline,
        language=normal_tag(given.language),
        published_at=published.at,
        published_from=published.origin,
        published_day=published.day,
        site_name=given.outlet,
    )
    if given.whole and given.text:
        return _given(bare, given)
    return _from_feed(bare, given) if (given.text or given.title or "").strip() else bare


def _from_feed(found: Extract, given: Given) -> Extract:
    title = " ".join(clean(given.title or "").split()) or found.title
    text = without_bylines(tidy(plain(given.text or ""), title), found.byline, found.published_day)
    return replace(
        found,
        state="article",
        reason=f"article: the feed's own text; {found.reason}",
        title=title,
        text=text,
        text_from="feed",
        language=detect_language(f"{title}\n{text}", given.language or found.language),
        canonical_url=found.canonical_url if found.state == "empty" else None,
    )


def _given(found: Extract, given: Given) -> Extract:
    """A text that was handed in whole: stored as it is."""
    title = " ".join(clean(given.title or "").split()) or found.title
    text = clean(given.text or "").strip()
    return replace(
        found,
        state="article",
        reason="article: the text was given",
        title=title,
        text=text,
        text_from="given",
        byline=given.byline or found.byline,
        language=detect_language(f"{title}\n{text}", given.language),
        site_name=given.outlet or found.site_name,
        paywalled=False,
    )

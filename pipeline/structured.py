"""What a page says of itself to machines: JSON-LD, and the state that single-page applications embed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring

from pipeline.tree import Script

_ARTICLE = re.compile(r"(Article|BlogPosting|Reportage|Report|Review|LiveBlogPosting|SocialMediaPosting)$")
_LIST_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})
_BODY_KEYS = (
    "articleBody",
    "body_html",
    "bodyHtml",
    "bodyHTML",
    "articleBodyHtml",
    "content_html",
    "contentHtml",
    "body",
    "content",
    "html",
    "text",
)
_TITLE_KEYS = ("headline", "title", "name")
_DATE_KEYS = (
    "datePublished",
    "published_at",
    "publishedAt",
    "publishDate",
    "publish_date",
    "firstPublished",
    "published",
    "date",
    "created_at",
    "createdAt",
)
_BYLINE_KEYS = ("byline", "author", "authors", "writer", "reporter")
_MAX_NODES = 20_000
_MAX_DEPTH = 40
_STRAY = re.compile(r"^\s*(?:<!\[CDATA\[|<!--|//\s*<!\[CDATA\[)|(?:\]\]>|-->|//\s*\]\]>)\s*;?\s*$")


@dataclass(frozen=True)
class Structured:
    """The article as the page's data describe it. Everything may be missing, and everything may lie."""

    types: frozenset[str] = frozenset()
    headline: str | None = None
    body: str | None = None
    published: tuple[str, ...] = ()
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    free: bool | None = None
    updates: tuple[str, ...] = field(default=())

    @property
    def is_article(self) -> bool:
        return any(_ARTICLE.search(name) for name in self.types)

    @property
    def is_live_blog(self) -> bool:
        return "LiveBlogPosting" in self.types

    @property
    def is_list(self) -> bool:
        return bool(self.types & _LIST_TYPES) and not self.is_article


def read_json_ld(scripts: tuple[Script, ...], title: str | None) -> Structured:
    """The article that JSON-LD describes; of several, the one whose headline is the page's title, else the first."""
    nodes = [
        node for script in scripts if "ld+json" in script.attributes.lower() for node in _nodes(_loads(script.content))
    ]
    articles = [
        node for node in nodes if _types(node) and (_ARTICLE.search(" ".join(_types(node))) or "datePublished" in node)
    ]
    # A type is not always given; a headline with a date is an article all the same.
    articles += [node for node in nodes if node not in articles and "headline" in node and "datePublished" in node]
    kinds = frozenset(name for node in nodes for name in _types(node))
    if not articles:
        return Structured(types=kinds)
    wanted = _squash(title)
    best = next((node for node in articles if wanted and wanted == _squash(_text(node.get("headline")))), articles[0])
    return _article(best, kinds)


def _article(node: dict[str, Any], kinds: frozenset[str]) -> Structured:
    updates = node.get("liveBlogUpdate")
    entries = [entry for entry in (updates if isinstance(updates, list) else [updates]) if isinstance(entry, dict)]
    return Structured(
        types=kinds,
        headline=_text(node.get("headline")) or _text(node.get("name")),
        body=_text(node.get("articleBody")) or _text(node.get("reviewBody")),
        published=tuple(value for key in ("datePublished", "dateCreated") if (value := _text(node.get(key)))),
        author=_names(node.get("author") or node.get("creator")),
        publisher=_names(node.get("publisher")),
        url=_text(node.get("url")) or _id(node.get("mainEntityOfPage")),
        free=_truth(node.get("isAccessibleForFree")),
        updates=tuple(filter(None, (_text(entry.get("articleBody")) for entry in entries))),
    )


def read_embedded(scripts: tuple[Script, ...]) -> Structured:
    """The article inside __NEXT_DATA__ and its like: the object with a title and the longest body of text."""
    best: dict[str, Any] = {}
    best_body = ""
    for script in scripts:
        if "ld+json" in script.attributes.lower():
            continue
        for node in _nodes(_loads(script.content)):
            body = _longest(node)
            if len(body) > len(best_body) and _first(node, _TITLE_KEYS):
                best, best_body = node, body
    if len(best_body) < 80:
        return Structured()
    date = _first(best, _DATE_KEYS)
    return Structured(
        types=frozenset({"EmbeddedArticle"}),
        headline=_first(best, _TITLE_KEYS),
        body=best_body,
        published=(date,) if date else (),
        author=next((name for key in _BYLINE_KEYS if (name := _names(best.get(key)))), None),
    )


def plain(markup: str) -> str:
    """Text of a piece of HTML, paragraphs apart by an empty line; plain text passes unchanged."""
    if "<" not in markup and "&" not in markup:
        return markup
    try:
        element = fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^>]{0,500}>", " ", markup)
    for junk in list(element.iter("script", "style", "figure", "aside")):
        junk.drop_tree()
    for block in element.iter("p", "div", "li", "h2", "h3", "h4", "blockquote", "br", "tr"):
        block.tail = "\n\n" + (block.tail or "")
    return re.sub(r"\s*\n\s*", "\n\n", element.text_content()).strip()


def _longest(node: dict[str, Any]) -> str:
    texts = [value for key in _BODY_KEYS if isinstance(value := node.get(key), str) and len(value) >= 80]
    return max(texts, key=len, default="")


def _first(node: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := _text(node.get(key)))), None)


def _loads(content: str) -> Any:
    for text in (content, _STRAY.sub("", content).strip().rstrip(";")):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in `data`, outermost first, in bounded number and depth."""
    queue: list[tuple[Any, int]] = [(data, 0)]
    for count, (value, depth) in enumerate(queue):
        if count > _MAX_NODES:
            return
        if isinstance(value, dict):
            yield value
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if depth < _MAX_DEPTH:
            queue.extend((child, depth + 1) for child in inner if isinstance(child, dict | list))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return [name.rsplit("/", 1)[-1] for name in names if isinstance(name, str)]


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("rendered")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value))
    return value.strip() or None if isinstance(value, str) else None


def _id(value: Any) -> str | None:
    return _text(value.get("@id") or value.get("url")) if isinstance(value, dict) else _text(value)


def _names(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in people]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def _squash(text: str | None) -> str:
    return re.sub(r"\W+", "", text or "").lower()

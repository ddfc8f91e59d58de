"""From text to a tree that is safe to walk: scripts set aside, depth and attributes bounded before parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_PAIRED = re.compile(r"<(script|style|svg|template)\b|<!--", re.I)
_TAG = re.compile(r"<[a-zA-Z][a-zA-Z0-9]*")
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = {name: re.compile(rf"</{name}\b[^>]*>", re.I) for name in ("script", "style", "svg", "template")}
_DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]{2000,}")
_BODY = re.compile(r"<body\b", re.I)

#: Elements that are empty or may lack an end tag: they must not count as depth.
_FLAT = (
    "p br li td tr th dt dd img hr input meta link source option optgroup area base col colgroup embed param track wbr "
    "thead tbody tfoot html head body rp rt path image"
).split()
_NESTING_TAG = re.compile(rf"<(/?)(?!(?:{'|'.join(_FLAT)})\b)[a-z][\w:-]*", re.I)
_MAX_DEPTH = 120
_MAX_ATTRIBUTES = 400
_LONG_TAG = 8_000
_MAX_CHARACTERS = 6_000_000
_MAX_TAGS = 60_000  # start and end tags together; a long article has 5,000


@dataclass(frozen=True)
class Script:
    """One inline script that may hold data: its attributes as written, and its content."""

    attributes: str
    content: str


@dataclass(frozen=True)
class Page:
    """One parsed page."""

    tree: etree._Element
    scripts: tuple[Script, ...]
    markup: str  # what was parsed: a search in it tells sooner than a walk that nothing is there

    @property
    def body(self) -> etree._Element:
        found = self.tree.find("body")
        return self.tree if found is None else found


def parse(text: str) -> Page | None:
    """The page behind `text`, or None where there is nothing to parse."""
    markup, scripts = _without_scripts(_XML_HEAD.sub("", text.replace("\x00", "")))
    markup = _without_long_tags(_without_data(markup))[:_MAX_CHARACTERS]
    if not markup.strip():
        return None
    tree, whole = _parsed(_cut(markup), huge=False)
    if not whole:
        tree, _ = _parsed(_cut("".join(_flattened(markup))), huge=True)
    return None if tree is None else Page(tree, tuple(scripts), markup)


def _cut(markup: str) -> str:
    if markup.count("<") <= _MAX_TAGS:
        return markup
    return "<".join(markup.split("<", _MAX_TAGS)[:_MAX_TAGS])


def _parsed(markup: str, *, huge: bool) -> tuple[etree._Element | None, bool]:
    """The tree, and whether it has all of the page: the parser stops at elements 256 deep."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
    try:
        tree = etree.fromstring(markup.encode("utf-8", "ignore"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, True
    error = parser.error_log.last_error
    return tree, error is None or not error.message.startswith("Excessive depth")


def _without_data(markup: str) -> str:
    """Without pictures written into the page."""
    return _DATA_URI.sub("data:,", markup) if ";base64," in markup else markup


def _without_scripts(text: str) -> tuple[str, list[Script]]:
    """The markup without scripts, styles, drawings and comments, and those scripts that are data. One linear pass."""
    kept: list[str] = []
    scripts: list[Script] = []
    at = 0
    while (opening := _PAIRED.search(text, at)) is not None:
        kept.append(text[at : opening.start()])
        name = (opening[1] or "").lower()
        if not name:
            end = text.find("-->", opening.end())
            if end < 0:
                # A comment that never ends: what follows may be the article.
                kept.append(text[opening.end() :].replace("<!--", ""))
                return "".join(kept), scripts
            at = end + 3
            continue
        head_end = text.find(">", opening.end())
        if head_end < 0:
            return "".join(kept), scripts
        closing = None if text[head_end - 1] == "/" and name == "svg" else _ENDS[name].search(text, head_end)
        if closing is None:
            if name == "script":
                return "".join(kept), scripts
            at = head_end + 1
            continue
        attributes = text[opening.end() : head_end]
        if name == "script" and "json" in attributes.lower():
            scripts.append(Script(attributes, text[head_end + 1 : closing.start()]))
        elif name == "style":
            kept.append(" ")
        at = closing.end()
    kept.append(text[at:])
    return "".join(kept), scripts


def _without_long_tags(text: str) -> str:
    """Without tags of hundreds of attributes: the parser needs time in their square, and no writer needs them."""
    at = 0
    while at + _LONG_TAG < len(text):
        end = text.rfind(">", at, at + _LONG_TAG)
        if end < 0:
            return ">".join(_shortened(piece) if len(piece) >= _LONG_TAG else piece for piece in text.split(">"))
        at = end + 1
    return text


def _shortened(piece: str) -> str:
    opening = _TAG.search(piece)
    if opening is None:
        return piece
    tag = piece[opening.start() :]
    if tag.count("=") + tag.count("<") < _MAX_ATTRIBUTES and len(tag.split(None, _MAX_ATTRIBUTES)) < _MAX_ATTRIBUTES:
        return piece
    return piece[: opening.end()]


def _flattened(text: str) -> Iterator[str]:
    """The markup with nesting elements below the deepest allowed level left out, their text kept."""
    depth = at = 0
    for tag in _NESTING_TAG.finditer(text):
        if tag[1]:
            depth = max(0, depth - 1)
        too_deep = depth >= _MAX_DEPTH
        if not tag[1]:
            depth += 1
        if too_deep and tag.start() >= at:
            yield text[at : tag.start()]
            yield " "
            end = text.find(">", tag.end())
            at = end + 1 if end >= 0 else len(text)
    yield text[at:]


def text_of(element: etree._Element) -> str:
    """All text below `element`, white space collapsed."""
    return " ".join("".join(element.itertext()).split())

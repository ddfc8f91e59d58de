"""A page as a flat list of blocks of text and of the boxes around them: one walk, what follows only counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from pipeline.noise import Name, name_of

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

#: What an element does to the text around it. Plain numbers, for they are compared for every element of every page.
_INLINE, _BLOCK, _DROPPED, _BREAK, _TABLE, _LINK, _DOUBTFUL = range(7)
_KINDS: dict[str, int] = {
    **dict.fromkeys(
        "article section main div p ul ol li dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre header details summary address "
        "center body fieldset hgroup tbody thead tfoot tr td th".split(),
        _BLOCK,
    ),
    **dict.fromkeys(
        "iframe button input select textarea object embed video audio canvas map dialog script style template svg head "
        "link meta base area math rt rp figcaption amp-ad amp-sidebar amp-consent amp-social-share amp-analytics "
        "amp-embed amp-carousel amp-list".split(),
        _DROPPED,
    ),
    **dict.fromkeys(["br", "hr"], _BREAK),
    **dict.fromkeys(["a", "time"], _LINK),  # a printed date says as little as a link
    **dict.fromkeys(["form", "figure"], _DOUBTFUL),
    "table": _TABLE,
}
#: Beside the article on nearly every page; around it on a few that forget an end tag.
_ASIDE = ("nav", "footer", "aside", "noscript")
_STRICT = {**_KINDS, **dict.fromkeys(_ASIDE, _DROPPED)}
_LENIENT = {**_KINDS, **dict.fromkeys(_ASIDE, _BLOCK)}

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3,}", re.I
)
_HOLDS_BLOCKS = etree.XPath("boolean(.//p | .//div | .//table | .//li | .//h2 | .//h3)")
_LONG_CELL = 300
_SHORT = 150  # a named piece inside a line is left out if it is no longer than this
_LONG_ID = 26  # the slug of a heading, not a name
_MAX_DEPTH = 200
_UNSPACED = re.compile("[\u0e00-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7a3]")
_HAN = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


class Block:
    """A paragraph, heading, list item, table row or line: text without a block inside."""

    __slots__ = ("box", "linked", "size", "tag", "text")

    def __init__(self, text: str, tag: str, box: int, linked: int) -> None:
        self.text = text
        self.tag = tag
        self.box = box
        self.size = size(text)
        self.linked = min(1.0, linked / len(text))  # the share of its text that is links


class Box:
    """An element around blocks: those from `first` up to, not including, `end`."""

    __slots__ = ("element", "end", "first", "name", "parent", "tag")

    def __init__(self, element: etree._Element, tag: str, parent: int, first: int, name: Name) -> None:
        self.element = element
        self.tag = tag
        self.parent = parent
        self.first = first
        self.end = first
        self.name = name

    @property
    def classes(self) -> str:
        return self.element.get("class") or ""


@dataclass(frozen=True)
class Flat:
    """The blocks of a page in reading order, and its boxes, each after the one around it; the first is the body."""

    blocks: list[Block] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    times: list[tuple[int, etree._Element]] = field(default_factory=list)  # each with the block that it is in
    asides: list[tuple[int, etree._Element, str]] = field(default_factory=list)  # what was left out of a line


def size(text: str) -> int:
    """Length by weight: a Han character says as much as three letters, one of another unspaced script as two."""
    if text.isascii():
        return len(text)
    return len(text) + len(_UNSPACED.findall(text)) + len(_HAN.findall(text))


def flatten(body: etree._Element, *, lenient: bool = False) -> Flat:
    """Every block below `body` that a reader sees; with `lenient` what is called navigation or aside as well."""
    return _Walk(_LENIENT if lenient else _STRICT).flat_of(body)


class _Walk:
    """The state of one walk: the line that is being gathered, and how much of it is links."""

    def __init__(self, kinds: dict[str, int]) -> None:
        self.kinds = kinds
        self.flat = Flat()
        self.pieces: list[str] = []
        self.linked = 0

    def flat_of(self, body: etree._Element) -> Flat:
        root = Box(body, "body", -1, 0, Name.PLAIN)
        self.flat.boxes.append(root)
        self.walk(body, 0, "body", False, 0)
        self.flush("body", 0)
        root.end = len(self.flat.blocks)
        return self.flat

    def flush(self, tag: str, box: int) -> None:
        """End the line: what was gathered becomes a block."""
        pieces = self.pieces
        if pieces:
            text = " ".join("".join(pieces).split())
            if text:
                self.flat.blocks.append(Block(text, tag, box, self.linked))
            pieces.clear()
            self.linked = 0

    def walk(self, element: etree._Element, box: int, tag: str, link: bool, depth: int) -> None:
        """The text and children of `element`, which is the box numbered `box`, of tag `tag`, or lies inside it."""
        pieces = self.pieces
        text = element.text
        if text is not None:
            pieces.append(text)
            if link:
                self.linked += len(text)
        kinds = self.kinds
        for child in element:
            name = child.tag
            kind = kinds.get(name, _INLINE)
            if kind == _BREAK:
                if pieces:
                    self.flush(tag, box)
            elif kind != _DROPPED:
                self.enter(child, name, kind, box, tag, link, depth)
            tail = child.tail
            if tail is not None:
                pieces.append(tail)
                if link:
                    self.linked += len(tail)

    def enter(self, child: etree._Element, name: str, kind: int, box: int, tag: str, link: bool, depth: int) -> None:
        called = _name(child)
        if depth > _MAX_DEPTH:
            self.pieces.append("".join(child.itertext()))
        elif kind == _LINK or (kind == _INLINE and "-" not in name):
            if name == "time":
                self.flat.times.append((len(self.flat.blocks), child))
            if called < Name.PLAIN and len(words := "".join(child.itertext())) <= _SHORT:
                self.flat.asides.append((len(self.flat.blocks), child, words))
            else:
                self.walk(child, box, tag, link or kind == _LINK, depth + 1)
        else:
            if self.pieces:  # of most there are none: asked here, since a call costs more than a look
                self.flush(tag, box)
            flat, own = self.flat, len(self.flat.boxes)
            if kind == _DOUBTFUL and called is Name.PLAIN:
                called = Name.DOUBTFUL if name == "form" else Name.NOISE
            inner = Box(child, name, box, len(flat.blocks), called)
            flat.boxes.append(inner)
            if kind != _TABLE or not self.rows(child, own):
                self.walk(child, own, name, link, depth + 1)
                if self.pieces:
                    self.flush(name, own)
            inner.end = len(flat.blocks)

    def rows(self, table: etree._Element, box: int) -> bool:
        """A table of data, a row a line. False where the table only places columns: a cell of data is short."""
        if _HOLDS_BLOCKS(table):
            return False
        lines = []
        for row in table.iter("tr"):
            cells = [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td", "th")]
            if any(len(cell) > _LONG_CELL for cell in cells):
                return False
            if line := " | ".join(filter(None, cells)):
                lines.append((line, sum(len("".join(link.itertext())) for link in row.iter("a"))))
        self.flat.blocks.extend(Block(line, "tr", box, linked) for line, linked in lines)
        return True


_TELLING = frozenset({"hidden", "aria-hidden", "style", "itemprop", "property"})


def _name(element: etree._Element) -> Name:
    """What the attributes of `element` say of it."""
    keys = element.keys()
    if not keys:
        return Name.PLAIN
    get = element.get
    if not _TELLING.isdisjoint(keys):
        if get("hidden") is not None or get("aria-hidden") == "true" or _HIDDEN_STYLE.search(get("style", "")):
            return Name.HIDDEN
        if "articleBody" in (get("itemprop"), get("property")):
            return Name.TEXT
    classes, ident = get("class"), get("id")
    called = name_of(classes) if classes else Name.PLAIN
    if ident and len(ident) < _LONG_ID and called is not Name.TEXT:
        named = name_of(ident)
        return named if named is Name.TEXT else min(called, named)
    return called

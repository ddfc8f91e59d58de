"""Plain text of the small pieces of HTML that feeds carry. Linear in time whatever they hold; pages go elsewhere."""

from __future__ import annotations

import html
import re
import unicodedata

_LONGEST_IN = 400_000
_LONGEST_OUT = 100_000
# A tag ends at the next angle bracket of either kind, so that `<a <a <a` is read once and not once per bracket.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<[!?][^<>]*>")
_BLOCKS = frozenset(
    "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote section article header footer hr dd dt figure".split()
)
_SILENT = frozenset({"script", "style", "iframe", "noscript", "template", "svg"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b\ufeff]")
_SPACES = re.compile(r"[ \t\r\f\v\xa0\u3000]+")


def plain(text: str | None) -> str | None:
    """`text` without tags and escapes, one line per block, NFC; None where nothing is left."""
    if not text:
        return None
    shown = _without_tags(_without_comments(text[:_LONGEST_IN])) if "<" in text else text[:_LONGEST_IN]
    return tidy(html.unescape(shown))


def plain_line(text: str | None) -> str | None:
    """As `plain`, on one line: for titles and names."""
    found = plain(text)
    return " ".join(found.split()) if found else None


def tidy(text: str | None) -> str | None:
    """Text without control characters and stray spaces, NFC; None where nothing is left."""
    if not text:
        return None
    if len(text) <= _LONGEST_OUT and text.isascii() and text.isprintable():  # most titles
        return " ".join(text.split()) or None
    cleaned = unicodedata.normalize("NFC", _CONTROLS.sub("", text.replace("\r", "\n")))
    lines = (_SPACES.sub(" ", line).strip() for line in cleaned.split("\n"))
    return "\n".join(line for line in lines if line)[:_LONGEST_OUT] or None


def _without_comments(text: str) -> str:
    kept: list[str] = []
    rest = 0
    while (start := text.find("<!--", rest)) >= 0:
        kept.append(text[rest:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        rest = end + 3
    kept.append(text[rest:])
    return "".join(kept).replace("<![CDATA[", "").replace("]]>", "")


def _without_tags(text: str) -> str:
    kept: list[str] = []
    position = 0
    silent: str | None = None
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        if silent is None:
            kept.append(text[position : tag.start()])
            kept.append("\n" if name in _BLOCKS else "")
            if name in _SILENT and not tag[1] and not tag[0].endswith("/>"):
                silent = name
        elif name == silent and tag[1]:
            silent = None
        position = tag.end()
    if silent is None:
        kept.append(text[position:])
    return "".join(kept)

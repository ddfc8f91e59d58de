"""CommonMark in the own markup of chat services that read something else, in parts that each takes. Pure.

Apprise converts too, but for these services a sign in a headline comes out as a mark, or with a backslash before it,
or makes the service refuse the message. Here words are words, whatever is in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_URL = re.compile(r"https?://[^\s<>|]+")
#: Slack has no way to escape these: signs that look alike and mark nothing.
_LOOK_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})


@dataclass(frozen=True)
class Dialect:
    """How one service marks words; `marks` by the names of markdown-it's tokens."""

    limit: int  # characters of a message, with room for what the service counts otherwise
    marks: Mapping[str, str]
    words: Callable[[str], str]
    label: Callable[[str], str]  # words of a link
    link: Callable[[str], str]  # its beginning; its end is a mark
    quote: Callable[[str], str]
    paragraph: tuple[str, str] = ("", "")
    line: str = "\n"
    gap: str = "\n\n"


class _Block(NamedTuple):
    """What is not torn apart: a paragraph, or an item of a list."""

    text: str
    is_item: bool = False


def render(markdown: str, dialect: Dialect) -> list[str] | None:
    """The message in as few parts as it takes; None where a single paragraph is too long for one."""
    parts: list[str] = []
    for together in _packed(_blocks(markdown, dialect), dialect):
        if len(together) > dialect.limit:
            return None
        parts.append(together)
    return parts


def _packed(blocks: Sequence[_Block], dialect: Dialect) -> Iterator[str]:
    text, last = "", _Block("")
    for block in blocks:
        glue = "" if not text else dialect.line if block.is_item and last.is_item else dialect.gap
        if text and len(text) + len(glue) + len(block.text) > dialect.limit:
            yield text
            text, glue = "", ""
        text, last = text + glue + block.text, block
    if text:
        yield text


def _blocks(markdown: str, dialect: Dialect) -> list[_Block]:
    blocks: list[_Block] = []
    quoted: list[str] = []
    depth = 0
    numbers: list[int | None] = []
    bullet, heading = "", False
    for token in _parser().parse(markdown):
        match token.type:
            case "blockquote_open":
                depth += 1
            case "blockquote_close":
                depth -= 1
                if not depth:
                    blocks.append(_Block(dialect.quote(dialect.line.join(quoted))))
                    quoted = []
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                bullet = _bullet(numbers)
            case "heading_open":
                heading = True
            case "inline" | "fence" | "code_block":
                words = _inline(token, dialect)
                if heading:
                    words, heading = dialect.marks["strong_open"] + words + dialect.marks["strong_close"], False
                if depth:
                    quoted.append(bullet + words)
                elif numbers:
                    blocks.append(_Block(bullet + words, is_item=True))
                else:
                    blocks.append(_Block(dialect.paragraph[0] + words + dialect.paragraph[1]))
                bullet = ""
    return blocks


def _bullet(numbers: list[int | None]) -> str:
    number = numbers[-1]
    if number is None:
        return "• "
    numbers[-1] = number + 1
    return f"{number}. "


def _inline(token: Token, dialect: Dialect) -> str:
    if token.children is None:  # code
        return dialect.line.join(dialect.words(line) for line in token.content.splitlines())
    said, words = "", dialect.words
    for child in token.children:
        said += _piece(child, dialect, words)
        if child.type in ("link_open", "link_close"):
            words = dialect.label if child.type == "link_open" else dialect.words
    return said


def _piece(token: Token, dialect: Dialect, words: Callable[[str], str]) -> str:
    match token.type:
        case "softbreak" | "hardbreak":
            return dialect.line
        case "link_open":
            return dialect.link(str(token.attrs.get("href", "")))
        case "code_inline":
            return dialect.marks["code_open"] + words(token.content) + dialect.marks["code_close"]
        case "text" | "image":
            return words(token.content)
    return dialect.marks.get(token.type, "")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable(["html_inline", "html_block"]).enable("strikethrough")


# -- the dialects -----------------------------------------------------------------------------------------------------


def _tags(bold: str, struck: str, slanted: str) -> dict[str, str]:
    of = {"strong": bold, "s": struck, "em": slanted, "code": "code"}
    marks = {f"{name}_open": f"<{tag}>" for name, tag in of.items()}
    return marks | {f"{name}_close": f"</{tag}>" for name, tag in of.items()} | {"link_close": "</a>"}


def _html(text: str) -> str:
    return escape(text, quote=False)


def _anchor(url: str) -> str:
    return f'<a href="{escape(url)}">'


def _html_quote(text: str) -> str:
    return f"<blockquote>{text}</blockquote>"


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mrkdwn(text: str) -> str:
    """Words that Slack shows as they are; an address among them stays one."""
    words, at = "", 0
    for found in _URL.finditer(text):
        words += _slack_label(text[at : found.start()]) + f"<{_entities(found[0])}>"
        at = found.end()
    return words + _slack_label(text[at:])


def _slack_label(text: str) -> str:
    escaped = _entities(text.translate(_LOOK_ALIKE))
    # Where a line begins with it, even the entity makes a quote.
    return f"\u00ad{escaped}" if escaped.startswith("&gt;") else escaped


def _slack_link(url: str) -> str:
    return f"<{_entities(url).replace('|', '%7C')}|"


def _slack_quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


TELEGRAM = Dialect(
    limit=3_500,  # of 4,096 in UTF-16
    marks=_tags("b", "s", "i"),
    words=_html,
    label=_html,
    link=_anchor,
    quote=_html_quote,
)
MATRIX = Dialect(
    limit=8_000,  # of an event of 65,536 bytes, which has everything twice
    marks=_tags("strong", "del", "em"),
    words=_html,
    label=_html,
    link=_anchor,
    quote=_html_quote,
    paragraph=("<p>", "</p>"),
    line="<br>",
    gap="",
)
SLACK = Dialect(
    limit=3_800,  # beyond 4,000 Slack may cut
    marks={
        "strong_open": "*",
        "strong_close": "*",
        "s_open": "~",
        "s_close": "~",
        "em_open": "_",
        "em_close": "_",
        "code_open": "`",
        "code_close": "`",
        "link_close": ">",
    },
    words=_mrkdwn,
    label=_slack_label,
    link=_slack_link,
    quote=_slack_quote,
)

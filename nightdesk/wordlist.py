"""Words in any languages, one a line, as the query that takes any of them; and back from such a query. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_NAMED = re.compile(r'(?:place|org|agency|person|concept):(?:[^\s"():]+|"[^"]+")')
_PHRASE = re.compile(r'"[^"]+"')
_OPERATORS = frozenset({"and", "or", "not"})
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»「」『』', " "))


def as_query(words: Iterable[str]) -> str:
    """Any of these: each line is a word, a phrase, or a name in a field as place:Myawaddy."""
    return " OR ".join(dict.fromkeys(word for line in words if (word := _word(line))))


def _word(line: str) -> str:
    line = " ".join(line.split())
    if _NAMED.fullmatch(line):
        return line
    line = " ".join(line.translate(_QUOTES).split())
    if not any(_is_letter(one) for one in line):
        return ""
    return line if _is_word(line) else f'"{line}"'


def _is_word(text: str) -> bool:
    """Whether it may stand in a query as it is: letters with their marks and digits, perhaps with a star at the end."""
    letters = text.removesuffix("*")
    return bool(letters) and letters.lower() not in _OPERATORS and all(_is_letter(one) for one in letters)


def _is_letter(one: str) -> bool:
    return unicodedata.category(one)[0] in "LMN"


def as_words(query: str | None) -> list[str] | None:
    """The lines of a query that is such a list; None for one that asks otherwise."""
    if not query or not query.strip():
        return []
    parts = re.split(r"\s+OR\s+", query.strip())
    if not all(_is_word(part) or _NAMED.fullmatch(part) or _PHRASE.fullmatch(part) for part in parts):
        return None
    return [part[1:-1] if part.startswith('"') else part for part in parts]

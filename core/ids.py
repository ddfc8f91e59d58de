"""Ids as people see them: a12 an article, d34 a development, f9 a fact, n56 an alert, s3 a silence, t7 a thread."""

from __future__ import annotations

import re

from core.errors import UsageError

_LETTERS = {"article": "a", "development": "d", "fact": "f", "alert": "n", "silence": "s", "thread": "t"}
_NOUNS = {letter: noun for noun, letter in _LETTERS.items()}
_FORM = re.compile(r"([adfnst])?(\d+)", re.ASCII)


def show_id(noun: str, number: int) -> str:
    """`show_id("article", 12)` is `a12`."""
    return f"{_LETTERS[noun]}{number}"


def read_id(text: str, default: str) -> tuple[str, int]:
    """The noun and number of `a12`; a bare number is of the noun `default`. Raises UsageError."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not an id; write a12 (article), d34 (development), f9 (fact), n56 (alert), s3 (silence)"
            " or t7 (thread)"
        )
    return (_NOUNS[match[1]] if match[1] else default), int(match[2])

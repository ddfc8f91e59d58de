"""The difference of two texts, a sentence a line, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[。！？])|\n+")
_MOST = 40  # lines of one difference
_LONGEST = 400


def difference(old: str, new: str) -> list[str]:
    """`- ` what went, `+ ` what came, in the order of the text."""
    lines = list(_changed(_sentences(old), _sentences(new)))
    rest = len(lines) - _MOST
    return lines if rest <= 0 else [*lines[:_MOST], f"... and {rest} more lines"]


def _changed(old: list[str], new: list[str]) -> Iterator[str]:
    for kind, start, end, come, until in SequenceMatcher(None, old, new, autojunk=len(old) > 2000).get_opcodes():
        if kind != "equal":
            yield from (f"- {line[:_LONGEST]}" for line in old[start:end])
            yield from (f"+ {line[:_LONGEST]}" for line in new[come:until])


def _sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in _SENTENCE.split(text) if part.strip()]

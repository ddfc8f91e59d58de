"""From the words a user wrote to the token sequences that are looked for."""

from __future__ import annotations

from itertools import product

from core.english import stem
from core.query.nodes import Part, Sequence
from core.text import HYPHENS, Token, forms, is_hangul, is_unspaced, tokens

_MOST_SPELLINGS = 8
_ANCHORED_SYLLABLES = 2  # a Korean word as short as this is met inside unrelated words: 사기 in 수사기관


class WordingError(ValueError):
    """The words cannot be looked for; `offset` counts from their beginning."""

    def __init__(self, reason: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.offset = offset


def spellings(text: str) -> tuple[Sequence, ...]:
    """The sequences that `text` stands for: `cyber-scam` is two words in a row, or one. Raises WordingError."""
    found = tokens(text)
    _check_stars(text, found)
    if not found:
        raise WordingError("there is no word in it")
    groups = _groups(text, found)
    options = [_options(text, group, found) for group in groups]
    chosen = product(*options) if _count(options) <= _MOST_SPELLINGS else [tuple(option[0] for option in options)]
    return tuple(dict.fromkeys(tuple(part for piece in choice for part in piece) for choice in chosen))


def _count(options: list[list[Sequence]]) -> int:
    total = 1
    for option in options:
        total *= len(option)
    return total


def _groups(text: str, found: list[Token]) -> list[list[int]]:
    """Indices of tokens, those joined by a hyphen together."""
    groups: list[list[int]] = []
    for index, token in enumerate(found):
        if groups and is_compound(text, found[index - 1], token):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def is_compound(text: str, first: Token, second: Token) -> bool:
    """Whether a hyphen makes one word of two."""
    gap = text[first.end : second.start]
    return len(gap) == 1 and gap in HYPHENS and _joins(first.text) and _joins(second.text)


def _joins(token: str) -> bool:
    return not (token.isdigit() or is_unspaced(token) or is_hangul(token))


def _options(text: str, group: list[int], found: list[Token]) -> list[Sequence]:
    last = found[group[-1]]
    starred = text[last.end : last.end + 1] == "*"
    single = [_parts(text, index, found) for index in group]
    options = [tuple(choice) for choice in product(*single)][:_MOST_SPELLINGS]
    if len(group) > 1:
        closed = "".join(text[found[index].start : found[index].end] for index in group)
        form = forms(closed)[0]
        options += [(part,) for part in (_prefixes(form.plain) if starred else [Part(form.text)])]
    return options


def _parts(text: str, index: int, found: list[Token]) -> list[Part]:
    """How one token may stand in a text; more than one way for `centre*`, which is `center` too."""
    token = found[index]
    if is_unspaced(token.text):
        before = found[index - 1] if index else None
        glued = before is not None and is_unspaced(before.text) and before.end >= token.start
        return [Part(token.text, glued=glued)]
    if is_hangul(token.text[-1:]):
        long = is_hangul(token.text) and len(token.text) > _ANCHORED_SYLLABLES
        return [Part(token.text, "within" if long else "prefix")]
    if text[token.end : token.end + 1] == "*":
        written = [form for form in forms(text[token.start : token.end]) if form.text == token.text]
        return _prefixes(written[0].plain if written else token.text)
    return [Part(token.text)]


def _prefixes(plain: str) -> list[Part]:
    key = stem(plain)
    return [Part(plain, "prefix")] + ([Part(key)] if not key.startswith(plain) else [])


def _check_stars(text: str, found: list[Token]) -> None:
    ends = {token.end for token in found}
    starts = {token.start for token in found}
    for offset, character in enumerate(text):
        if character != "*":
            continue
        if offset not in ends:
            raise WordingError("a * needs the beginning of a word before it, as in traffick*", offset)
        if offset + 1 in starts or text[offset + 1 : offset + 2] == "*":
            raise WordingError("a * may stand only at the end of a word", offset)

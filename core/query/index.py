"""What a search index needs to know: the terms of a text, and terms without which a query cannot hold.

An index answers with too much, never with too little; `Query.match` then decides. Terms are ASCII, so that no
database's own idea of words, case or locale touches them. Characters of unspaced scripts and syllables of Korean are
filed in pairs, since single ones stand in nearly every text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.query.field import Field
from core.query.nodes import And, Near, Node, Not, Or, Part, Phrase
from core.query.nodes import Sequence as Wording
from core.text import is_hangul, is_unspaced

_LONGEST = 240  # bytes of a term; both engines allow more


@dataclass(frozen=True)
class Run:
    """Terms that follow each other in one field; the last may be only the beginning of a term."""

    field: str
    terms: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Every:
    parts: tuple[Needed, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Needed, ...]


Needed = Run | Every | Some


def index_terms(field: Field) -> list[str]:
    """The terms of a text in order, with its aliases after the end."""
    if "".join(field.texts).isascii():
        terms = [text[:_LONGEST] for text in field.texts]  # nothing to take apart, pair or encode
    else:
        terms = _terms([unit for token in field.texts for unit in _units(token)])
    return terms + [_encode(alias.text) for alias in field.aliases]


def needed(node: Node) -> Needed | None:
    """What must be in the index for `node` to hold; None where nothing must."""
    if isinstance(node, Phrase):
        return _some(_every(_runs(spelling, node.field)) for spelling in node.spellings)
    if isinstance(node, Near):
        words = [[_every(_runs(spelling, node.field)) for spelling in word] for word in node.words]
        return _every([_some(word) for word in words])
    if isinstance(node, And):
        return _every([need for part in node.parts if (need := needed(part)) is not None])
    if isinstance(node, Or):
        every = [needed(part) for part in node.parts]
        return _some(every)
    return None


def text_only(node: Node) -> bool:
    """Whether `node` looks at words only, so that `needed` says all that can be said of it."""
    if isinstance(node, And | Or):
        return all(text_only(part) for part in node.parts)
    return text_only(node.part) if isinstance(node, Not) else isinstance(node, Phrase | Near)


def _every(parts: Sequence[Needed | None]) -> Needed | None:
    known = tuple(part for part in parts if part is not None)
    return (known[0] if len(known) == 1 else Every(known)) if known else None


def _some(parts: Iterable[Needed | None]) -> Needed | None:
    found = tuple(dict.fromkeys(parts))
    known = tuple(part for part in found if part is not None)
    if not known or len(known) < len(found):
        return None
    return known[0] if len(known) == 1 else Some(known)


def _runs(wording: Wording, field: str) -> list[Needed]:
    """A sequence in pieces that must each be there: it is broken where a word's ending is open."""
    runs: list[Needed] = []
    piece: list[str] = []
    for part in (*wording, None):
        if part is not None and part.how == "is":
            piece += _units(part.text)
            continue
        runs += _run(piece, field)
        piece = []
        if part is not None:
            runs += _open(part, field)
    return runs


def _open(part: Part, field: str) -> list[Needed]:
    if is_hangul(part.text):
        return list(_run(_units(part.text), field))
    return [Run(field, (_encode(part.text),), prefix=True)]


def _run(units: Sequence[str], field: str) -> list[Run]:
    """A last character may be followed by anything in the text, so its own term is not known."""
    if not units:
        return []
    terms = _terms(units)
    if not _is_paired(units[-1]):
        return [Run(field, tuple(terms))]
    if len(units) > 1 and _is_paired(units[-2]):
        return [Run(field, tuple(terms[:-1]))]
    return [Run(field, tuple(terms), prefix=True)]


def _units(token: str) -> Sequence[str]:
    return tuple(token) if is_hangul(token) else (token,)


def _is_paired(unit: str) -> bool:
    return is_unspaced(unit) or is_hangul(unit)


def _terms(units: Sequence[str]) -> list[str]:
    """One term for each unit: with the unit after it, if both are of a kind that is paired."""
    if "".join(units).isascii():
        return [unit[:_LONGEST] for unit in units]  # no unit is paired
    paired = [_is_paired(unit) for unit in units]
    last = len(units) - 1
    return [
        _encode(unit + units[index + 1]) if paired[index] and index < last and paired[index + 1] else _encode(unit)
        for index, unit in enumerate(units)
    ]


@lru_cache(maxsize=1 << 15)
def _encode(text: str) -> str:
    """Letter by letter into ASCII, so that the beginning of a word stays the beginning of its term."""
    if text.isascii():
        return text[:_LONGEST]
    return "".join(letter if letter.isascii() else f"x{ord(letter):04x}" for letter in text)[:_LONGEST]

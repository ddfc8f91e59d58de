"""How near an article came to a watch: every filter and clause that fails, what holds, and words like those absent.

Pure. `match.why` stops at the first thing that fails; this looks at all, for whoever asks why nobody was told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.query import Lack, Term, parse_query
from core.query.nodes import Leaf, Phrase
from core.text import fold, fold_letters, is_unspaced, tokens
from pipeline.match import Asked, Objection, Subject, objections, sentence_at
from pipeline.vocabulary import TermTable

#: In the order in which a word is more likely meant.
NAME_KINDS = ("place", "org", "agency", "person", "concept")
#: Letters at the beginning that make two words kin, and of how short a word all of them must agree.
_SHARED, _SHORT, _ENDING = 4, 5, 4


@dataclass(frozen=True)
class Words:
    """Words of the article, their place in title, line end and text, and the sentence around them."""

    quote: str
    position: int
    sentence: str


@dataclass(frozen=True)
class Instead:
    """What the article has instead of an absent word, and what in a query would find it."""

    absent: str
    write: str
    found: Words


@dataclass(frozen=True)
class Missing:
    """One clause of the query that fails."""

    clause: str
    absent: tuple[str, ...]
    against: tuple[Words, ...]
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True)
class Closeness:
    """A watch beside an article. It fires where nothing fails."""

    objections: tuple[Objection, ...]
    missing: tuple[Missing, ...]
    held: tuple[Words, ...]  # words of the clauses that hold

    @property
    def fires(self) -> bool:
        return not self.failing

    @property
    def failing(self) -> int:
        return len(self.objections) + len(self.missing)


def closeness(one: Asked, subject: Subject, vocabulary: TermTable) -> Closeness:
    """Everything about a watch that does not hold for an article."""
    failed = tuple(objections(one.watch, subject))
    if one.query is None:
        return Closeness(failed, (), ())
    near = one.query.nearness(subject.document())
    missing = tuple(_missing(lack, subject, vocabulary) for lack in near.lacks)
    return Closeness(failed, missing, tuple(words_of(term, subject) for term in near.held))


def words_of(term: Term, subject: Subject) -> Words:
    """A matched term with its place and sentence."""
    if term.field == "title":
        return Words(term.text, term.start, subject.title)
    if term.field != "text":
        return Words(term.text, 0, term.text)
    return Words(term.text, len(subject.title) + 1 + term.start, sentence_at(subject.text, term.start, term.end))


def _missing(lack: Lack, subject: Subject, vocabulary: TermTable) -> Missing:
    instead = [found for leaf in lack.absent if (found := _instead(leaf, subject, vocabulary))]
    return Missing(
        lack.clause,
        tuple(leaf.source for leaf in lack.absent),
        tuple(words_of(term, subject) for term in lack.against),
        tuple(instead),
    )


def _instead(leaf: Leaf, subject: Subject, vocabulary: TermTable) -> Instead | None:
    """The same name or concept in other words, else a word that begins the same."""
    for write in _wider(leaf, vocabulary):
        match = parse_query(write, vocabulary).match(subject.document())
        if match is not None and match.terms:
            return Instead(leaf.source, write, words_of(match.terms[0], subject))
    return _kin(leaf, subject)


def _wider(leaf: Leaf, vocabulary: TermTable) -> Iterator[str]:
    for kind in NAME_KINDS:
        write = as_name(kind, leaf)
        if write and vocabulary.knows(kind, write.partition(":")[2].strip('"')):
            yield write


def as_name(kind: str, leaf: Leaf) -> str:
    """A word or phrase as a name of that kind: `concept:"scam centre"`; nothing for what is none, or one already."""
    if not isinstance(leaf, Phrase) or leaf.field == "url":
        return ""
    field, colon, written = leaf.source.partition(":")
    if colon and field in NAME_KINDS:
        return ""
    words = (written if colon and field == leaf.field else leaf.source).strip('"').rstrip("*")
    return f'{kind}:"{words}"' if " " in words else f"{kind}:{words}"


def _kin(leaf: Leaf, subject: Subject) -> Instead | None:
    """A word of the article with the same beginning: `executed` where it has *executions*."""
    if not isinstance(leaf, Phrase) or leaf.field not in ("", "title", "text") or ":" in leaf.source:
        return None
    folded = fold(leaf.source.strip('"').rstrip("*"))
    if " " in folded or len(folded) < _SHARED or is_unspaced(folded):
        return None
    beginning = folded if len(folded) <= _SHORT else folded[: max(_SHARED, len(folded) - _ENDING)]
    whole = f"{subject.title}\n{subject.text}"
    for token in tokens(whole):
        if token.text.startswith(beginning):
            written = whole[token.start : token.end]
            found = Words(written, token.start, sentence_at(whole, token.start, token.end))
            return Instead(leaf.source, f"{_shared(folded, fold_letters(written))}*", found)
    return None


def _shared(first: str, second: str) -> str:
    length = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    return first[:length]

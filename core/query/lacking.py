"""How near a document comes to a query that does not hold for it: which clauses fail, and what they lack. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.query.document import Document
from core.query.look import Term
from core.query.match import Matcher
from core.query.nodes import And, Leaf, Node, leaves


@dataclass(frozen=True)
class Lack:
    """One clause of a query that does not hold."""

    clause: str
    absent: tuple[Leaf, ...]  # what was looked for and is not there
    against: tuple[Term, ...]  # what is there, and a NOT forbids


@dataclass(frozen=True)
class Nearness:
    """A query beside a document: what holds, and what does not."""

    clauses: int
    lacks: tuple[Lack, ...]
    held: tuple[Term, ...]  # the words of the clauses that hold


def nearness(root: Node, document: Document, show: Callable[[Node], str]) -> Nearness:
    """The clauses that `root` asks for at its top level, each judged by itself; `show` writes them."""
    parts = list(dict.fromkeys(root.parts if isinstance(root, And) else (root,)))
    matched = Matcher(dict(enumerate(parts))).match(document)
    held = [term for number in sorted(matched) for term in matched[number].terms]
    lacks = [_lack(part, document, show(part)) for number, part in enumerate(parts) if number not in matched]
    return Nearness(len(parts), tuple(lacks), tuple(dict.fromkeys(held)))


def _lack(part: Node, document: Document, shown: str) -> Lack:
    """Every leaf of a failing clause that is not as it should be."""
    single = list(dict.fromkeys(leaves(part)))
    matched = Matcher({number: leaf for number, (leaf, _) in enumerate(single)}).match(document)
    absent = [leaf for number, (leaf, negated) in enumerate(single) if not negated and number not in matched]
    against = [
        term
        for number, (_, negated) in enumerate(single)
        if negated and number in matched
        for term in matched[number].terms
    ]
    return Lack(shown, tuple(absent), tuple(dict.fromkeys(against)))

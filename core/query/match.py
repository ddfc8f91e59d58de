"""Many queries against one document in one pass over its text."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.query.document import Document
from core.query.look import Look, Term
from core.query.needles import Needles
from core.query.nodes import Node
from core.query.waking import Held, Waking

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Match:
    """A query that holds for a document, and the words that made it so."""

    terms: tuple[Term, ...]


class Matcher(Generic[K]):
    """Trees compiled together; a hundred thousand phrases cost one walk over the text."""

    def __init__(self, trees: Mapping[K, Node]) -> None:
        self._trees = dict(trees)
        self._needles = Needles(self._trees.values())
        self._waking = Waking(self._trees, self._needles)
        self._place = {key: place for place, key in enumerate(self._trees)}

    def match(self, document: Document) -> dict[K, Match]:
        """The queries that hold for `document`."""
        look = Look(document, self._needles)
        held = [Held(field, value) for field, values in document.values.items() for value in values]
        woken = self._waking.woken(look.needles_met(), held)
        holding = [key for key in woken if look.holds(self._trees[key])]
        return {key: _match(look, self._trees[key]) for key in sorted(holding, key=self._place.__getitem__)}

    def holds(self, key: K, document: Document) -> Match | None:
        """Whether one query does, where no other is asked."""
        look, tree = Look(document, self._needles), self._trees[key]
        return _match(look, tree) if look.holds(tree) else None


def _match(look: Look, tree: Node) -> Match:
    terms = set(look.terms(tree))
    return Match(tuple(sorted(terms, key=lambda term: (term.field != "title", term.field, term.start, term.end))))

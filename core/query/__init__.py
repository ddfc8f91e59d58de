"""The query language: parsed once, matched against documents by watches and by search alike."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from core.errors import QueryError
from core.query.document import Document
from core.query.hearing import Tongues, deaf_to
from core.query.index import Needed, needed
from core.query.lacking import Lack, Nearness, nearness
from core.query.look import Term
from core.query.match import Match, Matcher
from core.query.nodes import FIELDS, NAME_FIELDS, And, Leaf, Node, Not, Phrase, Value, leaves
from core.query.parse import Vocabulary, read_tree

__all__ = [
    "FIELDS",
    "Document",
    "Lack",
    "Match",
    "Nearness",
    "Query",
    "QueryError",
    "QuerySet",
    "Term",
    "Tongues",
    "Vocabulary",
    "parse_query",
]

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Query:
    """A question that was read without mistakes."""

    text: str
    root: Node

    @cached_property
    def _matcher(self) -> Matcher[int]:
        return Matcher({0: self.root})

    def match(self, document: Document) -> Match | None:
        """Why the query holds for `document`, or None if it does not."""
        return self._matcher.holds(0, document)

    def nearness(self, document: Document) -> Nearness:
        """Which clauses at its top level hold and which do not, and for want of what: to explain why it does not."""
        return nearness(self.root, document, show)

    @cached_property
    def needed(self) -> Needed | None:
        """What must be in an index for it to hold."""
        return needed(self.root)

    @property
    def fields(self) -> frozenset[str]:
        """The fields it looks at, with "" for title and text."""
        return frozenset(leaf.field for leaf, _ in leaves(self.root))

    @property
    def terms(self) -> tuple[str, ...]:
        """What it asks for, as it was written."""
        return tuple(dict.fromkeys(leaf.source for leaf, negated in leaves(self.root) if not negated))

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names and concepts it asks for, each with its field."""
        found = (leaf.source.partition(":") for leaf, _ in leaves(self.root) if isinstance(leaf, Phrase))
        return tuple(dict.fromkeys((field, name.strip('"')) for field, _, name in found if field in NAME_FIELDS))

    @property
    def negated(self) -> tuple[str, ...]:
        """What must not be there, as it was written."""
        return tuple(dict.fromkeys(leaf.source for leaf, negated in leaves(self.root) if negated))

    def values(self, field: str) -> tuple[str, ...]:
        """The values it names for a field such as topic or source, so that they can be checked."""
        named = (leaf for leaf, _ in leaves(self.root) if isinstance(leaf, Value) and leaf.field == field)
        return tuple(value for leaf in named if not leaf.prefix for value in leaf.values)

    def deaf_to(self, language: str, tongues: Tongues) -> tuple[Leaf, ...]:
        """What in it keeps texts of `language` from ever matching; nothing where they can."""
        return deaf_to(self.root, language, tongues)

    @property
    def only_negative(self) -> bool:
        """Whether it asks for nothing and only leaves out, which is nearly every article."""
        return _only_negative(self.root)

    def __getstate__(self) -> dict[str, Any]:
        return {"text": self.text, "root": self.root}  # the others are made again where they are asked for


class QuerySet(Generic[K]):
    """Many queries that are matched together."""

    def __init__(self, queries: Mapping[K, Query]) -> None:
        self._matcher = Matcher({key: query.root for key, query in queries.items()})

    def match(self, document: Document) -> dict[K, Match]:
        """The queries that hold for `document`, by their keys."""
        return self._matcher.match(document)


def parse_query(text: str, vocabulary: Vocabulary | None = None) -> Query:
    """The query that `text` says; raises QueryError with the position of what is wrong."""
    return Query(text, read_tree(text, vocabulary))


def _only_negative(node: Node) -> bool:
    if isinstance(node, Not):
        return not _only_negative(node.part)
    if isinstance(node, And):
        return all(_only_negative(part) for part in node.parts)
    return any(_only_negative(part) for part in node.parts) if hasattr(node, "parts") else False


def show(node: Node) -> str:
    """A tree in the query language again."""
    if isinstance(node, Not):
        return f"NOT {show(node.part)}"
    if hasattr(node, "parts"):
        joined = (" AND " if isinstance(node, And) else " OR ").join(dict.fromkeys(show(part) for part in node.parts))
        return f"({joined})" if joined.count(" OR ") or joined.count(" AND ") else joined
    return node.source

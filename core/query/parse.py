"""From syntax to meaning: the query language of watches and search. `docs/query-language.md` describes it for users."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TypeVar

from luqum import tree

from core.errors import QueryError
from core.query.nodes import (
    FIELDS,
    NAME_FIELDS,
    RANGE_FIELDS,
    VALUE_FIELDS,
    And,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Sequence,
    Value,
)
from core.query.syntax import parse_syntax
from core.query.values import ValueProblem, make_range, make_value
from core.query.wording import WordingError, spellings
from core.text import fold

T = TypeVar("T")

_LOWER_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT"}
_MOST_SPELLINGS = 2000  # of one name in all languages; more than any concept has
_MOST_DISTANCE = 1000
_LONGEST_ABBREVIATION = 6


class Vocabulary(Protocol):
    """Knows the spellings of names and concepts in all languages."""

    def expand(self, kind: str, term: str) -> tuple[str, ...]:
        """All spellings of a `place`, `person`, `org`, `agency` or `concept`; the term itself when it is unknown."""


class _Reader:
    """Reads one query's syntax tree."""

    def __init__(self, query: str, text: str, vocabulary: Vocabulary | None) -> None:
        self._query = query
        self._text = text
        self._vocabulary = vocabulary

    def _error(self, reason: str, position: int) -> QueryError:
        return QueryError(reason, self._query, min(position, len(self._query)))

    def read(self, item: tree.Item, field: str = "") -> Node:
        """The meaning of one item, its words looked for in `field`."""
        match item:
            case tree.UnknownOperation() | tree.AndOperation():
                return _joined(And, [self.read(part, field) for part in item.children])
            case tree.OrOperation():
                return _joined(Or, [self.read(part, field) for part in item.children])
            case tree.Not() | tree.Prohibit():
                return _negation(self.read(item.a, field))
            case tree.Plus():
                return self.read(item.a, field)
            case tree.BaseGroup():
                return self.read(item.expr, field)
            case tree.SearchField():
                return self._field(item, field)
        return self._leaf(item, field)

    def _field(self, item: tree.SearchField, outer: str) -> Node:
        name = str(item.name).lower()
        if outer:
            raise self._error(f"{name}: cannot stand inside {outer}:", item.pos)
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            hint = f"; did you mean {near[0]}:?" if near else f"; the fields are {', '.join(FIELDS)}"
            raise self._error(f"there is no field {name}:{hint}", item.pos)
        return self.read(item.expr, name)

    def _leaf(self, item: tree.Item, field: str) -> Node:
        match item:
            case tree.Range():
                low, high = self._bound(item.low), self._bound(item.high)
                return self._range(item, field, low, high, item.include_low, item.include_high)
            case tree.From():
                return self._range(item, field, self._bound(item.a), "*", item.include, True)
            case tree.To():
                return self._range(item, field, "*", self._bound(item.a), True, item.include)
            case tree.Proximity():
                return self._near(item, field)
            case tree.Phrase():
                return self._words(item.value[1:-1], item.pos + 1, field, quoted=True)
            case tree.Word():
                return self._word(item, field)
            case tree.Boost():
                raise self._error("weights with ^ are not part of the query language", item.pos)
            case tree.Regex():
                raise self._error(
                    "regular expressions are not part of the query language; use a prefix like traffick*", item.pos
                )
            case tree.Fuzzy():
                raise self._error('a ~ may follow only a phrase in quotes, as in "casino raid"~5', item.pos)
        raise self._error("this cannot be read", item.pos or 0)

    def _word(self, item: tree.Word, field: str) -> Node:
        word: str = item.value
        if field not in VALUE_FIELDS + RANGE_FIELDS:
            if word in _LOWER_OPERATORS:
                right = _LOWER_OPERATORS[word]
                raise self._error(f'write {right} in capitals, or "{word}" in quotes if the word is meant', item.pos)
            if word[0] == "!" or word in ("&&", "||"):
                raise self._error("write NOT, AND and OR as words", item.pos)
        return self._words(word, item.pos, field, quoted=False)

    def _words(self, written: str, position: int, field: str, quoted: bool) -> Node:
        if "\\" in written:
            written = re.sub(r"\\(.)", r" \1" if not quoted else r"\1", written).strip()
        elif "?" in written and not quoted:
            raise self._error("? is no wildcard here; only a * at the end of a word is", position + written.index("?"))
        source = f"{field}:{written}" if field else written
        if field in VALUE_FIELDS:
            return self._checked(lambda: make_value(field, written, position), position)
        if field in RANGE_FIELDS:
            return self._checked(lambda: make_range(field, written, written, True, True, source, position), position)
        if field in NAME_FIELDS:
            return self._name(field, written, position)
        shown = f'"{written}"' if quoted else written
        return Phrase(field, self._spell(written, position), f"{field}:{shown}" if field else shown, position)

    def _checked(self, make: Callable[[], T], position: int) -> T:
        try:
            return make()
        except ValueProblem as problem:
            raise self._error(str(problem), position) from problem

    def _spell(self, written: str, position: int) -> tuple[Sequence, ...]:
        try:
            return spellings(written)
        except WordingError as problem:
            raise self._error(str(problem), position + problem.offset) from problem

    def _name(self, field: str, written: str, position: int) -> Node:
        """A name in every spelling that the vocabulary knows; an agency also where a fact names it."""
        names = [written]
        if self._vocabulary is not None and "*" not in written:
            names += self._vocabulary.expand(field, written)
        known = self._spell(written, position)
        if field != "concept":
            known = _as_abbreviation(written, known)
        for name in dict.fromkeys(names[1:]):
            known += _known_spellings(name, field)
        source = f'{field}:"{written}"' if " " in written else f"{field}:{written}"
        phrase = Phrase("", tuple(dict.fromkeys(known))[:_MOST_SPELLINGS], source, position)
        if field != "agency" or "*" in written:
            return phrase
        folded = tuple(dict.fromkeys(filter(None, (fold(name) for name in names))))
        return Or((phrase, Value("agency", folded, False, source, position)))

    def _near(self, item: tree.Proximity, field: str) -> Node:
        if field not in ("", "title", "text", "url"):
            raise self._error(f"a distance has no meaning in {field}:", item.pos)
        tail = self._text[item.pos + len(item.term.value) :]
        if not re.match(r"~\d+(?![.\d])", tail) or item.degree > _MOST_DISTANCE:
            raise self._error(f"the distance after ~ is a whole number up to {_MOST_DISTANCE}", item.pos)
        written = item.term.value[1:-1]
        position = item.pos + 1
        words = [
            self._spell(word[0], position + word.start()) for word in re.finditer(r"\S+", written) if fold(word[0])
        ]
        words = list(dict.fromkeys(words))
        source = f'"{written}"~{int(item.degree)}'
        if len(words) < 2:
            return Phrase(field, self._spell(written, position), source, position)
        return Near(field, tuple(words), int(item.degree), f"{field}:{source}" if field else source, position)

    def _bound(self, item: tree.Item) -> str:
        if isinstance(item, tree.Prohibit):
            return f"-{self._bound(item.a)}"
        value: str = item.value
        return value.strip('"')

    def _range(self, item: tree.Item, field: str, low: str, high: str, include_low: bool, include_high: bool) -> Leaf:
        if field not in RANGE_FIELDS:
            raise self._error("a range belongs to published: or count:, as in published:[2026-01-01 TO *]", item.pos)
        source = f"{field}:{'[' if include_low else '{'}{low} TO {high}{']' if include_high else '}'}"
        return self._checked(
            lambda: make_range(field, low, high, include_low, include_high, source, item.pos), item.pos
        )


def read_tree(query: str, vocabulary: Vocabulary | None = None) -> Node:
    """The meaning of a query; raises QueryError with the position of what is wrong."""
    text, item = parse_syntax(query)
    try:
        return _Reader(query, text, vocabulary).read(_lift(item))
    except RecursionError as error:
        raise QueryError("the query is nested too deeply", query, 0) from error


def _lift(item: tree.Item) -> tree.Item:
    """Words that only stand beside each other bind loosest, also before + and -, where the grammar has it otherwise.

    `a OR b -c` is read as `a OR (b -c)`, but `a OR b c` as `(a OR b) c`; the second is meant.
    """
    children = [_lift(child) for child in item.children]
    if isinstance(item, tree.OrOperation | tree.AndOperation) and isinstance(children[-1], tree.UnknownOperation):
        first, *rest = children[-1].children
        inner = type(item)(*children[:-1], first, pos=item.pos, size=item.size)
        return tree.UnknownOperation(inner, *rest, pos=item.pos, size=item.size)
    if children:
        item.children = children
    return item


@lru_cache(maxsize=1 << 14)
def _known_spellings(name: str, field: str) -> tuple[Sequence, ...]:
    """The sequences of a spelling out of the vocabulary, where a * inside is a plural and one at the end any ending."""
    inner, star = (name[:-1], "*") if name.endswith("*") else (name, "")
    try:
        known = spellings(inner.replace("*", "").rstrip() + star)
    except WordingError:  # a spelling without a letter finds nothing
        return ()
    return known if field == "concept" else _as_abbreviation(name, known)


def _as_abbreviation(name: str, known: tuple[Sequence, ...]) -> tuple[Sequence, ...]:
    """`MPS` is written so: in small letters it would be met wherever members of parliament are."""
    if not (name.isascii() and name.isalpha() and name.isupper() and len(name) <= _LONGEST_ABBREVIATION):
        return known
    return tuple(tuple(part._replace(capitals=True) for part in sequence) for sequence in known)


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def _negation(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)

"""Lucene syntax, read by luqum. The only importer of luqum, whose parser is made quiet and safe for threads here."""

from __future__ import annotations

import re
import threading
from functools import partial

import ply.yacc  # type: ignore[import-untyped]
from luqum import tree

from core.errors import QueryError

_LONGEST = 10_000
_DEEPEST = 60
#: What keyboards of other scripts type for the same sign; one character for one, so that positions stay.
_SIGNS = str.maketrans("“”„‟＂«»「」『』（）［］｛｝：＊～＋－\u3000\u00a0", '"""""""' + '""""()[]{}:*~+-  ')
_POSITION = re.compile(r"position (\d+)")
_BRACKETS = {")": "(", "]": "[", "}": "["}
_lock = threading.Lock()


def _load_parser() -> tuple[object, object]:
    """luqum's lexer and parser. Without a table file that can be written, ply would warn at every start."""
    original = ply.yacc.yacc
    ply.yacc.yacc = partial(original, debug=False, errorlog=ply.yacc.NullLogger())
    try:
        from luqum import parser
    finally:
        ply.yacc.yacc = original
    return parser.lexer, parser.parser


_LEXER, _PARSER = _load_parser()


def parse_syntax(query: str) -> tuple[str, tree.Item]:
    """The query with its signs made ASCII, and its syntax tree. Raises QueryError."""
    text = query.translate(_SIGNS)
    if len(text) > _LONGEST:
        raise QueryError(f"a query may have {_LONGEST} characters at most", query[:80], 80)
    if not text.strip():
        raise QueryError("the query is empty", query, 0)
    _check_brackets(text, query)
    try:
        with _lock:  # the parser keeps state; a parse takes less than a millisecond
            return text, _PARSER.parse(text, lexer=_LEXER.clone())  # type: ignore[attr-defined]
    except RecursionError as error:
        raise QueryError("the query is nested too deeply", query, 0) from error
    except ValueError as error:
        raise _as_query_error(error, text, query) from error


def _as_query_error(error: ValueError, text: str, query: str) -> QueryError:
    found = _POSITION.search(str(error))
    if found is None:
        return QueryError("the query ends too early; something is missing", query, len(query.rstrip()))
    position = int(found[1])
    sign = text[position : position + 1]
    if sign == "'":
        return QueryError("a phrase takes double quotes", query, position)
    if sign in '"/':
        return QueryError(f"{sign} has no partner", query, position)
    if sign == ":":
        return QueryError("a colon may follow a field name only; put other text with colons in quotes", query, position)
    word = re.match(r"\S+", text[position:])
    return QueryError(f"{word[0] if word else sign!r} cannot stand here", query, position)


def _check_brackets(text: str, query: str) -> None:
    """Name the bracket that has no partner, which a grammar can only call an unexpected end."""
    open_at: list[tuple[str, int]] = []
    for position in _outside_quotes(text, query):
        sign = text[position]
        if sign in "([{":
            open_at.append(("(" if sign == "(" else "[", position))
            if len(open_at) > _DEEPEST:
                raise QueryError("the query is nested too deeply", query, position)
        elif sign in ")]}":
            if not open_at or open_at.pop()[0] != _BRACKETS[sign]:
                raise QueryError(f"{sign} closes nothing", query, position)
    if open_at:
        raise QueryError(f"{text[open_at[-1][1]]} is never closed", query, open_at[-1][1])


def _outside_quotes(text: str, query: str) -> list[int]:
    """Positions outside phrases; a quote inside a word or without a partner is an error."""
    outside: list[int] = []
    opened: int | None = None
    skip = False
    for position, sign in enumerate(text):
        if skip or sign == "\\":
            skip = not skip
        elif sign == '"':
            if opened is None and position and text[position - 1] not in ' \t\r\n(:+-"[{':
                raise QueryError("a phrase must begin after a space", query, position)
            opened = None if opened is not None else position
        elif opened is None:
            outside.append(position)
    if opened is not None:
        raise QueryError("the quote is never closed", query, opened)
    return outside

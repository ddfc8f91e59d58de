"""Places in a query that values are put into: `:since`. The values travel beside the query and are never part of it."""

from __future__ import annotations

import re
from collections.abc import Collection

#: What a colon may stand in without naming a place: texts, names, comments, and the casts of Postgres.
_PIECE = re.compile(
    r"""(?P<skip>'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|--[^\n]*|/\*.*?(?:\*/|$)|::)"""
    r"""|(?<![\w:]):(?P<name>[a-z_][a-z0-9_]*)""",
    re.DOTALL | re.IGNORECASE,
)


def named(query: str) -> tuple[str, ...]:
    """The names a query has places for, each once."""
    return tuple(dict.fromkeys(found["name"] for found in _PIECE.finditer(query) if found["name"]))


def for_psycopg(query: str) -> str:
    """The query as psycopg wants it that is given values: `%(since)s`, and a percent sign written twice."""
    doubled = query.replace("%", "%%")
    return _PIECE.sub(lambda found: f"%({found['name']})s" if found["name"] else found[0], doubled)


def with_nulls(query: str, but: Collection[str] = ()) -> str:
    """The query with nothing in its places `but` some, to see what it reads."""
    return _PIECE.sub(lambda found: "NULL" if found["name"] and found["name"] not in but else found[0], query)

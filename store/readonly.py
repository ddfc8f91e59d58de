"""Ad-hoc SQL on the views, by people who may write anything: one statement, reading only, within limits.

It runs in a child process that is killed when it takes too long. This module is what the child imports, so it
stays light. SQLite: a read-only connection whose authorizer lets a statement touch the views and, through them, the
tables behind; no other table, no PRAGMA, no ATTACH. Postgres: a read-only transaction and a server-side cursor, which
takes a single SELECT and nothing else, which the server finds to read nothing but the views; with a role that may read
those alone (docs/sql.md) it need not.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from store.placeholders import for_psycopg, with_nulls

if TYPE_CHECKING:
    from psycopg import Connection

#: What may be put into a place of a query.
Value = str | int | float

_MOST_BYTES = 64 << 20
_BATCH = 500
_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})
_SQLITE_FORBIDDEN = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "sqlite_log"})
#: Functions that reach beyond the query: files, other sessions, settings, SQL from text.
_POSTGRES_FORBIDDEN = re.compile(
    r"\b(pg_(?!typeof|size_pretty)\w+|lo_\w+|dblink\w*|set_config|current_setting|nextval|setval"
    r"|(?:query|cursor|table|schema|database)_to_xml\w*)\b",
    re.IGNORECASE,
)
_SQLITE_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|$)""", re.DOTALL
)


@dataclass(frozen=True)
class Bounds:
    """How much one query may give and take."""

    rows: int = 10_000
    seconds: float = 10.0


@dataclass(frozen=True)
class Answer:
    """What a query gave. `cut` says why there are no more rows, where there would be."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    cut: str = ""
    refused: str = ""  # why the query did not run, or did not end well


def ask_sqlite(
    path: str, query: str, views: Sequence[str], bounds: Bounds, values: Mapping[str, Value] | None = None
) -> Answer:
    """The answer of a SQLite file, with `values` in the places it names. Never raises for what the query does."""
    db = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)
    try:
        _guard(db, frozenset(views), bounds)
        _refuse_shadows(query, views)
        cursor = db.execute(query, values or {})
        if cursor.description is None:
            return Answer(refused="nothing to read: write a SELECT")
        return _collect([column[0] for column in cursor.description], cursor.fetchmany, bounds)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        return Answer(refused=_say_sqlite(error, bounds))
    finally:
        db.close()


def _guard(db: sqlite3.Connection, views: frozenset[str], bounds: Bounds) -> None:
    db.execute("PRAGMA query_only=ON")
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA temp_store=MEMORY")  # a sort must not fill the disk
    db.execute("PRAGMA busy_timeout=5000")
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_LENGTH, 32 << 20),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 200_000),
        (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
    ):
        db.setlimit(limit, value)
    behind = _columns_behind(db, views)
    tables = frozenset(row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"))
    end = time.monotonic() + bounds.seconds
    db.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)
    db.set_authorizer(_authorizer(views, behind, tables - {table for table, _ in behind}))


def _columns_behind(db: sqlite3.Connection, views: Iterable[str]) -> frozenset[tuple[str, str]]:
    """What the views read: a query that passes off a table of its own as a view gets no further than this."""
    read: set[tuple[str, str]] = set()

    def record(action: int, table: str | None, column: str | None, _base: str | None, _view: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            read.update({(table or "", column or ""), (table or "", "")})
        return sqlite3.SQLITE_OK

    db.set_authorizer(record)
    for view in views:
        db.execute(f"EXPLAIN SELECT * FROM {view}").close()
    db.set_authorizer(None)
    return frozenset(pair for pair in read if not pair[0].startswith("sqlite_"))


def _authorizer(
    views: frozenset[str], behind: frozenset[tuple[str, str]], hidden: frozenset[str]
) -> Callable[..., int]:
    def allow(action: int, first: str | None, second: str | None, _base: str | None, view: str | None) -> int:
        if action in _READS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_DENY if (second or "").lower() in _SQLITE_FORBIDDEN else sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            if not second:  # only how many rows there are, asked outside of any view; of a WITH's table too
                return sqlite3.SQLITE_DENY if _is_hidden(first, hidden) else sqlite3.SQLITE_OK
            through_view = view in views and (first or "", second) in behind
            return sqlite3.SQLITE_OK if first in views or through_view else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_DENY

    return allow


def _is_hidden(table: str | None, hidden: frozenset[str]) -> bool:
    return table is None or table in hidden or table.lower().startswith(("sqlite_", "pragma_"))


def _refuse_shadows(query: str, views: Sequence[str]) -> None:
    """A WITH that takes a view's name would be taken for the view by the authorizer."""
    names = "|".join(map(re.escape, views))
    code = _SQLITE_TOKEN.sub(lambda token: token[0] if token[0][0] in '"`[' else " ", query)
    if re.search(rf"\b({names})\b\W?\s*(\([^()]*\)\s*)?AS\s*(NOT\s+)?(MATERIALIZED\s*)?\(", code, re.IGNORECASE):
        raise ValueError("a WITH must not take the name of a view")


def _say_sqlite(error: Exception, bounds: Bounds) -> str:
    text = str(error)
    if "interrupted" in text:
        return f"took more than {bounds.seconds:g} s and was stopped"
    if "not authorized" in text or "prohibited" in text or "access to" in text:
        return f"only reading the views is allowed ({text}); docs/sql.md names them"
    if "one statement at a time" in text:
        return "one statement at a time"
    return text


def ask_postgres(
    dsn: str,
    query: str,
    views: Sequence[str],
    bounds: Bounds,
    values: Mapping[str, Value] | None = None,
    is_reader: bool = False,
) -> Answer:
    """The answer of a Postgres database, with `values` in the places it names. Never raises for what the query does.

    `is_reader`: the role of the connection may read the views alone, so what the query reads need not be found out.
    """
    import psycopg

    # In texts and comments too: telling those from code is how such filters are got round.
    forbidden = _POSTGRES_FORBIDDEN.search(query)
    if forbidden or re.search(r"U&\s*\"", query, re.IGNORECASE):
        return Answer(refused=f"only reading the views is allowed: not {forbidden[0] if forbidden else 'U& names'}")
    wait = int(bounds.seconds * 1000)
    options = f"-c default_transaction_read_only=on -c statement_timeout={wait} -c lock_timeout=5000 -c timezone=UTC"
    try:
        with psycopg.connect(dsn, options=options, connect_timeout=5, application_name="nightdesk sql") as db:
            if not is_reader and (beyond := _beyond_views(db, query, views)):
                return Answer(refused=f"only reading the views is allowed (not {beyond}); docs/sql.md names them")
            db.read_only = True
            db.adapters.register_loader("json", psycopg.types.string.TextLoader)
            db.adapters.register_loader("jsonb", psycopg.types.string.TextLoader)
            # Prepared: the protocol then takes one statement, and DECLARE takes only a query that changes nothing.
            declared = f"DECLARE asked NO SCROLL CURSOR FOR {for_psycopg(query) if values else query}"
            db.execute(declared.encode(), values or None, prepare=True)
            cursor = db.cursor()
            cursor.execute("FETCH 0 FROM asked")
            columns = [column.name for column in cursor.description or ()]

            def fetch(count: int) -> Sequence[Sequence[Any]]:
                return cursor.execute(f"FETCH {count} FROM asked".encode()).fetchall()

            return _collect(columns, fetch, bounds)
    except psycopg.errors.QueryCanceled:
        return Answer(refused=f"took more than {bounds.seconds:g} s and was stopped")
    except psycopg.OperationalError as error:
        if error.sqlstate is None:  # its text may repeat the address
            return Answer(refused="the database cannot be reached")
        return Answer(refused=_say_postgres(error))
    except psycopg.Error as error:
        return Answer(refused=_say_postgres(error))


def _beyond_views(db: Connection[Any], query: str, views: Sequence[str]) -> str:
    """What else the query would read, as the server tells: it is made a view, which is never read, and taken back."""
    db.read_only = False
    try:
        # A subquery may have two columns of one name; a view may not.
        asked = f"CREATE TEMP VIEW nightdesk_asked AS SELECT 1 AS one FROM ({with_nulls(query)}\n) AS asked"
        db.execute(asked.encode(), prepare=True)
        row = db.execute(_READ_BY_VIEW, {"views": list(views)}).fetchone()
        return str(row[0]) if row else ""
    finally:
        db.rollback()


_READ_BY_VIEW = """
SELECT coalesce(c.relname, p.proname, 'what is no view') FROM pg_depend d
JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'pg_temp.nightdesk_asked'::regclass
LEFT JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid <> r.ev_class AND NOT coalesce(
    c.relkind = 'v' AND c.relname = ANY (%(views)s) AND c.relnamespace = current_schema::regnamespace, false)
LIMIT 1
"""


def _say_postgres(error: Any) -> str:
    text = str(error).partition("\n")[0]
    if "multiple commands" in text:
        return "one statement at a time"
    if error.sqlstate in ("25006", "42501") or "DECLARE CURSOR" in text:
        return f"only reading is allowed ({text})"
    return f"write a SELECT ({text})" if error.sqlstate == "42601" else text


def _collect(columns: Sequence[str], fetch: Callable[[int], Sequence[Sequence[Any]]], bounds: Bounds) -> Answer:
    rows: list[tuple[Any, ...]] = []
    size = 0
    while batch := fetch(min(_BATCH, bounds.rows + 1 - len(rows))):
        for row in batch:
            plain = tuple(_plain(value) for value in row)
            size += sum(len(value) if isinstance(value, str) else 8 for value in plain)
            if len(rows) == bounds.rows:
                return Answer(tuple(columns), tuple(rows), f"only the first {bounds.rows:,} rows are shown")
            if size > _MOST_BYTES:
                return Answer(
                    tuple(columns), tuple(rows), f"cut at {len(rows):,} rows, which hold {_MOST_BYTES >> 20} MB"
                )
            rows.append(plain)
    return Answer(tuple(columns), tuple(rows))


def _plain(value: Any) -> Any:
    """A value that every format can write."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)

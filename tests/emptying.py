"""A Postgres database that tests use one after the other: emptied in between, a tenth of the work of making one."""

from __future__ import annotations

import psycopg
from psycopg import sql

from store.schema import metadata

#: Where a change of the schema leaves a row that no transaction before it wrote.
_CATALOGUES = ("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_trigger", "pg_proc", "pg_rewrite")

_SCHEMA = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT {}, count(*)::text || ' ' || max(xmin::text::bigint) FROM {}").format(
        sql.Literal(catalogue), sql.Identifier(catalogue)
    )
    for catalogue in _CATALOGUES
) + sql.SQL(" UNION ALL SELECT version_num, '' FROM alembic_version")

_LEAVE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"

#: What refers to others goes before them.
_EMPTY = sql.SQL("; ").join(
    sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in reversed(metadata.sorted_tables)
)

_COUNT_ANEW = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""


class Emptied:
    """A migrated database, and the knowledge of how it was."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self._db = psycopg.connect(url, autocommit=True)
        self._schema = self._read_schema()

    def empty(self) -> bool:
        """Without rows and connections as before the first test; False where a test changed more than that."""
        try:
            self._db.execute(_LEAVE, [self.name])
            if self._read_schema() != self._schema:
                return False
            self._db.execute(_EMPTY)
            self._db.execute(_COUNT_ANEW)
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        self._db.close()

    def _read_schema(self) -> list[tuple[str, str]]:
        return self._db.execute(_SCHEMA).fetchall()

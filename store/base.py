"""What all tables share: one metadata, column types that mean the same on SQLite and Postgres."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment in UTC: `timestamptz` on Postgres, ISO 8601 text of fixed width on SQLite, so that it sorts."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(27))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r} on its way into the database")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


#: 64 bits on Postgres; SQLite numbers rows by itself only in a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def id_column() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def ref(
    name: str, target: str, *, index: bool = False, nullable: bool = False, primary_key: bool = False
) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey(target), index=index, nullable=nullable, primary_key=primary_key)


def moment(name: str, *, nullable: bool = False, index: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=nullable, index=index)


def text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, default=default)


def json(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=nullable)


#: An INSERT that knows ON CONFLICT, by the name of the dialect.
INSERTS: Mapping[str, Callable[[sa.Table], postgresql.Insert | sqlite.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def upsert(db: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of `db`."""
    return INSERTS[db.dialect.name](table)


def insert_ignoring(db: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that leaves a row that is already there as it is."""
    return upsert(db, table).on_conflict_do_nothing()

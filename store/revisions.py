"""Which revision a database is at, and which this program knows: told without Alembic, which only migrating needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_INSTALLED = Path(__file__).with_name("migrations")
_CHECKOUT = Path(__file__).parents[1] / "migrations"


def folder() -> Path:
    """Where the migrations are."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@cache
def known() -> tuple[str, ...]:
    """Every revision by its number, with which its file begins; the last one made has the highest."""
    return tuple(sorted(path.name.partition("_")[0] for path in (folder() / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """The revision that this program works with."""
    return known()[-1]


def current(db: Connection) -> str | None:
    """The revision of the database; None for an empty one."""
    if not sa.inspect(db).has_table("alembic_version"):
        return None
    found: str | None = db.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found

"""What was imported: each sheet by its name, and its rows with what they said. Written by nightdesk's import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import articles, page_outcomes
from store.base import id_column, metadata, moment, ref, text
from store.developments import development_articles

imports = sa.Table(
    "imports",
    metadata,
    id_column(),
    text("name"),
    text("file"),
    text("sha256"),  # of the file that was last imported; kept with the bodies
    moment("made_at"),
    moment("changed_at"),
    text("by"),
    moment("undone_at", nullable=True),
    sa.UniqueConstraint("name"),
)

import_rows = sa.Table(
    "import_rows",
    metadata,
    ref("import_id", "imports.id", primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    text("sha256"),  # of what the row said, as it was understood
    ref("page_id", "pages.id"),  # that it was last written as
)

_BATCH = 500


def find(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(sa.select(imports).where(imports.c.name == name)).first()


def listed(db: Connection) -> list[Row[Any]]:
    """Every import with how many rows it has, oldest first."""
    count = sa.select(sa.func.count()).where(import_rows.c.import_id == imports.c.id).scalar_subquery()
    return list(db.execute(sa.select(imports, count.label("rows")).order_by(imports.c.id)))


def open_import(db: Connection, name: str, values: Mapping[str, Any], now: datetime) -> int:
    """The import of that name, begun or gone on with; its id."""
    known = find(db, name)
    if known is None:
        row = {"name": name, "made_at": now, "changed_at": now, **values}
        return int(db.execute(sa.insert(imports).values(**row).returning(imports.c.id)).scalar_one())
    again = {"changed_at": now, "undone_at": None, **values}
    db.execute(sa.update(imports).where(imports.c.id == known.id).values(**again))
    return int(known.id)


def rows_of(db: Connection, import_id: int) -> dict[str, tuple[str, int]]:
    """What each row said when it was last imported, and its page, by key."""
    found = db.execute(sa.select(import_rows).where(import_rows.c.import_id == import_id))
    return {row.key: (row.sha256, row.page_id) for row in found}


def keep_row(db: Connection, import_id: int, key: str, sha256: str, page_id: int) -> None:
    """Write down what a row says now."""
    mine = (import_rows.c.import_id == import_id, import_rows.c.key == key)
    values = {"sha256": sha256, "page_id": page_id}
    if not db.execute(sa.update(import_rows).where(*mine).values(**values)).rowcount:
        db.execute(sa.insert(import_rows).values(import_id=import_id, key=key, **values))


def drop_rows(db: Connection, import_id: int, keys: Sequence[str]) -> None:
    """These rows are imported no longer."""
    db.execute(sa.delete(import_rows).where(import_rows.c.import_id == import_id, import_rows.c.key.in_(keys)))


def end(db: Connection, import_id: int, now: datetime) -> None:
    """An import was taken back as a whole."""
    db.execute(sa.update(imports).where(imports.c.id == import_id).values(undone_at=now, changed_at=now))


def became(db: Connection, page_ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """The article and the development of each of these pages that has been read."""
    found: dict[int, tuple[int | None, int | None]] = {}
    joined = page_outcomes.outerjoin(articles, articles.c.id == page_outcomes.c.article_id).outerjoin(
        development_articles, development_articles.c.article_id == articles.c.id
    )
    query = sa.select(page_outcomes.c.page_id, articles.c.id, development_articles.c.development_id)
    for start in range(0, len(page_ids), _BATCH):
        mine = page_outcomes.c.page_id.in_(page_ids[start : start + _BATCH])
        found |= {row[0]: (row[1], row[2]) for row in db.execute(query.select_from(joined).where(mine))}
    return found

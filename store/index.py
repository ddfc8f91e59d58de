"""The search index and its tables: what an article is found by. Written by the pipeline, in its own transactions.

The index of words (FTS5 on SQLite, a tsvector on Postgres) is fed with terms made in `core`. Beside it stand, narrow,
what filters ask of each article, and its text made ready to be searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection

from core.query.field import Field, read_field
from core.query.index import index_terms
from core.query.packed import pack
from core.text import FOLDING
from store.articles import article_versions, articles
from store.base import Id, UtcDateTime

search_rows = sa.table(
    "search_rows",
    sa.column("id"),
    sa.column("article_id"),
    sa.column("folding"),
    sa.column("kept"),
    sa.column("terms", TSVECTOR),
)
search_values = sa.table(  # of the current version; a row for each article that can be found
    "search_values",
    sa.column("row_id", Id),
    sa.column("article_id", Id),
    sa.column("version_id", Id),
    sa.column("language", sa.Text),
    sa.column("published_at", UtcDateTime),
)
search_titles = sa.table(  # on Postgres; without terms where those of a title are not known
    "search_titles", sa.column("row_id", Id), sa.column("terms", TSVECTOR)
)
search_texts = sa.table(  # so that looking into a text does not mean reading it anew
    "search_texts",
    sa.column("article_id", Id),
    sa.column("folding", sa.Integer),
    sa.column("packed", sa.LargeBinary),
)

FIELDS = ("title", "text", "url")
#: Weights of the fields in a tsvector.
WEIGHTS = {"title": "A", "text": "D", "url": "B"}
#: What Postgres keeps of a text: its tsvector ends at 1 MB, position 16,383 and 256 places of one word.
NOTHING, WORDS, PLACES = 0, 1, 2

_MOST_PLACES = 255
_LAST_PLACE = 16_383
_MOST_BYTES = 900_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def index_article(db: Connection, article_id: int, title: str, text: str | Field) -> None:
    """Make the current version of an article findable, in the transaction that wrote it."""
    remove(db, article_id)
    version = db.execute(_VERSION, {"article": article_id}).one()
    index_new(db, {"article_id": article_id, **version._mapping, "title": title, "text": text})


def index_new(db: Connection, article: Mapping[str, Any]) -> None:
    """The same for an article not in the index yet, all of whose version is known; perhaps its text `packed`."""
    row_id = first_row_id(article["published_at"]) + article["article_id"] % (1 << 16)
    while db.scalar(_ROW_OF, {"row": row_id}) is not None:
        row_id += 1
    add(db, [{"row_id": row_id, **article}])


def add(db: Connection, found: Sequence[Mapping[str, Any]]) -> None:
    """Put articles into the index, each with its `row_id` and all that its version says."""
    rows, words, titles, texts = [], [], [], []
    for article in found:
        fields = {name: _field(name, article[name]) for name in FIELDS}
        terms = {name: index_terms(field) for name, field in fields.items()}
        row: dict[str, Any] = {"id": article["row_id"], "article_id": article["article_id"], "folding": FOLDING}
        if db.dialect.name == "sqlite":
            words.append({"id": row["id"], **{name: " ".join(told) for name, told in terms.items()}})
        else:
            row["kept"], row["terms"] = _vector(terms)
            kept, title = _vector({"title": terms["title"]})
            titles.append({"row_id": row["id"], "terms": title if kept == PLACES else None})
        rows.append(row)
        packed = article.get("packed") or pack(fields["text"])
        texts.append({"article_id": row["article_id"], "folding": FOLDING, "packed": packed})
    if db.dialect.name == "sqlite":
        db.execute(_ADD_ROW, rows)
        db.execute(_FEED, words)
    else:
        db.execute(_ADD_VECTOR, rows)
        db.execute(_ADD_TITLE, titles)
    names = [column.name for column in search_values.columns]
    db.execute(_ADD_VALUES, [{name: article[name] for name in names} for article in found])
    db.execute(_ADD_TEXT, texts)


def _field(name: str, words: str | Field) -> Field:
    return words if isinstance(words, Field) else read_field(name, words)


# Statements of every article are made once: making them anew costs more than running them.
_VERSION = (
    sa.select(
        article_versions.c.id.label("version_id"),
        article_versions.c.language,
        article_versions.c.published_at,
        articles.c.url,
    )
    .join_from(articles, article_versions)
    .where(articles.c.id == sa.bindparam("article"), article_versions.c.is_current)
)
_ROW_OF = sa.select(search_rows.c.id).where(search_rows.c.id == sa.bindparam("row"))
_ADD_ROW = sa.insert(search_rows).values({name: sa.bindparam(name) for name in ("id", "article_id", "folding")})
_WRITTEN = sa.cast(sa.bindparam("terms", type_=sa.Text), TSVECTOR)
_ADD_VECTOR = sa.insert(search_rows).values(terms=_WRITTEN)
_ADD_TITLE = sa.insert(search_titles).values(terms=_WRITTEN)
_FEED = sa.text("INSERT INTO search_index (rowid, title, text, url) VALUES (:id, :title, :text, :url)")
_ADD_VALUES, _ADD_TEXT = sa.insert(search_values), sa.insert(search_texts)
_LEAVE_BEHIND = (
    sa.update(search_rows).where(search_rows.c.article_id == sa.bindparam("article")).values(article_id=None)
)
_FORGET_VALUES, _FORGET_TEXT = (
    sa.delete(table).where(table.c.article_id == sa.bindparam("article")) for table in (search_values, search_texts)
)
_DELETE = sa.delete(search_rows).where(search_rows.c.article_id == sa.bindparam("article"))


def remove(db: Connection, article_id: int) -> None:
    """Take an article out of the index. FTS5 keeps the words, but nothing leads from them any more."""
    for forget in (_FORGET_VALUES, _FORGET_TEXT, _LEAVE_BEHIND if db.dialect.name == "sqlite" else _DELETE):
        db.execute(forget, {"article": article_id})


def pack_texts(db: Connection, before: int | None, limit: int) -> int | None:
    """Make ready the texts of some articles that were filed without, newest first, those placed below `before`.

    Returns below which to go on; None where no more are left.
    """
    place = search_values.c.row_id
    texts = search_values.join(article_versions, article_versions.c.id == search_values.c.version_id)
    unpacked = ~sa.exists().where(
        search_texts.c.article_id == search_values.c.article_id, search_texts.c.folding == FOLDING
    )
    wanted = sa.select(place, search_values.c.article_id, article_versions.c.text).select_from(texts).where(unpacked)
    wanted = wanted.order_by(place.desc()).limit(limit)
    rows = db.execute(wanted if before is None else wanted.where(place < before)).all()
    for row in rows:
        db.execute(_FORGET_TEXT, {"article": row.article_id})
        packed = pack(read_field("text", row.text))
        db.execute(_ADD_TEXT, {"article_id": row.article_id, "folding": FOLDING, "packed": packed})
    return rows[-1].row_id if rows else None


def clear(db: Connection) -> None:
    """Empty the index, so that all articles are to be indexed anew."""
    if db.dialect.name == "sqlite":
        db.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    for table in (search_values, search_texts, search_rows):
        db.execute(sa.delete(table))


def first_row_id(published: datetime) -> int:
    """What the ids of articles published in that minute begin with; a few may run on into the next minute's.

    So an id sorts by the minute of publication, and walking ids backwards is newest first.
    """
    return max(0, int((published - _EPOCH).total_seconds() // 60)) << 16


def _vector(terms: Mapping[str, Sequence[str]]) -> tuple[int, str]:
    """A tsvector in its written form and how much of the text it keeps."""
    places: dict[str, list[str]] = {}
    place = 0
    for name, found in terms.items():
        for term in found:
            place += 1
            places.setdefault(term, []).append(f"{place}{WEIGHTS[name]}")
    if sum(len(term) + 10 for term in places) > _MOST_BYTES:
        return NOTHING, ""
    if place > _LAST_PLACE or any(len(where) > _MOST_PLACES for where in places.values()):
        return WORDS, " ".join(places)
    return PLACES, " ".join(f"{term}:{','.join(where)}" for term, where in places.items())

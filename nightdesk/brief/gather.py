"""Reads what a brief is made of: the developments that pass, each with its articles, facts, changes and case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.read import read_development
from alerts.story import Stated, Story
from core.errors import NotFound
from nightdesk.listing import DEVELOPMENTS, Filters, rows
from pipeline.match import sentence_at
from store import threads
from store.citations import citations, figures_in
from store.restricted import beside

Row = Mapping[str, Any]
#: What tells one figure of an article from another.
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Material:
    """One development as it is on record."""

    row: Row  # of developments_v
    story: Story
    articles: tuple[Any, ...]  # as they are cited
    changes: tuple[Row, ...]  # of changes_v
    sentences: Mapping[Key, str]  # that the figures stand in
    restricted: tuple[Any, ...] = ()  # reports that stand beside it, as they are cited
    kept: tuple[Stated, ...] = ()  # what those state


@dataclass(frozen=True)
class Case:
    """A thread: how many of its stages are told of here, and the others, as their news came."""

    thread_id: int
    told: int
    stages: tuple[tuple[Row, Story], ...]


def gather(
    db: Connection, filters: Filters, watch: str | None = None, restricted: bool = False
) -> tuple[list[Material], dict[int, Case]]:
    """What passes, newest first, and the cases it belongs to. Raises NotFound for a watch that is not there.

    With `restricted` what stands beside them is told too.
    """
    only = _asked_for(db, watch) if watch is not None else None
    found = list(rows(db, DEVELOPMENTS, filters, only))
    told = [_material(db, row, restricted) for row in found]
    return told, {case.thread_id: case for case in _cases(db, found)}


def _asked_for(db: Connection, watch: str) -> sa.Select[Any]:
    """The developments of which an article matched a watch."""
    if db.scalar(sa.text("SELECT count(*) FROM watches_v WHERE name = :name"), {"name": watch}) == 0:
        raise NotFound(f"there is no watch {watch}; see nightdesk watches list")
    articles = sa.table("articles_v", sa.column("id"), sa.column("development_id"))
    matches = sa.table("matches_v", *(sa.column(name, sa.Boolean) for name in ("article_id", "watch", "fired")))
    mine = matches.c.article_id == articles.c.id
    return (
        sa.select(articles.c.development_id)
        .join_from(articles, matches, mine)
        .where(sa.cast(matches.c.watch, sa.Text) == watch, matches.c.fired)
    )


def _material(db: Connection, row: Row, restricted: bool) -> Material:
    story = read_development(db, row["id"], "")
    cited = citations(db, [report.id for report in story.reports])
    query = "SELECT * FROM changes_v WHERE development_id = :id AND kind <> 'new' ORDER BY seq"
    changes = db.execute(sa.text(query), {"id": row["id"]}).mappings()
    shelf = citations(db, beside(db, row["id"])) if restricted else []
    sentences = _sentences(db, [article.id for article in (*cited, *shelf)])
    kept = tuple(_stated(db, [article.id for article in shelf]))
    told = tuple(dict(change) for change in changes)
    return Material(row, story, tuple(cited), told, sentences, tuple(shelf), kept)


def _stated(db: Connection, article_ids: list[int]) -> Iterator[Stated]:
    """What restricted reports state."""
    query = sa.text("SELECT * FROM facts_all_v WHERE article_id IN :ids ORDER BY article_id, id")
    asked = query.bindparams(sa.bindparam("ids", expanding=True))
    for row in db.execute(asked, {"ids": article_ids}).mappings() if article_ids else ():
        yield Stated(**{name: row[name] for name in Stated.__dataclass_fields__ if name in row})


def key_of(fact: Any) -> Key:
    return fact.article_id, fact.kind, fact.value, fact.unit, fact.status, fact.nationality, fact.quote


def _sentences(db: Connection, article_ids: list[int]) -> dict[Key, str]:
    """The sentence of each figure, where its quote still stands in the text as it was read."""
    found: dict[Key, str] = {}
    for figure in figures_in(db, article_ids):
        whole, end = f"{figure.title}\n{figure.text}", figure.position + len(figure.quote)
        if figure.quote and whole[figure.position : end] == figure.quote:
            found.setdefault(key_of(figure), sentence_at(whole, figure.position, end))
    return found


def _cases(db: Connection, found: list[Row]) -> Iterator[Case]:
    told = {row["id"] for row in found}
    for thread_id in dict.fromkeys(row["thread_id"] for row in found if row["thread_id"] is not None):
        others = [number for number in threads.members(db, thread_id) if number not in told]
        stages = [(_development(db, number), read_development(db, number, "")) for number in others]
        yield Case(thread_id, sum(row["thread_id"] == thread_id for row in found), tuple(stages))


def _development(db: Connection, number: int) -> Row:
    return dict(db.execute(sa.text("SELECT * FROM developments_v WHERE id = :id"), {"id": number}).mappings().one())

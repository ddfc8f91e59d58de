"""One article, development, alert or thread with all that belongs to it, read from the views."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import NotFound
from core.ids import show_id
from nightdesk.differences import difference
from nightdesk.figures import figure_lines
from nightdesk.output import natural, words
from nightdesk.terminal import plain
from store import articles, developments, facts, interactions, ledger, rulings, threads, views
from store.articles import article_versions as versions
from store.restricted import is_restricted
from store.revisits import revisits_of

Row = Mapping[str, Any]

_ARTICLE_COLUMNS = (
    "id, title, url, source, language, published_at, published_from, found_at, duplicate_of, development_id"
)
_STAGE_COLUMNS = "id, event_date, title, event_types, countries, status, articles, first_found_at"


@dataclass(frozen=True)
class Shown:
    """One thing and what belongs to it, by name."""

    noun: str
    row: Row
    parts: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def load(db: Connection, noun: str, number: int, restricted: bool = False) -> Shown:
    """Everything about one id. Raises NotFound, for a restricted report too where it is not asked for."""
    return _LOADERS[noun](db, number, restricted)


def as_json(shown: Shown) -> dict[str, Any]:
    """One object, whose parts are lists of rows as in the views."""
    return {
        "kind": shown.noun,
        **natural(shown.row),
        **{name: [natural(row) for row in rows] for name, rows in shown.parts.items()},
    }


def in_words(shown: Shown) -> str:
    """For people: a heading, what is known, and each part as lines."""
    number = int(shown.row["id"])
    title = plain(str(shown.row.get("title") or shown.row.get("watch") or ""), lines=False)
    mark = "  (restricted: not to be passed on)" if shown.row.get("restricted") else ""
    lines = [f"{show_id(shown.noun, number)}  {title}{mark}".rstrip(), ""]
    for column, value in shown.row.items():
        if column not in ("id", "title", "text", "restricted") and value is not None:
            lines.append(f"  {column.replace('_', ' '):<20} {words(column, value)}")
    for name, rows in shown.parts.items():
        if rows:
            lines += ["", f"{name.replace('_', ' ')} ({len(rows)})", *(f"  {_line(name, row)}" for row in rows)]
    text = shown.row.get("text")
    if text:
        paragraphs = (textwrap.fill(plain(line), 100, replace_whitespace=False) for line in str(text).splitlines())
        lines += ["", *paragraphs]
    return "\n".join(lines)


def _line(name: str, row: Row) -> str:
    """One row of a part: its values, the empty ones left out."""
    noun = _NOUNS.get(name, "")
    if name == "changes":
        row = _change(row)
    shown = (words(column, value, noun) for column, value in row.items() if column not in _LEFT_OUT.get(name, ()))
    return "  ".join(value for value in shown if value)


def _change(row: Row) -> Row:
    """A change with its two sides as one phrase."""
    said = " to ".join(side for side in (row["old"], row["new"]) if side)
    what = ": ".join(filter(None, (row["what"], said))) or None
    by = f"by {row['by']}" if row["by"] else None
    return {**{key: row[key] for key in ("seq", "kind", "origin", "at", "cause_article_id")}, "what": what, "by": by}


#: What the id of a row of a part is of.
_NOUNS = {
    "articles": "article",
    "developments": "development",
    "earlier_in_thread": "development",
    "later_in_thread": "development",
    "mentions": "development",
    "restricted": "article",
    "restricted_facts": "fact",
    "mentioned_in": "article",
    "facts": "fact",
    "alerts": "alert",
}
#: What every row of a part says alike, or what only programs want.
_LEFT_OUT: dict[str, frozenset[str]] = {
    "facts": frozenset({"development_id", "url", "published_at", "confidence", "position"}),
    "changes": frozenset({"id", "development_id"}),
    "alerts": frozenset({"development_id"}),
    "deliveries": frozenset({"id", "alert_id", "not_before"}),
    "articles": frozenset({"development_id", "published_from", "found_at"}),
    "mentions": frozenset({"thread_reason"}),
    "restricted": frozenset({"development_id", "published_from", "found_at", "duplicate_of"}),
    "restricted_facts": frozenset({"development_id", "url", "published_at", "confidence", "restricted"}),
    "mentioned_in": frozenset({"development_id", "published_from", "found_at", "duplicate_of"}),
    "versions": frozenset({"sha256"}),
    "matches": frozenset({"article_id"}),
    "interactions": frozenset({"development_id", "date_precision", "position", "confidence"}),
}


def _article(db: Connection, number: int, restricted: bool) -> Shown:
    row = _one(db, "article", f"SELECT * FROM {views.named('articles_v', restricted)} WHERE id = :id", number)
    stated = f"SELECT * FROM {views.named('facts_v', restricted)} WHERE article_id = :id ORDER BY id"
    return Shown(
        "article",
        row,
        {
            "facts": _all(db, stated, number),
            "interactions": _told(db, number),
            "matches": _all(db, "SELECT * FROM matches_v WHERE article_id = :id ORDER BY watch", number),
            "rulings": _rulings(rulings.about_article(db, number)),
            "handed_in": _handed_in(db, number),
            **_history(db, number),
        },
    )


def _handed_in(db: Connection, number: int) -> list[Row]:
    """What whoever handed a report in said of it."""
    given = articles.given_with(db, number)
    said = {name: given[name] for name in ("speaker", "note", "read_by") if given.get(name)}
    return [said] if said else []


def _told(db: Connection, number: int) -> list[Row]:
    """Who does what with whom, as an article tells it."""
    version = articles.version_row(db, number)
    told = interactions.told_by(db, version.id) if version is not None else []
    return [{name: getattr(row, name) for name in interactions.TOLD} for row in told]


def _history(db: Connection, number: int) -> dict[str, list[Row]]:
    """An article's versions, what each changed, and what the second looks at its page saw."""
    kept = list(db.execute(sa.select(versions).where(versions.c.article_id == number).order_by(versions.c.seq)))
    shown: list[Row] = [
        {"seq": row.seq, "at": iso(row.created_at), "title": row.title, "words": row.words, "sha256": row.text_sha256}
        for row in kept
    ]
    edits: list[Row] = [
        {"seq": new.seq, "line": line}
        for old, new in pairwise(kept)
        for line in difference(f"{old.title}\n{old.text}", f"{new.title}\n{new.text}")
    ]
    return {"versions": shown if len(kept) > 1 else [], "edits": edits, "revisits": _revisits(db, number)}


def _revisits(db: Connection, number: int) -> list[Row]:
    row = revisits_of(db, number)
    if row is None or not row.times:
        return []
    times = {"at": row.last_at, "gone_at": row.gone_at, "next_at": row.due_at}
    written = {name: iso(value) if value else None for name, value in times.items()}
    return [{"at": written["at"], "state": row.state, "reason": row.reason, "times": row.times, **written}]


def _development(db: Connection, number: int, restricted: bool) -> Shown:
    row = _one(db, "development", "SELECT * FROM developments_v WHERE id = :id", number)
    of = "WHERE development_id = :id"
    members = [one["id"] for one in _all(db, f"SELECT id FROM articles_v {of}", number)]
    return Shown(
        "development",
        row,
        {
            "articles": _all(db, f"SELECT {_ARTICLE_COLUMNS} FROM articles_v {of} ORDER BY published_at, id", number),
            "figures": figure_lines([dict(row._mapping) for row in ledger.figures(db, number)]),
            "facts": _all(db, f"SELECT * FROM facts_v {of} ORDER BY published_at, id", number),
            "interactions": _all(db, f"SELECT * FROM interactions_v {of} ORDER BY type, host_country", number),
            "changes": _all(db, f"SELECT * FROM changes_v {of} ORDER BY seq", number),
            "alerts": _all(db, f"SELECT * FROM alerts_v {of} ORDER BY id", number),
            "rulings": _rulings(rulings.about_development(db, number, members)),
            **_stages(db, row),
            "mentions": [_stage(db, one) for one in ledger.mentions(db, number)],
            "mentioned_in": [_mentioning(db, one) for one in ledger.mentioned_in(db, number)],
            **(_beside(db, number) if restricted else {}),
        },
    )


def _beside(db: Connection, number: int) -> dict[str, list[Row]]:
    """The restricted reports that stand beside a development, and what they state."""
    of = "WHERE development_id = :id AND restricted"
    return {
        "restricted": _all(db, f"SELECT {_ARTICLE_COLUMNS} FROM articles_all_v {of} ORDER BY published_at, id", number),
        "restricted_facts": _all(db, f"SELECT * FROM facts_all_v {of} ORDER BY published_at, id", number),
    }


def _stages(db: Connection, row: Row) -> dict[str, list[Row]]:
    """The other developments of its thread, as their news came: those before it, and those after."""
    if row["thread_id"] is None:
        return {"earlier_in_thread": [], "later_in_thread": []}
    stages = threads.members(db, row["thread_id"])
    own = stages.index(row["id"])
    return {
        "earlier_in_thread": [_stage(db, one) for one in stages[:own]],
        "later_in_thread": [_stage(db, one) for one in stages[own + 1 :]],
    }


def _stage(db: Connection, number: int) -> Row:
    """A development of a thread in a line, with why it is of it."""
    row = _one(db, "development", f"SELECT {_STAGE_COLUMNS} FROM developments_v WHERE id = :id", number)
    found = developments.development(db, number)
    return {**row, "thread_reason": found.thread_reason if found is not None else None}


def _mentioning(db: Connection, number: int) -> Row:
    """An article that names a development without reporting it."""
    return _one(db, "article", f"SELECT {_ARTICLE_COLUMNS} FROM articles_v WHERE id = :id", number)


def _fact(db: Connection, number: int, restricted: bool) -> Shown:
    """One fact, and where it stands no longer, who put what in its place."""
    found = facts.fact(db, number)
    if found is None or (not restricted and is_restricted(db, found.article_id)):
        raise NotFound(f"there is no fact {show_id('fact', number)}")
    row = {name: value for name, value in found._mapping.items() if name not in ("version_id", "is_current")}
    row |= {"title": f"{found.kind} of {show_id('article', found.article_id)}", "created_at": iso(found.created_at)}
    about = [one for one in rulings.about_article(db, found.article_id) if one.kind == "fact"]
    mine = [one for one in about if one.what.startswith(f"f{number}:") or one.id == found.ruling_id]
    return Shown("fact", row, {"rulings": _rulings(mine)})


def _rulings(rows: Sequence[Any]) -> list[Row]:
    """What analysts decided, oldest first; what a later decision replaced says so."""
    return [
        {
            "at": iso(row.at),
            "by": row.by,
            "what": row.what,
            "reason": row.reason,
            "replaced": None if row.standing else "replaced since",
            "article_id": row.article_id,
        }
        for row in rows
    ]


def _alert(db: Connection, number: int, _restricted: bool) -> Shown:
    row = _one(db, "alert", "SELECT * FROM alerts_v WHERE id = :id", number)
    sent = (
        "SELECT d.* FROM deliveries_v d JOIN message_alerts_v m ON m.message_id = d.message_id"
        " WHERE m.alert_id = :id ORDER BY d.id"
    )
    return Shown("alert", row, {"deliveries": _all(db, sent, number)})


def _thread(db: Connection, number: int, _restricted: bool) -> Shown:
    """A case from its first stage to its last. What was merged into another thread is that one."""
    root = threads.root_of(db, number)
    if root is None:
        raise NotFound(f"there is no thread {show_id('thread', number)}")
    stages = [_stage(db, one) for one in threads.members(db, root)]
    title = stages[0]["title"] if stages else threads.titles(db, [root])[root]
    row = {"id": root, "title": title, "asked_for": number if root != number else None}
    return Shown("thread", row, {"developments": stages})


_LOADERS: dict[str, Callable[[Connection, int, bool], Shown]] = {
    "article": _article,
    "development": _development,
    "fact": _fact,
    "alert": _alert,
    "thread": _thread,
}


def _one(db: Connection, noun: str, query: str, number: int) -> Row:
    found = db.execute(sa.text(query), {"id": number}).mappings().one_or_none()
    if found is None:
        raise NotFound(f"there is no {noun} {show_id(noun, number)}")
    return dict(found)


def _all(db: Connection, query: str, number: int) -> list[Row]:
    return [dict(row) for row in db.execute(sa.text(query), {"id": number}).mappings()]

"""Imports a sheet of events: what each row would become, all of it or nothing, the same row once, and back again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import NotFound
from core.urls import site_of
from nightdesk import work
from nightdesk.app import App
from nightdesk.importing.columnmap import load_map, require_columns
from nightdesk.importing.events import Beats, Event, Problem, key_of, read_rows
from nightdesk.importing.sheet import read_sheet
from pipeline import undoing
from pipeline.analyst import Signed
from pipeline.reader import BUILT_IN
from pipeline.ruled import as_json
from pipeline.topic import load_topics
from store import imports, pages

Progress = Callable[[int, int], None]
State = Literal["new", "changed", "same"]


_AT_ONCE = 50  # rows between two words of progress, and taken back in one transaction


@dataclass(frozen=True)
class Planned:
    """One event and what importing it would do."""

    event: Event
    state: State
    sha256: str


@dataclass(frozen=True)
class Plan:
    """What importing a sheet would do."""

    name: str
    file: Path
    rows: tuple[Planned, ...]
    problems: tuple[Problem, ...]
    missing: int = 0  # rows of the import before that the sheet has no longer: they stay


@dataclass(frozen=True)
class Done:
    """What became of one row."""

    row: int
    key: str
    state: State
    article_id: int | None = None
    development_id: int | None = None


def plan(app: App, file: Path, map_file: Path) -> Plan:
    """Read a sheet by its map and compare it with what was imported before. Writes nothing.

    Raises UsageError and ConfigError where file or map cannot be used; bad rows are in the plan.
    """
    mapped = load_map(map_file)
    sheet = read_sheet(file, mapped.sheet)
    require_columns(mapped, sheet.columns, str(map_file))
    events, problems = read_rows(sheet.rows, mapped, _beats(app), app.clock().date())
    name = mapped.name or _slug(file.stem)
    with app.store.read() as db:
        known = _known(db, name)
    rows = tuple(_planned(event, known) for event in events)
    there = {key_of(row, mapped) for row in sheet.rows}
    return Plan(name, file, rows, tuple(problems), sum(key not in there for key in known))


def carry_out(app: App, planned: Plan, by: str, progress: Progress = lambda _done, _of: None) -> list[Done]:
    """Write every row that says something new, all in one transaction, and read them; what became of each.

    Whoever kills it between the two leaves pages that are due: a daemon reads them, or `nightdesk process`.
    """
    fresh = [one for one in planned.rows if one.state != "same"]
    now = app.clock()
    file = app.store.bodies.put(planned.file.read_bytes())
    originals = {one.event.key: _kept(app, _original(one.event)) for one in fresh}

    def write(db: Connection) -> None:
        import_id = imports.open_import(db, planned.name, {"file": planned.file.name, "sha256": file, "by": by}, now)
        known = imports.rows_of(db, import_id)
        for one in fresh:
            if known.get(one.event.key, ("", 0))[0] != one.sha256:  # else somebody was faster
                page_id = pages.add_page(db, _page(planned.name, one.event, originals[one.event.key], by, now))
                imports.keep_row(db, import_id, one.event.key, one.sha256, page_id)

    if fresh:
        app.store.unit(write)
        done = 0
        while report := app.pipeline.run(limit=_AT_ONCE).pages:
            done += report
            progress(done, max(done, len(fresh)))
    return _became(app, planned)


def undo(app: App, name: str, signed: Signed, progress: Progress = lambda _done, _of: None) -> int:
    """Take an import back as a whole; how many rows it had. Raises NotFound.

    Some rows at a time, so that nobody else waits long; whoever kills it takes back the rest with the same command.
    """
    work.process(app)  # what is still due is read, so that it can be taken back
    with app.store.read() as db:
        known = imports.find(db, name)
        rows = list(imports.rows_of(db, known.id).items()) if known is not None else []
    if known is None or not rows:
        raise NotFound(f"there is no import {name} to take back; nightdesk import list shows all")
    desk, import_id = app.pipeline.desk(), known.id

    def take_back(db: Connection, some: Sequence[tuple[str, tuple[str, int]]]) -> int:
        count = undoing.take_back(db, desk, name, [page_id for _, (_, page_id) in some], signed)
        imports.drop_rows(db, import_id, [key for key, _ in some])
        return count

    gone = 0
    for start in range(0, len(rows), _AT_ONCE):
        progress(start, len(rows))
        some = rows[start : start + _AT_ONCE]
        gone += app.store.unit(lambda db, some=some: take_back(db, some))  # type: ignore[misc]
    app.store.unit(lambda db: imports.end(db, import_id, desk.now))
    return gone


def listed(db: Connection) -> list[dict[str, Any]]:
    """Every import, oldest first."""
    names = ("id", "name", "file", "rows", "by", "made_at", "changed_at", "undone_at", "sha256")
    return [{name: getattr(row, name) for name in names} for row in imports.listed(db)]


def _became(app: App, planned: Plan) -> list[Done]:
    with app.store.read() as db:
        known = _known(db, planned.name)
        homes = imports.became(db, [page_id for _, page_id in known.values()])
    done = []
    for one in planned.rows:
        article_id, development_id = homes.get(known.get(one.event.key, ("", 0))[1], (None, None))
        done.append(Done(one.event.row, one.event.key, one.state, article_id, development_id))
    return done


def _known(db: Connection, name: str) -> dict[str, tuple[str, int]]:
    found = imports.find(db, name)
    return imports.rows_of(db, found.id) if found is not None else {}


def _planned(event: Event, known: dict[str, tuple[str, int]]) -> Planned:
    said = json.dumps(event.said(), sort_keys=True, ensure_ascii=False).encode()
    digest = hashlib.sha256(said).hexdigest()
    before = known.get(event.key)
    return Planned(event, "new" if before is None else "same" if before[0] == digest else "changed", digest)


def _kept(app: App, body: bytes) -> tuple[str, int]:
    return app.store.bodies.put(body), len(body)


def _page(name: str, event: Event, body: tuple[str, int], by: str, now: datetime) -> dict[str, Any]:
    """A row as a page that is due. Its address is where the row says it was published; what came is the row."""
    sha256, size = body
    own = f"urn:sha256:{sha256}"
    row = {
        "key": f"{name}/{event.key}",
        "by": by,
        "topics": list(event.topics),
        "events": list(event.events),
        "facts": [as_json(fact) for fact in event.facts],
    }
    given = {
        "title": event.title,
        "text": event.text or event.title,
        "outlet": event.outlet or (site_of(event.url) if event.url else None),
        "published_at": iso(event.published),
        "language": event.language,
        "note": f"row {event.row} of the import {name}",
        "row": row,
        "whole": True,
    }
    return {
        "url": event.url or own,
        "final_url": own,
        "fetched_at": now,
        "found_at": now,
        "origin": "backfill",
        "content_type": "application/json",
        "sha256": sha256,
        "bytes": size,
        "given": {key: value for key, value in given.items() if value is not None},
    }


def _original(event: Event) -> bytes:
    """The row as it stands in the sheet."""
    return json.dumps(dict(event.cells), ensure_ascii=False, indent=1).encode()


def _beats(app: App) -> Beats:
    folders = [BUILT_IN, *filter(None, [app.config.pipeline.topics_dir])]
    topics = [topic for folder in folders for topic in load_topics(folder)]
    return Beats({topic.id: [event.id for event in topic.events] for topic in topics})


def _slug(stem: str) -> str:
    """A name for an import that has none."""
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:80] or "import"

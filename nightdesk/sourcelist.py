"""Sources as files of many: OPML and TOML in and out, and the outlets that aggregators name beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import NightdeskError, UsageError
from core.urls import url_key
from crawler.aggregator import Outlet, host_of, unknown_outlets
from crawler.opml import MAX_BYTES, OpmlError, own_keys, read_opml, write_opml
from crawler.source import Source, mistakes_of
from nightdesk import definitions
from nightdesk.app import App
from nightdesk.newsource import name_for
from nightdesk.settings.writing import toml_table
from store import definitions as stored
from store import pages, people

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Taken:
    """What became of one entry of a file. `done` is added, edited, revived, same, known or refused."""

    entry: str
    done: str
    reason: str = ""

    @property
    def refused(self) -> bool:
        return self.done == "refused"


def read_list(path: Path) -> list[dict[str, Any]]:
    """The entries of an OPML or TOML file, unchecked. Raises UsageError, or NightdeskError for a file of neither."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return read_body(body, str(path))


def read_body(body: bytes, name: str) -> list[dict[str, Any]]:
    """The same of what a file of that name holds. Raises NightdeskError."""
    if len(body) > MAX_BYTES:
        raise NightdeskError(f"{name}: more than 15 MB")
    if name.lower().endswith(".toml"):
        return _read_toml(body, name)
    try:
        return read_opml(body)
    except OpmlError as error:
        raise NightdeskError(f"{name}: {error}") from error


def _read_toml(body: bytes, path: str) -> list[dict[str, Any]]:
    try:
        data = tomllib.loads(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise NightdeskError(f"{path}: {error}") from error
    entries = data.get("source", [data] if "url" in data else None)
    if not isinstance(entries, list):
        raise NightdeskError(f"{path}: there is no [[source]] in it")
    return [one if isinstance(one, dict) else {"url": str(one)} for one in entries]


def take_in(app: App, entries: Iterable[Mapping[str, Any]], by: str = "") -> list[Taken]:
    """Store every good entry as the desk's own, all in one transaction; each bad one is named and left out.

    `by` is who does it by the page: it is noted, and no entry of theirs gets past what protects this machine.
    """
    configured = {source.name for source in app.config.sources}

    def work(db: Connection) -> list[Taken]:
        known = _known(db, app.config.sources)
        names = configured | stored.names(db, stored.sources, "desk")
        taken = []
        for entry in entries:
            refused = _reaches_too_far(entry) if by else None
            one = refused or _take(app, db, dict(entry), known, names, configured)
            if by and one.done in ("added", "edited", "revived"):
                people.note_deed(db, by, "source added", one.entry, app.clock(), "imported from a list")
            taken.append(one)
        return taken

    return app.store.unit(work)


def _reaches_too_far(entry: Mapping[str, Any]) -> Taken | None:
    """What only whoever can edit the configuration may let a source do."""
    for key, harmless in (("allow_private", False), ("verify_tls", True), ("obey_robots", True)):
        if entry.get(key, harmless) is not harmless:
            return Taken(str(entry.get("name") or entry.get("url"))[:120], "refused", f"{key}: set it in the file")
    return None


def _take(
    app: App, db: Connection, entry: dict[str, Any], known: dict[str, str], names: set[str], configured: set[str]
) -> Taken:
    label = str(entry.get("name") or entry.get("title") or entry.get("url") or "an entry without a name")[:120]
    url = entry.get("url")
    if not isinstance(url, str):
        return Taken(label, "refused", "it has no address")
    try:
        key = url_key(url)
        source = Source.model_validate(_completed(entry, url, names))
    except ValidationError as error:
        return Taken(label, "refused", "; ".join(f"{one.key}: {one.problem}" for one in mistakes_of(error, label)))
    except ValueError as error:
        return Taken(label, "refused", f"url: {error}")
    owner = known.get(key)
    if owner is not None and (owner != source.name or owner in configured):
        return Taken(label, "known", f"its address is that of {owner}")
    if source.name in configured:
        return Taken(label, "refused", f"name: {source.name} is a source of another address")
    known[key] = source.name
    names.add(source.name)
    return Taken(source.name, definitions.add_source(db, source, app.clock()))


def _completed(entry: dict[str, Any], url: str, names: set[str]) -> dict[str, Any]:
    """An entry with a name; one from another reader's list gets its own, and no language that is none."""
    if "name" in entry:
        return entry
    base = name = name_for(url)
    number = 2
    while name in names:
        name, number = f"{base}-{number}", number + 1
    language = entry.get("language")
    if isinstance(language, str) and not _LANGUAGE.fullmatch(language):
        entry = {key: value for key, value in entry.items() if key != "language"}
    return entry | {"name": name}


def _known(db: Connection, configured: Iterable[Source]) -> dict[str, str]:
    table = stored.sources
    rows = db.execute(sa.select(table.c.url, table.c.name).where(table.c.retired_at.is_(None)))
    return {url_key(row.url): row.name for row in rows} | {url_key(one.url): one.name for one in configured}


def active(app: App, own: bool = False) -> list[Source]:
    """The sources that are visited, by name; with `own` only those that are not built in."""
    table = stored.sources
    with app.store.read() as db:
        rows = db.execute(sa.select(table.c.definition, table.c.origin).where(table.c.retired_at.is_(None))).all()
    built_in = {source.name for source in app.config.sources} - set(app.config.own_sources)
    found = {source.name: source for source in app.config.sources}
    for row in rows:
        if row.origin == "desk":
            source = Source.model_validate(row.definition)
            found[source.name] = source
            built_in.discard(source.name)
    return [source for name, source in sorted(found.items()) if not (own and name in built_in)]


def written(sources: Iterable[Source], ending: str) -> bytes:
    """The list in the form that a file's ending asks for. Raises UsageError."""
    if ending in (".opml", ".xml"):
        return write_opml(sources)
    if ending == ".toml":
        return "\n".join(_toml(source) for source in sources).encode()
    raise UsageError(f"{ending or 'a file without an ending'} is not known; end the file with .opml or .toml")


def _toml(source: Source) -> str:
    keys: dict[str, Any] = {"name": source.name, "title": source.title, "url": source.url, "language": source.language}
    return toml_table("source", keys | dict(own_keys(source)))


def outlets_met(app: App, span: timedelta) -> list[Outlet]:
    """Outlets that aggregators named in that time and that are no source here, the most frequent first."""
    sources = active(app)
    with app.store.read() as db:
        seen = pages.seen_in_aggregators(db, app.clock() - span)
    sites = {site for source in sources if source.type != "aggregator" and (site := host_of(source.url))}
    return unknown_outlets([(outlet, url, iso(at)) for outlet, url, at in seen], sites, {one.title for one in sources})

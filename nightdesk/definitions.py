"""Brings the configuration's sources, watches and channels into the tables that the stages read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from core.watch import Watch
from crawler.source import Source
from nightdesk.config import Config
from store import definitions
from store.definitions import Entry

log = structlog.get_logger(__name__)

#: Examples are for `check`; changing them asks no new question.
_EXAMPLES = frozenset({"must_match", "must_not_match"})


def sync(db: Connection, config: Config, now: datetime) -> None:
    """Add, edit and retire until the tables say what the configuration says. What the desk defined stays."""
    desk = definitions.names(db, definitions.sources, "desk") - config.own_sources
    sources = [source_entry(source, _origin(source, config)) for source in config.sources if source.name not in desk]
    _sync(db, definitions.sources, sources, ("builtin", "file"), now)
    _sync(db, definitions.watches, [watch_entry(watch, "file") for watch in config.watches], ("file",), now)
    channels = [
        Entry(name, "file", {}, channel.model_dump(mode="json", exclude={"url"}))
        for name, channel in config.channels.items()
    ]
    _sync(db, definitions.channels, channels, ("file",), now)


def add_source(db: Connection, source: Source, now: datetime) -> str:
    """Store a source of the desk's own; `put`'s word for what that did."""
    return definitions.put(db, definitions.sources, source_entry(source, "desk"), now)


def source_entry(source: Source, origin: str) -> Entry:
    columns = {key: getattr(source, key) for key in ("title", "kind", "type", "url", "language", "country")}
    return Entry(source.name, origin, columns, source.model_dump(mode="json"))


def watch_entry(watch: Watch, origin: str) -> Entry:
    definition = watch.model_dump(mode="json")
    return Entry(watch.name, origin, {"mode": watch.mode}, definition, _EXAMPLES, _defaults(watch.name))


def changed_watches(db: Connection, config: Config) -> dict[str, tuple[str, ...]]:
    """Watches of the configuration that are not in force as it has them, with the keys that differ; none for new ones.

    Those in force that it no longer has are not told of: they are retired at the next start.
    """
    found: dict[str, tuple[str, ...]] = {}
    for watch in config.watches:
        stored = definitions.definition_of(db, definitions.watches, watch.name)
        if stored is None:
            found[watch.name] = ()
        elif keys := changed_keys(stored, watch):
            found[watch.name] = keys
    return found


def changed_keys(stored: Mapping[str, Any], watch: Watch) -> tuple[str, ...]:
    """The keys whose change makes it another question, or another way of telling."""
    now = watch.model_dump(mode="json")
    before = {**_defaults(watch.name), **stored}
    return tuple(key for key in now if key not in _EXAMPLES and now[key] != before.get(key))


def _defaults(name: str) -> dict[str, Any]:
    """What a watch says that says nothing: a key that came with a newer version is no edit of an older row."""
    return {**Watch(name=name, topics=("x",)).model_dump(mode="json"), "topics": []}


def _origin(source: Source, config: Config) -> str:
    return "file" if source.name in config.own_sources else "builtin"


def _sync(db: Connection, table: sa.Table, entries: Iterable[Entry], origins: tuple[str, ...], now: datetime) -> None:
    wanted = {entry.name: entry for entry in entries}
    done = {name: definitions.put(db, table, entry, now) for name, entry in wanted.items()}
    retired = definitions.retire_others(db, table, origins, wanted, now)
    changed = {name: what for name, what in done.items() if what != "same"} | dict.fromkeys(retired, "retired")
    if changed and len(changed) < 20:
        log.info("definitions_changed", table=table.name, changes=changed)
    elif changed:
        log.info("definitions_changed", table=table.name, count=len(changed))

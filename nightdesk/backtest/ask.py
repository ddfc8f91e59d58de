"""Asks the archive what a watch would ask of new articles. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts.decide import Change, Overview
from core.watch import Watch
from nightdesk.backtest.trial import Group, Hit, earliest_first
from nightdesk.subject import subject_of
from pipeline.closeness import Closeness, closeness
from pipeline.match import Asked, Subject, read_watch, why
from pipeline.vocabulary import load_vocabulary
from store import archive, decisions
from store.archive import Wanted


class Archive:
    """The articles since a moment. Their texts are read in batches and not kept: there may be many."""

    def __init__(self, db: Connection, since: datetime) -> None:
        self._db = db
        self._since = since
        self._roots: dict[int, int] = {}

    def groups(self, watch: Watch) -> list[Group]:
        """What `watch` takes of it, by development. Raises QueryError."""
        asked = read_watch(0, 0, watch, load_vocabulary())
        wanted = Wanted(self._since, watch.topics, watch.events, watch.languages, watch.sources)
        ids = archive.candidates(self._db, wanted, asked.query)
        found: dict[tuple[str, int], list[Hit]] = defaultdict(list)
        countries: dict[tuple[str, int], frozenset[str]] = {}
        for rows in archive.filed(self._db, ids):
            self._find_roots([row.development_id for row in rows if row.development_id is not None])
            for row, subject in self._read(rows):
                hit = self._hit(asked, row, subject)
                if hit is not None:
                    key = self._key(row)
                    found[key].append(hit)
                    countries[key] = countries.get(key, frozenset()) | subject.countries
        return self._grouped(found, countries)

    def languages(self, watch: Watch) -> dict[str, int]:
        """How many articles there are on its topics, by language; of a watch without topics, of all."""
        return archive.languages(self._db, Wanted(self._since, topics=watch.topics))

    def closest(self, watch: Watch, group: Group) -> Closeness:
        """How near a group comes to a watch that does not take it."""
        asked = read_watch(0, 0, watch, load_vocabulary())
        near = [
            closeness(asked, subject, load_vocabulary())
            for rows in archive.filed(self._db, [hit.article_id for hit in group.hits])
            for _, subject in self._read(rows)
        ]
        return min(near, key=lambda one: one.failing)

    def _hit(self, asked: Asked, row: Row[Any], subject: Subject) -> Hit | None:
        at = min(row.published_at, row.found_at)
        verdict = why(asked, subject)
        if not verdict.fired or at < self._since:
            return None
        outlet = row.outlet or row.source
        return Hit(row.id, at, row.title, row.language, outlet, row.url, verdict.reason, verdict.quote)

    def _read(self, rows: list[Row[Any]]) -> Iterator[tuple[Row[Any], Subject]]:
        readings = archive.readings(self._db, [row.version_id for row in rows])
        return ((row, subject_of(row, readings[row.version_id])) for row in rows)

    def _find_roots(self, ids: list[int]) -> None:
        """Where each development is now, merged ones being one."""
        new = [id for id in dict.fromkeys(ids) if id not in self._roots]
        for family in decisions.families_of(self._db, new):
            self._roots |= dict.fromkeys(family.members, family.root)

    def _key(self, row: Row[Any]) -> tuple[str, int]:
        if row.development_id is not None:
            return ("d", self._roots[row.development_id])
        return ("a", row.duplicate_of or row.id)

    def _grouped(
        self, found: dict[tuple[str, int], list[Hit]], countries: dict[tuple[str, int], frozenset[str]]
    ) -> list[Group]:
        roots = [number for noun, number in found if noun == "d"]
        rows = archive.overviews(self._db, roots)
        changes = self._changes(roots)
        groups = []
        for key, hits in found.items():
            ordered = earliest_first(hits)
            if key[0] == "a":
                groups.append(Group(None, ordered, Overview(1, countries[key])))
                continue
            row = rows[key[1]]
            overview = Overview(row.independent_sources, frozenset(row.countries or ()))
            later = tuple(change for change in changes[key[1]] if change.at > ordered[0].at)
            groups.append(Group(key[1], ordered, overview, later))
        return sorted(groups, key=lambda group: (group.hits[0].at, group.hits[0].article_id))

    def _changes(self, roots: list[int]) -> dict[int, list[Change]]:
        members = {member: root for member, root in self._roots.items() if root in set(roots)}
        found: dict[int, list[Change]] = defaultdict(list)
        for row in archive.changes(self._db, list(members)):
            if row.origin in ("reprocess", "analyst"):
                continue
            at = min(row.at, row.published_at or row.at)
            change = Change(row.id, row.development_id, row.kind, "live", at, row.what, row.old, row.new)
            found[members[row.development_id]].append(change)
        return found

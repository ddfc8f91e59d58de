"""Brings the record to what a replay came to: one development at a time, each in a transaction that leaves it whole.

A run that is killed pairs, compares and goes on with what is still otherwise. Nobody is told, except of a figure that
they were told and that no article of the development states any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.clock import Clock
from core.ids import show_id
from pipeline import casework, coding, moving, record, renewal, rethreading
from pipeline.changes import Change, Stated, corrections, show_figure
from pipeline.match import Matcher
from pipeline.moving import Mover, write_change
from pipeline.plan import Plan
from pipeline.profile import Profile
from pipeline.refiling import Refiled, stated
from pipeline.renewal import Ids
from pipeline.replay import Replay
from pipeline.summarise import CORRECTED
from pipeline.ties import keys_of
from store import developments, families, matches, replays, rulings, threads
from store.engine import Store

#: What a development's row says of its articles.
_DESCRIBED = (
    "title", "lede", "topics", "event_types", "countries", "event_date", "status", "first_found_at", "last_found_at",
    "first_news_at", "last_news_at", "articles", "sources", "independent_sources", "first_reporter", "profile",
)  # fmt: skip
#: What of it a change tells.
_TOLD = ("topics", "event_types", "countries", "event_date")

_PAGES = 200  # whose ends are written in one transaction


@dataclass
class Overhaul:
    """One run over a plan. `done` counts what was otherwise and is not any more."""

    store: Store
    replayed: Replay
    plan: Plan
    matcher: Matcher
    clock: Clock
    done: Counter[str] = field(default_factory=Counter)
    _ids: Ids = field(default_factory=Ids)  # of the transaction under way
    _ruled: set[int] = field(default_factory=set)  # articles that an analyst was faster with: the next run's matter

    def withdraw(self, article_id: int) -> None:
        """Take an article that is none any more out of everything."""
        self._do(lambda db: self._withdraw(db, article_id))

    def settle(self, here: Connection, group: int | None, members: Sequence[int]) -> None:
        """Bring articles of the replay, and the development that they report together, to the record."""
        self._do(lambda db: self._settle(db, here, group, members))

    def end_pages(self, here: Connection, since: datetime | None) -> None:
        """Write how each page ended."""
        ended = replays.ended(here, since)
        for start in range(0, len(ended), _PAGES):
            some = ended[start : start + _PAGES]
            self._do(lambda db, some=some: self._end_pages(db, some))  # type: ignore[misc]

    def keep_threads(self, here: Connection) -> None:
        """Put every development into the thread that the replay has it in, once all have their ids."""
        pairs = sorted(self.plan.ids.developments.items())
        for start in range(0, len(pairs), _PAGES):
            some = pairs[start : start + _PAGES]
            self._do(lambda db, some=some: rethreading.keep(db, here, self._ids, some, self.clock()))  # type: ignore[misc]
        heirs = self.plan.thread_heirs
        self._do(lambda db: rethreading.merge_emptied(db, self._ids, heirs))

    def _end_pages(self, db: Connection, rows: Sequence[Row[Any]]) -> Counter[str]:
        return Counter(pages=sum(renewal.write_outcome(db, row, self._ids, self.clock()) for row in rows))

    def _do(self, work: Callable[[Connection], Counter[str]]) -> None:
        """One transaction. What it makes has an id for the others only once it is committed."""

        def attempt(db: Connection) -> Counter[str]:
            self._ids = self.plan.ids.trial()
            self._ruled = rulings.ruled_since(db, self.replayed.rulings_up_to)
            return work(db)

        self.done.update(self.store.unit(attempt))
        self.plan.ids.keep(self._ids)

    # --- One development ----------------------------------------------------------------------------------------

    def _settle(self, db: Connection, here: Connection, group: int | None, members: Sequence[int]) -> Counter[str]:
        developments.one_at_a_time(db)
        done: Counter[str] = Counter()
        mover = Mover("reprocess", self.clock())
        written = self._articles(db, here, members, mover, done)
        if group is None:
            self._leave(db, members, mover, done)
            return done
        movable = self._movable(db, group, members)
        if group not in self._ids.developments and not movable:
            return done
        development_id = self._development(db, group, movable, mover, done)
        before = developments.development(db, development_id)
        moved = self._join(db, here, group, development_id, movable, mover, done)
        if not moved and not written and not self._is_otherwise(db, here, group, development_id):
            return done
        self._describe(db, here, group, development_id, mover)
        after = developments.development(db, development_id)
        for name in _TOLD:
            old, new = getattr(before, name), getattr(after, name)
            if before is not None and before.articles and _words(old) != _words(new):
                write_change(db, development_id, mover, "update", name, _words(old) or "none", _words(new) or "none")
        stayed = {article_id: refiled for article_id, refiled in written.items() if article_id not in moved}
        for article_id, change in _corrections(stayed, _stated_in(db, development_id)):
            facts = change.facts
            write_change(
                db, development_id, mover, "correction", change.what, change.old, change.new, article_id, facts
            )
            done["corrections"] += 1
        done["developments"] += 1
        return done

    def _articles(
        self,
        db: Connection,
        here: Connection,
        members: Sequence[int],
        mover: Mover,
        done: Counter[str],
    ) -> dict[int, Refiled]:
        """Write what was read otherwise; what was written, by article."""
        ids = self._ids
        written = {}
        for one in members:
            article_id = ids.articles.get(one)
            if article_id in self._ruled:
                continue
            now_read = renewal.reread(here, one, self.replayed.textless)
            if article_id is None:
                article_id = ids.articles[one] = renewal.add(db, now_read, ids)
                done["new_articles"] += 1
            elif renewal.is_as_read(db, article_id, now_read, ids):
                continue
            else:
                done["articles"] += 1
            written[article_id] = renewal.write(db, self.matcher, article_id, now_read, ids, mover.now)
        return written

    def _movable(self, db: Connection, group: int, members: Sequence[int]) -> list[int]:
        """Those of a group that no analyst has put elsewhere meanwhile."""
        target = self._ids.developments.get(group)
        named = [(one, self._ids.articles[one]) for one in members]
        pins = rulings.pins_of(db, [article for _, article in named])
        return [one for one, article in named if article not in self._ruled and pins.get(article, target) == target]

    def _development(self, db: Connection, group: int, movable: Sequence[int], mover: Mover, done: Counter[str]) -> int:
        found = self._ids.developments.get(group)
        if found is None:
            first = [self._ids.articles[one] for one in movable]
            found = self._ids.developments[group] = moving.found_for(db, first, mover)
            done["new_developments"] += 1
        return found

    def _join(
        self,
        db: Connection,
        here: Connection,
        group: int,
        development_id: int,
        movable: Sequence[int],
        mover: Mover,
        done: Counter[str],
    ) -> list[int]:
        """Bring the articles that are elsewhere; which."""
        origins: dict[int | None, list[int]] = {}
        for one in movable:
            article_id = self._ids.articles[one]
            before = developments.development_of(db, article_id)
            if before == development_id:
                continue
            joined = replays.membership(here, one)
            reason = self._ids.translated(joined.reason if joined is not None else "")
            families.move_members(db, [article_id], development_id, reason, mover.now)
            origins.setdefault(before, []).append(article_id)
        for origin, gone in origins.items():
            if origin is None:
                matches.hush(db, gone)
                continue
            if self.plan.heirs.get(origin) != group:
                matches.hush(db, gone)  # of its own development it may have been told
            self._left(db, origin, gone, development_id, mover, done)
        moved = [article_id for gone in origins.values() for article_id in gone]
        if moved:
            done["moved"] += sum(len(gone) for origin, gone in origins.items() if origin is not None)
            write_change(db, development_id, mover, "update", "joined", None, moving.names(moved))
        return moved

    def _left(
        self, db: Connection, origin: int, gone: Sequence[int], target: int | None, mover: Mover, done: Counter[str]
    ) -> None:
        """Write a development that articles left: anew, into another, or withdrawn."""
        whither = show_id("development", target) if target is not None else None
        write_change(db, origin, mover, "update", "left", moving.names(gone), whither)
        if families.member_ids(db, origin):
            record.rebuild(db, origin, mover.now)
            return
        heir = self.plan.heirs.get(origin)
        into = self._ids.developments.get(heir, target) if heir is not None else target
        if into is None:
            record.withdraw(db, origin, mover.now)
            done["withdrawn_developments"] += 1
        else:
            moving.close_into(db, origin, into, mover)
            done["merged_developments"] += 1

    def _leave(self, db: Connection, members: Sequence[int], mover: Mover, done: Counter[str]) -> None:
        """Take articles out of the developments that they are in no more."""
        pins = rulings.pins_of(db, [self._ids.articles[one] for one in members])
        for one in members:
            article_id = self._ids.articles[one]
            origin = developments.development_of(db, article_id)
            if origin is not None and article_id not in self._ruled and article_id not in pins:
                families.remove_members(db, [article_id])
                self._left(db, origin, [article_id], None, mover, done)
                done["moved"] += 1

    def _withdraw(self, db: Connection, article_id: int) -> Counter[str]:
        developments.one_at_a_time(db)
        done: Counter[str] = Counter()
        if article_id in self._ruled:
            return done
        origin = developments.development_of(db, article_id)
        families.remove_members(db, [article_id])
        renewal.withdraw(db, article_id)
        if origin is not None:
            self._left(db, origin, [article_id], None, Mover("reprocess", self.clock()), done)
        done["withdrawn_articles"] += 1
        return done

    # --- What a development is now ------------------------------------------------------------------------------

    def _is_whole(self, db: Connection, group: int, development_id: int) -> bool:
        """Whether the development has the articles of the group and only them: the replay speaks for it."""
        members = self.plan.groups[group]
        mine = {self._ids.articles.get(one) for one in members}
        if self.plan.outside.intersection(members) or self._ruled.intersection(mine):
            return False
        return mine == set(families.member_ids(db, development_id))

    def _is_otherwise(self, db: Connection, here: Connection, group: int, development_id: int) -> bool:
        if not self._is_whole(db, group, development_id):
            return False
        old = developments.development(db, development_id)
        shown = self._shown(db, here, group, development_id)
        return any(getattr(old, name) != value for name, value in shown.items()) or self._mentions(here, db, group)[1]

    def _shown(self, db: Connection, here: Connection, group: int, development_id: int) -> dict[str, Any]:
        """What the replay makes of a development; what was taken back on record stays so."""
        row = developments.development(here, group)
        shown = {name: getattr(row, name) for name in _DESCRIBED}
        return shown | ({"status": CORRECTED} if developments.was_corrected(db, development_id) else {})

    def _describe(self, db: Connection, here: Connection, group: int, development_id: int, mover: Mover) -> None:
        if self._is_whole(db, group, development_id):
            shown = self._shown(db, here, group, development_id)
            baseline = all(member.origin != "live" for member in developments.members(db, development_id))
            now = {"baseline": baseline, "updated_at": mover.now}
            developments.describe_development(db, development_id, {**shown, **now})
            coding.settle(db, development_id, record.parts_of(db, development_id))
            profile = Profile.from_json(shown["profile"])
            if self.plan.knows_threads:
                threads.put_keys(db, development_id, keys_of(profile))
            else:
                casework.settle(db, development_id, profile, mover.now)
        else:
            record.rebuild(db, development_id, mover.now)
        for article_id, mentioned in self._mentions(here, db, group)[0].items():
            developments.replace_mentions(db, article_id, mentioned)

    def _mentions(self, here: Connection, db: Connection, group: int) -> tuple[dict[int, set[int]], bool]:
        """What each article of a group names, and whether the record says otherwise."""
        ids = self._ids
        named = {}
        otherwise = False
        for one in self.plan.groups[group]:
            if one in self.plan.outside or one not in ids.articles:
                continue
            mentioned = {
                ids.developments[known] for known in replays.mentions_of(here, one) if known in ids.developments
            }
            named[ids.articles[one]] = mentioned
            otherwise |= mentioned != replays.mentions_of(db, ids.articles[one])
        return named, otherwise


def _corrections(written: dict[int, Refiled], now: Sequence[Stated]) -> Iterator[tuple[int, Change]]:
    """What articles stated and no article of the development states any more."""
    for article_id, refiled in written.items():
        before = {fact.id: fact for fact in refiled.stated_before}
        corrected = set()
        for change in corrections(refiled.stated_before, refiled.stated):
            if not _is_said(before[change.facts[0]], now):
                corrected.add(change.old)
                yield article_id, change
        for fact in refiled.stated_before:
            shown = show_figure(fact)
            if fact.is_figure and shown not in corrected and not _is_said(fact, now):
                corrected.add(shown)
                yield article_id, Change("correction", "figure", shown, "withdrawn", (fact.id,))


def _is_said(fact: Stated, now: Sequence[Stated]) -> bool:
    return any(other.kind == fact.kind and _value(other) == _value(fact) for other in now)


def _value(fact: Stated) -> tuple[object, ...]:
    return (fact.value, fact.low, fact.high, fact.place, fact.event_date, fact.name)


def _stated_in(db: Connection, development_id: int) -> list[Stated]:
    return [stated(row, row.source_type) for row in developments.facts_of_development(db, development_id)]


def _words(value: Any) -> str:
    return ", ".join(sorted(value)) if isinstance(value, list) else value or ""

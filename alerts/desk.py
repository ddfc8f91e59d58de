"""Settles one development: reads what the decision needs, decides for each watch, writes alerts and deliveries."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy.engine import Connection, Row

from alerts import silencing
from alerts.config import CONSOLE
from alerts.decide import Change, Open, Overview, Pass, Standing, Tell, decide, plain
from alerts.dispatch import Alert, Dispatch
from alerts.watches import watch_of
from core import faults
from core.ids import show_id
from core.watch import Watch, not_valid
from store import alerts, decisions, findings, rulings, silences, threads
from store.decisions import Family, Fired

log = structlog.get_logger(__name__)


@dataclass
class _Past:
    """What a watch's channels were told of a development so far."""

    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    waiting: set[str] = field(default_factory=set)
    last_told: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class _Standing:
    """What is on record between a watch and a family."""

    fired: list[Fired]
    told: bool
    dismissed_by: str | None
    past: _Past


@dataclass(frozen=True)
class _About:
    """The development that is settled, and those merged with it."""

    development: Row[Any]
    members: tuple[int, ...]
    threads: frozenset[str] = frozenset()

    @property
    def overview(self) -> Overview:
        countries = frozenset(self.development.countries or ())
        return Overview(self.development.independent_sources, countries, self.threads)


class Desk:
    """Decides; holds nothing between two developments."""

    def __init__(self, dispatch: Dispatch, max_age: timedelta) -> None:
        self._dispatch = dispatch
        self._max_age = max_age

    def settle(self, db: Connection, family: Family, now: datetime) -> Counter[str]:
        """Decide all open changes of one family. The caller's transaction makes it one step."""
        done: Counter[str] = Counter()
        self._tell_what_others_report(db, family, now, done)
        changes = [_change(row) for row in decisions.changes_of(db, family.members, now - self._max_age)]
        if not changes:
            return done
        fired: dict[int, list[Fired]] = defaultdict(list)
        for match in decisions.fired_in(db, family.members):
            fired[match.watch_id].append(match)
        told = set(decisions.told_watches(db, family.members))
        decided = decisions.decided_pairs(db, [change.id for change in changes])
        development = decisions.development(db, family.root)
        cases = _threads(db, development.thread_id)
        followers = decisions.follows(db, cases) if cases else set()
        watches = decisions.watches_by_id(db, fired.keys() | told | followers)
        if all((watch.id, change.id) in decided for watch in watches for change in changes):
            return done
        about = _About(development, family.members, cases)
        past = _past(decisions.messages_about(db, family.members))
        dismissed = rulings.irrelevant_for(db, family.members)
        for row in watches:
            todo = [change for change in changes if (row.id, change.id) not in decided]
            if todo:
                standing = _Standing(fired[row.id], row.id in told, dismissed.get(row.id), past[row.id])
                self._settle_watch(db, row, todo, standing, about, now, done)
        if done["alerts"]:
            faults.hit("decide.in_alerts")
        return done

    def _tell_what_others_report(self, db: Connection, family: Family, now: datetime, done: Counter[str]) -> None:
        """A silence of a source holds what it alone reports: tell its alert when that is so no longer."""
        for row in silences.held_by_source(db, family.members, now):
            (found,) = decisions.watches_by_id(db, [row.watch_id])
            watch = watch_of(found)
            development = decisions.development(db, family.root)
            if watch is None or found.retired_at is not None:
                continue
            if silencing.holder(db, watch.name, development, family.members, None, now) is not None:
                continue
            if silences.let_go(db, row.silence_id, row.id, row.channel):
                alert = Alert(row.id, row.watch_id, watch, row.development_id, row.level)
                done["deliveries"] += self._dispatch.send(db, alert, row.channel, now)

    def _settle_watch(
        self,
        db: Connection,
        row: Row[Any],
        changes: list[Change],
        mine: _Standing,
        about: _About,
        now: datetime,
        done: Counter[str],
    ) -> None:
        fired, told, past = mine.fired, mine.told, mine.past
        try:
            watch = Watch.model_validate(row.definition)
        except ValidationError as error:
            findings.note(
                db,
                "watch_unreadable",
                row.name,
                "wake",
                not_valid(error),
                now,
            )
            return
        names = watch.channels or (CONSOLE,)
        for change in changes:
            standing = Standing(
                watch=watch,
                edited_at=row.edited_at,
                matched=bool(fired) or not watch.asks_articles,
                quiet=bool(fired) and all(match.quiet for match in fired),
                told=told,
                named={name: frozenset(values) for name, values in past.named.items()},
                waiting=frozenset(past.waiting),
                dismissed_by=mine.dismissed_by,
                left=self._dispatch.left(names, past.named),
            )
            verdict = decide(change, standing, about.overview, names, self._max_age, now)
            if isinstance(verdict, Open):
                continue
            outcome = "alert" if isinstance(verdict, Tell) else "none"
            if not alerts.mark(db, row.id, change.id, outcome, verdict.reason, now):
                continue
            done["decided"] += 1
            if isinstance(verdict, Pass):
                continue
            told = True
            if self._tell(db, row, watch, change, verdict, mine, about, now, done):
                past.waiting.update(verdict.channels)

    def _tell(
        self,
        db: Connection,
        row: Row[Any],
        watch: Watch,
        change: Change,
        verdict: Tell,
        mine: _Standing,
        about: _About,
        now: datetime,
        done: Counter[str],
    ) -> bool:
        """Write the alert and bring it to its channels; whether they will hear of it."""
        match = _match_to_quote(change, mine.fired)
        why = {
            "reason": verdict.reason,
            "terms": _words(match.terms) if match else [],
            "quote": match.quote if match else None,
            "revision": match.revision if match else None,
        }
        article_id = match.article_id if match else change.cause_article_id
        alert_id = alerts.add_alert(db, row.id, change.id, change.development_id, article_id, verdict.level, why, now)
        done["alerts"] += 1
        done[verdict.level] += 1
        cause = None if verdict.level == "new" else change.cause_article_id
        held_by = silencing.holder(db, watch.name, about.development, about.members, cause, now)
        alert = Alert(
            id=alert_id,
            watch_id=row.id,
            watch=watch,
            development_id=change.development_id,
            level=verdict.level,
            last_told=mine.past.last_told,
            silence=held_by,
        )
        for name in verdict.channels:
            done["deliveries"] += self._dispatch.send(db, alert, name, now)
        return held_by is None


def _threads(db: Connection, thread_id: int | None) -> frozenset[str]:
    """A case as people name it: `t7`, and the ids that were merged into it."""
    return frozenset(show_id("thread", one) for one in threads.ids_of(db, thread_id)) if thread_id else frozenset()


def _change(row: Row[Any]) -> Change:
    return Change(
        id=row.id,
        development_id=row.development_id,
        kind=row.kind,
        origin=row.origin,
        at=row.at,
        what=row.what,
        old=row.old,
        new=row.new,
        cause_article_id=row.cause_article_id,
    )


def _past(rows: list[Row[Any]]) -> dict[int, _Past]:
    past: dict[int, _Past] = defaultdict(_Past)
    for row in rows:
        mine = past[row.watch_id]
        if row.frozen_at is None:
            mine.waiting.add(row.channel)
            continue
        content = row.content or {}
        if "title" not in content:  # folded into another, silenced, or for nobody: told nothing itself
            continue
        mine.named[row.channel].update(plain(str(value)) for value in content.get("facts", ()))
        mine.last_told[row.channel] = max(row.frozen_at, mine.last_told.get(row.channel, row.frozen_at))
    return past


def _match_to_quote(change: Change, fired: list[Fired]) -> Fired | None:
    """The match in the article that caused the change, else the earliest."""
    caused = next((match for match in fired if match.article_id == change.cause_article_id), None)
    return caused or (fired[0] if fired else None)


def _words(terms: Any) -> list[str]:
    """The matched words, once each, from whatever form the match keeps them in."""
    words = []
    for term in terms or ():
        word = (
            term.get("text")
            if isinstance(term, dict)
            else term[1]
            if isinstance(term, list) and len(term) > 1
            else term
        )
        if word:
            words.append(str(word))
    return list(dict.fromkeys(words))

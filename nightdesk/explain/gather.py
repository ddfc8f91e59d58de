"""Reads what is on record of articles, their development and every watch. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts.decide import Change, Open, Overview, Standing, Tell, decide
from core.errors import QueryError
from core.ids import show_id
from core.text import tokens
from core.watch import Watch
from nightdesk.config import Config
from nightdesk.explain.record import (
    ArticleRecord,
    Decided,
    Record,
    Sending,
    TopicView,
    WatchRecord,
)
from nightdesk.keptwatch import kept_watch, what_is_left
from nightdesk.subject import subject_of
from pipeline.closeness import NAME_KINDS, closeness
from pipeline.match import Subject, read_watch
from pipeline.topic import TOPICS, Topic, load_topics
from pipeline.vocabulary import TermTable, load_vocabulary
from store import archive, decisions, history, rulings
from store.decisions import Family, Fired

_CANDIDATES = 3
_EVIDENCE = 6


def gather(
    db: Connection, config: Config, asked: str, article_ids: Sequence[int], family: Family | None, now: datetime
) -> Record:
    """The record of these articles, the first of which was asked about, and of the development they are in."""
    topics = _topics(config.pipeline.topics_dir)
    articles = [one for id in article_ids if (one := _article(db, id, topics)) is not None]
    pages = tuple(page for one in articles for page in history.pages_of_article(db, one.row.id))
    items = tuple(history.items_at(db, {page.url for page in pages}))
    development = history.development(db, family.root) if family else None
    changes = [change for member in family.members for change in history.changes_in(db, member)] if family else []
    record = Record(
        asked, items=items, pages=pages, articles=tuple(articles), development=development, changes=tuple(changes)
    )
    return replace(record, watches=tuple(_watches(db, config, record, family, now)))


def with_address(record: Record, url: str, items: Sequence[Row[Any]], pages: Sequence[Row[Any]]) -> Record:
    """The same record as of one address: what was seen and fetched there comes last."""
    others = [page for page in record.pages if page.id not in {one.id for one in pages}]
    known = {item.id for item in items}
    seen = [item for item in record.items if item.id not in known]
    return replace(record, url=url, items=(*seen, *items), pages=(*others, *pages))


def of_alert(record: Record, watch_id: int, alert_id: int, db: Connection) -> Record:
    """The same record as of one alert: its watch alone, and where it went."""
    names = {row.name for row in history.all_watches(db) if row.id == watch_id}
    watches = [
        replace(one, sendings=tuple(sent for sent in one.sendings if sent.alert_id == alert_id))
        for one in record.watches
        if one.name in names
    ]
    return replace(record, watches=tuple(watches))


# -- articles ---------------------------------------------------------------------------------------------------------


def _article(db: Connection, article_id: int, topics: Sequence[Topic]) -> ArticleRecord | None:
    row = history.article(db, article_id)
    if row is None:
        return None
    read = archive.readings(db, [row.version_id])[row.version_id]
    subject = subject_of(row, read)
    evidence = (row.explained or {}).get("evidence", ())
    views = tuple(_view(topic, evidence, topic.id in read.topics) for topic in topics)
    ruled = tuple(ruling for ruling in rulings.about_article(db, article_id) if ruling.standing)
    return ArticleRecord(row, read.topics, read.events, subject, views, _candidates(subject, load_vocabulary()), ruled)


def _view(topic: Topic, evidence: Sequence[Mapping[str, Any]], holds: bool) -> TopicView:
    """What the classification wrote down of one topic."""
    own = sorted((one for one in evidence if one["label"] == topic.id), key=lambda one: -abs(one["weight"]))
    found = {one["concept"] for one in own if one["weight"] >= 0}
    speaks_for = [(one["concept"], one["quote"], one["position"]) for one in own if one["weight"] >= 0]
    against = [(one["concept"], one["quote"], one["position"]) for one in own if one["weight"] < 0]
    lacking = next((need.rules for need in topic.needs if not found & set(need.rules)), ())
    return TopicView(topic.id, holds, tuple(speaks_for[:_EVIDENCE]), tuple(against[:_EVIDENCE]), lacking)


def _candidates(subject: Subject, vocabulary: TermTable) -> tuple[str, ...]:
    """Names that a query could ask for: where it happened first, then those of the headline."""
    found: dict[str, None] = {}
    for fact in subject.facts:
        if fact.kind == "place" and fact.place and vocabulary.knows("place", fact.place):
            found.setdefault(_asked("place", fact.place))
    title = subject.title
    hits = vocabulary.find(title, tokens(title), subject.language)
    for kind in NAME_KINDS:
        for hit in hits:
            if hit.entry.kind == kind and (kind != "concept" or hit.entry.name in _TELLING):
                found.setdefault(_asked(kind, title[hit.start : hit.end] if kind == "concept" else hit.entry.name))
    return tuple(found)[:_CANDIDATES]


#: Concepts that say what a text is about; the others are words of every second article.
_TELLING = frozenset({"scam_site", "overseas_station", "liaison", "fox_hunt"})


def _asked(kind: str, name: str) -> str:
    return f'{kind}:"{name}"' if " " in name else f"{kind}:{name}"


@cache
def _topics(more: Path | None) -> tuple[Topic, ...]:
    return tuple(topic for folder in (TOPICS, more) if folder is not None for topic in load_topics(folder))


# -- watches ----------------------------------------------------------------------------------------------------------


def _watches(
    db: Connection, config: Config, record: Record, family: Family | None, now: datetime
) -> Iterator[WatchRecord]:
    members = family.members if family else ()
    fired = decisions.fired_in(db, members) if members else []
    dismissed = rulings.irrelevant_for(db, members) if members else {}
    decided, sent = history.decisions_about(db, members), history.deliveries_about(db, members)
    told = {row.watch_id for row in sent}
    on_record = {one.row.id: history.matches_of(db, one.row.version_id) for one in record.articles}
    for row in history.all_watches(db):
        mine = tuple(match for match in fired if match.watch_id == row.id)
        if row.retired_at is not None and row.id not in told:
            continue
        kept = [found[row.id] for found in on_record.values() if row.id in found]
        beside = _beside(row, record)
        yield replace(
            beside,
            fired=bool(mine),
            by=tuple(match.article_id for match in mine),
            reason=next((match.reason for match in kept if match.fired and match.revision == row.revision), ""),
            decided=tuple(_decided(one) for one in decided if one.watch_id == row.id),
            sendings=tuple(_sending(one) for one in sent if one.watch_id == row.id),
            open_because=_open_because(config, record, row, mine, dismissed.get(row.id), now),
            would_wait=_would_wait(config, record, beside.watch, now) if beside.fires_now else "",
        )


def _beside(row: Row[Any], record: Record) -> WatchRecord:
    """A watch with the article it comes nearest to."""
    kept = kept_watch(row.name, row.definition)
    if kept.watch is None:
        left = what_is_left(row.name, row.definition)
        return WatchRecord(row.name, row.origin, left, unreadable=f"it is not valid: {kept.in_words()}")
    watch = kept.watch
    try:
        asked = read_watch(row.id, row.revision, watch, load_vocabulary())
    except QueryError as error:
        return WatchRecord(row.name, row.origin, watch, unreadable=f"its query cannot be read: {error.reason}")
    near = [(closeness(asked, one.subject, load_vocabulary()), one.row.id) for one in record.articles]
    closest, article_id = min(near, key=lambda pair: pair[0].failing)
    return WatchRecord(row.name, row.origin, watch, article_id=article_id, closeness=closest)


def _open_because(
    config: Config, record: Record, row: Row[Any], fired: Sequence[Fired], dismissed_by: str | None, now: datetime
) -> str:
    """Why deciding leaves the `new` change open now, or what it will pass over."""
    change = next((one for one in record.changes if one.kind == "new"), None)
    watch = kept_watch(row.name, row.definition).watch
    if not fired or change is None or record.development is None or watch is None:
        return ""
    standing = Standing(
        watch,
        row.edited_at,
        matched=True,
        told=False,
        named={},
        waiting=frozenset(),
        quiet=all(match.quiet for match in fired),
        dismissed_by=dismissed_by,
    )
    overview = _overview(record.development)
    asked = Change(change.id, change.development_id, change.kind, change.origin, change.at)
    verdict = decide(asked, standing, overview, (), config.max_age, now)
    return "" if isinstance(verdict, Tell) else verdict.reason


def _overview(development: Row[Any]) -> Overview:
    case = frozenset({show_id("thread", development.thread_id)} if development.thread_id else ())
    return Overview(development.independent_sources, frozenset(development.countries or ()), case)


def _would_wait(config: Config, record: Record, watch: Watch, now: datetime) -> str:
    """What the development as a whole would lack for the watch, had it come now."""
    if record.development is None:
        return ""
    verdict = decide(
        Change(0, record.development.id, "new", "live", now),
        Standing(watch, now - config.max_age, matched=True, told=False, named={}, waiting=frozenset()),
        _overview(record.development),
        (),
        config.max_age,
        now,
    )
    return verdict.reason if isinstance(verdict, Open) else ""


def _decided(row: Row[Any]) -> Decided:
    return Decided(row.seq, row.kind, row.origin, row.outcome == "alert", row.reason)


def _sending(row: Row[Any]) -> Sending:
    return Sending(**{name: getattr(row, name) for name in Sending.__dataclass_fields__})

"""Writes an article's labels, facts and matches once more: after an analyst's word, or when its page was read again.

What no longer stands stays on record, and what stays the same keeps its row and its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from pipeline import coding
from pipeline.changes import STATED, Stated
from pipeline.config import PIPELINE_VERSION
from pipeline.match import Matcher, Subject, Verdict
from pipeline.record import classification_of
from pipeline.ruled import Entry, FactRuling, Ruled, entries, fact_of, from_json, labelled, standing
from pipeline.values import Classification, Fact, Scored
from store import articles, facts, matches, rulings


@dataclass(frozen=True)
class Answer:
    """What the machine makes of one version of an article."""

    classified: Classification
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Refiled:
    """What was written, beside what stood there before."""

    version_id: int
    labels_before: Classification
    labels: Classification
    stated_before: tuple[Stated, ...]
    stated: tuple[Stated, ...]
    fired: bool  # for some watch


def rulings_of(db: Connection, article_id: int) -> Ruled:
    """Everything that analysts ruled of an article and that stands."""
    return ruled_by(rulings.standing_of_articles(db, [article_id], ("topic", "event", "fact")))


def ruled_by(rows: Sequence[Row[Any]]) -> Ruled:
    """Rows of rulings on one article as a value."""
    labels = {(row.kind, row.name): bool(row.holds) for row in rows if row.kind != "fact"}
    stated = tuple(_fact_ruling(row) for row in rows if row.kind == "fact")
    return Ruled(labels, stated)


def _fact_ruling(row: Row[Any]) -> FactRuling:
    detail: Mapping[str, Any] = row.detail or {}
    machine, value = from_json(detail.get("machine")), from_json(detail.get("value"))
    return FactRuling(row.id, detail["act"], machine, value, detail.get("anchored", True))


def machine_answer(db: Connection, version: Row[Any]) -> Answer:
    """What the machine said of a version, or the row that it is of, without what analysts made of it."""
    rows = facts.every_fact_of(db, version.id)
    kept = sorted(
        (row for row in rows if row.ruling_id is None and row.superseded in (None, "analyst")),
        key=lambda row: (row.position, row.id),
    )
    classified = classification_of(db, version)
    own = (version.explained or {}).get("machine")
    if own is not None:
        classified = replace(classified, topics=_scored(own["topics"]), events=_scored(own["events"]))
    return Answer(classified, tuple(fact_of(row) for row in kept))


def _scored(pairs: Sequence[Sequence[Any]]) -> tuple[Scored, ...]:
    return tuple(Scored(name, score) for name, score in pairs)


def explained(machine: Classification, shown: Classification) -> dict[str, Any]:
    """What is kept of how a version was classified; the machine's own labels where analysts changed them."""
    kept: dict[str, Any] = {"evidence": [dict(vars(one)) for one in machine.evidence], "region": machine.region}
    if (machine.topics, machine.events) != (shown.topics, shown.events):
        kept["machine"] = {"topics": pairs(machine.topics), "events": pairs(machine.events)}
    return kept


def pairs(labels: Sequence[Scored]) -> list[list[Any]]:
    return [[scored.name, scored.score] for scored in labels]


def refile(
    db: Connection,
    matcher: Matcher,
    article_id: int,
    now: datetime,
    answer: Answer | None = None,
    quiet: bool = True,
) -> Refiled:
    """Write the machine's answer about an article's current version, and over it what analysts ruled.

    Without an `answer` the machine's is the one it gave before. If `quiet`, a watch that fires only now is told nothing
    new.
    """
    version = articles.version_row(db, article_id)
    assert version is not None
    machine = answer or machine_answer(db, version)
    ruled = rulings_of(db, article_id)
    before = classification_of(db, version)
    stated_before = stated_in(db, version)
    shown = labelled(machine.classified, ruled.labels)
    _write_labels(db, version, before, machine.classified, shown)
    written = entries(machine.facts, ruled.facts, f"{version.title}\n{version.text}", version.text_from)
    write_facts(db, version.id, written, now)
    coding.write(db, version.id, version.title, version.text, version.language, shown, standing(written))
    subject = Subject(
        version.title,
        version.text,
        version.url,
        version.source,
        version.language,
        version.published_at,
        shown,
        standing(written),
    )
    verdicts = () if version.restricted else matcher.verdicts(subject)
    matches.replace_matches(db, version.id, [row_of(verdict) for verdict in verdicts], now, quiet)
    fired = any(verdict.fired for verdict in verdicts)
    return Refiled(version.id, before, shown, stated_before, stated_in(db, version), fired)


def _write_labels(
    db: Connection, version: Row[Any], before: Classification, machine: Classification, shown: Classification
) -> None:
    if (before.topics, before.events) != (shown.topics, shown.events):
        topics = [(scored.name, scored.score) for scored in shown.topics]
        events = [(scored.name, scored.score) for scored in shown.events]
        articles.relabel(db, version.id, topics, events)
    why = explained(machine, shown)
    if why != version.explained:
        articles.rewrite_version(db, version.id, {"explained": why})


def write_facts(db: Connection, version_id: int, wanted: Sequence[Entry], now: datetime) -> None:
    """Make the facts of a version these."""
    known: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in sorted(facts.every_fact_of(db, version_id), key=lambda row: (row.superseded is not None, row.id)):
        known[row.origin, row.ruling_id, fact_of(row)].append(row)
    marks: list[tuple[int, str | None]] = []
    added = []
    for entry in wanted:
        same = known[entry.origin, entry.ruling_id, entry.fact]
        if not same:
            added.append(fact_row(entry))
        elif (row := same.pop(0)).superseded != entry.superseded:
            marks.append((row.id, entry.superseded))
    for rows in known.values():
        # The machine's own facts go when it reads the page otherwise, an analyst's when an analyst says otherwise.
        marks += [(row.id, _BY[row.origin]) for row in rows if row.superseded is None]
        marks += [(row.id, "reprocess") for row in rows if row.origin == "machine" and row.superseded == "analyst"]
    facts.supersede(db, marks)
    facts.add_facts(db, version_id, added, PIPELINE_VERSION, now)


_BY = {"machine": "reprocess", "analyst": "analyst"}


def fact_row(entry: Entry) -> dict[str, Any]:
    whose = {"origin": entry.origin, "superseded": entry.superseded, "ruling_id": entry.ruling_id}
    return vars(entry.fact) | whose


def row_of(verdict: Verdict) -> dict[str, Any]:
    return {**vars(verdict), "terms": list(verdict.terms)}


def stated_in(db: Connection, version: Row[Any]) -> tuple[Stated, ...]:
    """What a version states, as changes see it."""
    return tuple(stated(row, version.source_type) for row in facts.facts_of(db, version.id))


def stated(row: Row[Any], source_type: str | None = None) -> Stated:
    """A row of facts as changes see it."""
    return Stated(**{name: getattr(row, name) for name in STATED}, source_type=source_type)

"""What an analyst decides of single facts: another value, none at all, or one that the machine did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.errors import NotFound, UsageError
from core.ids import show_id
from pipeline import record
from pipeline.analyst import Signed, mover_of, require_article, rule
from pipeline.factwords import change_in_words, long, short, what
from pipeline.filing import Desk
from pipeline.moving import write_change
from pipeline.refiling import refile, rulings_of
from pipeline.ruled import Act, as_json, fact_of, find, from_json, is_same, says
from pipeline.values import Fact
from store import articles, developments, facts, families, rulings

#: How sure an analyst is.
_SURE = 1.0


@dataclass(frozen=True)
class Target:
    """A fact that is ruled on: its row, the fact itself, and what the machine had there."""

    row: Row[Any]
    fact: Fact
    machine: Fact | None
    earlier: tuple[int, ...]  # rulings on it that a new one replaces


def edit(
    db: Connection, desk: Desk, fact_id: int, values: Mapping[str, Any], signed: Signed, everywhere: bool = False
) -> list[str]:
    """Put other values in a fact; with `everywhere` in every article of its development that says the same."""
    developments.one_at_a_time(db)
    if not values:
        raise UsageError("say what is right, as in: nightdesk fact edit f12 --value 102")
    return [_edit(db, desk, target, values, signed) for target in _targets(db, fact_id, everywhere)]


def _edit(db: Connection, desk: Desk, target: Target, values: Mapping[str, Any], signed: Signed) -> str:
    right = replace(target.fact, confidence=_SURE, **_whole(target.fact, values))
    if right == replace(target.fact, confidence=_SURE) and target.row.superseded is None:
        raise UsageError(f"f{target.row.id} says so already: {long(right)}")
    old, new = change_in_words(target.fact, right)
    if target.row.superseded is not None:
        old, new = "withdrawn", short(right)
    act: Act = "edit" if target.machine else "add"
    ruling_id = _rule(db, desk, target, act, right, f"{what(right)} {old} is {new}", signed)
    now_id = _settle(db, desk, target.row.article_id, ruling_id)
    _change(db, desk, target.row.article_id, "correction", right, old, new, (target.row.id, now_id), signed)
    where = show_id("article", target.row.article_id)
    return f"f{target.row.id} of {where} is now f{now_id}: {old} to {new}"


def reject(db: Connection, desk: Desk, fact_id: int, signed: Signed, everywhere: bool = False) -> list[str]:
    """Say that a fact is none; with `everywhere` in every article of its development that says the same."""
    developments.one_at_a_time(db)
    done = []
    for target in _targets(db, fact_id, everywhere):
        if target.row.superseded is not None:
            raise UsageError(f"f{fact_id} stands no longer: an analyst ruled on it before")
        _rule(db, desk, target, "reject", None, f"{what(target.fact)} {long(target.fact)} is none", signed)
        _settle(db, desk, target.row.article_id, None)
        told = (target.fact, short(target.fact), "withdrawn", (target.row.id,))
        _change(db, desk, target.row.article_id, "correction", *told, signed)
        done.append(f"f{target.row.id} of {show_id('article', target.row.article_id)} is rejected: {long(target.fact)}")
    return done


def add(db: Connection, desk: Desk, article_id: int, fact: Fact, signed: Signed) -> list[str]:
    """State a fact that the machine did not see. Its quote, if it has one, must stand in the article."""
    developments.one_at_a_time(db)
    version = require_article(db, article_id)
    shown = show_id("article", article_id)
    at = find(fact.quote, f"{version.title}\n{version.text}")
    if fact.quote and at < 0:
        raise UsageError(f"{shown} does not say “{fact.quote}”; quote its own words, or leave --quote out")
    right = replace(fact, confidence=_SURE, position=max(at, 0))
    for row in facts.facts_of(db, version.id):
        if is_same(right, fact_of(row)) and row.status == right.status and row.nationality == right.nationality:
            raise UsageError(f"{shown} has that as f{row.id}: {long(fact_of(row))}")
    detail = {"act": "add", "machine": None, "value": as_json(right)}
    words = f"{what(right)} {long(right)} is added"
    ruling_id = rule(db, signed, desk.now, "fact", words, article_id=article_id, detail=detail)
    fact_id = _settle(db, desk, article_id, ruling_id)
    _change(db, desk, article_id, "update", right, "", short(right), (fact_id,), signed)
    return [f"f{fact_id} of {shown}: {long(right)}"]


def article_for(db: Connection, development_id: int, quote: str) -> int:
    """The article of a development that a fact is added to: the first that says the quote, or the first of all."""
    members = families.member_ids(db, development_id)
    if not members:
        raise NotFound(f"{show_id('development', development_id)} has no articles")
    if not quote:
        return members[0]
    for article_id in members:
        version = articles.version_row(db, article_id)
        if version is not None and find(quote, f"{version.title}\n{version.text}") >= 0:
            return article_id
    raise UsageError(f"no article of {show_id('development', development_id)} says “{quote}”; quote their own words")


# --- Which facts are meant ------------------------------------------------------------------------------------------


def _targets(db: Connection, fact_id: int, everywhere: bool) -> list[Target]:
    row = facts.fact(db, fact_id)
    if row is None:
        raise NotFound(f"there is no fact f{fact_id}")
    article = show_id("article", row.article_id)
    if not row.is_current or row.superseded == "reprocess":
        raise UsageError(f"f{fact_id} is of an earlier reading of {article}; nightdesk show {article} has today's")
    first = _target(db, row)
    if row.superseded == "analyst" and (instead := _stands_for(db, row, first)):
        raise UsageError(f"f{fact_id} was edited and is f{instead} now")
    development_id = developments.development_of(db, row.article_id)
    if not everywhere or development_id is None:
        return [first]
    alike = []
    for other in developments.facts_of_development(db, development_id):
        if other.id != fact_id and _tells_the_same(fact_of(other), first.fact):
            found = facts.fact(db, other.id)
            assert found is not None
            alike.append(_target(db, found))
    return [first, *alike]


def _tells_the_same(one: Fact, other: Fact) -> bool:
    if one.kind != other.kind or says(one) != says(other):
        return False
    return (one.unit, one.status, one.nationality) == (other.unit, other.status, other.nationality)


def _target(db: Connection, row: Row[Any]) -> Target:
    fact = fact_of(row)
    if row.ruling_id is not None:
        made_by = rulings.ruling(db, row.ruling_id)
        assert made_by is not None
        return Target(row, fact, from_json((made_by.detail or {}).get("machine")), (row.ruling_id,))
    earlier = [
        ruling.id for ruling in rulings_of(db, row.article_id).facts if ruling.machine and is_same(ruling.machine, fact)
    ]
    return Target(row, fact, fact, tuple(earlier) if row.superseded else ())


def _stands_for(db: Connection, row: Row[Any], target: Target) -> int | None:
    """The analyst's fact that stands where this one did."""
    for other in facts.facts_of(db, row.version_id):
        if other.ruling_id in target.earlier:
            return int(other.id)
    return None


# --- Writing it down ------------------------------------------------------------------------------------------------


def _whole(fact: Fact, values: Mapping[str, Any]) -> dict[str, Any]:
    """New values with what follows from them: a range has no single value, a single value no range."""
    whole = dict(values)
    if "low" in whole or "high" in whole:
        whole.setdefault("bound", "range")
    elif "value" in whole and (fact.low is not None or fact.high is not None):
        whole |= {"low": None, "high": None}
        whole.setdefault("bound", "exact" if fact.bound == "range" else fact.bound)
    return whole


def _rule(db: Connection, desk: Desk, target: Target, act: Act, value: Fact | None, words: str, signed: Signed) -> int:
    for earlier in target.earlier:
        rulings.replace_ruling(db, earlier)
    version = require_article(db, target.row.article_id)
    told = target.machine or target.fact
    anchored = find(told.quote, f"{version.title}\n{version.text}") >= 0
    detail = {"act": act, "machine": as_json(target.machine), "value": as_json(value), "anchored": anchored}
    words = f"f{target.row.id}: {words}"
    return rule(db, signed, desk.now, "fact", words, article_id=target.row.article_id, detail=detail)


def _settle(db: Connection, desk: Desk, article_id: int, ruling_id: int | None) -> int:
    """Write the article's facts with the rulings on them, and its development; the id of the ruling's own fact."""
    refiled = refile(db, desk.matcher, article_id, desk.now)
    development_id = developments.development_of(db, article_id)
    if development_id is not None:
        record.rebuild(db, development_id, desk.now)
    mine = [row.id for row in facts.facts_of(db, refiled.version_id) if row.ruling_id == ruling_id]
    return mine[0] if ruling_id is not None else 0


def _change(
    db: Connection,
    desk: Desk,
    article_id: int,
    kind: str,
    fact: Fact,
    old: str,
    new: str,
    ids: Sequence[int],
    signed: Signed,
) -> None:
    development_id = developments.development_of(db, article_id)
    if development_id is not None:
        mover = mover_of(signed, desk.now)
        write_change(db, development_id, mover, kind, what(fact), old, new, article_id, ids)

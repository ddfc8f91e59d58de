"""Keeps threads: finds what a development may be a stage of, has it decided, and writes what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from pipeline import threads as deciding
from pipeline import ties
from pipeline.profile import Profile
from pipeline.threads import Stage, Threading, Tied
from pipeline.ties import Commonness
from store import developments, threads
from store.threads import Sharing

PUT = "an analyst put it here"
NEWEST = 40  # developments asked for with each key: a key of more tells nothing
_LOOKED_AT = 12  # candidates whose profiles are compared
#: What a shared key promises before anything is read: names and deals of the same police forces most.
_PROMISE = {"name": 2.5, "police": 3.0, "number": 0.75, "place": 1.0}
_PROMISED = 1.0


def settle(db: Connection, development_id: int, profile: Profile, now: datetime) -> None:
    """See which thread a development is of, after its articles changed. It never leaves one by itself."""
    keys = ties.keys_of(profile)
    is_told_more = threads.put_keys(db, development_id, keys)
    thread_id = threads.thread_of(db, development_id)
    if thread_id is not None and not is_told_more:
        return
    shared = threads.sharing(db, sorted(keys), development_id, NEWEST)
    if not shared:
        return
    pins = threads.pins(db, {development_id, *(one.development_id for one in shared)})
    mine = Stage(development_id, thread_id, development_id in pins)
    if mine.is_kept_out:
        return
    commonness = commonness_of(shared)
    tied = _tied(db, profile, shared, commonness, pins)
    inside = {one.stage.thread_id for one in tied} | {mine.thread_id}
    named = threads.pinned_threads(db, [thread for thread in inside if thread is not None])
    decided = deciding.decide(mine, tied, named)
    if decided is not None:
        carry_out(db, development_id, decided, now)


def carry_out(db: Connection, development_id: int, decided: Threading, now: datetime) -> int:
    """Write what was decided; the thread."""
    thread_id = decided.thread_id
    if thread_id is None:
        thread_id = found(db, [joining for joining, _ in decided.joins] or [development_id], now)
    for joining, reason in decided.joins:
        threads.put_in_thread(db, joining, thread_id, reason)
    for other in decided.merges:
        threads.merge(db, other, thread_id)
    return thread_id


def found(db: Connection, development_ids: Sequence[int], now: datetime) -> int:
    """A thread without developments yet, named after the one whose news came first."""
    rows = [row for one in development_ids if (row := developments.development(db, one)) is not None]
    first = min(rows, key=lambda row: (row.first_news_at, row.id))
    return threads.add_thread(db, first.title, now)


def put(db: Connection, development_id: int, thread_id: int | None, ruling_id: int | None = None) -> None:
    """A development belongs in that thread, or in none, because somebody says so."""
    threads.pin(db, development_id, thread_id, ruling_id)
    threads.put_in_thread(db, development_id, thread_id, PUT if thread_id is not None else None)


def leave(db: Connection, development_id: int, target: int | None) -> None:
    """A development is none any more, or one with `target`: its thread is that one's, or two threads are one."""
    thread_id = threads.thread_of(db, development_id)
    threads.put_keys(db, development_id, ())
    threads.put_in_thread(db, development_id, None, None)
    if target is None:
        return
    threads.repin(db, development_id, target)
    pins, other = threads.pins(db, [target]), threads.thread_of(db, target)
    if target in pins:
        if pins[target] != other:
            threads.put_in_thread(db, target, pins[target], PUT)
    elif thread_id is not None and other is None:
        reason = f"it is one with d{development_id}, which was of this thread"
        threads.put_in_thread(db, target, thread_id, reason)
    elif thread_id is not None and other is not None and thread_id != other:
        if len(threads.pinned_threads(db, [thread_id, other])) < 2:
            threads.merge(db, max(thread_id, other), min(thread_id, other))


def commonness_of(shared: Sequence[Sharing]) -> Commonness:
    """How many cases have each key: all developments of one thread are one."""
    cases: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for one in shared:
        case = ("thread", one.thread_id) if one.thread_id is not None else ("development", one.development_id)
        cases[one.key].add(case)
    return Commonness({key: len(some) for key, some in cases.items()})


def likeliest(shared: Sequence[Sharing], commonness: Commonness) -> list[int]:
    """The developments that share most that is rare: those worth reading."""
    promise: dict[int, float] = defaultdict(float)
    for one in shared:
        kind = one.key.partition(":")[0]
        if kind == "police" or commonness.is_rare(one.key):
            promise[one.development_id] += _PROMISE[kind]
    promising = [one for one, worth in promise.items() if worth >= _PROMISED]
    return sorted(promising, key=lambda one: (-promise[one], -one))[:_LOOKED_AT]


def _tied(
    db: Connection, profile: Profile, shared: Sequence[Sharing], commonness: Commonness, pins: dict[int, int | None]
) -> list[Tied]:
    """What ties a development to the likeliest of those that share a key with it."""
    thread_of = {one.development_id: one.thread_id for one in shared}
    tied = []
    for development_id, row in developments.profiles(db, likeliest(shared, commonness)).items():
        tie = ties.tie(profile, Profile.from_json(row), commonness)
        if tie is not None:
            tied.append(Tied(Stage(development_id, thread_of[development_id], development_id in pins), tie))
    return tied

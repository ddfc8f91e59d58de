"""Brings the threads on record to those of a replay. What an analyst said of a development's thread stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from core.ids import show_id
from pipeline.moving import Mover, write_change
from pipeline.renewal import Ids
from store import developments, threads


def keep(db: Connection, here: Connection, ids: Ids, pairs: Sequence[tuple[int, int]], now: datetime) -> Counter[str]:
    """Developments, each with its number in the replay, into the threads that they are in there."""
    done: Counter[str] = Counter()
    mover = Mover("reprocess", now)
    pinned = threads.pins(db, [development_id for _, development_id in pairs])
    for number, development_id in pairs:
        old, new = developments.development(db, development_id), developments.development(here, number)
        if development_id in pinned or old is None or new is None or not old.articles:
            continue
        thread_id = _thread(db, here, ids, new.thread_id, now)
        if thread_id == old.thread_id:
            continue
        reason = ids.translated(new.thread_reason) if new.thread_reason else None
        threads.put_in_thread(db, development_id, thread_id, reason)
        write_change(db, development_id, mover, "update", "thread", shown(old.thread_id), shown(thread_id))
        done["threads"] += 1
    return done


def merge_emptied(db: Connection, ids: Ids, heirs: Mapping[int, int]) -> Counter[str]:
    """Let a thread that no development is left of lead to the one that took most of them."""
    for emptied, heir in heirs.items():
        into = ids.threads.get(heir)
        if into is not None and into != emptied and not threads.members(db, emptied):
            threads.merge(db, emptied, into)
    return Counter()


def shown(thread_id: int | None) -> str:
    """`t7`, or `none`."""
    return "none" if thread_id is None else show_id("thread", thread_id)


def _thread(db: Connection, here: Connection, ids: Ids, number: int | None, now: datetime) -> int | None:
    """The thread on record that one of the replay is; made where it is new."""
    if number is None:
        return None
    if number not in ids.threads:
        ids.threads[number] = threads.add_thread(db, threads.titles(here, [number])[number], now)
    return ids.threads[number]

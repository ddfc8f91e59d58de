"""What an analyst decides of threads: of which case a development is a stage, or that it is of none."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from core.ids import show_id
from pipeline import casework
from pipeline.analyst import Signed, mover_of, root_of, rule
from pipeline.filing import Desk
from pipeline.moving import write_change
from pipeline.rethreading import shown
from store import developments, rulings, threads


def keep_out(db: Connection, desk: Desk, development_id: int, signed: Signed) -> list[str]:
    """A development is a stage of nothing. Raises NotFound."""
    developments.one_at_a_time(db)
    return [_put(db, desk, root_of(db, development_id), None, signed)]


def put_in(db: Connection, desk: Desk, development_id: int, thread_id: int, signed: Signed) -> list[str]:
    """A development is a stage of that thread's case. Raises NotFound."""
    developments.one_at_a_time(db)
    target = threads.root_of(db, thread_id)
    if target is None:
        raise NotFound(f"there is no thread {show_id('thread', thread_id)}")
    return [_put(db, desk, root_of(db, development_id), target, signed)]


def put_with(db: Connection, desk: Desk, development_id: int, other: int, signed: Signed) -> list[str]:
    """A development is a stage of the case that another is of; where that is in no thread, both begin one."""
    developments.one_at_a_time(db)
    mine, theirs = root_of(db, development_id), root_of(db, other)
    if mine == theirs:
        raise UsageError(f"{show_id('development', development_id)}: that is one development, not two stages of a case")
    target = threads.thread_of(db, theirs)
    if target is not None:
        return [_put(db, desk, mine, target, signed)]
    target = casework.found(db, [mine, theirs], desk.now)
    return [_put(db, desk, theirs, target, signed), _put(db, desk, mine, target, signed)]


def _put(db: Connection, desk: Desk, development_id: int, thread_id: int | None, signed: Signed) -> str:
    before = threads.thread_of(db, development_id)
    name, where = show_id("development", development_id), shown(thread_id)
    said = "in no thread" if thread_id is None else f"in thread {where}"
    rulings.replace_thread(db, development_id)
    about = {"development_id": development_id, "name": where, "holds": thread_id is not None}
    ruling_id = rule(db, signed, desk.now, "thread", said, **about)
    casework.put(db, development_id, thread_id, ruling_id)
    if before != thread_id:
        write_change(db, development_id, mover_of(signed, desk.now), "update", "thread", shown(before), where)
    return f"{name} is {said}" + (f" (before: {shown(before)})" if before not in (None, thread_id) else "")

"""Which thread a development is of. Pure: what ties it to others in, what becomes of it out.

A wrong tie hurts more than a missed one: a development alone is in no thread, and two threads become one only where
more speaks for it than brings a single development in. The smaller id stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.ids import show_id
from pipeline.ties import Tie

#: How much must tie a development to another one, and a thread to another one.
JOINS, MERGES = 4.5, 6.0


@dataclass(frozen=True)
class Stage:
    """A development as threads see it."""

    development_id: int
    thread_id: int | None = None
    is_pinned: bool = False  # somebody said where it belongs

    @property
    def is_kept_out(self) -> bool:
        return self.is_pinned and self.thread_id is None


@dataclass(frozen=True)
class Tied:
    """Another development, and what ties it to the one in question."""

    stage: Stage
    tie: Tie


@dataclass(frozen=True)
class Threading:
    """What becomes of it: who is of the thread from now on and why, and which threads are one with it."""

    thread_id: int | None  # none: one is founded
    joins: tuple[tuple[int, str], ...] = ()  # developments that were in none
    merges: tuple[int, ...] = ()


def decide(mine: Stage, tied: Sequence[Tied], pinned_threads: Collection[int] = ()) -> Threading | None:
    """The thread of a development and of those it is tied to; None where all stays as it is.

    `pinned_threads`: those that somebody put a development into. Two of these stay two.
    """
    if mine.is_kept_out:
        return None
    strong = sorted(
        (one for one in tied if one.tie.strength >= JOINS and not one.stage.is_kept_out),
        key=lambda one: (-one.tie.strength, one.stage.development_id),
    )
    if not strong:
        return None
    thread_id = mine.thread_id or next((one.stage.thread_id for one in strong if one.stage.thread_id), None)
    joins = [(mine.development_id, because(strong[0]))] if mine.thread_id is None else []
    joins += [(one.stage.development_id, because(Tied(mine, one.tie))) for one in strong if one.stage.thread_id is None]
    merges = _merges(mine, thread_id, strong, frozenset(pinned_threads))
    if not joins and not merges:
        return None
    family = [*merges, *filter(None, [thread_id])]
    kept = min(family) if family else None
    return Threading(kept, tuple(joins), tuple(sorted(one for one in family if one != kept)))


def _merges(mine: Stage, thread_id: int | None, strong: Sequence[Tied], pinned: frozenset[int]) -> list[int]:
    """Other threads that this development belongs to as surely."""
    if thread_id is None:
        return []
    into = [one.tie.strength for one in strong if one.stage.thread_id == thread_id]
    if mine.thread_id is None and max(into, default=0.0) < MERGES:
        return []
    found: list[int] = []
    for one in strong:
        other = one.stage.thread_id
        if other is None or other == thread_id or other in found or one.tie.strength < MERGES:
            continue
        if len(pinned & {thread_id, other, *found}) < 2:
            found.append(other)
    return found


def because(tied: Tied) -> str:
    """Why a development is of a thread."""
    return f"{'; '.join(tied.tie.grounds)}: as {show_id('development', tied.stage.development_id)}"

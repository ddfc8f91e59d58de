"""What is kept of a source after a visit, when the next one is, and what the operator is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from crawler import health, pace, suspects, visit
from crawler.answer import Answer
from crawler.budget import HOUR
from crawler.causes import OF_CONTENT
from crawler.habits import Habits, beats_of, minute_of, moment_of, silent_from, usual_gap, with_beats
from crawler.health import Notice, Standing
from crawler.politeness import read_retry_after
from crawler.source import Source
from crawler.wishes import Wishes, read_wishes
from store.pages import NewItem, SourceDue

_MISSED_FOR = timedelta(days=7)
_FEWEST = 3  # of a shorter list all may be new without anything missed
_STUCK = 3
_LIE = timedelta(minutes=10)
#: Errors behind which a page may say more than a status does.
_SAYS_MORE = ("feed_", "listing_", "sitemap_", "posts_")


@dataclass
class Visit:
    """One look at a source, as it comes together."""

    due: SourceDue
    source: Source | None
    started: datetime
    answer: Answer | None = None
    error: str | None = None
    sha256: str | None = None
    entries: int = 0
    keyed: list[visit.Keyed] = field(default_factory=list)
    baseline: bool = False

    def outcome(self, found_new: bool) -> str:
        if self.error:
            return "failed"
        if self.answer is not None and self.answer.status == 304:
            return "not_modified"
        if self.sha256 == self.due.body_sha256:
            return "unchanged"
        return "new" if found_new else "nothing_new"

    @property
    def was_read(self) -> bool:
        """Whether there was a list to look at, other than the last one."""
        return self.outcome(False) == "nothing_new"


@dataclass(frozen=True)
class Remembered:
    """The row of states after a visit, and what changed for the operator."""

    state: dict[str, Any]
    notices: tuple[Notice, ...] = ()


def after_visit(
    seen: Visit,
    due: SourceDue,
    new: Sequence[NewItem],
    first: bool,
    now: datetime,
    *,
    chance: float = 0.5,
    in_week: int | None = None,
    an_hour: int | None = None,
) -> Remembered:
    """What is kept of the source after a visit that found `new` items.

    `chance` is random, 0 to 1; `in_week` is how many items came in seven days, where something is expected of them;
    `an_hour` is how many of them can be read in an hour.
    """
    before = Habits.of(due.memory)
    habits = before if seen.error else after_reading(before, seen, due, new, first, now)
    habits = _after_redirects(habits, seen.answer)
    standing = Standing(due.state, due.cause, due.failures, before.score, before.good)  # type: ignore[arg-type]
    if seen.error:
        lasting = now - moment_of(before.failing or minute_of(now))
        after = health.after_failure(standing, _reason(seen), lasting)
    else:
        after = health.after_success(standing, oddity(seen, due, habits, in_week), habits, now)
    failing = (before.failing or minute_of(now)) if seen.error else None
    excused = bool(seen.source.excused) if seen.source else before.excused
    habits = replace(habits, score=after.score, good=min(after.good, 10), failing=failing, excused=excused)
    told = [*health.notices(standing, after, habits, now)]
    others = (
        health.move_notice(before, habits),
        health.overlap_notice(before, habits, now),
        health.exception_notice(before, seen.source.excused) if seen.source else None,
    )
    told += [one for one in others if one]
    rest = HOUR if an_hour is not None and not first and len(new) >= an_hour else timedelta()
    return Remembered(_row(seen, due, bool(new), first, habits, after, now, chance, rest), tuple(told))


def after_reading(
    before: Habits, seen: Visit, due: SourceDue, new: Sequence[NewItem], first: bool, now: datetime
) -> Habits:
    """The habits after an answer that was read, or that said there is nothing to read."""
    if not seen.was_read:
        is_304 = seen.answer is not None and seen.answer.status == 304
        cap = pace.cap_after(_span(before.cap_s), 0.0, None)
        return replace(before, unchanged=before.unchanged + 1 if is_304 else 0, cap_s=_seconds(cap))
    answer = seen.answer
    beats = beats_of([item.published_at for item in new], None if first else due.last_ok_at or now, now)
    wishes = read_wishes(answer.body, answer.headers, now) if answer else Wishes()
    count = len(seen.keyed)
    share = len(new) / count if count and not first else 0.0
    elapsed = now - due.last_ok_at if due.last_ok_at else None
    missed = before.missed_at
    if share >= 1 and count >= _FEWEST and before.entries:
        missed = minute_of(now)
    elif missed is not None and share < 1 and now - moment_of(missed) >= _MISSED_FOR:
        missed = None
    newest, stuck = _dates(before, seen, bool(new), now)
    return replace(
        with_beats(before, beats),
        cap_s=_seconds(pace.cap_after(_span(before.cap_s), share, elapsed)),
        missed_at=missed,
        entries=count,
        asked_s=_seconds(wishes.pause),
        skip_hours=tuple(sorted(wishes.skip_hours)),
        skip_days=tuple(sorted(wishes.skip_days)),
        unchanged=0,
        validators_lie=before.validators_lie or (not first and _lied(before, seen, due, new)),
        newest=newest,
        stuck=stuck,
    )


def oddity(seen: Visit, due: SourceDue, habits: Habits, in_week: int | None) -> str | None:
    """What the content of a list that was read lacks; an unchanged one lacks what it lacked."""
    if not seen.was_read:
        return due.cause if due.cause in OF_CONTENT else None
    if seen.entries == 0 and not seen.keyed:
        return "empty"
    if visit.all_lead_to_one_page(seen.keyed):
        return "links_alike"
    if habits.stuck >= _STUCK:
        return "dates_stopped"
    wanted = seen.source.expect.min_per_week if seen.source else None
    if wanted is not None and in_week is not None and in_week < wanted:
        return "too_few"
    return None


def _dates(before: Habits, seen: Visit, found_new: bool, now: datetime) -> tuple[int | None, int]:
    """The latest date borne so far, and for how many visits in a row new entries came with no later one."""
    dates = [date for one in seen.keyed if (date := visit.settled(one.entry.published, now)) is not None]
    newest = max((minute_of(date) for date in dates), default=None)
    if newest is not None and (before.newest is None or newest > before.newest):
        return newest, 0
    return before.newest, before.stuck + 1 if found_new and before.newest is not None else before.stuck


def _lied(before: Habits, seen: Visit, due: SourceDue, new: Sequence[NewItem]) -> bool:
    """Whether the validators said "unchanged" of what had changed."""
    if not new or seen.answer is None:
        return False
    if due.etag and seen.answer.headers.get("etag") == due.etag:
        return True
    if not before.unchanged or due.last_visit_at is None:
        return False
    return any(item.published_at is not None and item.published_at < due.last_visit_at - _LIE for item in new) and (
        visit.conditions(due, seen.started) == {}
    )


def _after_redirects(before: Habits, answer: Answer | None) -> Habits:
    """How often in a row the address was said to have moved for good."""
    if answer is None or answer.status is None:
        return before
    if not answer.moved_to:
        return replace(before, moved_to=None, moved=0)
    times = before.moved + 1 if answer.moved_to == before.moved_to else 1
    return replace(before, moved_to=answer.moved_to[:2000], moved=min(times, 10))


def _reason(seen: Visit) -> str:
    """The error by what stands behind it: a page that is in the way says more than its status."""
    error, answer = seen.error or "", seen.answer
    if answer is None or not answer.body:
        return error
    found = suspects.recognise(
        answer.body, url=answer.url, final_url=answer.final_url, status=answer.status, headers=answer.headers
    )
    if found == "challenge" or (found is not None and error.startswith(_SAYS_MORE)):
        return found
    return error


def _row(
    seen: Visit,
    due: SourceDue,
    found_new: bool,
    first: bool,
    habits: Habits,
    after: Standing,
    now: datetime,
    chance: float,
    rest: timedelta,
) -> dict[str, Any]:
    headers: Mapping[str, str] = seen.answer.headers if seen.answer else {}
    previous = _span(due.interval_s)
    interval = (previous or pace.FIRST) if seen.error else pace.interval_after(habits.times, previous, found_new, now)
    plan = pace.Plan(
        interval,
        every=seen.source.every if seen.source else None,
        cap=_span(habits.cap_s),
        wishes=Wishes(_span(habits.asked_s), frozenset(habits.skip_hours), frozenset(habits.skip_days)),
        usual=usual_gap(habits.gaps),
        failures=after.failures,
        score=after.score,
        asked=read_retry_after(headers.get("retry-after"), now) if seen.error else None,
        rest=rest,
        look_at=None if after.state == "silent" else silent_from(habits),
        chance=chance,
    )
    state: dict[str, Any] = {
        "last_visit_at": now,
        "next_visit_at": pace.next_visit(plan, now),
        "interval_s": interval.total_seconds(),
        "failures": after.failures,
        "last_error": seen.error,
        "cause": after.cause,
        "memory": habits.as_json(),
    }
    if after.state != due.state:
        state |= {"state": after.state, "state_at": now}
    if seen.error:
        return state
    state["last_ok_at"] = now
    if first:
        state["baseline_at"] = now
    if found_new:
        state["last_new_at"] = now
    if seen.answer is not None and seen.answer.status != 304:
        state["etag"] = headers.get("etag", "")[:500] or None
        state["last_modified"] = headers.get("last-modified", "")[:100] or None
        state["body_sha256"] = seen.sha256
        state["last_full_at"] = now
    return state


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()

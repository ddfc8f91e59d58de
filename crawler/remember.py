"""What is kept of a source after a visit, and when the next one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawler import pace, visit
from crawler.answer import Answer
from crawler.politeness import read_retry_after
from crawler.source import Source
from store.pages import SourceDue


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


def remembered(
    seen: Visit, due: SourceDue, found_new: bool, first: bool, times: list[datetime], now: datetime
) -> dict[str, Any]:
    """What is kept of the source after a visit."""
    failures = due.failures + 1 if seen.error else 0
    headers = seen.answer.headers if seen.answer else {}
    previous = timedelta(seconds=due.interval_s) if due.interval_s else None
    fresh = [one.entry.published or now for one in seen.keyed] if found_new else []
    interval = (
        (previous or pace.SHORTEST) if seen.error else pace.interval_after([*times, *fresh], previous, found_new, now)
    )
    every = seen.source.every if seen.source else pace.LONGEST
    state: dict[str, Any] = {
        "last_visit_at": now,
        "next_visit_at": pace.next_visit(
            due.name,
            now,
            every=every,
            interval=interval,
            failures=failures,
            asked=read_retry_after(headers.get("retry-after"), now),
        ),
        "interval_s": interval.total_seconds(),
        "failures": failures,
        "last_error": seen.error,
    }
    if seen.error:
        return state | _health(due, "failing" if failures >= 3 else "degraded", now)
    state |= {"last_ok_at": now} | _health(due, "ok", now)
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


def _health(due: SourceDue, state: str, now: datetime) -> dict[str, Any]:
    if due.state == "unproven" and state == "degraded":
        return {}
    return {"state": state, "state_at": now} if state != due.state else {}

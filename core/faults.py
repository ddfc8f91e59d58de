"""Named points at which a test may kill this process, to prove that nothing is lost there.

`NIGHTDESK_FAULT="deliver.after_send:3"` sends SIGKILL to the process when it passes that point for the third
time. Unset, as always outside tests, `hit` costs a dictionary look-up.
"""

from __future__ import annotations

import os
import signal

#: Every point, in the order an article passes them. A test walks this table, so a point that nothing passes fails it.
POINTS: dict[str, str] = {
    "crawl.before_visit": "a source is due, nothing was asked yet",
    "crawl.after_feed": "the feed was received, nothing is stored",
    "crawl.in_visit": "visit and items written, not committed",
    "crawl.after_visit": "visit and items committed, no page asked for",
    "crawl.after_page": "the article page was received, nothing is stored",
    "crawl.after_body": "the body file is written and synced, no row names it",
    "crawl.in_page": "page and end of item written, not committed",
    "crawl.after_commit": "page committed",
    "process.before_extract": "a page is due for the pipeline",
    "process.after_extract": "the page was read, nothing is stored",
    "process.in_article": "article, facts, matches, development written, not committed",
    "process.after_commit": "article and change committed, nobody decided",
    "decide.before": "changes wait for a decision",
    "decide.in_alerts": "alerts, messages and deliveries written, not committed",
    "decide.after_commit": "deliveries committed, none claimed",
    "deliver.after_claim": "delivery leased, content frozen, attempt row committed",
    "deliver.before_send": "the attempt is marked as handed to the sender",
    "deliver.in_send": "the request may have left",
    "deliver.after_send": "the receiver answered, nothing is recorded",
    "deliver.in_finish": "outcome written, not committed",
    "deliver.after_finish": "outcome committed",
}

_seen: dict[str, int] = {}


def hit(point: str) -> None:
    """Pass `point`; dies there if NIGHTDESK_FAULT asks for it."""
    if point not in POINTS:
        raise KeyError(f"{point} is not in core.faults.POINTS")
    wanted = os.environ.get("NIGHTDESK_FAULT")
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name != point:
        return
    _seen[point] = _seen.get(point, 0) + 1
    if _seen[point] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)

"""Once a week the operator hears which outlets aggregators quoted that are no source here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from core.clock import iso
from core.saying import Saying, Value
from crawler.aggregator import Outlet, host_of, unknown_outlets
from crawler.health import Notice
from crawler.keep import tell
from crawler.means import Means
from store import findings, pages

KIND, SUBJECT = "outlets_unknown", "aggregators"
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_NAMED = 12
_OFTEN = 3  # what was quoted less often is chance


class OutletFindings:
    """One finding a week, which takes the place of the last."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._next: datetime | None = None

    async def tell(self, now: datetime) -> None:
        """Note what the last seven days brought, if the last finding is a week old."""
        if self._next is not None and now < self._next:
            return
        self._next = now + _DAY
        before = [row.first_at for row in await self._means.read(findings.still_open) if row.kind == KIND]
        if before and now - max(before) < _WEEK:
            return
        found = await self._means.read(lambda db: _quoted(db, now))
        if found or before:
            await self._means.write(lambda db: _write(db, found, now))


def _quoted(db: Connection, now: datetime) -> list[Outlet]:
    seen = [(outlet, url, iso(at)) for outlet, url, at in pages.seen_in_aggregators(db, now - _WEEK)]
    known = pages.outlets_known(db)
    sites = {site for url, _ in known if (site := host_of(url))}
    return [one for one in unknown_outlets(seen, sites, {name for _, name in known}) if one.items >= _OFTEN]


def _write(db: Connection, found: Sequence[Outlet], now: datetime) -> None:
    tell(db, SUBJECT, Notice(KIND), now)
    if found:
        tell(db, SUBJECT, outlets_notice(found), now)


def outlets_notice(found: Sequence[Outlet]) -> Notice:
    """The most frequent by name."""
    named: Value = ", ".join(f"{one.outlet} ({one.items})" for one in found[:_NAMED])
    if len(found) > _NAMED:
        named = Saying("and_more", "{named} and {n} more", {"named": named, "n": len(found) - _NAMED})
    said = Saying(
        "outlets_unknown",
        "In seven days they quoted outlets that are no source here: {outlets}."
        " `nightdesk sources list --unknown-outlets` names them with an example; `sources add` takes one in.",
        {"outlets": named},
    )
    return Notice(KIND, "weekly", said, "outlets")

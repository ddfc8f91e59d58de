"""Sites that bring more new pages than an hour's budget: one finding from the first hour to the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.engine import Connection

from core.saying import Saying
from crawler.budget import HOUR
from crawler.fetch import site_or_none
from crawler.health import Notice
from crawler.keep import tell
from crawler.means import Means
from store import findings, pages

KIND = "site_flood"
_MOST = 1_000_000


class Floods:
    """Which sites the operator was told of, so that a flood is one finding from its first hour to its last."""

    def __init__(self, open_since: Iterable[tuple[str, datetime]] = ()) -> None:
        self._seen = dict(open_since)

    def untold(self, held: Collection[str], now: datetime) -> list[str]:
        """The sites of `held`, which have items waiting for the next hour, that must be told of now, or again."""
        return [site for site in held if site not in self._seen or now - self._seen[site] >= HOUR]

    def over(self, held: Collection[str], now: datetime) -> list[str]:
        """Sites told of at which nothing has waited for an hour."""
        return [site for site, at in self._seen.items() if site not in held and now - at >= HOUR]

    def told(self, site: str, now: datetime) -> None:
        self._seen[site] = now

    def ended(self, site: str) -> None:
        self._seen.pop(site, None)


def flood_notice(limit: int, waiting: int) -> Notice:
    said = Saying(
        "site_flood",
        "It brought more than {limit} new addresses in an hour; {waiting} wait their turn, and none is lost. If they"
        " are no news (a calendar, a list without end), leave them out with `exclude`; if they are, raise"
        " `crawl.pages_per_hour`.",
        {"limit": limit, "waiting": waiting},
    )
    return Notice(KIND, "daily", said, "flood")


class FloodFindings:
    """Writes the findings of floods, with as few questions to the store as may be."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._floods: Floods | None = None

    async def tell(self, held: Collection[str], now: datetime) -> None:
        """`held`: sites where news waits because the hour's budget is spent."""
        if self._floods is None:
            opened = await self._means.read(findings.still_open)
            self._floods = Floods((row.subject, row.last_at) for row in opened if row.kind == KIND)
        floods = self._floods
        began, over = floods.untold(held, now), floods.over(held, now)
        if not began and not over:
            return
        limits = {site: self._means.budget.limit(site) or 0 for site in began}

        def work(db: Connection) -> None:
            urls = pages.live_items_waiting(db, now, _MOST) if began else []
            waiting = Counter(site_or_none(url) for url in urls)
            for site, limit in limits.items():
                tell(db, site, flood_notice(limit, waiting[site]), now)
            for site in over:
                tell(db, site, Notice(KIND), now)

        await self._means.write(work)
        for site in began:
            floods.told(site, now)
        for site in over:
            floods.ended(site)

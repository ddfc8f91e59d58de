"""From the moment a page is fetched to the moment a webhook on this machine has its alert, by the real daemon.

    python benchmarks/latency.py [--rate 10] [--seconds 60] [--matching 0.5] [--sources 5]

Sites on loopback publish `rate` articles a second, of which a share asks to be told, without group wait. Beside it, in
the same run and on the same machine, what trafilatura's fast mode alone takes for the same pages, and when the
daemon had decided. Exit 1 where the 95th percentile is above 3 s or no alert came.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from store.engine import open_store
from tests.desk import Desk
from tests.receivers import Behaviour, answer, webhook
from tests.site import Site

_BAR = 3.0
_PATIENCE = 90.0
_LISTED = 60  # stories in a feed, as real ones have
_PLACES = ("Myawaddy", "Poipet", "Sihanoukville", "Manila", "Boten", "Hanoi")
_PEOPLE = ("Kenyan", "Indonesian", "Brazilian", "Nepali", "Pakistani", "Ethiopian", "Ugandan", "Sri Lankan", "Indian")
_CONFIG = """
data_dir = "data"
[crawl]
contact = "desk@example.org"
sources = []
round_pages_per_site = 200
[[watch]]
name = "releases"
topics = ["scam_centres"]
channels = ["hook"]
group_wait = "0s"
update_interval = "0s"
[channel.hook]
url = "{hook}"
storm_cap = 1000000
welcome = false
[web]
listen = "127.0.0.1:0"
"""
_SOURCE = """
[[source]]
name = "post-{number}"
kind = "feed"
url = "{url}/rss"
language = "en"
country = "TH"
every = "1s"
delay = "0s"
allow_private = true
"""
#: Alerts by their key: the page of the article that caused each.
_FETCHED = """
SELECT d.idempotency_key AS key, max(p.fetched_at) AS fetched_at, max(d.created_at) AS decided_at
FROM deliveries d JOIN message_alerts m ON m.message_id = d.message_id JOIN alerts a ON a.id = m.alert_id
JOIN development_changes c ON c.id = a.change_id JOIN article_versions v ON v.article_id = c.cause_article_id
JOIN pages p ON p.id = v.page_id GROUP BY d.idempotency_key
"""


class Arrivals:
    """Takes every message and remembers the moment."""

    def __init__(self) -> None:
        self.at: list[datetime] = []
        self._says: Behaviour = answer(200)

    def __call__(self, connection: object) -> None:
        self.at.append(datetime.now(UTC))
        self._says(connection)  # type: ignore[arg-type]


class Press:
    """Publishes in turn on every site, about the beat or not."""

    def __init__(self, sites: list[Site], matching: float, dice: random.Random) -> None:
        self._sites, self._matching, self._dice = sites, matching, dice
        self.published = self.on_beat = 0

    def publish(self) -> None:
        number = self.published
        self.published += 1
        site = self._sites[number % len(self._sites)]
        on_beat = self._dice.random() < self._matching
        self.on_beat += on_beat
        title, text = self._release(number) if on_beat else self._regatta(number)
        site.publish(f"story-{number}", title, text)
        del site.stories[:-_LISTED]

    def _release(self, number: int) -> tuple[str, str]:
        place, people = self._dice.choice(_PLACES), self._dice.choice(_PEOPLE)
        count = self._dice.randint(20, 900)
        title = f"{count} {people} workers freed from scam compound in {place}"
        return title, (
            f"{count} {people} nationals were freed from an online scam centre in {place}, the embassy said.\n\n"
            f"The {people} workers had been forced to run online fraud behind high walls, an official said. "
            f"All {count} are being cared for in a shelter run by charity house {number}.\n\n"
            f"Guards at the compound in {place} fled when soldiers arrived, neighbours said."
        )

    def _regatta(self, number: int) -> tuple[str, str]:
        return f"Harbour regatta draws {number} boats", (
            f"{number} boats took part in the harbour regatta number {number}, the club said.\n\n"
            "The race was won by a crew from the northern quay after a calm start. Light winds kept the fleet together."
        )


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--rate", type=float, default=10.0)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--matching", type=float, default=0.5)
    words.add_argument("--sources", type=int, default=5)
    asked = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-latency-"))
    arrivals = Arrivals()
    with ExitStack() as stack:
        sites = [stack.enter_context(Site()) for _ in range(asked.sources)]
        hook = stack.enter_context(webhook(arrivals))
        config = folder / "nightdesk.toml"
        sources = "".join(_SOURCE.format(number=number, url=site.url) for number, site in enumerate(sites))
        config.write_text(_CONFIG.format(hook=hook.url) + sources, encoding="utf-8")
        press = Press(sites, asked.matching, random.Random(1))
        for _ in sites:
            press.publish()  # what was there before is baseline
        desk = stack.enter_context(Desk(config))
        for _ in sites:
            desk.wait_for("baseline_taken")
        _warm_up(press, arrivals, len(sites))
        begun, before = len(arrivals.at), press.on_beat
        pages = _publish(press, asked.rate, asked.seconds, sites)
        _wait(arrivals)
        extraction = _extraction(pages)
        keys = [request.headers["idempotency-key"] for request in hook.requests[begun:]]
        code = desk.stop()
    waits, decisions = _waits(folder, keys, arrivals.at[begun:])
    p95 = _report(waits, decisions, extraction, press.on_beat - before, asked.rate)
    return 0 if code == 0 and waits and p95 <= _BAR else 1


def _warm_up(press: Press, arrivals: Arrivals, rounds: int) -> None:
    """The first article reads term tables and starts children: once for each start, and not what is asked."""
    for _ in range(rounds * 2):
        press.publish()
    patience = time.monotonic() + _PATIENCE
    while not arrivals.at and time.monotonic() < patience:
        time.sleep(0.1)
    _wait(arrivals)


def _publish(press: Press, rate: float, seconds: float, sites: list[Site]) -> list[bytes]:
    """Publish evenly; some of the pages, for the extractor."""
    end, following = time.monotonic() + seconds, time.monotonic()
    pages: list[bytes] = []
    while time.monotonic() < end:
        press.publish()
        following += 1 / rate
        if press.published % 7 == 0:
            story = sites[(press.published - 1) % len(sites)].stories[-1]
            pages.append(sites[(press.published - 1) % len(sites)].answer(f"/news/{story.slug}")[2])
        time.sleep(max(following - time.monotonic(), 0))
    return pages


def _wait(arrivals: Arrivals) -> None:
    """Until nothing has come for five seconds."""
    patience, last = time.monotonic() + _PATIENCE, -1
    quiet = time.monotonic()
    while time.monotonic() < patience and time.monotonic() - quiet < 5:
        if len(arrivals.at) != last:
            last, quiet = len(arrivals.at), time.monotonic()
        time.sleep(0.1)


def _extraction(pages: list[bytes]) -> list[float]:
    """Seconds of CPU that trafilatura's fast mode takes for each of these pages, while the daemon is at rest."""
    import trafilatura

    spent = []
    for page in [*pages[:5], *pages]:  # the first few load what it needs
        begun = time.process_time()
        trafilatura.extract(page.decode(), fast=True)
        spent.append(time.process_time() - begun)
    return spent[5:] if len(spent) > 5 else spent


def _waits(folder: Path, keys: list[str], came: list[datetime]) -> tuple[list[float], list[float]]:
    """Seconds from fetch to receipt, and from fetch to decision, of each alert."""
    store = open_store(f"sqlite:///{folder}/data/nightdesk.db", folder / "data")
    try:
        with store.read() as db:
            fetched = {row.key: row for row in db.execute(sa.text(_FETCHED))}
    finally:
        store.close()
    first = dict(zip(reversed(keys), reversed(came), strict=True))
    known = [(fetched[key], at) for key, at in first.items() if key in fetched]
    waits = sorted((at - _moment(row.fetched_at)).total_seconds() for row, at in known)
    return waits, sorted((_moment(row.decided_at) - _moment(row.fetched_at)).total_seconds() for row, _ in known)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _report(waits: list[float], decisions: list[float], extraction: list[float], on_beat: int, rate: float) -> float:
    if not waits:
        print("no alert came")
        return float("inf")
    p95 = waits[int(len(waits) * 0.95)]
    print(f"{rate:g} articles a second; {len(waits)} messages about {on_beat} articles on the beat")
    print(f"fetched to received: median {statistics.median(waits):.2f} s, p95 {p95:.2f} s, longest {waits[-1]:.2f} s")
    late = decisions[int(len(decisions) * 0.95)]
    print(f"fetched to decided: median {statistics.median(decisions):.2f} s, p95 {late:.2f} s")
    if extraction:
        print(f"trafilatura (fast) alone: median {statistics.median(extraction) * 1000:.1f} ms of CPU a page")
    return p95


if __name__ == "__main__":
    raise SystemExit(main())

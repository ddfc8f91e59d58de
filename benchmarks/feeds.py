"""Reads every feed, sitemap and robots.txt of a folder of test data, each in a child with limits, and counts the ends.

    python benchmarks/feeds.py FOLDER [--seconds 2] [--megabytes 256] [--slow]

FOLDER holds archives (.tar.xz) and plain files. A case ends `parsed`, `patiently` (by the slow parser only), `refused`
by name, or as a fault: an exception that nobody foresaw, a child that ran out of time or memory. `--slow` names the
slowest cases. Peak memory is what a child held above its start.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.pool import Limits, Pool
from crawler import feeds, robots
from crawler.discover import read_any
from crawler.feeds import FeedError
from crawler.opml import OpmlError, read_opml
from crawler.sitemap import read_sitemap

_URL = "https://case.example/feed.xml"
_NO_CASE = ("LICENSE", "README", ".md", ".py", ".cfg")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    group: str
    name: str
    body: bytes

    @property
    def kind(self) -> str:
        if "robots" in self.group:
            return "robots"
        if self.name.endswith(".opml"):
            return "opml"
        if "sitemap" in f"{self.group}/{self.name}":
            return "sitemap"
        return "page" if self.name.endswith((".html", ".html.gz", ".txt")) else "feed"


@dataclass(frozen=True)
class End:
    end: str  # parsed | patiently | refused code
    entries: int
    seconds: float
    peak_mb: float


def cases(folder: Path) -> Iterator[Case]:
    """Every case of the folder, archives unpacked in memory. What feeds and maps are not is left out."""
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(".tar.xz"):
            if "html5lib" not in path.name:
                yield from _packed(path)
        elif path.is_file() and not path.name.endswith(_NO_CASE):
            yield Case(path.parent.name, path.name, path.read_bytes())


def _packed(path: Path) -> Iterator[Case]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and not member.name.endswith(_NO_CASE):
                held = archive.extractfile(member)
                assert held is not None
                yield Case(path.name.removesuffix(".tar.xz"), member.name.removeprefix("./"), held.read())


def read(kind: str, body: bytes) -> End:
    """One case, as a visit would read it: lxml first, the patient parser for what it gives up."""
    started, held = time.perf_counter(), _held_mb()
    end, entries = _read(kind, body)
    return End(end, entries, time.perf_counter() - started, max(0.0, _held_mb() - held))


def _held_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read(kind: str, body: bytes) -> tuple[str, int]:
    if kind == "robots":
        rules = robots.read_robots(200, body, _NOW)
        rules.allows("https://case.example/news/a", "nightdesk")
        rules.delay("nightdesk")
        return "parsed", 0
    try:
        if kind == "opml":
            return "parsed", len(read_opml(body))
        if kind == "sitemap":
            found = read_sitemap(body, url=_URL)
            return "parsed", found.total
        if kind == "page":
            return "parsed", read_any(body, url=_URL)[1].total
        return _read_feed(body)
    except FeedError as refused:
        return refused.reason, 0
    except OpmlError:
        return "opml_refused", 0


def _read_feed(body: bytes) -> tuple[str, int]:
    try:
        return "parsed", feeds.parse(body, url=_URL).total
    except FeedError as refused:
        if not refused.worth_another_try:
            raise
        try:
            return "patiently", feeds.parse_loosely(body, _URL).total
        except FeedError:
            raise refused from None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    entries: Counter[str] = Counter()
    timed: list[tuple[float, str]] = []
    peak: dict[str, float] = defaultdict(float)
    faults: list[str] = []
    with Pool(1, Limits(options.seconds, options.megabytes)) as pool:
        pool.run(read, "feed", b"<rss/>", seconds=60)  # imports are no part of the first case
        for case in cases(options.folder):
            outcome = pool.run(read, case.kind, case.body)
            group = f"{case.group} ({case.kind})"
            if outcome.value is None:
                faults.append(f"{case.group}/{case.name}: {outcome.error}")
                ends[group]["FAULT"] += 1
                continue
            ends[group][outcome.value.end] += 1
            entries[group] += outcome.value.entries
            timed.append((outcome.value.seconds, f"{case.group}/{case.name}"))
            peak[group] = max(peak[group], outcome.value.peak_mb)
    for group, counted in ends.items():
        total = sum(counted.values())
        told = ", ".join(f"{end} {count}" for end, count in counted.most_common())
        print(f"{group}: {total} cases, {entries[group]} entries, peak +{peak[group]:.0f} MB: {told}")
    slowest = sorted(timed, reverse=True)
    print(f"slowest {slowest[0][0]:.3f} s ({slowest[0][1]}), {len(faults)} faults, {len(timed)} cases ended well")
    for seconds, name in slowest[:10] if options.slow else []:
        print(f"  {seconds:.3f} s  {name}")
    for fault in faults:
        print(f"  FAULT {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

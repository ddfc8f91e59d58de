"""A month of simulated sources: how often each is visited, how soon a death is found, how often we cry wolf.

    python benchmarks/rhythm.py [SOURCES] [--days 30] [--seed 7]

A third of the sources (default 200) dies, in one of seven ways; a third has trouble that is no death: a flood of 500
items, all dates made new, all addresses changed, validators that always say "unchanged", an outage of three hours.
They publish from three times an hour to once in two weeks, some only in working hours, a fifth without dates. Time is
simulated, there are no sockets; the deciders are the crawler's own. A death must be found within a day or four times
the gap that 95 of 100 of the source's gaps stay below.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.month import START, Found, judge, population, run


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sources", nargs="?", type=int, default=200)
    options.add_argument("--days", type=float, default=30)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    sources = population(given.sources, given.seed, given.days)
    began = time.process_time()
    run(sources, given.days, random.Random(given.seed).random)
    seconds = time.process_time() - began
    report(given.days, seconds, [judge(one, given.days) for one in sources])


def report(days: float, seconds: float, found: list[Found]) -> None:
    visits = sum(one.source.visits for one in found)
    by_rhythm: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_rhythm[one.source.rhythm].append(one)
    print(f"{len(found)} sources, {days:g} days: {visits} visits, {seconds:.1f} CPU-seconds")
    print(f"{'rhythm':<12} {'sources':>7} {'visits a day':>13} {'items seen %':>13}")
    for rhythm, some in by_rhythm.items():
        a_day = median(one.source.visits / days for one in some)
        items, missed = sum(one.items for one in some), sum(one.missed for one in some)
        print(f"{rhythm:<12} {len(some):>7} {a_day:>13.1f} {100 * (1 - missed / max(items, 1)):>13.2f}")
    due = [one for one in found if one.limit and one.source.dies_at and one.source.dies_at + one.limit < _end(days)]
    by_death: dict[str, list[Found]] = defaultdict(list)
    for one in due:
        by_death[one.source.death or ""].append(one)
    print(f"\n{'death':<12} {'sources':>7} {'in time':>8} {'median h':>9} {'worst h':>8} {'worst of limit':>15}")
    for death, some in sorted(by_death.items()):
        hours = [one.delay / timedelta(hours=1) for one in some if one.delay]
        share = max((one.delay / one.limit for one in some if one.delay and one.limit), default=0.0)
        print(
            f"{death:<12} {len(some):>7} {sum(map(_in_time, some)):>8} {median(hours or [0]):>9.1f}"
            f" {max(hours, default=0):>8.1f} {share:>15.2f}"
        )
    alive = [one for one in found if one.false]
    weeks = sum(days / 7 for _ in found)
    print(f"\nfalse notices: {sum(len(one.false) for one in alive)} in {weeks:.0f} source-weeks")
    for one in alive:
        kinds = Counter(f"{notice.kind} {notice.cause}" for notice in one.false)
        print(f"  {one.source.name} {one.source.rhythm} {one.source.trouble or 'no trouble'}: {dict(kinds)}")
    summary: dict[str, Any] = {
        "sources": len(found),
        "visits": visits,
        "deaths_due": len(due),
        "deaths_in_time": sum(map(_in_time, due)),
        "false_notices": sum(len(one.false) for one in found),
        "missed_share": round(sum(one.missed for one in found) / max(sum(one.items for one in found), 1), 5),
        "without_overlap": sum(1 for one in found for _, notice in one.source.told if notice.kind == "items_missed"),
        "longest_pause_h": max(one.source.largest_pause for one in found) / timedelta(hours=1),
    }
    print(json.dumps(summary))


def _in_time(one: Found) -> bool:
    return one.delay is not None and one.limit is not None and one.delay <= one.limit


def _end(days: float) -> Any:
    return START + timedelta(days=days)


if __name__ == "__main__":
    main()

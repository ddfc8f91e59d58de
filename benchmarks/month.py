"""A month of the whole desk in simulated time: sources die, are rebuilt, flooded and re-dated; articles are edited,
taken back and put there again; and every promise is checked in the end.

    python benchmarks/month.py [SOURCES] [--days 30] [--seed 7] [--postgres URL] [--keep FOLDER]

Crawler, pipeline and alerts are the program's own, on a store of their own and with one watch on the beat; the web is
simulated, without sockets (tests/monthweb.py), a webhook on loopback takes the messages. A third of the sources
(default 200) dies in one of seven ways, a third has trouble that is no death. Of each source three articles are on the
beat, most of them edited in ways that say something or nothing; a third of them is deleted, and some come back, with
another GUID or at another address. What must hold is in tests/monthproof.py. Exit 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from store.engine import open_store
from store.migrate import upgrade
from tests.month import QUIETER, START, Found, population
from tests.monthdesk import MonthDesk
from tests.monthproof import Proof, prove
from tests.receivers import webhook


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sources", nargs="?", type=int, default=200)
    options.add_argument("--days", type=float, default=30)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--postgres", metavar="URL", help="an empty database to use instead of SQLite")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="leave database and bodies there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch, webhook() as hook:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        store = open_store(given.postgres or f"sqlite:///{folder}/nightdesk.db", folder)
        upgrade(store, START)
        desk = MonthDesk(store, population(given.sources, given.seed, given.days, QUIETER), hook.url)
        began = time.process_time()
        desk.run(given.days, lambda day: print(f"day {day} of {given.days:g}", file=sys.stderr, flush=True))
        seconds = time.process_time() - began
        proof = prove(desk, hook.requests, given.days)
        store.close()
    return report(proof, given.days, seconds)


def report(proof: Proof, days: float, seconds: float) -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(proof.found)} sources, {days:g} days, {seconds:.0f} CPU-seconds, at most {peak:.0f} MB\n")
    for name, value in proof.figures.items():
        print(f"{name}: {json.dumps(value)}")
    print()
    _deaths(proof.found, days)
    false = [one for one in proof.found if one.false]
    weeks = len(proof.found) * days / 7
    print(f"false notices: {sum(len(one.false) for one in false)} in {weeks:.0f} source-weeks")
    for one in false:
        kinds = [f"{notice.kind}, {notice.cause}" for notice in one.false]
        print(f"  {one.source.name} {one.source.rhythm} {one.source.trouble or 'no trouble'}: {kinds}")
    print()
    for name, cases in proof.broken.items():
        print(f"{'BROKEN' if cases else 'kept':<8} {name}")
        for case in cases[:10]:
            print(f"           {case}")
    return 1 if any(proof.broken.values()) else 0


def _deaths(found: list[Found], days: float) -> None:
    end = START + timedelta(days=days)
    due = [one for one in found if one.limit and one.source.dies_at and one.source.dies_at + one.limit < end]
    in_time = [one for one in due if one.delay is not None and one.limit is not None and one.delay <= one.limit]
    hours = [one.delay / timedelta(hours=1) for one in due if one.delay]
    worst = max((one.delay / one.limit for one in due if one.delay and one.limit), default=0.0)
    print(f"deaths found in time: {len(in_time)} of {len(due)}", end="")
    print(f", after {median(hours):.1f} h in the median, at worst {worst:.2f} of the time allowed" if hours else "")


if __name__ == "__main__":
    raise SystemExit(main())

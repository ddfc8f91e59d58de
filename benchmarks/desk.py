"""How long the desk's pages take on a grown desk while articles come in.

    python benchmarks/desk.py [--articles 200000] [--rounds 10] [--postgres [URL]] [--keep FOLDER]

The desk is that of benchmarks/asking.py, and a second process goes on adding five articles a second. The pages are
asked for over HTTP, one after the other. What charts and map keep in memory is read before, as a daemon has after its
first request; how long that took is said. Exit 1 where the 95th percentile is above its bar: desk and development
100 ms, charts and map 300 ms.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa

from benchmarks.asking import NOW, Press, database, fill, keep_adding, options
from nightdesk.app import App
from nightdesk.config import load_config
from nightdesk.web.server import Server
from nightdesk.web.site import make_site
from store.articles import articles
from store.developments import developments
from store.engine import open_store
from store.migrate import upgrade

BARS = {"desk": 100, "development": 100, "charts": 300, "map": 300}
_DESK = ("/", "/?topic=scam_centres", "/?country=MM", "/?event=raid&since=90d")
_CHARTS = ("/charts", "/charts?months=36", "/charts?country=MM&nationality=CN", "/charts?topic=overseas_policing")
_MAP = ("/map", "/map?view=pacific", "/map?view=world&months=24", "/map?event=raid")


def main() -> int:
    asked = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="nightdesk-desk-") as made:
        folder = asked.keep or Path(made)
        with database(asked.postgres, folder) as url:
            last, newest = _filled(url, folder, asked)
            spawn = multiprocessing.get_context("spawn")
            stop = spawn.Event()
            writer = spawn.Process(target=keep_adding, args=(url, folder, asked.seed, last + 1, stop), daemon=True)
            writer.start()
            try:
                with _serving(url, folder) as address:
                    return _report(_measured(address, newest, asked.rounds))
            finally:
                stop.set()
                writer.join(10)


def _filled(url: str, folder: Path, asked: argparse.Namespace) -> tuple[int, int]:
    """The newest article and development, after filling what was empty."""
    with closing(open_store(url, folder)) as store:
        upgrade(store, NOW)
        with store.read() as db:
            last = db.scalar(sa.select(sa.func.max(articles.c.id))) or 0
        if not last:
            fill(store, Press(asked.seed), asked.articles)
        with store.read() as db:
            last = int(db.scalar(sa.select(sa.func.max(articles.c.id))) or 0)
            told = int(db.scalar(sa.select(sa.func.max(developments.c.id))) or 0)
        print(f"{last:,} articles, {told:,} developments on {store.engine.dialect.name}")
    return last, told


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[str]:
    """A desk that listens, whose clock goes a second with each look, so that nobody is asked to be patient."""
    file = folder / "nightdesk.toml"
    file.write_text(f'data_dir = "."\n[crawl]\nsources = []\n[database]\nurl = "{url}"\n')
    with App.open(load_config(file, {}), "benchmark", _clock()) as app:
        server = Server(make_site(app), "127.0.0.1:0")
        server.start()
        try:
            yield server.address
        finally:
            server.stop()


def _clock() -> Callable[[], datetime]:
    ticks = count()
    return lambda: NOW + timedelta(seconds=next(ticks) / 4)


def _measured(address: str, newest: int, rounds: int) -> dict[str, list[float]]:
    chosen = random.Random(7)
    pages: dict[str, Callable[[], list[str]]] = {
        "desk": lambda: list(_DESK),
        "development": lambda: [f"/developments/{newest - int(chosen.paretovariate(0.3)) % newest}" for _ in range(8)],
        "charts": lambda: list(_CHARTS),
        "map": lambda: list(_MAP),
    }
    found: dict[str, list[float]] = {name: [] for name in pages}
    place = address.removeprefix("http://")
    with closing(http.client.HTTPConnection(place, timeout=300)) as connection:
        first, then = _ask(connection, "/charts"), _ask(connection, "/map")
        print(f"the first look at charts: {first:.0f} ms, then at the map: {then:.0f} ms")
        for turn in range(rounds + 1):
            for name, paths in pages.items():
                times = [_ask(connection, path) for path in paths()]
                found[name] += times if turn else []  # the first round compiles templates and fills caches
    return found


def _ask(connection: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds to the last byte of a page."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    assert answer.status == 200, (path, answer.status, body[:300])
    return took


def _report(found: dict[str, list[float]]) -> int:
    passed = True
    print(f"\n{'page':<14}{'median ms':>10}{'p95 ms':>9}{'bar':>6}{'pages':>7}")
    for name, times in found.items():
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        passed &= p95 <= BARS[name]
        late = "" if p95 <= BARS[name] else "  TOO SLOW"
        print(f"{name:<14}{ordered[len(ordered) // 2]:>10.1f}{p95:>9.1f}{BARS[name]:>6}{len(ordered):>7}{late}")
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())

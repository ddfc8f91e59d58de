"""What a visit costs: visits per CPU-second of our crawl, of a bare Scrapy run and of parsing with feedparser alone.

    python benchmarks/visits.py [SOURCES] [--entries 50] [--profile SWEEP] [--feedparser 200]

SOURCES (default 2,000; up to 10,000) feeds stand on addresses of their own in 127.0.0.0/8, served by a child process,
whose time does not count. Each sweep visits all of them once:

    first       robots.txt and the feed, every entry an item of the baseline
    304         the server knows our validators
    unchanged   the server ignores them and sends the same body
    changed     one new entry among the old ones

Ours are whole visits: robots.txt, turns of sites, the guard, SQLite transactions, items, the next visit's time, in
rounds as the daemon makes them. Bare Scrapy fetches the same addresses with its default settings and does nothing
with them; feedparser parses the changed bodies from memory. Pages are not fetched. `memory` is the peak so far.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import logging
import multiprocessing
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

SWEEPS = ("first", "304", "unchanged", "changed")
_START = datetime(2026, 1, 1, tzinfo=UTC)


def address(number: int, port: int) -> str:
    """The feed of one source: a host of its own, so that each is a site of its own."""
    return f"http://127.{1 + number // 65536}.{number // 256 % 256}.{number % 256}:{port}/feed"


def articles(port: int) -> str:
    """Where all articles stand: a site that asked not to be asked, since pages are not what is measured."""
    return f"http://127.255.255.254:{port}"


def feed(host: str, entries: int, extra: int) -> bytes:
    """A feed of about 400 bytes an entry; `extra` new ones stand on top."""
    home = f"{articles(int(host.rpartition(':')[2]))}/{host.replace(':', '/')}"

    def entry(number: int) -> str:
        moment = _START + timedelta(hours=number)
        return (
            f"<item><title>Report {number} from the desk of {host}</title><link>{home}/news/{number}</link>"
            f"<guid>{home}/news/{number}</guid><pubDate>{moment:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<description>{'Police said on Monday that people were freed. ' * 3}</description></item>"
        )

    items = "".join(entry(number) for number in range(entries + extra, extra, -1))
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Desk of {host}</title>'
        f"<link>http://{host}/</link>{items}</channel></rss>"
    ).encode()


# the server


class Site(asyncio.Protocol):
    """Answers /feed as the sweep wants it, and 404 to anything else."""

    def __init__(self, sweep: Any, entries: int) -> None:
        self._sweep, self._entries = sweep, entries

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        line, _, rest = data.partition(b"\r\n")
        host = rest.partition(b"ost: ")[2].partition(b"\r\n")[0].decode()
        sweep = SWEEPS[self._sweep.value]
        if b" /feed " not in line:
            answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        elif sweep == "304":
            answer = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
        else:
            body = feed(host, self._entries, 1 if sweep == "changed" else 0)
            head = f'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "a"\r\nContent-Length: {len(body)}'
            answer = head.encode() + b"\r\n\r\n" + body
        self._transport.write(answer)


def serve(sweep: Any, port: Any, entries: int) -> None:
    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Site(sweep, entries), "0.0.0.0", 0, backlog=1024)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(forever())


# the runs, each in a process of its own


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 10, 13, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def peak_mb() -> float:
    """The most memory this process had so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def measured(name: str, visits: int, cpu: float, wall: float) -> dict[str, Any]:
    row = {"sweep": name, "visits": visits, "per_cpu_s": visits / cpu, "per_s": visits / wall, "memory": peak_mb()}
    print(json.dumps(row), flush=True)
    return row


def run_ours(port: int, count: int, sweep: Any, profile: str | None) -> None:
    import structlog

    from crawler import reactor
    from crawler.config import CrawlConfig
    from crawler.run import Crawler
    from store.engine import open_store
    from store.migrate import upgrade

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/n.db", Path(folder))
        clock = _Clock()
        upgrade(store, clock())
        _add_sources(store, port, count, clock())
        config = CrawlConfig.model_validate({"delay": "0s", "contact": "bench@example.org"})
        crawler = Crawler(store, config, clock)

        async def main() -> None:
            for number, name in enumerate(SWEEPS):
                sweep.value = number
                with cProfile.Profile() if profile == name else nullcontext() as watched:
                    await _sweep(crawler, name, count)
                if watched is not None:
                    pstats.Stats(watched).sort_stats("tottime").print_stats(45)
                _end_items(store, clock())
                clock.now += timedelta(hours=2)

        reactor.run(main)
        crawler.close()
        store.close()


async def _sweep(crawler: Any, name: str, count: int) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    seen = failed = 0
    while seen < count:
        report = await crawler.round()
        visited = [one for one in report.sources.values() if one.visited]
        seen += len(visited)
        failed += sum(one.error is not None for one in visited)
        if not visited:
            break
    if failed or seen != count:
        print(f"# {name}: {seen} visited, {failed} failed", file=sys.stderr)
    measured(name, seen, time.process_time() - cpu, time.perf_counter() - wall)


def _add_sources(store: Any, port: int, count: int, now: datetime) -> None:
    from crawler.source import Source
    from store.definitions import sources
    from store.pages import SiteState, keep_site

    rows = []
    for number in range(count):
        one = Source.model_validate(
            {
                "name": f"source-{number}",
                "title": f"Source {number}",
                "url": address(number, port),
                "allow_private": True,
                "every": "1h",
            }
        )
        values = one.model_dump(mode="json")
        rows.append(
            {name: values[name] for name in ("name", "title", "kind", "type", "url", "language", "country")}
            | {"origin": "file", "definition": values, "created_at": now, "edited_at": now}
        )
    with store.write() as db:
        for start in range(0, count, 500):
            db.execute(sources.insert(), rows[start : start + 500])
        keep_site(db, SiteState(articles(port), now + timedelta(days=365)))


def _end_items(store: Any, now: datetime) -> None:
    import sqlalchemy as sa

    from store.pages import items

    with store.write() as db:
        db.execute(sa.update(items).where(items.c.ended_at.is_(None)).values(ended_at=now, end_state="known"))


def run_scrapy(port: int, count: int, sweep: Any) -> None:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerRunner

    from crawler import reactor

    class Bare(Spider):
        name = "bare"

        async def start(self) -> Any:
            for number in range(count):
                yield Request(address(number, port), dont_filter=True)

        def parse(self, response: Any) -> None:
            assert response.body is not None

    async def main() -> None:
        for name in SWEEPS[1:]:
            sweep.value = SWEEPS.index(name)
            cpu, wall = time.process_time(), time.perf_counter()
            await AsyncCrawlerRunner({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False}).crawl(Bare)
            measured(name, count, time.process_time() - cpu, time.perf_counter() - wall)

    reactor.run(main)


def run_feedparser(count: int, entries: int) -> None:
    import feedparser

    from crawler import feeds

    bodies = [feed(f"127.1.0.{number}:80", entries, 1) for number in range(count)]

    def timed(name: str, parse: Callable[[bytes], Any]) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        for body in bodies:
            parse(body)
        measured(name, count, time.process_time() - cpu, time.perf_counter() - wall)

    timed("feedparser", feedparser.parse)
    timed("ours, in memory", lambda body: feeds.parse(body, url="http://127.1.0.1/feed", content_type="text/xml"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="?", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--feedparser", type=int, default=200, help="how many bodies feedparser parses")
    parser.add_argument("--profile", choices=SWEEPS, help="show where a sweep of ours spends its time")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    sweep, port = spawn.Value("i", 0), spawn.Value("i", 0)
    server = spawn.Process(target=serve, args=(sweep, port, options.entries), daemon=True)
    server.start()
    while not port.value:
        time.sleep(0.05)
    runs: list[tuple[str, Callable[..., None], tuple[Any, ...]]] = [
        ("ours", run_ours, (port.value, options.sources, sweep, options.profile)),
        ("bare Scrapy", run_scrapy, (port.value, options.sources, sweep)),
        ("parsing", run_feedparser, (options.feedparser, options.entries)),
    ]
    figures = {
        title: _in_child(spawn, title, target, given)
        for title, target, given in runs
        if not options.profile or title == "ours"
    }
    server.terminate()
    _compare(figures)


def _in_child(
    spawn: Any, title: str, target: Callable[..., None], given: tuple[Any, ...]
) -> dict[str, dict[str, float]]:
    """Run in a fresh process, so that memory is its own; its lines of figures come back through a file."""
    print(f"\n{title}", flush=True)
    with tempfile.NamedTemporaryFile("r") as lines:
        child = spawn.Process(target=_redirected, args=(lines.name, target, given))
        child.start()
        child.join()
        if child.exitcode:
            print(f"  it ended early, with {child.exitcode}")
        found = {}
        for line in lines:
            if line.startswith("{"):
                row = json.loads(line)
                found[row.pop("sweep")] = row
                print(f"  {list(found)[-1]:<16}", end="")
                print(f"{row['per_cpu_s']:9,.0f} per CPU-s {row['per_s']:9,.0f} per s {row['memory']:7.0f} MB")
            else:
                print(line, end="")
    return found


def _redirected(path: str, target: Callable[..., None], given: tuple[Any, ...]) -> None:
    sys.stdout = open(path, "w")
    target(*given)
    sys.stdout.flush()


def _compare(figures: dict[str, dict[str, dict[str, float]]]) -> None:
    ours, bare, parsing = figures["ours"], figures.get("bare Scrapy", {}), figures.get("parsing", {})
    print("\nratios, by CPU")
    for name in bare:
        if name in ours:
            print(f"  ours to bare Scrapy, {name:<10} {ours[name]['per_cpu_s'] / bare[name]['per_cpu_s']:6.2f}")
    if parsing:
        one = parsing["feedparser"]["per_cpu_s"]
        print(f"  a changed visit of ours to feedparser alone {ours['changed']['per_cpu_s'] / one:6.2f}")
        print(f"  parsing of ours to feedparser               {parsing['ours, in memory']['per_cpu_s'] / one:6.2f}")


if __name__ == "__main__":
    main()

"""How long search and the list of developments take on a grown desk while articles come in.

    python benchmarks/asking.py [--articles 200000] [--rounds 10] [--postgres [URL]] [--keep FOLDER]

Articles are made up of words as common as in real news (English, Chinese, Thai), with topics, events, figures and
developments, and filed as the pipeline files them. A second process goes on adding five a second while the queries
below run, newest first, ranked, and counted by facet; then the list of developments with its filters. Beside the time
on the clock stands that of the processor in this process: on a busy machine they differ. Exit 1 where the 95th
percentile of all queries is above its bar: newest first 50 ms on SQLite and 200 ms on Postgres, ranked 300 ms,
developments 100 ms. `--postgres` without an address starts a server of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from nightdesk import listing
from nightdesk.listing import DEVELOPMENTS, Filters
from nightdesk.search import Question, facets, find
from store import index
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.developments import development_articles, development_countries, developments
from store.engine import Store, open_store
from store.facts import facts
from store.index import first_row_id
from store.migrate import upgrade
from store.pages import pages

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
YEARS = 3
BARS = {"newest first": (50, 200), "ranked": (300, 300), "developments": (100, 100)}

#: A search, and why it is in the mix.
QUERIES = (
    ("police", "a word of every third article"),
    ("scam compound", "two common words"),
    ('"scam compound"', "a phrase"),
    ("rescued Kenyans Myawaddy", "three words of which one is rare"),
    ("w17171", "a rare word"),
    ("xyzzy", "a word that nothing has"),
    ("police -scam", "a NOT"),
    ("traffick*", "a beginning"),
    ('"police officers"~8', "a distance"),
    ("place:Myawaddy", "a place in all spellings"),
    ("concept:rescue", "a concept in all languages"),
    ("电诈", "two characters of Chinese"),
    ("园区 警方", "two words of Chinese"),
    ("แก๊งคอลเซ็นเตอร์", "a word of Thai"),
    ("topic:scam_centres country:MM police", "fields and a word"),
    ("topic:overseas_policing count:[500 TO *]", "fields and a figure"),
    ("police published:[2024-01-01 TO 2024-02]", "an old month"),
    ("title:raid lang:th", "a word that no article of the language has"),
)
#: Filters of the list of developments.
LISTS = (
    Filters(),
    Filters(topic="scam_centres"),
    Filters(event="raid"),
    Filters(country="MM"),
    Filters(source="source-7"),
    Filters(lang="th"),
    Filters(topic="overseas_policing", country="FJ", since=NOW - timedelta(days=365)),
)
_COMMON = (
    "the of and to in police said a on from officers people for were was officials at by with monday government two"
    " scam compound army border freed workers ministry country who after been raid their more centre arrested china"
    " thailand rescued trafficking victims trained myanmar cambodia online fraud"
).split()
_CHINESE = "警方在缅北一处电诈园区抓获嫌疑人，其中多名中国公民已移交中方，当地政府表示将继续合作打击跨境犯罪。"
_THAI = "ตำรวจบุกจับแก๊งคอลเซ็นเตอร์ที่ชายแดน ช่วยเหลือเหยื่อจำนวนมาก เจ้าหน้าที่กล่าวว่าจะส่งกลับประเทศ "
_PLACES = (("Myawaddy", "MM"), ("Poipet", "KH"), ("Honiara", "SB"), ("Suva", "FJ"), ("Boten", "LA"), ("Manila", "PH"))
_EVENTS = ("raid", "rescue_release", "repatriation", "police_training", "equipment_aid", "joint_patrol")
_POOL = 4_000  # texts, of which articles are headlines and beginnings anew
_BATCH = 1_000


class Press:
    """Writes articles: the number says all about each."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        chosen = random.Random(seed)
        rare = [f"w{number}" for number in range(40_000)]
        self._texts = []
        for number in range(_POOL):
            words = [
                chosen.choice(_COMMON) if chosen.random() < 0.55 else rare[min(int(chosen.paretovariate(0.6)), 39_999)]
                for _ in range(chosen.randint(150, 500))
            ]
            language = "zh" if number % 12 == 1 else "th" if number % 12 == 5 else "en"
            text = " ".join(words).capitalize() + "."
            if language != "en":
                text = (_CHINESE if language == "zh" else _THAI) * chosen.randint(4, 14) + " ".join(words[:20])
            if number % 25 == 0:
                text = f"{_PLACES[number // 25 % len(_PLACES)][0]} kenyans {text}"
            self._texts.append((language, text))

    def write(self, number: int) -> dict[str, Any]:
        """All rows of one article."""
        chosen = random.Random(self._seed * 1_000_003 + number)
        language, text = self._texts[chosen.randrange(_POOL)]
        place, country = chosen.choice(_PLACES)
        title = f"{chosen.choice(('Police', 'Officers', 'Raid on', 'Army frees'))} {chosen.randint(2, 900)} in {place}"
        return {
            "title": title if language == "en" else f"{text[:18]} {number}",
            "text": text,
            "language": language,
            "country": country,
            "place": place,
            "topic": chosen.choice(("scam_centres", "overseas_policing", None)),
            "event": chosen.choice(_EVENTS),
            "figure": float(chosen.randint(2, 900)),
            "source": 1 + chosen.randrange(300),
            "development": 1 + number // 4,
            "url": f"https://s{number % 300}.example/{number}",
        }


def fill(store: Store, press: Press, count: int) -> None:
    """The desk as years of work would leave it, oldest first."""
    step = timedelta(days=365 * YEARS) / count
    with store.write() as db:
        shared = {"origin": "file", "kind": "feed", "type": "newspaper", "url": "", "definition": {}}
        rows = [{"name": f"source-{n}", "title": f"Source {n}", **shared} for n in range(1, 301)]
        db.execute(sa.insert(sources), [{**row, "created_at": NOW, "edited_at": NOW} for row in rows])
    for start in range(1, count + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, count + 1))
        with store.write() as db:
            _file(db, press, [(number, NOW - step * (count - number)) for number in numbers])
        print(f"\r  {numbers[-1]:,} articles filed", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with store.engine.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))
        if store.is_sqlite:
            db.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _file(db: Connection, press: Press, batch: Sequence[tuple[int, datetime]]) -> None:
    written = [(number, at, press.write(number)) for number, at in batch]
    known = {"origin": "live", "found_at": batch[0][1]}
    db.execute(
        sa.insert(pages),
        [{"id": n, "url": it["url"], "fetched_at": at, "given": {}, **known} for n, at, it in written],
    )
    db.execute(
        sa.insert(articles),
        [
            {"id": n, "page_id": n, "source_id": it["source"], "url": it["url"], "canonical_url": it["url"],
             "url_key": it["url"], **known}
            for n, at, it in written
        ],
    )  # fmt: skip
    db.execute(
        sa.insert(article_versions),
        [
            {"id": n, "article_id": n, "seq": 1, "page_id": n, "is_current": True, "title": it["title"],
             "text": it["text"], "language": it["language"], "published_at": at, "published_from": "feed",
             "words": 300, "text_sha256": "0", "pipeline_version": 1, "created_at": at}
            for n, at, it in written
        ],
    )  # fmt: skip
    db.execute(
        sa.insert(article_topics),
        [{"version_id": n, "topic": it["topic"], "score": 1.0} for n, _, it in written if it["topic"]],
    )
    db.execute(
        sa.insert(article_events), [{"version_id": n, "event_type": it["event"], "score": 1.0} for n, _, it in written]
    )
    stated = {"quote": "", "position": 0, "leading": False, "confidence": 1.0}
    told = [
        fact
        for n, at, it in written
        for fact in (
            {"version_id": n, "kind": "place", "country": it["country"], "place": it["place"], "value": None,
             "status": None, "created_at": at, **stated},
            {"version_id": n, "kind": "count", "country": None, "place": None, "value": it["figure"],
             "status": "done", "created_at": at, **stated},
        )
    ]  # fmt: skip
    db.execute(sa.insert(facts), told)
    _develop(db, written)
    _index(db, written)


def _develop(db: Connection, written: Sequence[tuple[int, datetime, dict[str, Any]]]) -> None:
    """Four articles a development; the first names it."""
    first = [(at, it) for n, at, it in written if n % 4 == 0 or n == 1]
    db.execute(
        sa.insert(developments),
        [
            {"id": it["development"], "title": it["title"], "topics": [it["topic"]] if it["topic"] else [],
             "event_types": [it["event"]], "countries": [it["country"]], "first_found_at": at, "last_found_at": at,
             "first_news_at": at, "last_news_at": at, "updated_at": at, "articles": 4, "sources": 3,
             "independent_sources": 2, "baseline": False}
            for at, it in first
        ],
    )  # fmt: skip
    countries = [{"development_id": it["development"], "country": it["country"]} for _, it in first]
    db.execute(sa.insert(development_countries), countries)
    joined = [
        {"article_id": n, "development_id": it["development"], "joined_at": at, "reason": ""} for n, at, it in written
    ]
    db.execute(sa.insert(development_articles), joined)


def _index(db: Connection, written: Sequence[tuple[int, datetime, dict[str, Any]]]) -> None:
    """What `index_article` writes, many at a time."""
    rows = [
        {**it, "row_id": first_row_id(at) + number % (1 << 16), "article_id": number, "version_id": number,
         "published_at": at}
        for number, at, it in written
    ]  # fmt: skip
    index.add(db, rows)


def keep_adding(url: str, folder: Path, seed: int, first: int, stop: Event) -> None:
    """A process of its own: five articles a second, each in a transaction, as the pipeline does."""
    store, press = open_store(url, folder), Press(seed)
    number = first
    while not stop.wait(0.2):
        with store.write() as db:
            it = press.write(number)
            _file_one(db, number, it)
        number += 1
    store.close()


def _file_one(db: Connection, number: int, it: dict[str, Any]) -> None:
    at = NOW + timedelta(seconds=number % 86_400)
    known = {"origin": "live", "found_at": at}
    page = {"url": it["url"], "fetched_at": at, "given": {}, **known}
    page_id = db.execute(sa.insert(pages).values(id=number, **page).returning(pages.c.id)).scalar_one()
    db.execute(
        sa.insert(articles).values(
            id=number, page_id=page_id, source_id=it["source"], url=it["url"], canonical_url=it["url"],
            url_key=it["url"], **known,
        )
    )  # fmt: skip
    version = {
        "id": number, "article_id": number, "seq": 1, "page_id": page_id, "is_current": True, "title": it["title"],
        "text": it["text"], "language": it["language"], "published_at": at, "published_from": "feed", "words": 300,
        "text_sha256": "0", "pipeline_version": 1, "created_at": at,
    }  # fmt: skip
    db.execute(sa.insert(article_versions).values(version))
    index.index_article(db, number, it["title"], it["text"])


# --- Asking -----------------------------------------------------------------------------------------------------------


def measure(
    store: Store, name: str, asks: Sequence[tuple[str, str, Callable[[Connection], int]]], rounds: int
) -> float:
    """Ask everything so many times; the 95th percentile of all, in milliseconds."""
    print(f"\n{name}\n{'median':>10} {'p95 ms':>8} {'processor':>10} {'rows':>6}")
    clock: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    rows: dict[str, int] = {}
    for turn in range(rounds + 1):
        for label, _, ask in asks:
            began, began_busy = time.perf_counter(), time.process_time()
            with store.read() as db:
                rows[label] = ask(db)
            if turn:  # the first time compiles statements and fills caches
                clock.setdefault(label, []).append((time.perf_counter() - began) * 1000)
                busy.setdefault(label, []).append((time.process_time() - began_busy) * 1000)
    for label, why, _ in asks:
        told = f"{_at(clock[label], 0.5):>10.1f} {_at(clock[label], 0.95):>8.1f} {_at(busy[label], 0.95):>10.1f}"
        print(f"{told} {rows[label]:>6,}  {label}{f'  ({why})' if why else ''}")
    every = [value for values in clock.values() for value in values]
    every_busy = [value for values in busy.values() for value in values]
    print(f"{_at(every, 0.5):>10.1f} {_at(every, 0.95):>8.1f} {_at(every_busy, 0.95):>10.1f}         all")
    return _at(every, 0.95)


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _search(query: str, ranked: bool, db: Connection) -> int:
    return len(find(db, Question(query, Filters(limit=50), ranked)).hits)


def _facets(query: str, db: Connection) -> int:
    return facets(db, Question(query)).articles


def _list(filters: Filters, db: Connection) -> int:
    return len(list(listing.rows(db, DEVELOPMENTS, listing.newest(filters, 50))))


def _shown(filters: Filters) -> str:
    return ", ".join(f"{name}={value}" for name, value in vars(filters).items() if value and name != "newest_first")


@contextmanager
def database(postgres: str | None, folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if postgres is None:
        yield f"sqlite:///{folder}/nightdesk.db"
    elif postgres:
        yield postgres
    else:
        from tests.postgres import OwnServer, _system_binaries, _wheel_binaries

        place = Path(tempfile.mkdtemp(prefix="nightdesk-pg-"))
        binaries = _system_binaries() or _wheel_binaries(place)
        assert binaries is not None, "no Postgres on this machine"
        with OwnServer(binaries, place, folder) as server, server.database() as url:
            yield url


def options(about: str | None) -> argparse.Namespace:
    """What the command was given, of a benchmark on such a desk."""
    words = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--articles", type=int, default=200_000)
    words.add_argument("--rounds", type=int, default=10)
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--postgres", nargs="?", const="", metavar="URL")
    words.add_argument("--keep", type=Path, metavar="FOLDER", help="a folder for the SQLite file, used again if filled")
    return words.parse_args()


def main() -> int:
    asked = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="nightdesk-asking-") as made:
        folder = asked.keep or Path(made)
        with database(asked.postgres, folder) as url:
            return _run(url, folder, asked)


def _run(url: str, folder: Path, asked: argparse.Namespace) -> int:
    store = open_store(url, folder)
    upgrade(store, NOW)
    began = time.perf_counter()
    with store.read() as db:
        last = db.scalar(sa.select(sa.func.max(articles.c.id))) or 0
    if not last:
        fill(store, Press(asked.seed), asked.articles)
        last = asked.articles
    print(f"{last:,} articles on {store.engine.dialect.name}, ready after {time.perf_counter() - began:.0f} s")
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    writer = spawn.Process(target=keep_adding, args=(url, folder, asked.seed, last + 1, stop), daemon=True)
    writer.start()
    try:
        searches = [(query, why, partial(_search, query, False)) for query, why in QUERIES]
        ranked = [(query, why, partial(_search, query, True)) for query, why in QUERIES]
        lists = [(_shown(filters) or "no filter", "", partial(_list, filters)) for filters in LISTS]
        found = {
            "newest first": measure(store, "newest first, 50 hits", searches, asked.rounds),
            "ranked": measure(store, "ranked, 50 of the newest 200 hits", ranked, max(1, asked.rounds // 3)),
            "developments": measure(store, "list of developments, 50", lists, asked.rounds),
        }
        counted = [(query, why, partial(_facets, query)) for query, why in QUERIES]
        measure(store, "facets (no bar)", counted, 1)
    finally:
        stop.set()
        writer.join(10)
        store.close()
    print()
    passed = True
    for name, value in found.items():
        bar = BARS[name][0 if store.is_sqlite else 1]
        passed &= value <= bar
        print(f"{name}: p95 {value:.1f} ms, bar {bar} ms{'' if value <= bar else ': TOO SLOW'}")
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())

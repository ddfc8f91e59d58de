"""What a page costs from its bytes to a stored, classified and clustered article, beside trafilatura's fast mode alone.

    python benchmarks/throughput.py ../shared/testdata ../shared/corpus [--archive 0,5000,20000,50000,200000]
        [--every 4] [--watches 10000] [--per-day 1000] [--beat 0.05] [--profile FILE]

Everything is CPU time of one process and, but for trafilatura, the program's own: the page and its body are written as
`ingest` writes them, then the pipeline reads, classifies, matches, clusters and indexes, a transaction an article, on
SQLite. Both read the same pages in turns of twenty, so that a busy machine slows both. Two kinds of pages:

    real    `testdata/html` (every n-th of the larger sets) and the noisy pages of the corpus: nearly all on no beat
    beat    articles of the corpus in pages of nothing but their text, which costs an extractor least: half on a beat

Before the clock runs both have read the pages of the other kind, as in a process that is at work. For each size of the
archive (benchmarks/archive.py) the same pages come to a copy of it, so that none is known before.
`ratio` is trafilatura's time over ours: 1 is as fast, 0.5 takes twice as long. Its interval is the middle 95 % of 1,000
draws of turns. `matching` is what the given number of watches costs, beside extraction of the same pages;
the text comes folded to them, as it does when a page is filed.
"""

from __future__ import annotations

import argparse
import cProfile
import html
import importlib
import json
import logging
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from archive import Archive
from pages import SETS, load

from core.watch import Watch
from pipeline.compiled import without_collecting
from pipeline.config import PipelineConfig
from pipeline.extract import extract
from pipeline.match import Matcher, Subject, readable
from pipeline.reader import Job, ReadPage, prepare, read_page
from pipeline.run import Pipeline
from pipeline.values import Given
from pipeline.vocabulary import load_vocabulary
from pipeline.words import common_words
from store import definitions
from store import pages as page_rows
from store.engine import Store, open_store
from store.migrate import upgrade

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TURN = 20  # pages
LANGUAGES = ("en", "es", "fr", "pt", "it", "de", "id", "vi", "ko", "ru", "nl", "pl", "tr", "ar", "hi")


@dataclass(frozen=True)
class Page:
    url: str
    body: bytes


@dataclass
class Times:
    """CPU seconds of each turn, by what they were spent on."""

    turns: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.turns.setdefault(what, []).append(time.process_time() - began)

    def total(self, what: str) -> float:
        return sum(self.turns[what])

    def ratio(self) -> tuple[float, float, float]:
        """Trafilatura's time over ours, with its interval."""
        pairs = list(zip(self.turns["trafilatura fast"], self.turns["taken in"], self.turns["pipeline"], strict=True))
        chance = random.Random(3)
        drawn = sorted(_share(chance.choices(pairs, k=len(pairs))) for _ in range(1000))
        return _share(pairs), drawn[25], drawn[975]


def _share(pairs: Sequence[tuple[float, float, float]]) -> float:
    return sum(pair[0] for pair in pairs) / sum(pair[1] + pair[2] for pair in pairs)


# --- The pages --------------------------------------------------------------------------------------------------


def real_pages(testdata: Path, corpus: Path, every: int) -> list[Page]:
    found = []
    for name in SETS:
        cases = load(testdata, name)
        found += [Page(case.url, case.body) for case in (cases[::every] if len(cases) > 100 else cases)]
    lines = (corpus / "pages.jsonl").read_text("utf-8").splitlines()
    noisy = [row for row in map(json.loads, lines) if (corpus / "pages" / (row.get("file") or "-")).is_file()]
    found += [Page(row["url"], (corpus / "pages" / row["file"]).read_bytes()) for row in noisy]
    unique = {page.url: page for page in found}
    return random.Random(1).sample(list(unique.values()), len(unique))


def beat_pages(corpus: Path) -> list[Page]:
    lines = (corpus / "articles.jsonl").read_text("utf-8").splitlines()
    pages = [_bare(json.loads(line), number) for number, line in enumerate(lines)]
    return random.Random(2).sample(pages, len(pages))


def _bare(row: dict[str, Any], number: int) -> Page:
    """A page of an article of the last days, and nothing else on it."""
    at = (NOW - timedelta(hours=number % 48)).isoformat()
    paragraphs = "".join(f"<p>{html.escape(part)}</p>\n" for part in row["text"].split("\n") if part.strip())
    title = html.escape(row["title"])
    words = (
        f'<!doctype html><html lang="{row["language"]}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{at}"></head>'
        f"<body><article><h1>{title}</h1>\n{paragraphs}</article></body></html>"
    )
    return Page(f"https://beat-{number}.example/news/{row['id']}", words.encode())


# --- The run ----------------------------------------------------------------------------------------------------


def take_in(store: Store, page: Page) -> None:
    """As `ingest` does: the body first, then its page in a transaction of its own."""
    values: dict[str, Any] = {
        "url": page.url,
        "fetched_at": NOW,
        "found_at": NOW,
        "origin": "live",
        "given": {},
        "content_type": "text/html",
        "sha256": store.bodies.put(page.body),
        "bytes": len(page.body),
    }
    store.unit(lambda db: page_rows.add_page(db, values))


def measure(
    store: Store, pages: Sequence[Page], others: Sequence[Page], profile: cProfile.Profile | None
) -> tuple[Times, list[ReadPage]]:
    """The same pages read by trafilatura and taken in, filed and clustered by us, turn about, after `others`."""
    trafilatura = importlib.import_module("trafilatura").extract
    times, readings, reading = Times(), [], [0.0]

    def read(job: Job) -> ReadPage:
        began = time.process_time()
        readings.append(read_page(job))
        reading[0] += time.process_time() - began
        return readings[-1]

    pipeline = Pipeline(store, PipelineConfig(), lambda: NOW, timedelta(days=7), None, load_vocabulary(), read)
    warm_up(store, pipeline, trafilatura, others)
    readings.clear()
    for start in range(0, len(pages), TURN):
        turn = pages[start : start + TURN]
        for step in random.sample(("theirs", "ours", "extraction"), 3):
            if step == "theirs":
                with times.of("trafilatura fast"):
                    for page in turn:
                        attempt(lambda page=page: trafilatura(page.body, fast=True))  # type: ignore[misc]
            elif step == "extraction":
                with times.of("extraction alone"):
                    for page in turn:
                        extract(page.body, url=page.url, content_type="text/html", given=Given(), found_at=NOW)
            else:
                with times.of("taken in"):
                    for page in turn:
                        take_in(store, page)
                reading[0] = 0.0
                with times.of("pipeline"), profile or nullcontext():
                    pipeline.run()
                times.turns.setdefault("reading", []).append(reading[0])
    return times, readings


def warm_up(store: Store, pipeline: Pipeline, trafilatura: Callable[..., Any], others: Sequence[Page]) -> None:
    """Both are as in a process at work: tables, models, words of other pages, profiles of recent developments.

    So are the common words of each language, folded once in a process: Korean has twelve thousand, in 0.2 s.
    """
    for language in LANGUAGES:
        common_words(language)
    for page in others:
        attempt(lambda page=page: trafilatura(page.body, fast=True))  # type: ignore[misc]
        read_page(Job(page.url, NOW, Given(), page.body, "text/html"))
    text = "Police freed 31 Kenyan workers from a scam compound in Myawaddy on Sunday, the embassy said."
    for number in range(3):
        page = _bare({"id": f"w{number}", "language": "en", "title": f"Release {number}", "text": text}, number)
        attempt(lambda page=page: trafilatura(page.body, fast=True))  # type: ignore[misc]
        take_in(store, Page(f"{page.url}/warm", page.body))
    pipeline.run()


def attempt(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as error:  # a page that is too much for a peer has been tried
        logging.debug("%s", error)


# --- Watches ----------------------------------------------------------------------------------------------------


def watches(readings: Sequence[ReadPage], number: int) -> list[tuple[int, int, Watch]]:
    """Questions as people ask them: names, phrases and words beside each other, some of them met by some page."""
    vocabulary, chance = load_vocabulary(), random.Random(4)
    names = {kind: [name for name in vocabulary.names(kind) if '"' not in name] for kind in ("place", "agency", "org")}
    texts = [reading.extract.text.split() for reading in readings if len(reading.extract.text) > 400]
    word = [part.strip(".,;:!?()[]\"'“”‘’") for text in texts for part in chance.sample(text, min(60, len(text)))]
    words = [part for part in word if part.isalpha() and len(part) > 3]
    made = []
    for at in range(number):
        one, two, three = (chance.choice(words) for _ in range(3))
        place, agency = chance.choice(names["place"]), chance.choice(names["agency"])
        query = (
            f'"{one} {two}" OR "{two} {three}"',
            f'place:"{place}" AND ({one} OR {two})',
            f"{one} AND {two} AND NOT {three}",
            f'agency:"{agency}" OR "{one} {three}"',
            f'"{one} {two}"~5 OR {one.lower()}{three.lower()}*',
            f'title:"{one} {two}" OR place:"{place}"',
        )[at % 6]
        topics = ("scam_centres",) if at % 7 == 0 else ()
        made.append((at + 1, 1, Watch(name=f"w{at}", query=query, topics=topics)))
    return made


def match(readings: Sequence[ReadPage], number: int) -> tuple[float, float, float, int]:
    """CPU seconds to make ready, seconds for all pages with all watches and with one, and how often one fired."""
    asked = watches(readings, number)
    began = time.process_time()
    with without_collecting():
        matcher = Matcher(readable(asked, load_vocabulary(), lambda watch, error: print(watch.query, error)))
    ready = time.process_time() - began
    alone = Matcher(readable(asked[:1], load_vocabulary(), lambda watch, error: None))
    seconds, fired = [0.0, 0.0], 0
    for reading in readings:
        if reading.extract.state == "article":
            for place, one in enumerate((matcher, alone)):
                subject = _subject(reading)
                began = time.process_time()
                verdicts = one.verdicts(subject)
                seconds[place] += time.process_time() - began
                fired += sum(verdict.fired for verdict in verdicts) if one is matcher else 0
    return ready, seconds[0], seconds[1], fired


def _subject(reading: ReadPage) -> Subject:
    found = reading.extract
    published = found.published_at or NOW
    return Subject(
        found.title, found.text, "https://a.example/", None, found.language, published, reading.classified,
        reading.facts, reading.text,
    )  # fmt: skip


# --- The report -------------------------------------------------------------------------------------------------


def show(size: int, kind: str, times: Times, readings: Sequence[ReadPage], candidates: int) -> None:
    number = len(readings)
    ms = {what: 1000 * times.total(what) / number for what in times.turns}
    ratio, low, high = times.ratio()
    on = sum(bool(reading.classified.topics) for reading in readings)
    print(
        f"{size:>8,} {candidates:>6,}  {kind:5} {number:>5} {on:>4}  {ms['trafilatura fast']:6.2f}  "
        f"{ms['taken in'] + ms['pipeline']:6.2f}  {ratio:.2f} [{low:.2f}, {high:.2f}]   {ms['taken in']:5.2f}  "
        f"{ms['extraction alone']:5.2f}  {ms['reading'] - ms['extraction alone']:5.2f}  "
        f"{ms['pipeline'] - ms['reading']:5.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("testdata", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--archive", default="0,5000,20000,50000,200000")
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--watches", type=int, default=10_000)
    parser.add_argument("--per-day", type=int, default=1_000, help="articles of the archive a day")
    parser.add_argument("--beat", type=float, default=0.05, help="share of them on a beat, each a development")
    parser.add_argument("--profile", type=Path, help="write a profile of the pipeline there")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    random.seed(7)
    began = time.process_time()
    prepare(None)
    print(f"tables, topics and models ready in {time.process_time() - began:.2f} CPU-s\n")
    kinds = {"real": real_pages(options.testdata, options.corpus, options.every), "beat": beat_pages(options.corpus)}
    others = {"real": kinds["beat"], "beat": kinds["real"][:100]}
    profile = cProfile.Profile() if options.profile else None
    print(
        " archive  near  pages             ms a page                               of ours, ms a page\n"
        "       articles  kind      n   on  trafil.    ours  ratio              take in  extract  know  store",
        flush=True,
    )
    read: dict[str, list[ReadPage]] = {}
    extraction: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        archive = Archive(fresh(Path(scratch) / "archive"), NOW, options.per_day, options.beat)
        for size in map(int, options.archive.split(",")):
            archive.grow_to(size)
            for kind, pages in kinds.items():
                with copied(archive, Path(scratch)) as (store, candidates):
                    times, read[kind] = measure(store, pages, others[kind], profile)
                extraction[kind] = times.total("extraction alone")
                show(size, kind, times, read[kind], candidates)
    for kind, readings in read.items():
        ready, all_, one, fired = match(readings, options.watches)
        print(
            f"\n{kind}: {options.watches:,} watches made ready in {ready:.2f} CPU-s; matching them "
            f"{1000 * all_ / len(readings):.2f} ms a page, one of them {1000 * one / len(readings):.2f} ms; "
            f"extraction {1000 * extraction[kind] / len(readings):.2f} ms: {all_ / extraction[kind]:.3f} of it; "
            f"{fired:,} fired"
        )
    if profile is not None:
        profile.dump_stats(options.profile)


def fresh(folder: Path) -> Store:
    folder.mkdir()
    store = open_store(f"sqlite:///{folder}/nightdesk.db", folder)
    upgrade(store, NOW)
    watch = Watch(name="beat", topics=("scam_centres", "overseas_policing"))
    entry = definitions.Entry(watch.name, "file", {"mode": watch.mode}, watch.model_dump(mode="json"))
    store.unit(lambda db: definitions.put(db, definitions.watches, entry, NOW))
    return store


@contextmanager
def copied(archive: Archive, scratch: Path) -> Iterator[tuple[Store, int]]:
    """A copy of the archive to work in, and how many developments lie within the window of today."""
    folder = scratch / "copy"
    folder.mkdir()
    near = archive.near(PipelineConfig().window)
    shutil.copy(archive.settled(), folder / "nightdesk.db")
    store = open_store(f"sqlite:///{folder}/nightdesk.db", folder)
    try:
        yield store, near
    finally:
        store.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""How well and how fast pages are read, beside trafilatura, resiliparse, newspaper4k and readability in one run.

    python benchmarks/extraction.py ../shared/testdata [--sets aeb,newspaper4k] [--peers fast] [--rounds 3] [--halves]

The sets are those of `testdata/html` (`benchmarks/pages.py`); the peers come with `pip install -e .[bench]`, and those
that are missing are left out. Measures of the text: F1 of 4-grams of words (aeb, as its own scorer counts), of listed
segments (trafilatura), of words (newspaper4k, readability), recall of words (goose3 gives the beginnings of its texts
only). Scripts without spaces count pairs of characters; their own column counts runs of five as well. Titles agree
exactly but for case and white space; days agree in the page's own zone or in UTC. Intervals are 95 % of 1,000
bootstrap samples over pages. Speed is pages per second of CPU: each round reads every page with every extractor in
shuffled order, the median round counts. Ours gives title, byline, dates, language, kind and canonical address in that
time, the peers the text alone unless their name says more.
"""

from __future__ import annotations

import argparse
import collections
import html
import importlib
import logging
import random
import re
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pages import SETS, Case, load

from pipeline.extract import extract
from pipeline.values import Given

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Read:
    """What an extractor made of a page; None where it does not say."""

    text: str
    title: str | None = None
    days: tuple[str, ...] | None = None  # the day by the page's own calendar and by UTC, where both are known
    kind: str = "article"


# --- The extractors ---------------------------------------------------------------------------------------------


def ours() -> Callable[[Case], Read]:
    def read(case: Case) -> Read:
        found = extract(case.body, url=case.url, content_type=None, given=Given(), found_at=NOW)
        at, day = found.published_at, found.published_day
        known = at is not None and day is not None and found.published_from != "found"
        return Read(found.text, found.title, (day.isoformat(), at.date().isoformat()) if known else (), found.state)

    return read


def trafilatura(*, fast: bool) -> Callable[[Case], Read]:
    extractor = importlib.import_module("trafilatura").extract
    return lambda case: Read(extractor(case.body, fast=fast, include_comments=False) or "")


def trafilatura_with_metadata() -> Callable[[Case], Read]:
    extractor = importlib.import_module("trafilatura").bare_extraction

    def read(case: Case) -> Read:
        found = extractor(case.body, fast=True, include_comments=False, with_metadata=True, url=case.url)
        return Read("", "", ()) if found is None else Read(found.text or "", found.title or "", (found.date or "",))

    return read


def resiliparse() -> Callable[[Case], Read]:
    plain = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    tree = importlib.import_module("resiliparse.parse.html").HTMLTree
    encoding = importlib.import_module("resiliparse.parse.encoding").detect_encoding
    return lambda case: Read(
        plain(tree.parse_from_bytes(case.body, encoding(case.body)), main_content=True, alt_texts=False)
    )


def newspaper() -> Callable[[Case], Read]:
    article = importlib.import_module("newspaper").Article

    def read(case: Case) -> Read:
        page = article(case.url, fetch_images=False)
        page.download(input_html=case.body.decode("utf-8", "replace"))
        page.parse()
        return Read(page.text or "", page.title or "", (str(page.publish_date or "")[:10],))

    return read


def readability() -> Callable[[Case], Read]:
    document = importlib.import_module("readability").Document
    parse = importlib.import_module("lxml.html").fromstring

    def read(case: Case) -> Read:
        page = document(case.body)
        tree = parse(page.summary())
        for block in tree.iter("p", "div", "li", "br", "h1", "h2", "h3", "h4", "blockquote", "td"):
            block.tail = "\n" + (block.tail or "")
        return Read(tree.text_content(), page.short_title())

    return read


EXTRACTORS: dict[str, Callable[[], Callable[[Case], Read]]] = {
    "nightdesk": ours,
    "trafilatura fast": lambda: trafilatura(fast=True),
    "trafilatura": lambda: trafilatura(fast=False),
    "trafilatura fast, with metadata": trafilatura_with_metadata,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper,
    "readability-lxml": readability,
}
FAST = ("nightdesk", "trafilatura fast")


# --- The measures -----------------------------------------------------------------------------------------------


def shingles(text: str) -> collections.Counter[Any]:
    words = re.findall(r"\w+", text)
    return collections.Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def tokens(text: str) -> collections.Counter[Any]:
    found: collections.Counter[Any] = collections.Counter()
    for word in re.findall(r"\w+", text.lower()):
        found.update(runs(word, 2) if UNSPACED.search(word) else [word])
    return found


def runs(word: str, length: int) -> list[str]:
    return [word[at : at + length] for at in range(max(1, len(word) - length + 1))]


def fives(text: str) -> collections.Counter[Any]:
    return collections.Counter(runs("".join(text.split()), 5))


def unspaced(text: str) -> bool:
    return len(UNSPACED.findall(text)) > len(text) / 4


def overlap(found: collections.Counter[Any], gold: collections.Counter[Any]) -> tuple[float, float]:
    both = sum((found & gold).values())
    return both / max(1, sum(found.values())), both / max(1, sum(gold.values()))


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def mean(values: list[Any]) -> float:
    return sum(values) / len(values) if values else 0.0


def flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", html.unescape(text or "")).strip().lower()


@dataclass
class Score:
    """What one extractor did on one set: a row a page."""

    texts: list[tuple[float, float]] = field(default_factory=list)
    segments: list[collections.Counter[str]] = field(default_factory=list)
    unspaced: list[tuple[float, float]] = field(default_factory=list)  # F1 of pairs, of runs of five characters
    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    kinds: collections.Counter[str] = field(default_factory=collections.Counter)
    errors: int = 0


def judge(score: Score, case: Case, read: Read) -> None:
    score.kinds[read.kind] += 1
    if case.present or case.absent:
        counts = collections.Counter("tp" if part in read.text else "fn" for part in case.present)
        counts.update("fp" if part in read.text else "tn" for part in case.absent)
        score.segments.append(counts)
    elif case.text:
        measure: Callable[[str], collections.Counter[Any]] = shingles if case.set == "aeb" else tokens
        score.texts.append(overlap(measure(read.text), measure(case.text)) if read.text else (0.0, 0.0))
        if unspaced(case.text):
            score.unspaced.append((f1(*score.texts[-1]), f1(*overlap(fives(read.text), fives(case.text)))))
    if case.title and read.title is not None:
        score.titles.append(flat(read.title) == flat(case.title))
    if case.days and read.days is not None:
        score.days.append(not set(case.days).isdisjoint(read.days))


def body_figures(kind: str, score: Score, rows: list[int]) -> tuple[float, float, float]:
    """Value, precision and recall over the given pages, as the set counts them."""
    if score.segments:
        sums = collections.Counter()
        for at in rows:
            sums.update(score.segments[at])
        precision = sums["tp"] / max(1, sums["tp"] + sums["fp"])
        recall = sums["tp"] / max(1, sums["tp"] + sums["fn"])
        return f1(precision, recall), precision, recall
    pairs = [score.texts[at] for at in rows]
    precision, recall = mean([pair[0] for pair in pairs]), mean([pair[1] for pair in pairs])
    if kind == "goose3":
        return recall, precision, recall
    return f1(precision, recall) if kind == "aeb" else mean([f1(*pair) for pair in pairs]), precision, recall


def interval(value: Callable[[list[int]], float], size: int) -> str:
    picker = random.Random(11)
    samples = sorted(value(picker.choices(range(size), k=size)) for _ in range(1000))
    return f"[{samples[25]:.3f}, {samples[975]:.3f}]"


# --- The run ----------------------------------------------------------------------------------------------------


def run(
    cases: list[Case], readers: dict[str, Callable[[Case], Read]], rounds: int
) -> tuple[Any, dict[str, list[float]]]:
    scores = {name: Score() for name in readers}
    seconds: dict[str, list[float]] = {name: [0.0] * rounds for name in readers}
    order = list(readers.items())
    for _, reader in order:
        attempt(reader, cases[0])  # models and tables are loaded before the clock runs
    for number in range(rounds):
        for case in cases:
            random.shuffle(order)  # nobody always finds the caches warm
            for name, reader in order:
                began = time.process_time()
                found = attempt(reader, case)
                seconds[name][number] += time.process_time() - began
                if number == 0:
                    scores[name].errors += found is None
                    judge(scores[name], case, found or Read(""))
    return scores, seconds


def attempt(reader: Callable[[Case], Read], case: Case) -> Read | None:
    try:
        return reader(case)
    except Exception as error:  # a peer that fails on a page has read nothing; ours must not
        if reader.__qualname__.startswith("ours"):
            raise
        logging.debug("%s", error)
        return None


def line(kind: str, name: str, score: Score, seconds: list[float], base: list[float]) -> str:
    size = len(score.segments or score.texts)
    value, precision, recall = body_figures(kind, score, list(range(size)))
    pages = sum(score.kinds.values())
    ratios = sorted(other / own for own, other in zip(seconds, base, strict=True))
    rate = pages / statistics.median(seconds)
    parts = [
        f"{name:31} {'R ' if kind == 'goose3' else 'F1'} {value:.4f} "
        f"{interval(lambda rows: body_figures(kind, score, rows)[0], size)}  P {precision:.3f}  R {recall:.3f}  "
        f"{rate:6.1f} pages/CPU-s = {statistics.median(ratios):.2f}x [{ratios[0]:.2f}, {ratios[-1]:.2f}]"
    ]
    if score.unspaced:
        pairs, fives_f1 = (mean(list(column)) for column in zip(*score.unspaced, strict=True))
        parts.append(f"unspaced scripts {pairs:.3f}, of fives {fives_f1:.3f} (n={len(score.unspaced)})")
    for label, hits in (("titles", score.titles), ("days", score.days)):
        if hits:
            share = interval(lambda rows, hits=hits: mean([hits[at] for at in rows]), len(hits))
            parts.append(f"{label} {mean(hits):.3f} {share} (n={len(hits)})")
    if score.errors:
        parts.append(f"{score.errors} errors")
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("testdata", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--peers", choices=("all", "fast", "none"), default="all")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="take every n-th page of the large sets")
    parser.add_argument("--halves", action="store_true", help="report the two halves (by host) apart")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    random.seed(7)
    wanted = {"all": tuple(EXTRACTORS), "fast": FAST, "none": FAST[:1]}[options.peers]
    readers = {}
    for name in wanted:
        try:
            readers[name] = EXTRACTORS[name]()
        except ImportError as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
    for kind in options.sets.split(","):
        cases = load(options.testdata, kind)
        cases = cases[:: options.every] if len(cases) > 100 else cases
        parts = [(f"{kind}, half {half}", [case for case in cases if case.half == half]) for half in (0, 1)]
        for label, chosen in parts if options.halves else [(kind, cases)]:
            scores, seconds = run(chosen, readers, options.rounds)
            print(f"\n{label}: {len(chosen)} pages")
            base = seconds.get("trafilatura fast", seconds["nightdesk"])
            for name, score in scores.items():
                print(f"  {line(kind, name, score, seconds[name], base)}", flush=True)
            print(f"  nightdesk's kinds: {dict(scores['nightdesk'].kinds)}")


if __name__ == "__main__":
    main()

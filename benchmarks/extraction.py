"""How well and how fast pages are read, beside trafilatura alone, in one run.

    python benchmarks/extraction.py ../shared/testdata [--sets aeb,news] [--every 4]

The sets are those of `testdata/html`: article-extraction-benchmark (aeb), trafilatura, newspaper4k, readability and
goose3. Figures: F1 of 4-grams (aeb), of listed segments (trafilatura), of tokens (the others; pairs of characters in
scripts without spaces; of
goose3 the recall, since it gives beginnings only), titles that agree exactly, days of
publication that agree, pages per second of CPU.
Ours gives title, byline, dates, language, kind and canonical address in that time, the other two the text alone.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import html
import json
import logging
import random
import re
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from lxml.html import fromstring

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.extract import extract
from pipeline.values import Extract, Given

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Case:
    """One page and what is known to be true of it."""

    name: str
    url: str
    body: bytes
    text: str = ""
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    title: str | None = None
    day: str | None = None


@dataclass
class Score:
    """What one extractor did on one set."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    each: list[float] = field(default_factory=list)
    unspaced: list[float] = field(default_factory=list)
    segments: collections.Counter[str] = field(default_factory=collections.Counter)
    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    seconds: float = 0.0
    pages: int = 0


# --- The sets ---------------------------------------------------------------------------------------------------


def aeb(root: Path, _: Path) -> Iterator[Case]:
    truth = json.loads((root / "ground-truth.json").read_text())
    for name, gold in truth.items():
        body = gzip.decompress((root / "html" / f"{name}.html.gz").read_bytes())
        yield Case(name, gold["url"], body, text=gold["articleBody"])


def segments(root: Path, unpacked: Path) -> Iterator[Case]:
    pages = {path.name: path for path in unpacked.rglob("*.html")}
    for url, gold in json.loads((root / "evaldata.json").read_text()).items():
        if gold["file"] in pages:
            body = pages[gold["file"]].read_bytes()
            known = {"title": gold.get("title") or None, "day": (gold.get("date") or "")[:10] or None}
            yield Case(gold["file"], url, body, "", tuple(gold["with"]), tuple(gold["without"]), **known)


def newspaper(_: Path, unpacked: Path) -> Iterator[Case]:
    folder = unpacked / "tests/data"
    for path in sorted((folder / "html").glob("*.html")):
        text = folder / "txt" / f"{path.stem}.txt"
        about = folder / "metadata" / f"{path.stem}.json"
        known = json.loads(about.read_text()) if about.exists() else {}
        if text.exists():
            day = re.match(r"\d{4}-\d\d-\d\d", str(known.get("publish_date")))
            url = known.get("url") or f"https://{path.stem}.example/a/1"
            yield Case(
                path.stem, url, path.read_bytes(), text.read_text(), title=known.get("title"), day=day and day[0]
            )


def readability(_: Path, unpacked: Path) -> Iterator[Case]:
    for path in sorted(unpacked.rglob("source.html")):
        known = json.loads((path.parent / "expected-metadata.json").read_text())
        text = fromstring((path.parent / "expected.html").read_text()).text_content()
        day = re.match(r"\d{4}-\d\d-\d\d", str(known.get("publishedTime")))
        url = f"https://{path.parent.name}.example/a/1"
        yield Case(path.parent.name, url, path.read_bytes(), text, title=known.get("title"), day=day and day[0])


def goose(_: Path, unpacked: Path) -> Iterator[Case]:
    for path in sorted(unpacked.rglob("content/*.json")):
        known = json.loads(path.read_text())
        gold, page = known.get("expected", {}), path.with_suffix(".html")
        if page.exists() and len(gold.get("cleaned_text") or "") > 100:
            yield Case(path.stem, known["url"], page.read_bytes(), gold["cleaned_text"], title=gold.get("title"))


SETS: dict[str, tuple[str, Callable[[Path, Path], Iterator[Case]]]] = {
    "aeb": ("article-extraction-benchmark", aeb),
    "trafilatura": ("trafilatura", segments),
    "newspaper4k": ("newspaper4k", newspaper),
    "readability": ("readability", readability),
    "goose3": ("goose3", goose),
}


# --- The extractors ---------------------------------------------------------------------------------------------


def ours(case: Case) -> Extract:
    return extract(case.body, url=case.url, content_type=None, given=Given(), found_at=NOW)


def fast(case: Case) -> str:
    return trafilatura.extract(case.body, fast=True, include_comments=False) or ""


def default(case: Case) -> str:
    return trafilatura.extract(case.body, include_comments=False) or ""


EXTRACTORS: dict[str, Callable[[Case], Any]] = {"nightdesk": ours, "trafilatura fast": fast, "trafilatura": default}


# --- The measures -----------------------------------------------------------------------------------------------


def shingles(text: str) -> collections.Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return collections.Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def tokens(text: str) -> collections.Counter[str]:
    found: collections.Counter[str] = collections.Counter()
    for word in re.findall(r"\w+", text.lower()):
        pairs = [word[at : at + 2] for at in range(max(1, len(word) - 1))] if UNSPACED.search(word) else [word]
        found.update(pairs)
    return found


def overlap(found: collections.Counter[Any], gold: collections.Counter[Any]) -> tuple[float, float]:
    both = sum((found & gold).values())
    return both / max(1, sum(found.values())), both / max(1, sum(gold.values()))


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", html.unescape(text or "")).strip().lower()


def judge(score: Score, case: Case, text: str, kind: str) -> None:
    if kind == "trafilatura":
        score.segments.update("tp" if part in text else "fn" for part in case.present)
        score.segments.update("fp" if part in text else "tn" for part in case.absent)
        return
    measure: Callable[[str], collections.Counter[Any]] = shingles if kind == "aeb" else tokens
    precision, recall = overlap(measure(text), measure(case.text)) if text else (0.0, 0.0)
    score.precision.append(precision)
    score.recall.append(recall)
    score.each.append(f1(precision, recall))
    if UNSPACED.search(case.text[:400]):
        score.unspaced.append(score.each[-1])


def run(cases: list[Case], kind: str) -> dict[str, Score]:
    scores = {name: Score() for name in EXTRACTORS}
    order = list(EXTRACTORS.items())
    for extractor in EXTRACTORS.values():
        extractor(cases[0])  # models and tables are loaded before the clock runs
    for case in cases:
        random.shuffle(order)  # nobody always finds the caches warm
        for name, extractor in order:
            began = time.process_time()
            found = extractor(case)
            score = scores[name]
            score.seconds += time.process_time() - began
            score.pages += 1
            judge(score, case, found.text if isinstance(found, Extract) else found, kind)
            if isinstance(found, Extract):
                if case.title:
                    score.titles.append(flat(found.title) == flat(case.title))
                if case.day and found.published_at:
                    score.days.append(found.published_at.date().isoformat() == case.day)
    return scores


def line(name: str, score: Score, base: float, kind: str) -> str:
    if kind == "trafilatura":
        counts = score.segments
        precision = counts["tp"] / max(1, counts["tp"] + counts["fp"])
        recall = counts["tp"] / max(1, counts["tp"] + counts["fn"])
        value = f1(precision, recall)
    else:
        precision, recall = mean(score.precision), mean(score.recall)
        # goose3 gives only the beginning of each text: what follows it is neither right nor wrong.
        value = f1(precision, recall) if kind == "aeb" else recall if kind == "goose3" else mean(score.each)
    speed = score.pages / score.seconds
    measure = "recall" if kind == "goose3" else "F1"
    rate = f"{speed:6.1f} pages/CPU-s = {speed / base:.2f}x"
    parts = [f"{name:18} {measure} {value:.4f}  P {precision:.3f}  R {recall:.3f}  {rate}"]
    if score.unspaced:
        parts.append(f"unspaced scripts F1 {mean(score.unspaced):.3f} (n={len(score.unspaced)})")
    if score.titles:
        parts.append(f"titles {mean(score.titles):.3f} (n={len(score.titles)})")
    if score.days:
        parts.append(f"days {mean(score.days):.3f} (n={len(score.days)})")
    return "  ".join(parts)


def unpack(folder: Path, into: Path) -> None:
    for archive in folder.glob("*.tar.xz"):
        with tarfile.open(archive) as packed:
            packed.extractall(into, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("testdata", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--every", type=int, default=1, help="take every n-th page of the large sets")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    random.seed(7)
    for kind in options.sets.split(","):
        folder, load = SETS[kind]
        root = options.testdata / "html" / folder
        with tempfile.TemporaryDirectory() as scratch:
            unpack(root, Path(scratch))
            cases = list(load(root, Path(scratch)))
        cases = cases[:: options.every] if len(cases) > 100 else cases
        scores = run(cases, kind)
        base = scores["trafilatura fast"].pages / scores["trafilatura fast"].seconds
        print(f"\n{kind}: {len(cases)} pages")
        for name, score in scores.items():
            print(f"  {line(name, score, base, kind)}")


if __name__ == "__main__":
    main()

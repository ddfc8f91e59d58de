"""How well the clusterer tells stories apart: labelled stories, one setting for all, scored by score_clusters.py.

    python benchmarks/clusters.py SHARED [--facts gold|found] [--threshold T] [--entities E] [--baseline] [--errors]

SHARED holds `testdata/stories`, `corpus` and `tools`. Weights were chosen on the stories whose name hashes to an even
number (`--half chosen`); `--half held-out` gives the others, which nothing was chosen on. ECB+ has no dates and is
streamed in a fixed random order; neither ECB+ nor the headlines have facts, so words decide alone there. `--baseline`
prints plain TF-IDF beside it: one pass over the same stream, cosine to the sum of a cluster's articles, rarity known of
the whole set in advance, and the threshold that is best for this very set, chosen with its labels open.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.cluster import Candidate, Join, decide
from pipeline.config import PipelineConfig
from pipeline.profile import Profile, joined, profile_of
from pipeline.reader import BUILT_IN
from pipeline.values import Classification, Fact, Scored
from pipeline.words import Rarity


@dataclass(frozen=True)
class Report:
    """One labelled article."""

    id: str
    story: str
    title: str
    text: str
    at: datetime
    language: str = "en"
    topics: tuple[str, ...] = ("all",)
    events: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    thread: str = ""


def ecb(path: Path) -> Iterator[Report]:
    """ECB+: sentences of tokens; the first ones may be an address and a date."""
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(7).shuffle(rows)
    for row in rows:
        sentences = [s for s in row["sentences"] if not s.startswith("http")]
        yield Report(
            row["id"], row["story"], "", "\n".join(sentences), datetime(2026, 1, 1, tzinfo=UTC), thread=row["topic"]
        )


def headlines(path: Path) -> Iterator[Report]:
    """Headlines of Google News stories. The sample's times are rounded to nothing, so its order is shuffled."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    random.Random(7).shuffle(rows)
    for row in rows:
        yield Report(row["ID"], row["STORY"], row["TITLE"], row["TITLE"], datetime(2014, 3, 10, tzinfo=UTC))


def corpus(path: Path, facts: str) -> Iterator[Report]:
    """The labelled corpus with its gold topics, and with gold facts or those that are found."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for row in sorted(rows, key=lambda row: (row["published"], row["id"])):
        if not (row["story"] and row["topic"]):
            continue
        at = datetime.fromisoformat(row["published"])
        common = (row["id"], row["story"], row["title"], row["text"], at, row["language"], tuple(row["topic"]))
        given = gold_facts(row) if facts == "gold" else found_facts(row, at)
        yield Report(*common, tuple(row["event_types"]), given, row["thread"] or row["story"])


def gold_facts(row: dict[str, Any]) -> tuple[Fact, ...]:
    whole = f"{row['title']}\n{row['text']}"
    led = False
    found = []
    for fact in row["facts"]:
        kind, common = fact["type"], {"quote": fact["quote"], "position": whole.find(fact["quote"])}
        if kind == "count":
            leading = fact["status"] == "done" and not led
            led = led or leading
            common |= {key: fact.get(key) for key in ("value", "bound", "unit", "nationality", "status")}
            found.append(Fact(kind="count", leading=leading, **common))
        elif kind == "place":
            found.append(Fact(kind="place", place=fact["value"], country=fact.get("country"), **common))
        elif kind == "route":
            ends = {f"{end}_country": fact.get(end) for end in ("from", "via", "to")}
            found.append(Fact(kind="route", **ends, **common))
        elif kind == "date":
            found.append(Fact(kind="date", event_date=fact["value"], **common))
        elif kind in ("agency", "person", "org"):
            found.append(Fact(kind=kind, name=fact["value"], **common))
    return tuple(found)


def found_facts(row: dict[str, Any], at: datetime) -> tuple[Fact, ...]:
    from pipeline.classify import classify
    from pipeline.facts import find_facts
    from pipeline.topic import load_topics
    from pipeline.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    arguments = (row["title"], row["text"], row["language"])
    classified = classify(*arguments, load_topics(BUILT_IN), vocabulary)
    return find_facts(*arguments, at.date(), vocabulary, classified)


def clusters(reports: Iterable[Report], config: PipelineConfig) -> dict[str, int]:
    """The stream in its order, through the decisions of the pipeline."""
    developments: dict[int, Profile] = {}
    rarity, placed, reasons = Rarity(), {}, {}
    for report in reports:
        classified = Classification(
            tuple(Scored(name, 1) for name in report.topics), tuple(Scored(name, 1) for name in report.events)
        )
        profile = profile_of(report.title, report.text, report.language, report.at, classified, report.facts)
        decision = decide(profile, [Candidate(*pair) for pair in developments.items()], rarity, config)
        reasons[report.id] = decision.reason
        if isinstance(decision, Join):
            number = decision.development_id
            rarity.remove(_terms(developments[number]))
            developments[number] = joined(developments[number], profile)
        else:
            number = len(developments) + 1
            developments[number] = profile
        rarity.add(_terms(developments[number]))
        placed[report.id] = number
    clusters.reasons = reasons  # type: ignore[attr-defined]
    return placed


_BASE_THRESHOLDS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35)


def plain(reports: list[Report], threshold: float) -> dict[str, int]:
    """The stream through TF-IDF of its words alone."""
    counted = [Counter(re.findall(r"\w\w+", report.text.lower())) for report in reports]
    in_texts = Counter(word for words in counted for word in words)
    sums: list[dict[str, float]] = []
    lengths: list[float] = []
    placed: dict[str, int] = {}
    for report, words in zip(reports, counted, strict=True):
        vector = {word: (1 + math.log(n)) * math.log(len(reports) / in_texts[word]) for word, n in words.items()}
        own = _length(vector)
        vector = {word: value / own for word, value in vector.items()}
        shared = (sum(value * known.get(word, 0.0) for word, value in vector.items()) for known in sums)
        likeness = [product / length for product, length in zip(shared, lengths, strict=True)]
        best = max(range(len(sums)), key=likeness.__getitem__, default=None)
        if best is None or likeness[best] < threshold:
            best = len(sums)
            sums.append({})
            lengths.append(1.0)
        for word, value in vector.items():
            sums[best][word] = sums[best].get(word, 0.0) + value
        lengths[best] = _length(sums[best])
        placed[report.id] = best
    return placed


def _length(vector: dict[str, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values())) or 1.0


def _terms(profile: Profile) -> set[str]:
    return {*profile.words, *profile.entities, *(f"@{name}" for name in profile.names)}


def in_half(story: str, half: str) -> bool:
    even = hashlib.sha256(story.encode()).digest()[0] % 2 == 0
    return half == "all" or even == (half == "chosen")


def score(tool: Path, reports: list[Report], placed: dict[str, int]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        gold, got = Path(folder, "gold.jsonl.gz"), Path(folder, "got.jsonl")
        with gzip.open(gold, "wt") as file:
            file.writelines(json.dumps({"id": report.id, "story": report.story}) + "\n" for report in reports)
        got.write_text("".join(json.dumps({"id": id, "cluster": number}) + "\n" for id, number in placed.items()))
        done = subprocess.run([sys.executable, tool, gold, got], capture_output=True, text=True, check=True)
    scored: dict[str, Any] = json.loads(done.stdout)
    return scored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--facts", choices=("gold", "found"), default="found")
    parser.add_argument("--half", choices=("all", "chosen", "held-out"), default="all")
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--entities", type=float)
    parser.add_argument("--baseline", action="store_true")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--only")
    args = parser.parse_args()
    changed = {name: value for name in ("threshold", "entities") if (value := getattr(args, name)) is not None}
    config = PipelineConfig().model_copy(update=changed | {"window": timedelta(days=21)})
    stories = args.shared / "testdata" / "stories"
    sets: dict[str, Callable[[], Iterator[Report]]] = {
        "corpus": lambda: corpus(args.shared / "corpus" / "articles.jsonl", args.facts),
        "ecb+": lambda: ecb(stories / "ecbplus.jsonl.gz"),
        "headlines": lambda: headlines(stories / "uci-news-aggregator-sample.csv"),
    }
    for name, load in sets.items():
        if args.only and args.only != name:
            continue
        # Look-alike stories share a thread, so a thread is never split between the halves.
        reports = [report for report in load() if in_half(report.thread or report.story, args.half)]
        began = time.process_time()
        placed = clusters(reports, config)
        took = time.process_time() - began
        tool = args.shared / "tools" / "score_clusters.py"
        print(name, args.half, json.dumps(score(tool, reports, placed)), f"{took:.1f} s", flush=True)
        if args.baseline:
            tried = {threshold: score(tool, reports, plain(reports, threshold)) for threshold in _BASE_THRESHOLDS}
            best = max(tried, key=lambda threshold: tried[threshold]["b3_f1"])
            print(f"  plain TF-IDF, best at {best}", json.dumps(tried[best]), flush=True)
        if args.errors:
            list_errors(reports, placed)


def list_errors(reports: list[Report], placed: dict[str, int]) -> None:
    for number, one in enumerate(reports):
        for other in reports[number + 1 :]:
            if (one.story == other.story) != (placed[one.id] == placed[other.id]):
                what = "apart but same" if one.story == other.story else "joined but different"
                reasons = clusters.reasons  # type: ignore[attr-defined]
                print(f"  {what}: {one.id} {other.id} ({one.story}) | {reasons[other.id]}")


if __name__ == "__main__":
    main()

"""How well articles are understood: topics, event types, figures, countries, dates and developments, with intervals.

    python benchmarks/quality.py LABELLED.jsonl ... [--write docs/quality.md]

LABELLED are labelled articles as in `benchmarks/labelled`; give those that nothing was learned from. Intervals are the
middle 95 % of 500 samples of whole cases drawn with repetition. Extraction is measured by `benchmarks/extraction.py`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fit_pairs import reports, streamed
from pipeline.classify import classify
from pipeline.facts import find_facts
from pipeline.topic import load_topics
from pipeline.vocabulary import load_vocabulary

COUNTED = {"done", "started", "expected", "planned_total", "waiting", "cumulative", "claimed"}
SAMPLES = 500
Hits = tuple[int, int, int]  # right, too much, missed


@dataclass
class Judged:
    """One article: what is right, too much and missed, by measure."""

    case: str
    language: str
    hits: dict[str, Hits] = field(default_factory=dict)
    bcubed: tuple[float, float] | None = None


def compare(want: Iterable[Any], got: Iterable[Any]) -> Hits:
    wanted, found = Counter(want), Counter(got)
    both = sum((wanted & found).values())
    return both, sum(found.values()) - both, sum(wanted.values()) - both


def judge(path: Path) -> list[Judged]:
    topics, vocabulary = load_topics(), load_vocabulary()
    told = reports(path)
    placed, story = streamed(told), {one.id: one.story for one in told if one.story}
    judged = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        one = Judged(row.get("thread") or row.get("story") or row["id"], row["language"].split("-")[0])
        result = classify(row["title"], row["text"], row["language"], topics, vocabulary)
        one.hits["topics"] = compare(row["topic"], result.topic_names)
        one.hits["event types"] = compare(row["event_types"], result.event_names)
        one.hits["on topic at all"] = compare([1] if row["topic"] else [], [1] if result.topics else [])
        if row["topic"] and row["facts"]:
            published = date.fromisoformat(row["published"][:10])
            facts = find_facts(row["title"], row["text"], row["language"], published, vocabulary, result)
            one.hits |= _facts(row, [fact for fact in facts] if result.topics else [])
        if row["id"] in story:
            same = {other for other in story if story[other] == story[row["id"]]}
            here = {other for other in story if placed[other] == placed[row["id"]]}
            one.bcubed = len(same & here) / len(here), len(same & here) / len(same)
        judged.append(one)
    return judged


def _facts(row: dict[str, Any], facts: Sequence[Any]) -> dict[str, Hits]:
    counts = [fact for fact in facts if fact.kind == "count"]
    gold = [fact for fact in row["facts"] if fact["type"] == "count"]
    where = {f.get("country") for f in row["facts"] if f["type"] == "place"}
    where |= {f.get(end) for f in row["facts"] if f["type"] == "route" for end in ("from", "via", "to")}
    found = {
        country
        for fact in facts
        if fact.kind in ("place", "route")
        for country in (fact.country, fact.from_country, fact.via_country, fact.to_country)
    }
    days = {f["value"] for f in row["facts"] if f["type"] == "date"}
    hit = any(fact.event_date in days for fact in facts if fact.kind == "date")
    done = {float(f["value"]) for f in gold if f["status"] == "done"}
    pairs = {(float(f["value"]), f["status"]) for f in gold if f["status"] in COUNTED}
    return {
        "done counts": compare(done, {f.value for f in counts if f.status == "done"}),
        "counts with status": compare(pairs, {(f.value, f.status) for f in counts if f.status in COUNTED}),
        "countries": compare(where - {None}, found - {None}) if where - {None} else (0, 0, 0),
        "event date": (int(hit), 0, int(not hit)) if days else (0, 0, 0),
    }


# --- Figures -----------------------------------------------------------------------------------------------------


def f1(judged: Sequence[Judged], measure: str) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    if measure == "developments":
        told = [one.bcubed for one in judged if one.bcubed]
        precision = sum(pair[0] for pair in told) / max(len(told), 1)
        recall = sum(pair[1] for pair in told) / max(len(told), 1)
    else:
        right, extra, missed = (sum(one.hits.get(measure, (0, 0, 0))[i] for one in judged) for i in range(3))
        precision, recall = right / max(right + extra, 1), right / max(right + missed, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def interval(judged: Sequence[Judged], figure: Callable[[Sequence[Judged]], float]) -> tuple[float, float]:
    cases: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        cases[one.case].append(one)
    groups, chance = list(cases.values()), random.Random(1)
    drawn = sorted(figure([one for _ in groups for one in chance.choice(groups)]) for _ in range(SAMPLES))
    return drawn[int(0.025 * SAMPLES)], drawn[int(0.975 * SAMPLES)]


MEASURES = (
    "topics", "on topic at all", "event types", "done counts", "counts with status", "countries", "event date",
    "developments",
)  # fmt: skip


def report(path: Path) -> list[str]:
    judged = judge(path)
    negatives = [one for one in judged if not sum(one.hits["on topic at all"][i] for i in (0, 2))]
    alarms = sum(one.hits["on topic at all"][1] for one in negatives)
    lines = [
        f"## {path.stem}: {len(judged)} articles",
        "",
        "| | precision | recall | F1 | 95 % |",
        "|---|---|---|---|---|",
    ]
    for measure in MEASURES:
        precision, recall, both = f1(judged, measure)
        low, high = interval(judged, lambda some, name=measure: f1(some, name)[2])  # type: ignore[misc]
        lines.append(f"| {measure} | {precision:.3f} | {recall:.3f} | {both:.3f} | {low:.2f} to {high:.2f} |")
    lines += ["", f"Near misses and other news taken for the beat: {alarms} of {len(negatives)}.", ""]
    lines += ["| language | articles | topics | event types | done counts |", "|---|---|---|---|---|"]
    for language, number in Counter(one.language for one in judged).most_common():
        some = [one for one in judged if one.language == language]
        cells = " | ".join(f"{f1(some, name)[2]:.2f}" for name in ("topics", "event types", "done counts"))
        lines.append(f"| {language} | {number} | {cells} |")
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    text = "\n".join(line for path in args.labelled for line in report(path))
    print(text)
    if args.write:
        before = args.write.read_text("utf-8").partition("<!-- measured -->")[0] if args.write.exists() else ""
        args.write.write_text(f"{before}<!-- measured -->\n\n{text}", "utf-8")


if __name__ == "__main__":
    main()

"""Scores classification and facts on a labelled corpus, straight from the functions, without a database.

    python benchmarks/understanding.py GOLD.jsonl [--part even|odd|all] [--errors]

GOLD has one object a line: id, language, published, title, text, topic[], event_types[], story, thread, facts[].
`--part` takes articles whose case (thread, else story, else id) has an even or odd hash: rules were written with the
even part open, the odd part is what they had not seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.classify import classify
from pipeline.facts import find_facts
from pipeline.topic import load_topics
from pipeline.vocabulary import load_vocabulary

COUNTED = {"done", "started", "expected", "planned_total", "waiting", "cumulative", "claimed"}


class Measure:
    """Precision, recall and F1 over bags."""

    def __init__(self) -> None:
        self.hit = self.extra = self.missed = 0

    def add(self, want: Iterable[Any], got: Iterable[Any]) -> None:
        wanted, found = Counter(want), Counter(got)
        both = sum((wanted & found).values())
        self.hit += both
        self.extra += sum(found.values()) - both
        self.missed += sum(wanted.values()) - both

    def __str__(self) -> str:
        precision = self.hit / (self.hit + self.extra) if self.hit + self.extra else 1.0
        recall = self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  (n {self.hit + self.missed})"


def part_of(row: dict[str, Any]) -> str:
    key = row.get("thread") or row.get("story") or row["id"]
    return "odd" if int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2 else "even"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--part", choices=["even", "odd", "all"], default="all")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.gold.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if args.part in ("all", part_of(row))]
    report(rows, args.errors)


def report(rows: list[dict[str, Any]], errors: bool) -> None:
    vocabulary, topics = load_vocabulary(), load_topics()
    measures: dict[str, Measure] = defaultdict(Measure)
    alarms = negatives = dated = dates_hit = 0
    took = 0.0
    for row in rows:
        started = time.process_time()
        result = classify(row["title"], row["text"], row["language"], topics, vocabulary)
        facts = find_facts(
            row["title"], row["text"], row["language"], date.fromisoformat(row["published"][:10]), vocabulary, result
        )
        took += time.process_time() - started
        want, got = row["topic"], result.topic_names
        measures["topic"].add(want, got)
        measures["topic, English" if row["language"] == "en" else "topic, other languages"].add(want, got)
        measures[f"topic, {row['language']}"].add(want, got)
        measures["event types"].add(row["event_types"], result.event_names)
        if not want:
            negatives += 1
            alarms += bool(got)
        if errors and (set(want) != set(got) or set(row["event_types"]) != set(result.event_names)):
            print(
                row["id"],
                row["language"],
                "want",
                want,
                row["event_types"],
                "got",
                got,
                result.events,
                row["title"][:60],
            )
        if not want or not row.get("facts"):
            continue
        counts = [fact for fact in facts if fact.kind == "count"]
        gold = [fact for fact in row["facts"] if fact["type"] == "count"]
        pairs = [(float(f["value"]), f["status"]) for f in gold if f["status"] in COUNTED]
        mine = [(f.value, f.status) for f in counts if f.status in COUNTED]
        measures["counts with status"].add(pairs, mine)
        done = [value for value, status in pairs if status == "done"]
        mine_done = [value for value, status in mine if status == "done"]
        measures["done counts"].add(done, mine_done)
        measures["done counts, English" if row["language"] == "en" else "done counts, other languages"].add(
            done, mine_done
        )
        if errors and Counter(pairs) != Counter(mine):
            lost, extra = Counter(pairs) - Counter(mine), Counter(mine) - Counter(pairs)
            print(
                "  ",
                row["id"],
                row["language"],
                "lost",
                dict(lost),
                "extra",
                [(f.value, f.status, f.unit, f.quote) for f in counts if (f.value, f.status) in extra],
            )
        measures["done counts with nationality"].add(
            [(float(f["value"]), f["nationality"]) for f in gold if f.get("nationality") and f["status"] == "done"],
            [(f.value, f.nationality) for f in counts if f.nationality and f.status == "done"],
        )
        where = {f.get("country") for f in row["facts"] if f["type"] == "place"}
        where |= {f.get(key) for f in row["facts"] if f["type"] == "route" for key in ("from", "via", "to")}
        found = {
            country
            for fact in facts
            if fact.kind in ("place", "route")
            for country in (fact.country, fact.from_country, fact.via_country, fact.to_country)
        }
        if where - {None}:
            measures["countries"].add(where - {None}, found - {None})
            if errors and where - {None} != found - {None}:
                print("  ", row["id"], row["language"], "countries want", where - {None}, "got", found - {None})
        days = {f["value"] for f in row["facts"] if f["type"] == "date" and f.get("value")}
        if days:
            dated += 1
            hit = any(fact.event_date in days for fact in facts if fact.kind == "date")
            dates_hit += hit
            if errors and not hit:
                print(
                    "  ",
                    row["id"],
                    row["language"],
                    "date want",
                    days,
                    "got",
                    [f.event_date for f in facts if f.kind == "date"],
                )
    for name in sorted(measures):
        print(f"{name:32} {measures[name]}")
    print(f"{'false alarms':32} {alarms} of {negatives}")
    print(f"{'event date found':32} {dates_hit} of {dated}")
    print(f"{'time':32} {1000 * took / max(len(rows), 1):.1f} ms an article")


if __name__ == "__main__":
    main()

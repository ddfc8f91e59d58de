"""How well stages of one case are linked: labelled articles streamed through the pipeline's own decisions.

    python benchmarks/threads.py LABELLED.jsonl ... [--together] [--errors]

LABELLED are articles as in `benchmarks/labelled`, with `story` and `thread`. BCubed is over articles: how many of those
in an article's thread belong there, and how many of those that belong are there; a development in no thread counts as a
thread of its own. `linked` counts pairs of developments of one thread: once with developments as they are labelled, so
that only threads are judged, once as the pipeline places articles. `--together` streams all files as one newsroom,
where files by different hands may tell of one relation under two names. Errors of what nothing was learned from are
not to be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fit_pairs import Report, reports, streamed
from pipeline import casework, threads, ties
from pipeline.profile import Profile, joined
from pipeline.threads import Stage, Tied
from store.threads import Sharing


@dataclass
class Record:
    """Developments and threads in memory, kept as `pipeline.casework` keeps them on record."""

    profiles: dict[int, Profile] = field(default_factory=dict)
    thread_of: dict[int, int] = field(default_factory=dict)
    holders: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    why: dict[int, str] = field(default_factory=dict)
    made: int = 0

    def settle(self, number: int, profile: Profile) -> None:
        self.profiles[number] = profile
        keys = ties.keys_of(profile)
        for key in keys:
            if number not in self.holders[key]:
                self.holders[key].append(number)
        shared = [
            Sharing(key, other, self.thread_of.get(other))
            for key in sorted(keys)
            for other in [one for one in self.holders[key] if one != number][-casework.NEWEST :]
        ]
        commonness = casework.commonness_of(shared)
        tied = []
        for other in casework.likeliest(shared, commonness):
            tie = ties.tie(profile, self.profiles[other], commonness)
            if tie is not None:
                tied.append(Tied(Stage(other, self.thread_of.get(other)), tie))
        decided = threads.decide(Stage(number, self.thread_of.get(number)), tied)
        if decided is None:
            return
        thread = decided.thread_id
        if thread is None:
            self.made += 1
            thread = self.made
        for joining, reason in decided.joins:
            self.thread_of[joining], self.why[joining] = thread, reason
        self.thread_of = {one: thread if was in decided.merges else was for one, was in self.thread_of.items()}


@dataclass(frozen=True)
class Outcome:
    """Where each article is, and which thread it is labelled with."""

    placed: dict[str, int]
    record: Record

    def threads(self) -> dict[str, str]:
        thread_of = self.record.thread_of
        return {one: f"t{thread_of[d]}" if d in thread_of else f"d{d}" for one, d in self.placed.items()}


def stream(told: Sequence[Report], development_of: Callable[[Report], str]) -> Outcome:
    record, numbers, placed = Record(), {}, {}
    for one in told:
        if not one.profile.topics:
            continue
        number = numbers.setdefault(development_of(one), len(numbers) + 1)
        known = record.profiles.get(number)
        record.settle(number, joined(known, one.profile) if known else one.profile)
        placed[one.id] = number
    return Outcome(placed, record)


def bcubed(gold: dict[str, str], got: dict[str, str]) -> tuple[float, float]:
    precision = recall = 0.0
    for one in gold:
        same = {other for other in gold if gold[other] == gold[one]}
        here = {other for other in gold if got[other] == got[one]}
        precision += len(same & here) / len(here) / len(gold)
        recall += len(same & here) / len(same) / len(gold)
    return precision, recall


def linked(told: Sequence[Report], gold: dict[str, str], got: dict[str, str]) -> tuple[set[tuple[str, str]], ...]:
    """Pairs of labelled developments that are one thread by both, by the program alone, by the labels alone."""
    stories: dict[str, list[str]] = defaultdict(list)
    for one in told:
        if one.story and one.id in got:
            stories[one.story].append(one.id)
    names = list(stories)
    right, wrong, missed = set(), set(), set()
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            together = bool({got[a] for a in stories[one]} & {got[a] for a in stories[other]})
            belong = gold[stories[one][0]] == gold[stories[other][0]]
            if together or belong:
                (right if together and belong else wrong if together else missed).add((one, other))
    return right, wrong, missed


def judge(name: str, told: Sequence[Report], gold: dict[str, str], errors: bool) -> None:
    by_program = streamed(told)
    for how, development_of in (
        ("labelled", lambda one: one.story or f"alone {one.id}"),
        ("as placed", lambda one: by_program[one.id]),
    ):
        outcome = stream(told, development_of)
        got = {one.id: f"unplaced {one.id}" for one in told} | outcome.threads()
        precision, recall = bcubed(gold, got)
        right, wrong, missed = linked(told, gold, got)
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"{name:12} developments {how:9}  BCubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
            f"   linked {len(right)} right, {len(wrong)} wrong, {len(missed)} missed"
        )
        if errors:
            for kind, pairs in (("wrong", wrong), ("missed", missed)):
                for pair in sorted(pairs):
                    print(f"   {kind}: {' | '.join(pair)}")
            stories = {outcome.placed[one.id]: one.story for one in told if one.id in outcome.placed}
            for number, reason in sorted(outcome.record.why.items()):
                print(f"   d{number} {stories[number]}: {reason}")


def load(path: Path) -> tuple[list[Report], dict[str, str]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    rows.sort(key=lambda row: (datetime.fromisoformat(row["published"]), row["id"]))
    told = {one.id: one for one in reports(path)}
    gold = {row["id"]: f"{path.name} {row.get('thread') or row['story']}" for row in rows if told[row["id"]].story}
    return [told[row["id"]] for row in rows], gold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    loaded = {path.stem: load(path) for path in args.labelled}
    if args.together:
        told = sorted((one for some, _ in loaded.values() for one in some), key=lambda one: one.profile.first)
        gold = {id: thread for _, some in loaded.values() for id, thread in some.items()}
        loaded = {"together": (told, gold)}
    for name, (told, gold) in loaded.items():
        judge(name, told, gold, args.errors)


if __name__ == "__main__":
    main()

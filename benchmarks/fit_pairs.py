"""Learns when a report is of a known development (`pipeline/weights/pairs.json`), from labelled stories.

    python benchmarks/fit_pairs.py LEARN.jsonl ... --judge JUDGE.jsonl ... [--write]

LEARN and JUDGE are labelled articles as `benchmarks/fit.py` reads them; `story` says what belongs together. To learn
what keeps apart the acts of one busy week, the cases of all files are moved by whole weeks into the same two months,
twice. JUDGE is streamed as it stands, by rules alone and by the weights just learned; nothing is learned from it. Facts
are those that are found, not those that are labelled.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fit import learn
from pipeline import cluster, weighing
from pipeline.classify import classify
from pipeline.config import PipelineConfig
from pipeline.facts import find_facts
from pipeline.pairing import distance, pair_traits
from pipeline.profile import Profile, joined, profile_of
from pipeline.topic import load_topics
from pipeline.vocabulary import load_vocabulary
from pipeline.words import Rarity

PAIRS_C = 0.3
_SHARE = 0.12  # of the pairs that do not belong together, which are many
_START, _SPAN = datetime(2026, 1, 5, tzinfo=UTC), 60


@dataclass(frozen=True)
class Report:
    """One article as the clusterer sees it."""

    id: str
    case: str
    story: str | None  # only of what is on a topic
    profile: Profile


def reports(path: Path) -> list[Report]:
    topics, vocabulary = load_topics(), load_vocabulary()
    found = []
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        at = datetime.fromisoformat(row["published"])
        classified = classify(row["title"], row["text"], row["language"], topics, vocabulary)
        facts = find_facts(row["title"], row["text"], row["language"], at.date(), vocabulary, classified)
        profile = profile_of(row["title"], row["text"], row["language"], at, classified, facts)
        story = f"{path.name} {row['story']}" if row.get("story") and row["topic"] else None
        case = f"{path.name} {row.get('thread') or row.get('story') or row['id']}"
        found.append(Report(row["id"], case, story, profile))
    return found


def crowded(told: Sequence[Report], seed: int) -> list[Report]:
    """All cases within the same weeks, each moved as a whole and by whole weeks."""
    chance = random.Random(seed)
    cases: dict[str, list[Report]] = {}
    for one in told:
        cases.setdefault(one.case, []).append(one)
    moved = []
    for name in sorted(cases):
        first = min(one.profile.first for one in cases[name])
        days = (_START + timedelta(days=chance.randrange(_SPAN)) - first).days // 7 * 7
        moved += [replace(one, profile=_later(one.profile, timedelta(days=days))) for one in cases[name]]
    return sorted(moved, key=lambda one: (one.profile.first, one.id))


def _later(profile: Profile, by: timedelta) -> Profile:
    def later(days: dict[str, int]) -> dict[str, int]:
        return {(date.fromisoformat(day) + by).isoformat(): count for day, count in days.items()}

    return replace(
        profile,
        first=profile.first + by,
        last=profile.last + by,
        days=later(profile.days),
        main_days=later(profile.main_days),
    )


def _terms(profile: Profile) -> frozenset[str]:
    return frozenset((*profile.words, *profile.entities, *(f"@{name}" for name in profile.names)))


def pairs(told: Sequence[Report], seed: int) -> Iterator[tuple[dict[str, float], str]]:
    """Each report with the developments before it as they are labelled, and whether it belongs there."""
    chance = random.Random(seed)
    known: dict[str, Profile] = {}
    rarity = Rarity()
    window = PipelineConfig().window
    for one in told:
        if not one.profile.topics:
            continue
        for name, profile in known.items():
            same = name == one.story
            if distance(one.profile, profile) <= window and (same or chance.random() < _SHARE):
                yield pair_traits(one.profile, profile, rarity), "yes" if same else "no"
        name = one.story or one.id
        if name in known:
            rarity.remove(_terms(known[name]))
        known[name] = joined(known[name], one.profile) if name in known else one.profile
        rarity.add(_terms(known[name]))


# --- Judging -----------------------------------------------------------------------------------------------------


def streamed(told: Sequence[Report]) -> dict[str, str]:
    """The development of every report, as the product decides it."""
    config, rarity = PipelineConfig(), Rarity()
    known: dict[int, Profile] = {}
    placed: dict[str, str] = {}
    for number, one in enumerate(told):
        if not one.profile.topics:
            placed[one.id] = f"none {number}"
            continue
        candidates = [cluster.Candidate(key, profile) for key, profile in known.items()]
        decision = cluster.decide(one.profile, candidates, rarity, config)
        key = decision.development_id if isinstance(decision, cluster.Join) else number
        if key in known:
            rarity.remove(_terms(known[key]))
        known[key] = joined(known[key], one.profile) if key in known else one.profile
        rarity.add(_terms(known[key]))
        placed[one.id] = str(key)
    return placed


def bcubed(told: Sequence[Report], placed: dict[str, str]) -> str:
    gold = {one.id: one.story for one in told if one.story}
    precision = recall = 0.0
    for one in gold:
        same = {other for other in gold if gold[other] == gold[one]}
        here = {other for other in gold if placed[other] == placed[one]}
        precision += len(same & here) / len(here) / len(gold)
        recall += len(same & here) / len(same) / len(gold)
    wrong = sum(
        1 for one in gold for other in gold if one < other and placed[one] == placed[other] and gold[one] != gold[other]
    )
    f1 = 2 * precision * recall / (precision + recall)
    return f"BCubed P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   pairs joined wrongly {wrong}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("learn", type=Path, nargs="+")
    parser.add_argument("--judge", type=Path, nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    told = [one for path in args.learn for one in reports(path)]
    rows = [pair for seed in (1, 2) for pair in pairs(crowded(told, seed), seed)]
    learned = learn([traits for traits, _ in rows], [answer for _, answer in rows], PAIRS_C)
    print(f"{len(rows)} pairs of {len(told)} articles, {sum(answer == 'yes' for _, answer in rows)} of them of one act")
    model = weighing.Model(learned["yes"]["bias"], learned["yes"]["weights"])
    for path in args.judge:
        judged = reports(path)
        for name, models in (("rules alone", {}), ("learned", {"yes": model})):
            cluster.load_models = lambda _, models=models: models  # type: ignore[assignment, misc]
            print(f"{path.name:20} {name:12} {bcubed(judged, streamed(judged))}")
    if args.write:
        content = {"made_by": "benchmarks/fit_pairs.py", "articles": len(told), "models": learned}
        (weighing.WEIGHTS / "pairs.json").write_text(json.dumps(content, sort_keys=True, indent=0) + "\n", "utf-8")
        print(f"written to {weighing.WEIGHTS}")


if __name__ == "__main__":
    main()

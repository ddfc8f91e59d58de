"""Learns the weights of `pipeline/weights/` from labelled articles, and says what they are worth on what they never
saw.

    python benchmarks/fit.py LABELLED.jsonl ... [--folds 8] [--on OTHER.jsonl ...] [--write]

LABELLED has one object a line: id, language, published, title, text, topic[], event_types[], story, thread, facts[].
Needs scikit-learn (`pip install scikit-learn`); running Nightdesk does not. Folds keep the articles of one case
(thread, else story) together; with `--on` other articles are judged instead, by what all of LABELLED taught. Weights
below a hundredth, of counts below three, are left out of the files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fit_trees import grow
from pipeline import classify as classifying
from pipeline.atoms import at_home, atoms_of
from pipeline.counts import answer_of, find_figures, marks_of, possible_counts
from pipeline.facts import find_whereabouts, read_its_matter
from pipeline.reading import read
from pipeline.scene import marks_of_countries
from pipeline.topic import Topic, load_topics
from pipeline.traits import own_traits
from pipeline.trees import Trees
from pipeline.vocabulary import TermTable, load_vocabulary
from pipeline.weighing import WEIGHTS, Model, Models, probability
from pipeline.wording import WORD

COUNTED = {"done", "started", "expected", "planned_total", "waiting", "cumulative", "claimed"}
TOPIC_C, EVENT_C, COUNT_C, COUNTRY_C = 0.4, 0.1, 0.1, 0.1
Traits = dict[str, float]
_WORD_IN = 3  # articles
_TELLING_WORD_IN = 4
_WORD_AT = 10  # counts
_LEAST, _LEAST_OF_COUNTS = 0.01, 0.03


@dataclass(frozen=True)
class Example:
    """One labelled article with all that weights may speak of."""

    row: dict[str, Any]
    case: str
    topics: Traits
    events: dict[str, Traits]  # by event: the common traits and its own
    own_events: dict[str, tuple[str, ...]]  # by topic: the events it knows
    counts: list[Traits]
    values: list[float]
    answers: list[str]  # of each count: its status, or "none"
    countries: dict[str, Traits]  # each that is named, where places are labelled
    weight: float = 1.0


def examples(paths: Iterable[Path]) -> list[Example]:
    """Every article whole, and once more as a feed tells it: headline and first sentences, at half the weight."""
    topics, vocabulary = load_topics(), load_vocabulary()
    found = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found.append(_example(row, row["text"], 1.0, topics, vocabulary))
            if short := _SHORT.match(row["text"]):
                found.append(_example(row, short[0], _SHORT_WEIGHT, topics, vocabulary))
    return found


#: Up to the first end of a sentence after so many characters.
_SHORT = re.compile(r".{60,}?[.。!?।။។](?=\s|$|[^\s\d])", re.DOTALL)
_SHORT_WEIGHT = 0.5


def _example(row: dict[str, Any], text: str, weight: float, topics: Sequence[Topic], vocabulary: TermTable) -> Example:
    reading = read(row["title"], text, vocabulary, row["language"])
    sentences = atoms_of(reading)
    told = [classifying.tell(topic, at_home(sentences, topic), reading, []) for topic in topics]
    happenings = classifying.happenings_of(told, reading)
    weighed = {name: one.weighed for name, one in happenings.items()}
    common = classifying.traits_of_events(told, happenings, sentences, reading)
    result = classifying.classify(row["title"], text, row["language"], topics, vocabulary)
    matter = read_its_matter(row["title"], text, vocabulary, row["language"], result)
    figures = find_figures(matter)
    counts = possible_counts(matter, figures)
    published = date.fromisoformat(row["published"][:10])
    labelled = bool(row["topic"]) and bool(row.get("facts"))
    return Example(
        row,
        row.get("thread") or row.get("story") or row["id"],
        classifying.traits_of_topics(told, sentences, reading),
        {name: common | own_traits(name, weighed, len(sentences)) for name in happenings},
        {topic.id: tuple(event.id for event in topic.events) for topic in topics},
        marks_of(matter, counts, result.event_names, published) if labelled else [],
        [count.figure.number.value for count in counts] if labelled else [],
        [_answer(row, matter.text, count.figure.number) for count in counts] if labelled else [],
        {
            country: dict.fromkeys(marks, 1.0)
            for country, marks in marks_of_countries(
                matter, result, find_whereabouts(matter, figures, result, published)
            ).items()
        }
        if _scene(row)
        else {},
        weight,
    )


def _scene(row: dict[str, Any]) -> set[str]:
    """The countries that are labelled as places or on a route."""
    told = [fact.get(key) for fact in row["facts"] for key in _PLACING.get(fact["type"], ())] if row["topic"] else []
    return {country for country in told if country}


_PLACING = {"place": ("country",), "route": ("from", "via", "to")}


def _answer(row: dict[str, Any], text: str, number: Any) -> str:
    """The labelled status of the figure at that place, or "none"."""
    best: tuple[tuple[int, int], str] | None = None
    for fact in row["facts"]:
        if fact["type"] == "count" and float(fact["value"]) == number.value:
            start = text.find(fact["quote"])
            inside = start - 2 <= number.start < start + len(fact["quote"]) + 2
            key = (0 if inside else 1, abs(start - number.start))
            if best is None or key < best[0]:
                best = (key, fact["status"])
    return best[1] if best else "none"


# --- Learning ----------------------------------------------------------------------------------------------------


def learn(
    rows: Sequence[Traits],
    answers: Sequence[str],
    c: float,
    weights: Sequence[float] | None = None,
    least: float = _LEAST,
) -> dict[str, dict[str, Any]]:
    """A model for each answer; for yes and no the one of yes. Weights up to `least` are left out."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    fitted = LogisticRegression(C=c, max_iter=5000).fit(matrix, answers, sample_weight=weights)
    names = vectorizer.get_feature_names_out()
    models = {}
    classes = list(fitted.classes_)
    for answer, bias, weights in zip(
        classes if len(classes) > 2 else classes[1:], fitted.intercept_, fitted.coef_, strict=True
    ):
        kept = {
            name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) > least
        }
        models[str(answer)] = {"bias": round(float(bias), 3), "weights": kept}
    return models


def learn_topics(told: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """The two topics; words that too few whole articles have are left out."""
    known = Counter(name for one in told if one.weight == 1.0 for name in one.topics)
    rows = [{k: v for k, v in one.topics.items() if not k.startswith("word ") or known[k] >= _WORD_IN} for one in told]
    weights = [one.weight for one in told]
    return {
        topic: learn(rows, ["yes" if topic in one.row["topic"] else "no" for one in told], TOPIC_C, weights)["yes"]
        for topic in told[0].own_events
    }


def learn_events(told: Sequence[Example]) -> dict[str, dict[str, Any]]:
    on_topic = [one for one in told if one.row["topic"]]
    every = {name for one in on_topic for traits in one.events.values() for name in traits}
    known = Counter(name for one in on_topic if one.weight == 1.0 for name in next(iter(one.events.values())))
    rare = {name for name in every if " word " in name and known[name] < _TELLING_WORD_IN}
    models = {}
    for name in on_topic[0].events:
        answers = ["yes" if name in one.row["event_types"] else "no" for one in on_topic]
        if answers.count("yes") >= 2:
            rows = [{k: v for k, v in one.events[name].items() if k not in rare} for one in on_topic]
            models[name] = learn(rows, answers, EVENT_C, [one.weight for one in on_topic])["yes"]
    return models


def learn_counts(told: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """How a count stands; words that stand beside too few counts are left out."""
    return learn(*_rows_of_counts(told), _LEAST_OF_COUNTS)


def grow_counts(told: Sequence[Example]) -> dict[str, Any]:
    """The trees that stand beside these weights, from the same rows."""
    return grow(*_rows_of_counts(told))


def _rows_of_counts(told: Sequence[Example]) -> tuple[list[Traits], list[str], float, list[float]]:
    known = Counter(mark for one in told if one.weight == 1.0 for marks in one.counts for mark in marks)
    rows = [
        {mark: value for mark, value in marks.items() if not mark.startswith(WORD) or known[mark] >= _WORD_AT}
        for one in told
        for marks in one.counts
    ]
    weights = [one.weight for one in told for _ in one.counts]
    return rows, [answer for one in told for answer in one.answers], COUNT_C, weights


def learn_countries(told: Sequence[Example]) -> dict[str, dict[str, Any]]:
    rows = [traits for one in told for traits in one.countries.values()]
    answers = ["yes" if country in _scene(one.row) else "no" for one in told for country in one.countries]
    weights = [one.weight for one in told for _ in one.countries]
    return learn(rows, answers, COUNTRY_C, weights)


# --- Saying what it is worth -------------------------------------------------------------------------------------


@dataclass
class Tally:
    hit: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, want: Iterable[Any], got: Iterable[Any]) -> None:
        wanted, found = Counter(want), Counter(got)
        both = sum((wanted & found).values())
        self.hit, self.extra = self.hit + both, self.extra + sum(found.values()) - both
        self.missed += sum(wanted.values()) - both

    def __str__(self) -> str:
        precision = self.hit / max(self.hit + self.extra, 1)
        recall = self.hit / max(self.hit + self.missed, 1)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(precision + recall, 1e-9):.3f}"


def score(models: dict[str, Any], traits: Traits) -> float:
    return float(models["bias"] + sum(models["weights"].get(name, 0.0) * value for name, value in traits.items()))


def judge(told: Sequence[Example], models: Callable[[int], dict[str, Any]], fold_of: Callable[[Example], int]) -> None:
    """Topics, events and counts of every article by the models that never saw its case."""
    topic, event, done, status, scene = Tally(), Tally(), Tally(), Tally(), Tally()
    alarms = negatives = 0
    for one in told:
        fitted = models(fold_of(one))
        want = one.row["topic"]
        got = [
            name
            for name, model in fitted["topics"].items()
            if probability(score(model, one.topics)) >= classifying.least_sure(name, one.topics)
        ]
        topic.add(want, got)
        negatives += not want
        alarms += bool(got) and not want
        if not want:
            continue
        allowed = dict.fromkeys(name for known in (got or want) for name in one.own_events[known])
        scored = sorted(
            ((score(fitted["events"][name], one.events[name]), name) for name in allowed if name in fitted["events"]),
            reverse=True,
        )
        sure = [name for value, name in scored if probability(value) >= classifying.SURE_EVENT]
        happened = sure[:3] or [name for _, name in scored[:1]]
        event.add(one.row["event_types"], happened if got else [])
        if where := _scene(one.row):
            sure = {name: score(fitted["countries"]["yes"], traits) for name, traits in one.countries.items()}
            scene.add(
                where, [name for name, value in sure.items() if value >= 0] or sorted(sure, key=lambda c: -sure[c])[:1]
            )
        gold = [(float(f["value"]), f["status"]) for f in one.row["facts"] if f["type"] == "count"]
        counts = Models({name: Model(model["bias"], model["weights"]) for name, model in fitted["counts"].items()})
        trees = Trees.of(fitted["counts_trees"])
        answers = [answer_of(counts, trees, marks)[0] for marks in one.counts]
        found = set(zip(one.values, answers, strict=True))
        status.add({pair for pair in gold if pair[1] in COUNTED}, {pair for pair in found if pair[1] in COUNTED})
        done.add({v for v, s in gold if s == "done"}, {v for v, s in found if s == "done"})
    print(f"topics              {topic}   false alarms {alarms} of {negatives}")
    print(f"event types         {event}")
    print(f"countries           {scene}")
    print(f"done counts         {done}   (each value once an article)")
    print(f"counts with status  {status}   (each value once an article)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--on", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    told = examples(args.labelled)

    def fold_of(one: Example) -> int:
        return int(hashlib.sha256(one.case.encode()).hexdigest(), 16) % args.folds

    def learned(some: Sequence[Example]) -> dict[str, Any]:
        return {
            "topics": learn_topics(some),
            "events": learn_events(some),
            "counts": learn_counts(some),
            "counts_trees": grow_counts(some),
            "countries": learn_countries(some),
        }

    whole = [one for one in told if one.weight == 1.0]
    taught = learned(told) if args.write or args.on else {}
    if args.on:
        for path in args.on:
            print(f"{path.name}, judged by weights learned from {len(whole)} other articles:")
            judge([one for one in examples([path]) if one.weight == 1.0], lambda _: taught, lambda _: 0)
    else:
        print(f"{len(whole)} articles, {args.folds} folds by case, each judged by weights that did not see its case:")
        by_fold = {fold: learned([one for one in told if fold_of(one) != fold]) for fold in range(args.folds)}
        judge(whole, by_fold.__getitem__, fold_of)
        print("The same articles by headline and first sentences alone:")
        judge([one for one in told if one.weight < 1.0], by_fold.__getitem__, fold_of)
    if args.write:
        WEIGHTS.mkdir(exist_ok=True)
        for name, models in taught.items():
            content = {"made_by": "benchmarks/fit.py", "articles": len(whole)}
            content |= models if name == "counts_trees" else {"models": models}
            (WEIGHTS / f"{name}.json").write_text(json.dumps(content, sort_keys=True, indent=0) + "\n", "utf-8")
        print(f"written to {WEIGHTS}")


if __name__ == "__main__":
    main()

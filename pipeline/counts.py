"""The counts of an article: how many of what, how sure, and how they stand, each once and the leading one marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from pipeline.circumstances import circumstances, setting_of
from pipeline.counted import PERSONS, Count, count_of, is_bracketed
from pipeline.figures import Figure, sort_figure
from pipeline.numbers import find_numbers
from pipeline.reading import Reading
from pipeline.standing import status_of, story_of
from pipeline.trees import Trees, load_trees
from pipeline.values import Fact, Status
from pipeline.weighing import Models, load_models, shares
from pipeline.wording import Wording

_FIGURES_AT_MOST = 400
_NO_AGE = 110
_NAME_AT_MOST = 40  # characters


def find_figures(reading: Reading) -> list[Figure]:
    """The numbers of the text, each with the sort it is; a text with more than so many is a table."""
    numbers = find_numbers(reading.text, reading.language)
    return [sort_figure(reading.text, number) for number in numbers[:_FIGURES_AT_MOST]]


def find_counts(
    reading: Reading,
    figures: Sequence[Figure],
    events: Sequence[str],
    published: date,
) -> list[Fact]:
    """The counts of an article, one for each value, unit and status, the leading one marked."""
    counts = possible_counts(reading, figures)
    facts: list[tuple[Count, Fact]] = []
    for count, (status, confidence) in zip(counts, _statuses(reading, counts, events, published), strict=True):
        if status is not None:
            facts.append((count, _fact(reading, count, status, confidence)))
    return _with_leading(_merged(facts))


def possible_counts(reading: Reading, figures: Sequence[Figure]) -> list[Count]:
    """Every figure that may count something, in order."""
    counts: list[Count] = []
    for figure in _with_shares(reading, figures):
        if figure.sort == "count" and (count := count_of(reading, figure, counts[-1] if counts else None)):
            counts.append(count)
    return counts


def _with_shares(reading: Reading, figures: Sequence[Figure]) -> list[Figure]:
    """`figures`, what looks like an age but is a share, "Indians (48) and Thais (29)", as a count."""
    text = reading.text
    bracketed = [f for f in figures if f.sort in ("age", "count") and is_bracketed(text, f.number.start, f.number.end)]
    if not any(figure.sort == "age" for figure in bracketed):
        return list(figures)
    shares = {figure: _is_share(reading, figure) for figure in bracketed}
    told = {reading.sentence_at(figure.start).index for figure, is_share in shares.items() if is_share}
    return [
        figure._replace(sort="count")
        if reading.sentence_at(figure.start).index in told and figure in shares
        else figure
        for figure in figures
    ]


def _is_share(reading: Reading, figure: Figure) -> bool:
    """Whether a number in brackets is plainly how many: more than an age, or right behind a people or a place."""
    before = reading.hits_between(max(0, figure.start - _NAME_AT_MOST), figure.start)
    named = any(hit.entry.kind in ("nation", "place") and figure.start - hit.end <= 2 for hit in before)
    return figure.number.value >= _NO_AGE or named


def marks_of(
    reading: Reading, counts: Sequence[Count], events: Sequence[str], published: date
) -> list[dict[str, float]]:
    """What the learned weights of counts speak of: circumstances, wording, and what the rules say."""
    marks = circumstances(reading, counts, setting_of(reading, events, published))
    ruled = by_rules(reading, counts, events, published)
    wording = Wording(reading, counts)
    front = wording.front()
    return [
        dict.fromkeys((*own, *wording.place(count), f"rule {status}"), 1.0) | wording.words(count) | front
        for count, own, (status, _) in zip(counts, marks, ruled, strict=True)
    ]


def by_rules(
    reading: Reading, counts: Sequence[Count], events: Sequence[str], published: date
) -> list[tuple[Status, float]]:
    """How each count stands by rules alone."""
    story = story_of(reading, events, published.year)
    return [status_of(reading, count, counts[:index], events, story) for index, count in enumerate(counts)]


def _statuses(
    reading: Reading, counts: Sequence[Count], events: Sequence[str], published: date
) -> list[tuple[Status | None, float]]:
    """How each count stands, and how sure that is; None for what is no count after all."""
    models = load_models("counts")
    if not models:
        ruled = by_rules(reading, counts, events, published)
        return [pair if count.noun == "known" else (None, 0.0) for count, pair in zip(counts, ruled, strict=True)]
    trees = load_trees("counts_trees")
    answers: list[tuple[Status | None, float]] = []
    for count, marks in zip(counts, marks_of(reading, counts, events, published), strict=True):
        if (plain := _told_plainly(count, marks)) is not None:
            answers.append((plain, 0.8))
            continue
        answer, share = answer_of(models, trees, marks)
        status = _STATUSES.get(answer)
        if count.noun == "known" and (status is None or count.unit in _ASIDE):
            status = "background"  # of something after all, but nothing the news is about
        answers.append((status, round(share, 2)))
    return answers


def answer_of(models: Models, trees: Trees | None, marks: Mapping[str, float]) -> tuple[str, float]:
    """How a count stands by what was learned, a status or "none", and how sure that is, 0 to 1."""
    told = shares(models, marks)
    if trees is not None and max(told.values()) < _BEYOND_DOUBT:
        told = trees.beside(told, marks)
    answer = max(told, key=lambda name: (told[name] * _READILY.get(name, 1.0), name))
    return answer, told[answer]


def _told_plainly(count: Count, marks: Mapping[str, float]) -> Status | None:
    """Where the words next to a count leave no doubt."""
    if "rule expected" in marks and ("then will" in marks or count.bound == "up_to"):
        return "expected"
    if "clause year before" in marks and "rule background" in marks:
        return "background"
    return "background" if "then said" in marks else None  # who speaks is not whom the news is about


#: How readily a figure is taken for none of the news: most readers leave out more of them than those did from whom the
#: weights are learned.
_READILY = {"none": 1.6}
_BEYOND_DOUBT = 0.75  # by the sum of weights: then the trees, which take longer, hardly ever change an answer
#: Units of what the news is seldom about.
_ASIDE = frozenset(("countries", "groups"))
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}


# --- Facts -------------------------------------------------------------------------------------------------------


def _fact(reading: Reading, count: Count, status: Status, confidence: float) -> Fact:
    number = count.figure.number
    return Fact(
        kind="count",
        quote=reading.quote(count.start, count.end),
        position=count.start,
        confidence=confidence,
        value=number.value,
        low=number.value if number.high is not None else None,
        high=number.high,
        bound=count.bound,
        unit=count.unit,
        status=status,
        nationality=count.nationality,
    )


def _merged(facts: list[tuple[Count, Fact]]) -> list[tuple[Count, Fact]]:
    """Each figure once: what headline and lead both say is one count, told by the fuller of them."""
    kept: list[tuple[Count, Fact]] = []
    for count, fact in facts:
        for index, (other_count, other) in enumerate(kept):
            if other.value == fact.value and _same_kind(other.unit, fact.unit) and _same_nation(other, fact):
                ahead = other_count.sentence.zone != "body"
                if other.status == fact.status or ahead:
                    told_ahead = fact if count.sentence.zone != "body" else replace(fact, status=other.status)
                    kept[index] = (other_count, _fuller(other, told_ahead, other_count.sentence.zone == "title"))
                    break
        else:
            kept.append((count, fact))
    return kept


def _same_kind(one: str | None, other: str | None) -> bool:
    return one == other or (one in PERSONS and other in PERSONS)


def _same_nation(one: Fact, other: Fact) -> bool:
    return one.nationality is None or other.nationality is None or one.nationality == other.nationality


def _fuller(first: Fact, second: Fact, headline: bool) -> Fact:
    nationality = first.nationality or second.nationality
    if not headline:
        return replace(first, nationality=nationality)
    unit = second.unit if first.unit == "people" else first.unit
    bound = first.bound if first.bound != "exact" else second.bound
    status = second.status if second.status in ("expected", "claimed", "cumulative", "waiting") else first.status
    return replace(first, nationality=nationality, unit=unit, bound=bound, status=status)


def _with_leading(facts: list[tuple[Count, Fact]]) -> list[Fact]:
    """The count the news is about is marked, and its nationality given to the parts it is broken down into."""
    order = {"title": 0, "lead": 1, "second": 2, "body": 3}
    candidates = [
        (order[count.sentence.zone], 0 if fact.unit in PERSONS else 1, fact.position, index)
        for index, (count, fact) in enumerate(facts)
        if fact.status in ("done", "started") and count.sentence.zone != "body"
    ]
    if not candidates:
        return [fact for _, fact in facts]
    leading = min(candidates)[3]
    told = facts[leading][1]
    return [
        replace(fact, leading=index == leading, nationality=fact.nationality or _of_the_same(told, fact))
        for index, (_, fact) in enumerate(facts)
    ]


def _of_the_same(told: Fact, fact: Fact) -> str | None:
    """Parts of a group of one nationality are of it: "48 Koreans ... 41 men and seven women"."""
    part = fact.value is not None and told.value is not None and fact.value < told.value
    if part and fact.status == "done" and fact.unit in ("people", "suspects") and told.unit in PERSONS:
        return told.nationality
    return None

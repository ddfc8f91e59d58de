"""The sentences of a text as the words that rules are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reading import Reading, Sentence
from pipeline.topic import Topic
from pipeline.vocabulary import Hit


@dataclass(frozen=True)
class Atoms:
    """What stands in one sentence, each with the hit that shows it."""

    sentence: Sentence
    present: dict[str, Hit]
    past: bool


def atoms_of(reading: Reading) -> list[Atoms]:
    """Every sentence of `reading`, in order."""
    front: set[str] = set()
    told: list[Atoms] = []
    for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
        present: dict[str, Hit] = {}
        for hit in hits:
            for name in _names(hit):
                present.setdefault(name, hit)
        countries: dict[str, Hit] = {hit.entry.country: hit for hit in hits if hit.entry.country}
        if sentence.zone in ("title", "lead"):
            front |= set(countries)
        if countries and len(set(countries) | front) > 1:
            present.setdefault("countries", next(iter(countries.values())))
        if sentence.zone == "title" and hits and reading.quote(sentence.start, sentence.end).rstrip()[-1:] in "?？؟":
            present["question"] = hits[0]
        past = "background" in present and sentence.zone != "title"
        told.append(Atoms(sentence, present, past))
    return told


def _names(hit: Hit) -> list[str]:
    entry = hit.entry
    if entry.kind == "concept":
        return [entry.name]
    if entry.kind in ("unit", "cue"):
        return [f"{entry.kind}:{entry.name}"]
    if entry.kind in ("stage", "instrument"):
        return []  # how a matter stands says nothing of what it is about
    names = [entry.kind, f"{entry.kind}:{entry.name}"]
    if entry.country:
        names.append(f"nation:{entry.country}")
    if entry.site:
        names.append("site")
    return names


def at_home(sentences: Sequence[Atoms], topic: Topic) -> list[Atoms]:
    """The sentences with the words that depend on where the topic is at home."""
    if not topic.home:
        return list(sentences)
    return [Atoms(atoms.sentence, _with_home(atoms.present, topic), atoms.past) for atoms in sentences]


def _with_home(present: dict[str, Hit], topic: Topic) -> dict[str, Hit]:
    countries = {
        name.removeprefix("nation:"): hit
        for name, hit in present.items()
        if name.startswith("nation:") and len(name) == 9
    }
    if not countries:
        return present
    more = dict(present)
    for code, hit in countries.items():
        more.setdefault("home" if code in topic.home else "abroad", hit)
    return more

"""How far a matter between two states has come: planned, agreed, under way, done, suspended, refused, ...

By the words of headline and first sentences, those beside the act before the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.circumstances import clause_of
from pipeline.reading import Reading, Sentence
from pipeline.values import Fact
from pipeline.vocabulary import Hit

_BESIDE = 1.6  # how much more a word counts in the clause of the act
_WITHIN = 4  # sentences
#: Languages whose words for what is to come stand behind the act.
_VERB_LAST = frozenset(("ja", "ko", "hi", "my", "tr", "hu", "de"))
#: What each kind of news can be, and how readily its words are believed.
_USUAL: Mapping[str, Mapping[str, float]] = {
    "police_training": dict(planned=1.0, under_way=1.0, done=1.0, suspended=0.6, refused=0.5, agreed=0.3),
    "liaison_deployment": dict(planned=1.0, under_way=1.1, agreed=0.7, suspended=0.8, refused=0.6),
    "joint_patrol": dict(planned=1.0, under_way=1.0, done=1.0, agreed=0.6, suspended=1.0, refused=0.6),
    "policing_agreement": dict(planned=1.0, agreed=1.3, restored=1.5, suspended=1.0, refused=0.8),
    "equipment_aid": dict(planned=1.1, done=1.0, agreed=0.7, suspended=0.6, refused=0.6),
    "overseas_station": dict(suspended=0.6, reviewed=0.9, under_way=0.6, refused=0.6, done=1.0),
    "extradition_fugitive": dict(done=1.1, planned=0.8, under_way=0.7, refused=1.0, agreed=0.6, suspended=0.6),
    "scrutiny_suspension": dict(suspended=1.5, refused=1.1, reviewed=1.0, restored=1.4),
    "cooperation_policy": dict(agreed=1.1, done=0.8, planned=0.8, under_way=0.6),
    "raid": dict(done=1.0, under_way=0.6, planned=0.6),
}
#: What each is where no word says otherwise.
_ELSE = {
    "scrutiny_suspension": "reviewed",
    "raid": "done",
    "liaison_deployment": "under_way",
    "overseas_station": "under_way",
    "cooperation_policy": "done",
}
_OF_STATUS = {"expected": "planned", "started": "under_way", "done": "done"}
EVENTS = frozenset(_USUAL)


def stage_of(reading: Reading, event: str, acts: frozenset[str], persons: Fact | None) -> str | None:
    """The stage of one kind of act; None where nothing tells it."""
    usual = _USUAL[event]
    votes: dict[str, float] = defaultdict(float)
    for sentence, hits in zip(reading.sentences[: _WITHIN + 1], reading.by_sentence, strict=False):
        names = {hit.entry.name for hit in hits}
        if "background" in names and sentence.zone != "title":
            continue
        clauses = [
            clause_of(reading.text, sentence, hit.start, hit.end)
            for hit in hits
            if hit.entry.kind == "concept" and hit.entry.name in acts
        ]
        for stage, how_near in _stages(reading, sentence, hits, clauses, acts).items():
            if stage in usual:
                votes[stage] += sentence.weight * how_near * usual[stage]
    if persons is not None and (told := _OF_STATUS.get(persons.status or "")) in usual:
        votes[told or ""] += 1.5 * usual[told or ""]
    if not votes:
        return _ELSE.get(event)
    return max(votes, key=lambda stage: votes[stage])


def _stages(
    reading: Reading, sentence: Sentence, hits: Sequence[Hit], clauses: Sequence[tuple[int, int]], acts: frozenset[str]
) -> dict[str, float]:
    """Each stage that a sentence speaks of, once, and how near to the act it stands."""
    found: dict[str, float] = {}
    for hit in hits:
        if hit.entry.kind != "stage":
            continue
        beside = any(start <= hit.start and hit.end <= end for start, end in clauses)
        if hit.entry.name == "planned" and not (beside or sentence.zone == "title"):
            continue  # what is said to come of something else
        how_near = _BESIDE if beside else 0.7
        found[hit.entry.name] = max(found.get(hit.entry.name, 0.0), how_near)
    # "Will be handed over" is to come: what is planned says so of the act that it stands with.
    if "planned" in found:
        for stage in ("done", "under_way", "agreed"):
            if stage in found and _comes_first(reading, hits, stage):
                found[stage] *= 0.4
    return found


def _comes_first(reading: Reading, hits: Sequence[Hit], stage: str) -> bool:
    """Whether a word of what is planned stands before, and close to, the first word of a stage."""
    if reading.language in _VERB_LAST:
        return True
    first = next(hit for hit in hits if hit.entry.kind == "stage" and hit.entry.name == stage)
    planned = [hit for hit in hits if hit.entry.kind == "stage" and hit.entry.name == "planned"]
    return any(hit.start <= first.start and first.start - hit.end < 40 for hit in planned)

"""What an article is about: topics and event types, each with the words that spoke for and against it.

Rules of the topic files say what stands where. Where weights were learned for a topic or an event they decide how much
that is worth; where there are none, as for a beat of one's own, the rules decide alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.atoms import Atoms, at_home, atoms_of
from pipeline.reading import Reading, read
from pipeline.topic import Event, Need, Rule, Topic
from pipeline.traits import (
    Weighed,
    article_traits,
    each_own_traits,
    event_traits,
    length_traits,
    telling_words,
    topic_traits,
    word_traits,
    zone_of,
)
from pipeline.values import Classification, Evidence, Scored
from pipeline.vocabulary import Hit, TermTable
from pipeline.weighing import Models, load_models, probability

#: How much a sentence about the past counts for what kind of news this is.
_PAST = 0.35
#: An event beside a stronger one must be at least this share of it, where rules decide alone.
_BESIDE = 0.4
_EVENTS_AT_MOST = 3
#: From which probability a learned topic or event holds.
_SURE = 0.6
_SURE_LACKING = 0.95  # of a topic whose own needs are not met, where few words were there to meet them
SURE_EVENT = 0.45
#: Below this nothing speaks for a topic, and it is not weighed any further.
_HINT = 0.5


#: The sentences in which a rule may fire, by its list of `any`: the others hold none of those terms.
_Met = Mapping[tuple[str, ...], Sequence[Atoms]]


@dataclass(frozen=True)
class _Told:
    """One topic, weighed."""

    topic: Topic
    sentences: list[Atoms]
    met: _Met
    weighed: Weighed
    lacking: bool

    @property
    def holds(self) -> bool:
        return self.weighed.score >= self.topic.least and not self.lacking


def classify(
    title: str, text: str, language: str | None, topics: Sequence[Topic], vocabulary: TermTable
) -> Classification:
    """The topics and events of one article, strongest first, with their evidence."""
    reading = read(title, text, vocabulary, language)
    sentences = atoms_of(reading)
    evidence: list[Evidence] = []
    told = [tell(topic, at_home(sentences, topic), reading, evidence) for topic in topics]
    found = _found(told, sentences, reading)
    events, shown = _events([one for one, _ in found], told, sentences, reading)
    return Classification(
        topics=tuple(Scored(one.topic.id, round(score, 2)) for one, score in found),
        events=events,
        evidence=tuple(evidence) + tuple(shown),
        region=_region([one.topic for one, _ in found], sentences),
    )


# --- Topics ------------------------------------------------------------------------------------------------------


def tell(topic: Topic, sentences: list[Atoms], reading: Reading, evidence: list[Evidence]) -> _Told:
    """What the rules of one topic come to; what speaks for and against it is added to `evidence`."""
    weighed, met = Weighed(), _met(topic, sentences)
    for rule in topic.signals:
        weighed.score += _weigh(rule, met, reading, topic.id, 1.0, weighed, evidence, past=1.0)
    against = _met(topic, _own_matter(sentences, topic)) if reading.several else met
    for rule in topic.against:
        weighed.score -= _weigh(rule, against, reading, topic.id, -1.0, weighed, evidence, past=1.0)
    return _Told(topic, sentences, met, weighed, bool(_lacking(topic.needs, weighed)))


def _met(topic: Topic, sentences: Sequence[Atoms]) -> _Met:
    met: dict[tuple[str, ...], list[Atoms]] = {}
    triggers = topic.triggers
    for atoms in sentences:
        for any_ in {any_ for term in atoms.present if term in triggers for any_ in triggers[term]}:
            met.setdefault(any_, []).append(atoms)
    return met


def _found(told: Sequence[_Told], sentences: Sequence[Atoms], reading: Reading) -> list[tuple[_Told, float]]:
    """The topics that hold, strongest first, with their scores."""
    models = load_models("topics")
    traits: dict[str, float] = {}
    if any(one.weighed.score > _HINT for one in told):
        traits = traits_of_topics(told, sentences, reading)
    found = []
    for one in told:
        model = models.get(one.topic.id)
        if model is None:
            if one.holds:
                found.append((one, one.weighed.score))
        elif traits and model.sure(traits) >= least_sure(one.topic.id, traits):
            found.append((one, max(model.score(traits), 0.01)))
    return sorted(found, key=lambda pair: -pair[1])


def least_sure(topic: str, traits: Mapping[str, float]) -> float:
    """How sure the weights must be of a topic, 0 to 1, for an article of those traits."""
    return _SURE_LACKING if f"lacks {topic}" in traits and "brief" in traits else _SURE


def traits_of_topics(told: Sequence[_Told], sentences: Sequence[Atoms], reading: Reading) -> dict[str, float]:
    """What the learned weights of topics speak of."""
    lacking = [one.topic.id for one in told if one.lacking]
    return _common_traits(told, sentences) | word_traits(reading) | length_traits(reading, lacking)


def _common_traits(told: Sequence[_Told], sentences: Sequence[Atoms]) -> dict[str, float]:
    traits = article_traits(sentences)
    for one in told:
        traits.update(topic_traits(one.topic.id, one.sentences, one.weighed, one.lacking, one.holds))
    return traits


def _own_matter(sentences: list[Atoms], topic: Topic) -> list[Atoms]:
    """Of a page of several matters the paragraphs on the topic: what else it tells speaks not against it."""
    core = [rule for rule in topic.signals if any(rule.name in need.rules for need in topic.needs[:1])]
    own = {atoms.sentence.paragraph for atoms in sentences if any(_fires(rule, atoms) for rule in core)}
    return [atoms for atoms in sentences if atoms.sentence.zone != "title" and atoms.sentence.paragraph in own]


def _lacking(needs: Iterable[Need], weighed: Weighed) -> list[Need]:
    return [need for need in needs if sum(weighed.by_rule[name] for name in need.rules) < need.least]


def _weigh(
    rule: Rule,
    met: _Met,
    reading: Reading,
    label: str,
    sign: float,
    into: Weighed,
    evidence: list[Evidence],
    past: float,
) -> float:
    """What `rule` comes to over all sentences, at most its cap; its strongest places become evidence."""
    score = 0.0
    shown: list[Evidence] = []
    for atoms in met.get(rule.any, ()):
        hit = _fires(rule, atoms)
        if hit is None:
            continue
        share = past if atoms.past else 1.0
        weight = rule.weight * atoms.sentence.weight * share
        score += weight
        zone = atoms.sentence.zone if atoms.sentence.zone != "body" else zone_of(atoms)
        into.by_zone[zone] += rule.weight * share
        into.first[zone] = min(into.first.get(zone, hit.start), hit.start)
        into.sentences.add(atoms.sentence.index)
        shown.append(Evidence(label, rule.name, reading.quote(hit.start, hit.end), hit.start, round(sign * weight, 2)))
    score = min(score, rule.cap)
    into.by_rule[rule.name] += score
    evidence.extend(sorted(shown, key=lambda item: -abs(item.weight))[:3])
    return score


def _fires(rule: Rule, atoms: Atoms) -> Hit | None:
    zone = atoms.sentence.zone
    if rule.where == "title" and zone != "title":
        return None
    if (rule.where == "front" and zone == "body") or (rule.where == "body" and zone != "body"):
        return None
    present = atoms.present
    hit = next((present[name] for name in rule.any if name in present), None)
    if hit is None or any(name in present for name in rule.unless):
        return None
    if all(any(name in present for name in group) for group in rule.with_):
        return hit
    return None


def _region(topics: Sequence[Topic], sentences: Sequence[Atoms]) -> str | None:
    """ "spill-over" where the front of the article lies wholly outside the region its topic is at home in."""
    for topic in topics:
        if not topic.home:
            continue
        places = [
            hit.entry.country
            for atoms in sentences
            if atoms.sentence.zone != "body"
            for hit in atoms.present.values()
            if hit.entry.kind in ("place", "nation", "agency") and hit.entry.country
        ]
        if places and not set(places) & set(topic.home):
            return "spill-over"
    return None


# --- Events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Happening:
    """One event type, weighed by its rules."""

    event: Event
    weighed: Weighed
    evidence: tuple[Evidence, ...]


def _events(
    found: Sequence[_Told], told: Sequence[_Told], sentences: Sequence[Atoms], reading: Reading
) -> tuple[tuple[Scored, ...], list[Evidence]]:
    if not found:
        return (), []
    happenings = happenings_of(told, reading)
    models = load_models("events")
    own = [event.id for one in found for event in one.topic.events]
    learned = [name for name in dict.fromkeys(own) if name in models]
    chosen = _learned(learned, models, told, happenings, sentences, reading) if learned else []
    ruled = [one for one in found if not any(event.id in models for event in one.topic.events)]
    if ruled:
        chosen += _by_rules(ruled, happenings)
    if not chosen and (default := found[0].topic.default_event):
        chosen = [Scored(default, 0.0)]
    chosen = sorted(chosen, key=lambda scored: -scored.score)[:_EVENTS_AT_MOST]
    shown = [item for scored in chosen if scored.name in happenings for item in happenings[scored.name].evidence]
    return tuple(chosen), shown


def happenings_of(told: Sequence[_Told], reading: Reading) -> dict[str, _Happening]:
    """Every event type of every topic, weighed where it comes out strongest."""
    happenings: dict[str, _Happening] = {}
    for one in told:
        for event in one.topic.events:
            weighed, evidence = Weighed(), list[Evidence]()
            for rule in event.rules:
                weighed.score += _weigh(rule, one.met, reading, event.id, 1.0, weighed, evidence, past=_PAST)
            if event.id not in happenings or happenings[event.id].weighed.score < weighed.score:
                happenings[event.id] = _Happening(event, weighed, tuple(evidence))
    return happenings


def traits_of_events(
    told: Sequence[_Told], happenings: Mapping[str, _Happening], sentences: Sequence[Atoms], reading: Reading
) -> dict[str, float]:
    """What the learned weights of all events speak of; each event's own traits come on top."""
    weighed = {name: happening.weighed for name, happening in happenings.items()}
    holding = [name for name, one in happenings.items() if one.weighed.score >= one.event.least]
    return _common_traits(told, sentences) | event_traits(weighed, holding) | telling_words(reading)


def _learned(
    names: Sequence[str],
    models: Models,
    told: Sequence[_Told],
    happenings: Mapping[str, _Happening],
    sentences: Sequence[Atoms],
    reading: Reading,
) -> list[Scored]:
    """The events that are sure enough, or else the surest one."""
    traits = traits_of_events(told, happenings, sentences, reading)
    weighed = {name: happening.weighed for name, happening in happenings.items()}
    scores = models.scores(traits, each_own_traits(names, weighed, len(sentences)))
    scored = [Scored(name, round(probability(score), 2)) for name, score in scores.items()]
    scored.sort(key=lambda one: -one.score)
    return [one for one in scored if one.score >= SURE_EVENT] or scored[:1]


def _by_rules(found: Sequence[_Told], happenings: Mapping[str, _Happening]) -> list[Scored]:
    own = {event.id for one in found for event in one.topic.events}
    scores = {name: (one.weighed.score, one.event) for name, one in happenings.items() if name in own}
    return _choose(scores)


def _wins(name: str, score: float, event: Event, loser: str, holding: dict[str, tuple[float, Event]]) -> bool:
    """Whether an event explains another away; of two that would each do so the stronger does."""
    other_score, other = holding[loser]
    return score > other_score if name in other.instead_of else score >= 0.8 * other_score


def _choose(scores: Mapping[str, tuple[float, Event]]) -> list[Scored]:
    """The events that hold by themselves, are not explained away by another and not dwarfed by it."""
    holding = {name: (score, event) for name, (score, event) in scores.items() if score >= event.least}
    explained = {
        loser
        for name, (score, event) in holding.items()
        for loser in event.instead_of
        if loser in holding and _wins(name, score, event, loser, holding)
    }
    left = {name: score for name, (score, _) in holding.items() if name not in explained}
    bold = [score for name, score in left.items() if not holding[name][1].modest]
    left = {n: score for n, score in left.items() if not holding[n][1].modest or score > 1.25 * max(bold, default=0.0)}
    if not left:
        return []
    best = max(left.values())
    strong = [Scored(name, round(score, 2)) for name, score in left.items() if score >= _BESIDE * best]
    return sorted(strong, key=lambda scored: -scored.score)[:_EVENTS_AT_MOST]

"""What an article is about: topics and event types, each with the words that spoke for and against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.reading import Reading, Sentence, read
from pipeline.topic import Event, Need, Rule, Topic
from pipeline.values import Classification, Evidence, Scored
from pipeline.vocabulary import Hit, TermTable

#: How much a sentence about the past counts for what kind of news this is.
_PAST = 0.35
#: An event beside a stronger one must be at least this share of it.
_BESIDE = 0.4
_EVENTS_AT_MOST = 3


@dataclass
class _Weighed:
    """What one set of rules came to, with what it came from."""

    score: float = 0.0
    by_rule: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True)
class _Atoms:
    """What stands in one sentence, as the words rules are written in, each with the hit that shows it."""

    sentence: Sentence
    present: dict[str, Hit]
    past: bool


def classify(
    title: str, text: str, language: str | None, topics: Sequence[Topic], vocabulary: TermTable
) -> Classification:
    """The topics and events of one article, strongest first, with their evidence."""
    reading = read(title, text, vocabulary, language)
    sentences = _sentences(reading)
    found: list[tuple[Topic, _Weighed]] = []
    evidence: list[Evidence] = []
    for topic in topics:
        own = _at_home(sentences, topic)
        weighed = _weigh_topic(own, topic, reading)
        evidence.extend(weighed.evidence)
        if weighed.score >= topic.least and not _lacking(topic.needs, weighed):
            found.append((topic, weighed))
    found.sort(key=lambda pair: -pair[1].score)
    events, shown = _events([topic for topic, _ in found], sentences, reading)
    return Classification(
        topics=tuple(Scored(topic.id, round(weighed.score, 2)) for topic, weighed in found),
        events=events,
        evidence=tuple(evidence) + tuple(shown),
        region=_region(found, sentences),
    )


# --- Topics ------------------------------------------------------------------------------------------------------


def _weigh_topic(sentences: list[_Atoms], topic: Topic, reading: Reading) -> _Weighed:
    weighed = _Weighed()
    for rule in topic.signals:
        weighed.score += _weigh(rule, sentences, reading, topic.id, 1.0, weighed, past=1.0)
    if reading.several:
        sentences = _own_matter(sentences, topic)
    for rule in topic.against:
        weighed.score -= _weigh(rule, sentences, reading, topic.id, -1.0, weighed, past=1.0)
    return weighed


def _own_matter(sentences: list[_Atoms], topic: Topic) -> list[_Atoms]:
    """Of a page of several matters the paragraphs on the topic: what else it tells speaks not against it."""
    core = [rule for rule in topic.signals if any(rule.name in need.rules for need in topic.needs[:1])]
    own = {atoms.sentence.paragraph for atoms in sentences if any(_fires(rule, atoms) for rule in core)}
    return [atoms for atoms in sentences if atoms.sentence.zone != "title" and atoms.sentence.paragraph in own]


def _lacking(needs: Iterable[Need], weighed: _Weighed) -> list[Need]:
    return [need for need in needs if sum(weighed.by_rule[name] for name in need.rules) < need.least]


def _weigh(
    rule: Rule, sentences: list[_Atoms], reading: Reading, label: str, sign: float, into: _Weighed, past: float
) -> float:
    """What `rule` comes to over all sentences, at most its cap; its strongest places become evidence."""
    score = 0.0
    shown: list[Evidence] = []
    for atoms in sentences:
        hit = _fires(rule, atoms)
        if hit is None:
            continue
        weight = rule.weight * atoms.sentence.weight * (past if atoms.past else 1.0)
        score += weight
        quote = reading.quote(hit.start, hit.end)
        shown.append(Evidence(label, rule.name, quote, hit.start, round(sign * weight, 2)))
    score = min(score, rule.cap)
    into.by_rule[rule.name] += score
    into.evidence.extend(sorted(shown, key=lambda item: -abs(item.weight))[:3])
    return score


def _fires(rule: Rule, atoms: _Atoms) -> Hit | None:
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


# --- Sentences ---------------------------------------------------------------------------------------------------


def _sentences(reading: Reading) -> list[_Atoms]:
    front: set[str] = set()
    told: list[_Atoms] = []
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
        told.append(_Atoms(sentence, present, past))
    return told


def _names(hit: Hit) -> list[str]:
    entry = hit.entry
    if entry.kind == "concept":
        return [entry.name]
    if entry.kind in ("unit", "cue"):
        return [f"{entry.kind}:{entry.name}"]
    names = [entry.kind, f"{entry.kind}:{entry.name}"]
    if entry.country:
        names.append(f"nation:{entry.country}")
    if entry.site:
        names.append("site")
    return names


def _at_home(sentences: list[_Atoms], topic: Topic) -> list[_Atoms]:
    """The sentences with the words that depend on where the topic is at home."""
    if not topic.home:
        return sentences
    return [_Atoms(atoms.sentence, _with_home(atoms.present, topic), atoms.past) for atoms in sentences]


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


def _region(found: list[tuple[Topic, _Weighed]], sentences: list[_Atoms]) -> str | None:
    """ "spill-over" where the front of the article lies wholly outside the region its topic is at home in."""
    for topic, _ in found:
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


def _events(
    topics: list[Topic], sentences: list[_Atoms], reading: Reading
) -> tuple[tuple[Scored, ...], list[Evidence]]:
    scores: dict[str, tuple[float, Event, list[Evidence]]] = {}
    for topic in topics:
        own = _at_home(sentences, topic)
        for event in topic.events:
            weighed = _Weighed()
            for rule in event.rules:
                weighed.score += _weigh(rule, own, reading, event.id, 1.0, weighed, past=_PAST)
            if event.id not in scores or scores[event.id][0] < weighed.score:
                scores[event.id] = (weighed.score, event, weighed.evidence)
    chosen = _choose(scores)
    chosen += [more for topic in topics[1:] if (more := _own_event(topic, chosen, scores))]
    if not chosen and topics and (default := topics[0].default_event):
        chosen = [Scored(default, 0.0)]
    evidence = [item for scored in chosen for item in scores.get(scored.name, (0, None, []))[2]]
    return tuple(chosen), evidence


def _own_event(
    topic: Topic, chosen: list[Scored], scores: dict[str, tuple[float, Event, list[Evidence]]]
) -> Scored | None:
    """For an article on two beats: the best event of the second one, if none of the chosen is of it."""
    own = {event.id for event in topic.events}
    if not chosen or own & {scored.name for scored in chosen}:
        return None
    best = max((event for event in topic.events if not event.modest), key=lambda event: scores[event.id][0])
    score = scores[best.id][0]
    return Scored(best.id, round(score, 2)) if score >= 0.6 * best.least else None


def _wins(name: str, score: float, event: Event, loser: str, holding: dict[str, tuple[float, Event]]) -> bool:
    """Whether an event explains another away; of two that would each do so the stronger does."""
    other_score, other = holding[loser]
    return score > other_score if name in other.instead_of else score >= 0.8 * other_score


def _choose(scores: dict[str, tuple[float, Event, list[Evidence]]]) -> list[Scored]:
    """The events that hold by themselves, are not explained away by another and not dwarfed by it."""
    holding = {name: (score, event) for name, (score, event, _) in scores.items() if score >= event.least}
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

"""Whose police act, and with or for whom: the two sides of an act between states, by how the text names them.

The acting side sends, trains, gives or hunts; the other is the host, on whose ground or for whose police it is done.
Which state is which is told by the words around its name; where they do not tell, by whose police usually go abroad.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import partywords as words
from pipeline.reading import Reading, Sentence
from pipeline.values import Fact
from pipeline.vocabulary import Hit
from pipeline.whereabouts import LOCATIVE, is_dateline, way_of

_NAMING = ("nation", "place", "capital", "agency")
_WITHIN = 8  # sentences in which the two sides are named, if they are
_ACT = 2.0  # how much more a state counts that stands beside the act
_ASIDE = 0.3  # how much less one that stands beside the past
_LEAST = 0.2  # of the weight of the state that is named most
_LEAST_OF_TWO = 0.08  # the same where it is the other side or none
_CANDIDATES = 5
_HOSTS_AT_MOST = 6
_SURE = 1.5  # how far apart the two sides lie where there is little doubt
#: How usual it is that a state's police act abroad. Without an entry it is where others act.
_REACH = {
    "CN": 3.0, "US": 2.0, "AU": 2.0, "GB": 1.8, "JP": 1.8, "KR": 1.6, "NZ": 1.6, "FR": 1.6, "TR": 1.4, "RU": 1.4,
    "IN": 1.4, "DE": 1.4, "CA": 1.4, "TW": 1.2, "AE": 1.0, "ES": 1.0, "IT": 0.9, "PT": 0.9, "SG": 0.8, "BR": 0.6,
    "ID": 0.3, "MY": 0.3, "TH": 0.3, "VN": 0.3, "PH": 0.2,
}  # fmt: skip
_SELDOM = -0.5
_FIRST = 0.4  # who is named first in the headline more often acts
_TAUGHT, _GIVEN, _QUESTIONED = "police_training", "equipment_aid", "scrutiny_suspension"
#: What both sides do alike: words around a name tell less of who leads.
_MUTUAL = frozenset(("cooperation_policy", "policing_agreement", "joint_patrol"))
_MOVES = frozenset(("sent_home", "handover", "fugitive"))


@dataclass(frozen=True)
class Parties:
    """Both sides of one act."""

    actor: str | None
    hosts: tuple[str, ...]
    confidence: float


def find_parties(reading: Reading, event: str, acts: frozenset[str], facts: Sequence[Fact]) -> Parties:
    """The sides of one kind of act. `acts`: the concepts that tell it."""
    weight, lean = _weighed(reading, event, acts)
    for fact in facts:
        if fact.kind == "count" and fact.nationality in weight and fact.unit == "officers":
            lean[fact.nationality] += -1.0 if event == _TAUGHT else 0.6
    most = max(weight.values(), default=0.0)
    ranked = sorted(weight, key=lambda one: -weight[one])
    least = (_LEAST, _LEAST_OF_TWO)
    named = [one for place, one in enumerate(ranked) if weight[one] >= least[place < 2] * most][:_CANDIDATES]
    if not named:
        return Parties(None, (), 0.0)
    if len(named) == 1:
        return _alone(reading, named[0], lean)
    scene = {fact.country for fact in facts if fact.kind == "place" and fact.country}
    how_far = 0.4 if event in _MUTUAL else 1.0

    def sends(country: str) -> float:
        return how_far * lean[country] + _REACH.get(country, _SELDOM) + 2 * weight[country] / most

    def takes(country: str) -> float:
        return 3 * weight[country] / most - lean[country] - 0.3 * _REACH.get(country, _SELDOM) + (country in scene)

    actor = max(named, key=sends)
    host = max((one for one in named if one != actor), key=takes)
    sure = sends(actor) - sends(host) > _SURE
    return Parties(actor, _with_listed(reading, actor, host), 0.85 if sure else 0.65)


def _alone(reading: Reading, country: str, lean: Mapping[str, float]) -> Parties:
    """With but one state named, the other is where the report was filed, or not known."""
    if _REACH.get(country, 0.0) < 1.0 and lean[country] < 1.0:
        return Parties(None, (country,), 0.4)
    filed = [
        hit.entry.country
        for sentence, hits in zip(reading.sentences[:4], reading.by_sentence, strict=False)
        for hit in hits
        if hit.entry.country not in (None, country) and is_dateline(reading, hit, sentence)
    ]
    return Parties(country, tuple(one for one in filed[:1] if one), 0.4)


def _weighed(reading: Reading, event: str, acts: frozenset[str]) -> tuple[dict[str, float], dict[str, float]]:
    """How much each state is named beside the act, and how far it leans to the acting side."""
    weight: dict[str, float] = defaultdict(float)
    lean: dict[str, float] = defaultdict(float)
    for sentence, hits in zip(reading.sentences[: _WITHIN + 1], reading.by_sentence, strict=False):
        names = {hit.entry.name for hit in hits}
        if reading.several and not names & acts:
            continue  # another matter of the same page
        worth = sentence.weight * (_ACT if names & acts else 1.0)
        if "background" in names or ("past" in names and sentence.zone == "body"):
            worth *= _ASIDE
        of_a_move = bool(names & _MOVES) and event not in (_TAUGHT, _GIVEN)
        told: set[tuple[int, str]] = set()  # a name that stands in two tables is one name
        for hit in hits:
            country = hit.entry.country
            if country is None or hit.entry.kind not in _NAMING or is_dateline(reading, hit, sentence):
                continue
            if all(country != other for _, other in told):
                weight[country] += worth
            if (hit.start, country) not in told:
                told.add((hit.start, country))
                lean[country] += min(worth / 2.5, 2.0) * _lean(reading, hit, sentence, event, of_a_move)
    titled = [country for country in weight if reading.title_end and country in _titled(reading)]
    if event != _QUESTIONED:  # there who objects is named first
        for country in titled[:1]:
            lean[country] += _FIRST
    return weight, {country: max(-3.0, min(3.0, lean[country])) for country in weight}


def _titled(reading: Reading) -> frozenset[str | None]:
    """The states of the headline."""
    return frozenset(hit.entry.country for hit in reading.by_sentence[0] if hit.entry.kind in _NAMING)


def _lean(reading: Reading, hit: Hit, sentence: Sentence, event: str, of_a_move: bool) -> float:
    """How far the words around a name speak for the acting side, below zero for the other.

    Where people are taken from and to says who has them fetched: the state they are taken to.
    """
    before = reading.text[max(sentence.start, hit.start - 28) : hit.start]
    after = reading.text[hit.end : min(sentence.end, hit.end + 28)]
    if words.GIVER_AFTER.match(after) and not before.endswith(words.STATIONED):
        return 1.5
    if words.GIVER_BEFORE.search(before):
        return 1.5
    if words.TAKES_AFTER.match(after):
        return -1.5
    if of_a_move and (way := way_of(before, after)) in ("from", "to"):
        return 0.8 if way == "to" else -0.8
    if (preposition := words.FROM.search(before)) or words.FROM_AFTER.match(after):
        # "Officers from Samoa" are taught; what comes from China is given.
        taught = preposition and words.FORCE_BEFORE.search(before[: preposition.start()])
        return -0.5 if event == _TAUGHT and taught else 1.2
    if words.FOR.search(before) or words.FOR_AFTER.match(after):
        # Who goes to a state for a course, or on attachment, is taught by it.
        return 0.0 if event in (_TAUGHT, _QUESTIONED) else -1.2
    if words.FORCE_AFTER.match(after) or words.FORCE_BEFORE.search(before):
        return -0.8 if event in (_TAUGHT, _GIVEN) else 0.5
    if hit.entry.kind == "agency" or event == _TAUGHT:
        return 0.0
    return -0.8 if hit.entry.kind == "place" or LOCATIVE.search(before[-12:]) or way_of(before, after) == "to" else 0.0


def _with_listed(reading: Reading, actor: str, host: str) -> tuple[str, ...]:
    """The host and those named in one breath with it: "China, Laos, Myanmar and Thailand"."""
    for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
        if sentence.zone not in ("title", "lead"):
            continue
        by_name = _runs(reading, [hit for hit in hits if hit.entry.kind == "nation"])
        for run in (*by_name, *_abbreviated(reading, sentence)):
            if len(run) > 1 and (host in run or (len(run) > 2 and actor in run)):
                return tuple(dict.fromkeys(one for one in run if one != actor))[:_HOSTS_AT_MOST]
    return (host,)


def _abbreviated(reading: Reading, sentence: Sentence) -> list[list[str]]:
    """Runs of states that a Chinese text names by one character each."""
    if reading.language != "zh":
        return []
    found = words.IN_CHARACTERS.finditer(reading.text, sentence.start, sentence.end)
    return [[words.CHARACTERS[character] for character in match[0]] for match in found]


def _runs(reading: Reading, hits: Sequence[Hit]) -> list[list[str]]:
    """States that follow each other with nothing but commas and "and" between."""
    runs: list[list[str]] = []
    last: Hit | None = None
    for hit in hits:
        if hit.entry.country is None or (last is not None and hit.start < last.end):
            continue
        between = reading.text[last.end : hit.start] if last is not None else ""
        if between.strip() and len(between) < 12 and words.LISTED.fullmatch(between):
            runs[-1].append(hit.entry.country)
        else:
            runs.append([hit.entry.country])
        last = hit
    return runs

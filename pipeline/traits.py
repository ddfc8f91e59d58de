"""What an article shows, as named traits that learned weights speak of: concepts by where they stand, rules by how far.

What a term means is said once, in `terms/`; beside that, topics weigh the plain words of headline and opening a little,
which tell a novel, a match or a debate from the news that uses the same terms.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.atoms import Atoms
from pipeline.reading import Reading

_ZONES = {"title": "title", "lead": "lead", "second": "lead"}
_EARLY = 5  # sentences
_OPENING = 600  # characters after the headline
_WORD = 0.5
_TITLE_WORD, _LEAD_WORD = 1.2, 0.6
_LEAD_WORDS = 40
_BRIEF, _SHORT = 50, 120  # words below the headline
#: Concepts that mean more where they stand in one sentence than each alone.
_TOGETHER = frozenset(
    "police chinese_police countries home train deploy give gear agreement patrol liaison fiction "
    "military peacekeeping scam scam_site compound captive foreigners raid arrest court report domestic "
    "advice politics drugs sanction freed sent_home fugitive scrutiny station southeast_asia gang fraud "
    "handover murder combat meeting site joint alongside intercepted".split()
)
_NAMED = ("nation:", "place:", "person:", "org:", "agency:", "foreign:")


@dataclass
class Weighed:
    """What one set of rules came to, and where each part of it stands."""

    score: float = 0.0
    by_rule: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    by_zone: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    first: dict[str, int] = field(default_factory=dict)  # position of the first hit in each zone
    sentences: set[int] = field(default_factory=set)


def article_traits(sentences: Sequence[Atoms]) -> dict[str, float]:
    """The concepts of an article by zone, and how many countries stand in front."""
    traits: dict[str, float] = {}
    front: set[str] = set()
    countries: set[str] = set()
    for atoms in sentences:
        zone = zone_of(atoms)
        for name in atoms.present:
            if name.startswith("nation:") and len(name) == 9:
                countries.add(name)
                if atoms.sentence.zone != "body":
                    front.add(name)
            if name.startswith(_NAMED):
                continue
            traits[f"{zone} {name}"] = traits[f"any {name}"] = 1.0
            if zone in ("title", "lead"):
                traits[f"front {name}"] = 1.0
        if atoms.sentence.zone != "body":
            together = sorted(atoms.present.keys() & _TOGETHER)
            traits.update({f"{one} with {other}": 1.0 for one, other in combinations(together, 2)})
    traits[f"countries {min(len(front), 3)}"] = 1.0
    traits[f"countries in all {min(len(countries), 4)}"] = 1.0
    return traits


def word_traits(reading: Reading) -> dict[str, float]:
    """The words of headline and opening, each once."""
    end = reading.title_end + _OPENING
    return {f"word {token.text}": _WORD for token in reading.tokens if token.start < end and not token.text.isdecimal()}


def telling_words(reading: Reading) -> dict[str, float]:
    """The words of the headline, and those that come first below it: what of all the acts in a text is the news."""
    words = [token for token in reading.tokens if not token.text.isdecimal()]
    below = [token.text for token in words if token.start >= reading.title_end]
    traits = {f"lead word {word}": _LEAD_WORD for word in below[:_LEAD_WORDS]}
    traits.update({f"title word {token.text}": _TITLE_WORD for token in words if token.start < reading.title_end})
    return traits


def length_traits(reading: Reading, lacking: Iterable[str]) -> dict[str, float]:
    """How much there is to read: what a whole article leaves unsaid says more than what two lines of a feed do."""
    words = sum(token.start >= reading.title_end for token in reading.tokens)
    length = "brief" if words < _BRIEF else "short" if words < _SHORT else "long"
    return {length: 1.0} | {f"lacks {topic} {length}": 1.0 for topic in lacking}


def zone_of(atoms: Atoms) -> str:
    return _ZONES.get(atoms.sentence.zone) or ("early" if atoms.sentence.index <= _EARLY else "body")


def topic_traits(
    topic: str, at_home: Sequence[Atoms], weighed: Weighed, lacking: bool, holds: bool
) -> dict[str, float]:
    """How far the rules of one topic go."""
    traits = {f"rule {topic} {name}": abs(value) / 2 for name, value in weighed.by_rule.items() if value}
    for atoms in at_home:
        if atoms.sentence.zone != "body":
            traits.update({f"{topic} front {name}": 1.0 for name in ("home", "abroad") if name in atoms.present})
    if not any("home" in atoms.present for atoms in at_home):
        traits[f"{topic} not at home"] = 1.0
    traits[f"score {topic}"] = max(-2.0, min(weighed.score, 10.0)) / 4
    if lacking:
        traits[f"lacks {topic}"] = 1.0
    if holds:
        traits[f"holds {topic}"] = 1.0
    return traits


def event_traits(events: Mapping[str, Weighed], holding: Iterable[str]) -> dict[str, float]:
    """How far the rules of each event go, and which goes furthest."""
    traits = {f"event {name}": min(weighed.score, 10.0) / 4 for name, weighed in events.items()}
    traits.update({f"over {name}": 1.0 for name in holding})
    top = max((min(weighed.score, 10.0) / 4, name) for name, weighed in events.items()) if events else (0.0, "")
    if top[0] > 0:
        traits[f"best {top[1]}"] = 1.0
        for name, weighed in events.items():
            if weighed.score > 0:
                traits[f"share {name}"] = min(weighed.score, 10.0) / 4 / max(top[0], 1e-9)
    return traits


def own_traits(name: str, events: Mapping[str, Weighed], sentences: int) -> dict[str, float]:
    """How one event stands among the others: the same traits for every event."""
    return each_own_traits((name,), events, sentences)[name]


def each_own_traits(names: Iterable[str], events: Mapping[str, Weighed], sentences: int) -> dict[str, dict[str, float]]:
    """The same for several events of one article."""
    standing = _Standing.of(events)
    return {name: _own_traits(name, events[name], standing, sentences) for name in names}


@dataclass(frozen=True)
class _Standing:
    """What all events of one article come to, by which each of them is measured."""

    totals: dict[str, float]
    ranked: list[float]  # the totals, the highest first
    tops: dict[str, float]  # by zone
    orders: dict[str, list[int]]  # by zone: where each event's first hit is
    alone: bool

    @staticmethod
    def of(events: Mapping[str, Weighed]) -> _Standing:
        totals = {other: _total(weighed) for other, weighed in events.items()}
        best = max(totals.values())
        tops = {zone: max(min(weighed.by_zone[zone], 3.0) for weighed in events.values()) for zone in _WEIGHT}
        orders = {
            zone: sorted(weighed.first[zone] for weighed in events.values() if zone in weighed.first)
            for zone in ("title", "lead", "second")
        }
        alone = sum(1 for other in totals.values() if other > 0.4 * best) == 1
        return _Standing(totals, sorted(totals.values(), reverse=True), tops, orders, alone)


def _own_traits(name: str, own: Weighed, standing: _Standing, sentences: int) -> dict[str, float]:
    total, best = standing.totals[name], standing.ranked[0]
    traits: dict[str, float] = {"own log": math.log1p(total), "own share": total / best if best else 0.0}
    for zone in _WEIGHT:
        value = min(own.by_zone[zone], 3.0)
        if value:
            traits[f"own {zone}"] = 1.0
            if value == standing.tops[zone]:
                traits[f"own top {zone}"] = 1.0
        if zone in own.first and zone in standing.orders:
            traits[f"own order {zone} {min(standing.orders[zone].index(own.first[zone]), 3)}"] = 1.0
    if total:
        traits[f"own rank {min(standing.ranked.index(total), 4)}"] = 1.0
        if standing.alone:
            traits["own alone"] = 1.0
    if own.by_zone["title"] and own.by_zone["lead"]:
        traits["own title and lead"] = 1.0
    traits["own density"] = 3 * len(own.sentences) / max(sentences, 1)
    return traits


_WEIGHT = {"title": 3.0, "lead": 2.5, "second": 1.2, "early": 0.5, "body": 0.25}


def _total(weighed: Weighed) -> float:
    return sum(weight * min(weighed.by_zone[zone], 3.0) for zone, weight in _WEIGHT.items())

"""Where it happened, of all the countries that an article names: marks of each, and learned weights that speak of them.

Rules find places and routes sentence by sentence (`whereabouts`). What they say is but one mark of a country here,
beside how often, how early and in which role it is named, by whom it is policed and whose people are counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.circumstances import ACTS
from pipeline.reading import Reading, Sentence
from pipeline.values import Classification, Fact
from pipeline.vocabulary import Hit
from pipeline.weighing import load_models
from pipeline.whereabouts import IS_LAND, LOCATIVE, TRADE_IN, is_dateline, is_government, is_partner, way_of

_SURE = 0.5
#: A route whose two ends one sentence tells by itself stands, whatever else is named.
_PLAIN_ROUTE = 0.7
_NAMING = ("place", "nation", "capital", "agency", "org", "person")
_FRONT = ("title", "lead", "second")
_NEAR = 6  # sentences
#: What may be done in a country, or to people in it.
_ACTS = ACTS | {"scam_site", "compound"}
#: Marks that mean something else with each type of event.
_BY_EVENT = frozenset(
    (
        "told place", "told from", "told to", "people lead", "people title", "land lead", "land title", "place lead",
        "place title", "people counted", "agency lead", "partner", "has place", "order 0", "rank 0", "region trade",
        "region CN", "region TH", "region other",
    )
)  # fmt: skip
_WAYS = ("from", "via", "to")


class _Naming(NamedTuple):
    """One place in the text where a country is named, by itself or by what is its own."""

    sentence: Sentence
    hit: Hit
    beside: frozenset[str]  # the names of all terms of the sentence
    countries: int  # how many the sentence names


def set_scene(reading: Reading, classification: Classification, facts: Sequence[Fact]) -> list[Fact]:
    """`facts` with the places and routes of the countries that it happened in, and without those of the others.

    Topics without learned weights keep what the rules found.
    """
    model = load_models("countries").get("yes")
    if model is None or not set(classification.topic_names) & load_models("topics").keys():
        return list(facts)
    namings = _namings(reading)
    sure = {
        country: model.sure(dict.fromkeys(marks, 1.0))
        * any(not _stands_for_another(reading, one) for one in namings[country])
        for country, marks in _marks(reading, namings, classification, facts).items()
    }
    scene = {country for country, how in sure.items() if how >= _SURE} or set(sorted(sure, key=lambda c: -sure[c])[:1])
    for fact in facts:
        if fact.kind == "route" and (fact.confidence >= _PLAIN_ROUTE or _are_likely(countries_of(fact), sure)):
            scene |= set(countries_of(fact))
    kept = [fact for fact in facts if fact.kind not in ("place", "route") or set(countries_of(fact)) <= scene]
    told = {country for fact in kept if fact.kind in ("place", "route") for country in countries_of(fact)}
    added = [_place(reading, namings[country], round(sure[country], 2)) for country in sorted(scene - told)]
    return kept + added


def _are_likely(countries: Sequence[str], sure: Mapping[str, float]) -> bool:
    """Whether all of them together are more likely on the scene than not."""
    yes = math.prod(sure.get(country, 0.0) for country in countries)
    no = math.prod(1 - sure.get(country, 0.0) for country in countries)
    return yes >= no


def countries_of(fact: Fact) -> tuple[str, ...]:
    """The countries of a place or a route."""
    named = (fact.country, fact.from_country, fact.via_country, fact.to_country)
    return tuple(country for country in named if country)


def marks_of_countries(
    reading: Reading, classification: Classification, facts: Sequence[Fact]
) -> dict[str, frozenset[str]]:
    """What is known of every country that the text names, in the order of the text."""
    return _marks(reading, _namings(reading), classification, facts)


def _marks(
    reading: Reading, namings: dict[str, list[_Naming]], classification: Classification, facts: Sequence[Fact]
) -> dict[str, frozenset[str]]:
    often = sorted(namings, key=lambda country: -len(namings[country]))
    total = sum(map(len, namings.values()))
    topic = "+".join(sorted(classification.topic_names))
    found = {}
    for order, (country, mine) in enumerate(namings.items()):
        marks = {
            *(mark for naming in mine for mark in _of_naming(reading, naming, topic)),
            *_of_share(len(mine), len(mine) / total, order, often.index(country), len(namings)),
            *_of_facts(country, facts),
            f"region {_region(country)}",
        }
        if places := sum(naming.hit.entry.kind == "place" for naming in mine):
            marks |= {"has place", f"places {min(places, 3)}"}
        by_event = {f"{event}: {mark}" for event in classification.event_names for mark in marks & _BY_EVENT}
        by_topic = {f"{topic}: {mark}" for mark in marks if not mark.startswith(("with ", "of "))}
        found[country] = frozenset(marks | by_event | by_topic)
    return found


def _namings(reading: Reading) -> dict[str, list[_Naming]]:
    """Where each country is named, in the order of the text."""
    found: dict[str, list[_Naming]] = defaultdict(list)
    for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
        beside = frozenset(hit.entry.name for hit in hits)
        countries = len({hit.entry.country for hit in hits if hit.entry.country})
        for hit in hits:
            if hit.entry.country and hit.entry.kind in _NAMING:
                found[hit.entry.country].append(_Naming(sentence, hit, beside, countries))
    return dict(found)


def _of_naming(reading: Reading, naming: _Naming, topic: str) -> Iterator[str]:
    """How a country is named here: as what, where in the text, in which role and beside what."""
    sentence, hit = naming.sentence, naming.hit
    zone = sentence.zone if sentence.zone != "body" else "near" if sentence.index <= _NEAR else "far"
    kind = _kind(reading, hit)
    before, after = reading.text[max(0, hit.start - 22) : hit.start], reading.text[hit.end : hit.end + 14]
    yield f"{kind} {zone}"
    yield f"any {zone}"
    if way := way_of(before, after):
        yield f"{way} {'front' if zone in _FRONT else 'back'}"
        yield f"{way} {kind}"
    if is_partner(reading, hit):
        yield "partner"
        yield f"partner {topic}"
    if LOCATIVE.search(before[-12:]):
        yield "locative"
        yield f"locative {zone}"
    if IS_LAND.match(after):
        yield "its land"
    if zone == "lead" and is_dateline(reading, hit, sentence):
        yield "dateline"
    if is_government(reading, hit):
        yield "government"
    yield "past" if "past" in naming.beside else "not past"
    if kind in ("place", "site", "land", "people"):
        for act in naming.beside & _ACTS:
            yield f"with {act}"
            if zone in _FRONT:
                yield f"{kind} with {act} front"
    if naming.countries == 1:
        yield "alone"
        yield f"alone {zone}"
    if naming.countries > 3:
        yield "listed"


def _stands_for_another(reading: Reading, naming: _Naming) -> bool:
    """A capital that stands for its government, a town where the report was filed."""
    filed = naming.sentence.zone == "lead" and is_dateline(reading, naming.hit, naming.sentence)
    return filed or is_government(reading, naming.hit)


def _kind(reading: Reading, hit: Hit) -> str:
    if hit.entry.kind == "nation":
        return "people" if reading.is_people(hit) else "land"
    return "site" if hit.entry.site else hit.entry.kind


def _of_share(times: int, share: float, order: int, rank: int, countries: int) -> Iterator[str]:
    """How much of all naming is of this country."""
    yield f"order {min(order, 4)}"
    yield f"rank {min(rank, 3)}"
    yield f"of {min(countries, 6)}"
    yield "share " + ("most" if share > 0.6 else "half" if share > 0.35 else "some" if share > 0.15 else "little")
    yield "named " + ("once" if times == 1 else "twice" if times == 2 else "several" if times < 6 else "often")
    if countries == 1:
        yield "only"


def _of_facts(country: str, facts: Sequence[Fact]) -> Iterator[str]:
    """What the rules made of it."""
    for fact in facts:
        if fact.kind == "place" and fact.country == country:
            yield "told place"
            yield "told named place" if fact.place else "told country"
        elif fact.kind == "route":
            yield from (f"told {way}" for way in _WAYS if getattr(fact, f"{way}_country") == country)
        elif fact.kind == "count" and fact.nationality == country:
            yield "people counted"
            yield f"people counted {fact.status}"


def _region(country: str) -> str:
    """Where the sites lie, where their bosses and the police abroad come from, where the freed pass through."""
    if country in TRADE_IN:
        return "trade"
    if country in ("CN", "TW", "HK", "MO"):
        return "CN"
    return country if country == "TH" else "other"


def _place(reading: Reading, namings: Sequence[_Naming], confidence: float) -> Fact:
    """The country as a place of the event, by the words that name it best: a place in front, the country, a place."""

    def rank(naming: _Naming) -> tuple[int, int]:
        named = naming.hit.entry.kind
        front = naming.sentence.zone in _FRONT and "past" not in naming.beside
        if named == "place" and front and not _stands_for_another(reading, naming):
            return 0, naming.hit.start
        if named == "nation":
            return (2 if reading.is_people(naming.hit) else 1), naming.hit.start
        return 3, naming.hit.start

    best = min(namings, key=rank)
    name = best.hit.entry.name if rank(best)[0] == 0 else None
    return Fact(
        kind="place",
        quote=reading.quote(best.hit.start, best.hit.end),
        position=best.hit.start,
        confidence=confidence,
        name=name,
        place=name,
        country=best.hit.entry.country,
    )

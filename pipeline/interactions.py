"""Who does what with whom in policing abroad: a row for each act of an article, with its sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from pipeline.actstage import EVENTS, stage_of
from pipeline.editions import editions
from pipeline.parties import Parties, find_parties
from pipeline.reading import Reading, Sentence
from pipeline.values import Classification, Fact
from pipeline.vocabulary import TermTable

TOPIC = "overseas_policing"
_ANALYSIS = "report_analysis"  # what it names is other developments' news
_SCRUTINY = "scrutiny_suspension"
_STOPPED = ("suspended", "refused")
_READ = 6_000  # characters; whose matter it is and how it stands is said before
_QUOTE = 300
_ITEMS = 4
#: The concepts that tell each kind of act.
_ACTS = {
    "police_training": frozenset(("train",)),
    "liaison_deployment": frozenset(("liaison", "deploy", "envoy")),
    "joint_patrol": frozenset(("patrol",)),
    "policing_agreement": frozenset(("agreement", "sign")),
    "equipment_aid": frozenset(("give", "gear")),
    "overseas_station": frozenset(("overseas_station", "station")),
    "extradition_fugitive": frozenset(("fugitive", "handover", "fox_hunt", "sent_home")),
    "scrutiny_suspension": frozenset(("scrutiny",)),
    "cooperation_policy": frozenset(("meeting", "police_coop")),
    "raid": frozenset(("raid", "joint")),
}
_HUNTED = ("fugitives", "suspects", "people")
_FORCE = ("officers", "people")
#: What is done by people who are counted; elsewhere a number of people may be of anybody.
_MANNED = ("police_training", "liaison_deployment", "joint_patrol")
_THINGS = frozenset(("vehicles", "devices", "buildings", "sites", "things"))
_PEOPLE = frozenset(("people", "suspects", "victims", "defendants", "officers", "fugitives", "countries", "groups"))
_TOLD = ("done", "started", "expected")
_CARDINAL = re.compile(r"\b\d{1,3}(?=[\s-])")
_FORCE_NAME = re.compile(
    r"(?:[A-Z][\w’'-]+ ){1,4}(?:Police(?: Force| Service| Department)?|Constabulary|Federal Police)\b"
    r"|Police Nationale|Policía Nacional|Polícia Nacional"
)


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One act between the police of two states, as one article tells it. Fields are those of `interactions_v`."""

    type: str
    actor_country: str | None
    actor_agency: str | None
    host_country: str | None
    host_agency: str | None
    instrument: str | None
    stage: str | None
    edition: str | None
    persons: float | None
    item: str | None
    value: float | None
    currency: str | None
    event_date: str | None
    date_precision: str | None
    quote: str
    position: int
    confidence: float

    def in_words(self) -> str:
        """What is known of it in one line: `CN, SB, police_training, done, 34`."""
        told = (getattr(self, part.name) for part in fields(self) if part.name not in ("quote", "position"))
        return ", ".join(f"{value:g}" if isinstance(value, float) else value for value in told if value is not None)


def find_interactions(
    title: str,
    text: str,
    language: str | None,
    vocabulary: TermTable,
    classification: Classification,
    facts: Sequence[Fact],
) -> tuple[Interaction, ...]:
    """The acts of an article on policing abroad, in the order of its event types."""
    events = [event for event in classification.event_names if event in EVENTS]
    if TOPIC not in classification.topic_names or classification.event_names[:1] == (_ANALYSIS,):
        return ()
    reading = Reading(title, text[:_READ], vocabulary, language)
    return tuple(_agreeing([row for event in events for row in _rows(reading, event, facts)]))


def _agreeing(rows: Sequence[Interaction]) -> Iterator[Interaction]:
    """What was planned and is suspended or refused by the same article is not planned any more."""
    stopped = next((row.stage for row in rows if row.type == _SCRUTINY and row.stage in _STOPPED), None)
    for row in rows:
        yield replace(row, stage=stopped) if stopped and row.stage == "planned" else row


def _rows(reading: Reading, event: str, facts: Sequence[Fact]) -> list[Interaction]:
    acts = _ACTS[event]
    parties = find_parties(reading, event, acts, facts)
    if parties.actor is None and not parties.hosts:
        return []
    persons = _persons(event, facts)
    things = _things(reading, facts) if event == "equipment_aid" else []
    amount = _amount(facts) if event == "equipment_aid" else None
    day = next((fact.event_date for fact in facts if fact.kind == "date" and fact.leading), None)
    told = _telling(reading, acts, parties)
    return [
        Interaction(
            type=event,
            actor_country=parties.actor,
            actor_agency=_agency(reading, parties.actor),
            host_country=host,
            host_agency=_agency(reading, host),
            instrument=_instrument(reading, event),
            stage=stage_of(reading, event, acts, persons),
            edition=_edition(reading, event),
            persons=persons.value if persons else None,
            item=", ".join(_named(reading, thing) for thing in things) or None,
            value=amount.value if amount else None,
            currency=amount.currency if amount else None,
            event_date=day,
            date_precision=_PRECISIONS.get(len(day or "")),
            quote=reading.quote(told.start, told.end)[:_QUOTE],
            position=told.start,
            confidence=parties.confidence,
        )
        for host in parties.hosts or (None,)
    ]


_PRECISIONS = {4: "year", 7: "month", 10: "day"}


def _persons(event: str, facts: Sequence[Fact]) -> Fact | None:
    """How many are sent, taught or handed over: the leading count of them, or the first that is told of the news."""
    if event == "equipment_aid":
        return None
    units = _HUNTED if event in ("extradition_fugitive", "raid") else _FORCE if event in _MANNED else _FORCE[:1]
    counts = [fact for fact in facts if fact.kind == "count" and fact.status in _TOLD and fact.unit in units]
    return min(counts, key=lambda fact: (units.index(fact.unit or ""), not fact.leading, fact.position), default=None)


def _things(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """What is given, as it is counted: "12 motorcycles", "four vans"; what one sentence tells of it."""
    given = [fact for fact in facts if fact.kind == "count" and fact.status in _TOLD and fact.unit not in _PEOPLE]
    known = [fact for fact in given if fact.unit in _THINGS] or given
    chosen: dict[tuple[float | None, str | None], Fact] = {}
    until = max(1, reading.sentence_at(known[0].position).index) if known else 0  # further down parts are told again
    for fact in known:
        if fact.status == known[0].status and reading.sentence_at(fact.position).index <= until:
            chosen.setdefault((fact.value, fact.unit), fact)
    return list(chosen.values())[:_ITEMS]


def _named(reading: Reading, thing: Fact) -> str:
    """A thing that is given with its noun: "12 patrol motorcycles", 警用摩托车12辆."""
    end = thing.position + len(thing.quote)
    if match := _NOUN_BEFORE.search(reading.text, max(0, thing.position - 10), thing.position):
        return match["noun"] + thing.quote
    if thing.quote[-1:].isalpha() and len(thing.quote.split()) > 1:
        return thing.quote
    words: list[str] = []
    for word in _WORDS_AFTER.match(reading.text, end)[0].split():  # type: ignore[index]
        if _SMALL_WORD.fullmatch(word):
            break
        words.append(word)
    return " ".join([thing.quote, *words])


#: Nouns before the number and its counter, after the verb: 提供警用摩托车12辆.
_NOUN_BEFORE = re.compile(r"(?<=[供送括赠贈予为為的向和及与與、，:：有])(?P<noun>[\u4e00-\u9fff]{2,8})$")
_WORDS_AFTER = re.compile(r"(?:\s[^\W\d_][\w’'-]*){0,4}")
_SMALL_WORD = re.compile(
    r"of|to|from|and|for|in|on|at|with|worth|that|which|were|was|is|are|de|del|da|do|para|y|e|et|und|dan|untuk|à|au|aux|als|in|im|per|für|von|aus|waren|wurden|pour|por|con|untuk|dari",
    re.IGNORECASE,
)


def _amount(facts: Sequence[Fact]) -> Fact | None:
    """What it is worth: the first amount whose currency is known, else the first."""
    amounts = [fact for fact in facts if fact.kind == "money" and fact.value]
    return min(amounts, key=lambda fact: (fact.currency is None, fact.position), default=None)


def _telling(reading: Reading, acts: frozenset[str], parties: Parties) -> Sentence:
    """The sentence that says it best: with the act, both sides, and early."""
    sides = {parties.actor, *parties.hosts} - {None}

    def worth(sentence: Sentence) -> tuple[float, int]:
        hits = reading.by_sentence[sentence.index]
        named = {hit.entry.country for hit in hits if hit.entry.country} & sides
        says_it = any(hit.entry.kind == "concept" and hit.entry.name in acts for hit in hits)
        length = 0.5 if sentence.zone == "title" else 1.0  # a sentence of the text tells more than a headline
        return (2 * len(named) + 2 * says_it) * length + sentence.weight / 4, -sentence.index

    return max(reading.sentences[:9], key=worth)


def _agency(reading: Reading, country: str | None) -> str | None:
    """The agency of a side, by its known name or as the text writes it."""
    if country is None:
        return None
    for hit in reading.hits:
        if hit.entry.kind == "agency" and hit.entry.country == country:
            return hit.entry.name
    for match in _FORCE_NAME.finditer(reading.text, 0, reading.title_end + 1_500):
        inside = reading.hits_between(match.start(), match.end())
        if any(hit.entry.country == country and hit.entry.kind in ("nation", "place") for hit in inside):
            words = match[0].removeprefix("The ")
            return words if not any(word.islower() for word in words.split()) else None
    return None


def _instrument(reading: Reading, event: str) -> str | None:
    """The paper by which it goes, where the news is of one."""
    if event not in ("policing_agreement", "scrutiny_suspension", "cooperation_policy", "equipment_aid"):
        return None
    named = [hit for hit in reading.hits if hit.entry.kind == "instrument"]
    early = [hit for hit in named if reading.sentence_at(hit.start).index <= 3]
    # An exact name wins over "agreement", which is said of all of them.
    early.sort(key=lambda hit: (hit.entry.name == "agreement", hit.start))
    return early[0].entry.name if early else None


def _edition(reading: Reading, event: str) -> str | None:
    """Which edition or batch it is, as a number."""
    ordinals = _CARDINAL.sub("", reading.text[:500])  # "31 officers at the Forum" are no 31st forum
    named = sorted(editions(ordinals), key=lambda one: (not one.startswith("edition"), one))
    named = [one for one in named if one.startswith("edition") or event in _MANNED]
    return named[0].partition(":")[2] if named else None

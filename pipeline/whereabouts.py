"""Where it happened, and from where to where: places of the event and routes, not every place that is named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.reading import Reading, Sentence
from pipeline.values import Fact
from pipeline.vocabulary import Hit

_PLACES_AT_MOST = 4
_FROM = re.compile(
    r"(?:\bfrom|\bout of|\bde|\bdesde|\bdari|\bdaripada|\btừ|\bda|\baus|"
    r"\bmula sa|\bdu|\bdepuis|从|從|由|จาก|ကနေ|ມາຈາກ|ពី|\bمن)\s?(?:the |"
    r"la |el |le |l['’])?(?:\w+\s){0,2}$",
    re.I,
)
_TO = re.compile(
    r"(?:\breach(?:es|ed)?|\benter(?:s|ed)?|\barriv\w+ (?:in|at)|\bto|\binto|\btowards?|\bfor|"
    r"\ba|\bke|\bsang|\bvers|\bau|\ben|"
    r"\bpara|\bnach|\bsa|至|到|回|往|赴|ไป|ไปยัง|สู่|ទៅ|ໄປ|"
    r"\bإلى)\s?(?:the |la |el |le )?(?:\w+\s){0,1}$",
    re.I,
)
_FROM_AFTER = re.compile(r"\s?(?:から|에서|မှ|से\b)")
_TO_AFTER = re.compile(r"\s?(?:へ|に(?:到着|帰国|送還)|으로|로(?=\s)|सhipped|လာ)")
_WITH = re.compile(
    r"(?:\bwith|\bfrom|\bby|\bcon|\bavec(?: la| l')?|\bcom(?: a| o)?|"
    r"\bdengan|\bvới|\bmit|\bdari|与|與|和|跟|同|กับ|\bمع|နှင့်|ជាមួយ|"
    r"ກັບ)\s?$",
    re.I,
)
_WITH_AFTER = re.compile(r"(?:との|と(?:の間)?|과의|과 |와 |와의|\s?के साथ|\s?से)")
_VIA = re.compile(r"(?:\bvia|\bthrough|経由|经|經|ผ่าน|\bmelalui|\bqua|\bpor|\bvía)\s?$", re.I)
#: Kinds of news in which people are moved; what is given to police takes another way.
_MOVING = frozenset(
    ("rescue_release", "repatriation", "arrest_handover", "extradition_fugitive", "trafficking_abuse", "raid")
)
#: "the Thai side", "Thai soil": the country, not its people.
IS_LAND = re.compile(
    r"\s?(?:side|soil|territory|border|bank|custody|authorit|army|troops|immigration|officials|police|soldiers|mainland|town|city|province|"
    r"境内|境內|方|警方|侧|側|当局|側に|측|영토|당국)"
)
_DATELINE_END = re.compile(r"(?:, [\w. ]{2,24})?(?: \([\w\s/.]{2,24}\))?\s?(?:[-–—:]|, \w+\.? \d+)\s?")
#: Seats of government whose names stand for what is done there.
_SEATS = frozenset(
    ("London", "Washington", "Beijing", "Canberra", "Wellington", "Tokyo", "Seoul", "Brussels", "Taipei")
)
LOCATIVE = re.compile(
    r"(?:\b(?:in|at|near|to|from|of|en|à|em|a|di|ke|dari|tại|ở|sa|in der)\s|在|于|於|至|到|ใน|ที่|ไปยัง|ម|နေ)$",
    re.IGNORECASE,
)
#: Words for a site and for being held in it, and the countries such sites lie in.
_TRADE = frozenset(("scam_site", "compound", "captive"))
TRADE_IN = frozenset("MM KH LA PH".split())
_TRADE_WITHIN = 9  # sentences
_MOVES = ("sent_home", "freed", "handover")


def find_places(reading: Reading, topics: Sequence[str] = ()) -> list[Fact]:
    """The places of the event: named in headline, dateline or the first sentences; where none is, its countries."""
    found: dict[str, Fact] = {}
    filed: dict[str, Fact] = {}
    front = _front(reading)
    for zone, confidence in (("lead", 0.85), ("title", 0.8), ("second", 0.6), ("body", 0.4)):
        for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
            if sentence.zone != zone or (zone in ("second", "body") and (found or sentence.index > 8)):
                continue
            names = {hit.entry.name for hit in hits}
            if zone != "title" and "past" in names and zone != "lead":
                continue
            for hit in hits:
                if hit.entry.kind != "place" or len(found) >= _PLACES_AT_MOST or is_government(reading, hit):
                    continue
                if zone == "lead" and is_dateline(reading, hit, sentence):
                    filed.setdefault(hit.entry.name, _place(reading, hit, 0.6))
                    continue
                if zone in ("title", "lead") or not front or hit.entry.country in front:
                    found.setdefault(hit.entry.name, _place(reading, hit, confidence))
        found = found or (filed if zone == "title" else found)
    told = list(found.values()) or _countries(reading, topics)
    return told + (_of_the_trade(reading, told) if "scam_centres" in topics else [])


def _of_the_trade(reading: Reading, told: Sequence[Fact]) -> list[Fact]:
    """Where the site lies whose people or bosses are news elsewhere: the first country of the trade that is named."""
    if {fact.country for fact in told} & TRADE_IN:
        return []
    for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
        if sentence.index > _TRADE_WITHIN or not any(hit.entry.name in _TRADE or hit.entry.site for hit in hits):
            continue
        for hit in sorted(hits, key=lambda hit: hit.entry.kind != "place"):
            if hit.entry.country not in TRADE_IN:
                continue
            if hit.entry.kind == "place" or (hit.entry.kind == "nation" and not reading.is_people(hit)):
                return [_place(reading, hit, 0.45)]
    return []


def is_dateline(reading: Reading, hit: Hit, sentence: Sentence) -> bool:
    """Where the report was filed: often not where it happened."""
    if hit.start - sentence.start > 3:
        return False
    return _DATELINE_END.match(reading.text, hit.end) is not None


def is_government(reading: Reading, hit: Hit) -> bool:
    """ "London imposed sanctions": a capital that stands for its government, not a place anything happened in."""
    if hit.entry.name not in _SEATS:
        return False
    return not LOCATIVE.search(reading.text[max(0, hit.start - 12) : hit.start])


def _front(reading: Reading) -> set[str]:
    """The countries that headline and lead are about: named by themselves, not as whom it is done with."""
    about: set[str] = set()
    partners: set[str] = set()
    for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
        for hit in hits:
            if sentence.zone in ("title", "lead") and hit.entry.country and hit.entry.kind in ("nation", "place"):
                (partners if is_partner(reading, hit) else about).add(hit.entry.country)
    return (about - partners) or about


def is_partner(reading: Reading, hit: Hit) -> bool:
    before, after = reading.text[max(0, hit.start - 16) : hit.start], reading.text[hit.end : hit.end + 8]
    return bool(_WITH.search(before) or _WITH_AFTER.match(after))


def _countries(reading: Reading, topics: Sequence[str]) -> list[Fact]:
    """Without any place: the countries of headline and lead, by name or by their people.

    Whose police go abroad are not where they go: of China and another the other is the place.
    """
    front = _hosts(reading) if "overseas_policing" in topics else _front(reading)
    for only_named in (True, False):
        for zone in ("lead", "title", "second"):
            for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True):
                named = [hit for hit in hits if hit.entry.kind == "nation" and hit.entry.country in front]
                named = [hit for hit in named if not (only_named and hit.entry.people)]
                if sentence.zone == zone and named:
                    unique = {hit.entry.country: hit for hit in reversed(named)}
                    return [_place(reading, hit, 0.5) for hit in unique.values()][:_PLACES_AT_MOST]
    return []


def _hosts(reading: Reading) -> set[str]:
    """The countries in front, or further down where there is but China; China itself where there are many or none."""
    front = _front(reading)
    known = {
        hit.entry.country
        for sentence, hits in zip(reading.sentences[:5], reading.by_sentence, strict=False)
        for hit in hits
        if hit.entry.kind in ("nation", "place", "agency") and hit.entry.country
    }
    if front <= {"CN"} and known - {"CN"}:
        front = known
    return front - {"CN"} if len(front) == 2 else front


def _place(reading: Reading, hit: Hit, confidence: float) -> Fact:
    named = None if hit.entry.kind == "nation" else hit.entry.name
    return Fact(
        kind="place",
        quote=reading.quote(hit.start, hit.end),
        position=hit.start,
        confidence=confidence,
        name=named,
        place=named,
        country=hit.entry.country,
    )


def find_routes(reading: Reading, events: Sequence[str] = ()) -> list[Fact]:
    """From where, by way of where, to where people were moved, by the first sentence that tells it."""
    going_home = not events or "repatriation" in events or "rescue_release" not in events
    if events and not set(events) & _MOVING:
        return []
    told = [
        (sentence, hits, _ends(reading, hits))
        for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True)
        if (sentence.zone != "body" or sentence.index <= 5) and _is_move(sentence, hits)
    ]
    for sentence, hits, ends in told:
        if "from" in ends and "to" in ends and ends["from"] != ends["to"]:
            return [_route(reading, sentence, hits, ends, 0.7)]
    for sentence, hits, ends in told:
        if going_home:
            names = {hit.entry.name for hit in hits}
            ends |= {key: value for key, value in _home(reading, hits, names, ends).items() if key not in ends}
        elif "to" in ends and "from" not in ends and (left := _left(hits, ends["to"])):
            ends["from"] = left
        if "from" in ends and "to" in ends and ends["from"] != ends["to"]:
            return [_route(reading, sentence, hits, ends, 0.5)]
    return []


def _is_move(sentence: Sentence, hits: list[Hit]) -> bool:
    names = {hit.entry.name for hit in hits}
    return bool(names & set(_MOVES)) and ("past" not in names or sentence.zone == "title")


def _route(reading: Reading, sentence: Sentence, hits: list[Hit], ends: dict[str, str], confidence: float) -> Fact:
    first = next(hit for hit in hits if hit.entry.name in _MOVES)
    start = min(sentence.start, first.start)
    return Fact(
        kind="route",
        quote=reading.quote(start, sentence.end)[:240],
        position=start,
        confidence=confidence,
        from_country=ends["from"],
        via_country=ends.get("via"),
        to_country=ends["to"],
    )


def _ends(reading: Reading, hits: list[Hit]) -> dict[str, str]:
    ends: dict[str, str] = {}
    for hit in hits:
        country = hit.entry.country
        if hit.entry.kind not in ("place", "nation", "capital") or not country:
            continue
        before, after = reading.text[max(0, hit.start - 22) : hit.start], reading.text[hit.end : hit.end + 14]
        way = way_of(before, after)
        if way == "to" and reading.is_people(hit) and not IS_LAND.match(after):
            continue
        if way:
            ends.setdefault(way, country)
    return ends


def way_of(before: str, after: str) -> str | None:
    """from, via or to, by the preposition that stands nearest."""
    found = {
        way: match.start()
        for way, pattern in (("via", _VIA), ("from", _FROM), ("to", _TO))
        if (match := pattern.search(before))
    }
    if found:
        return max(found, key=lambda way: found[way])
    if _FROM_AFTER.match(after):
        return "from"
    return "to" if _TO_AFTER.match(after) else None


def _left(hits: list[Hit], to: str) -> str | None:
    """Who is let out into a country leaves the place that is named elsewhere."""
    places = [hit.entry.country for hit in hits if hit.entry.kind == "place" and hit.entry.country]
    return next((country for country in places if country != to), None)


def _home(reading: Reading, hits: list[Hit], names: set[str], ends: dict[str, str]) -> dict[str, str]:
    """Who is sent home goes to the country of his nationality, from the place that is named."""
    if "sent_home" not in names:
        return {}
    guessed: dict[str, str] = {}
    people = [
        hit.entry.country for hit in hits if hit.entry.kind == "nation" and reading.is_people(hit) and hit.entry.country
    ]
    if people and "to" not in ends:
        guessed["to"] = people[0]
    places = [hit.entry.country for hit in hits if hit.entry.kind == "place" and hit.entry.country]
    places += [
        hit.entry.country
        for hit in hits
        if hit.entry.kind == "nation" and not reading.is_people(hit) and hit.entry.country
    ]
    others = [country for country in places if country != guessed.get("to", ends.get("to"))]
    if others and "from" not in ends:
        guessed["from"] = others[0]
    return guessed

"""What is known of each count of an article before it is decided how it stands: marks that learned weights speak of.

A mark is a short name that holds or does not. None names a language, a place or a figure: they tell where the count
stands, which cues and acts stand beside it, on which day, and how it relates to the other counts of the article.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.anchors import digit_runs, matches_at
from pipeline.counted import OF_TOTAL, PERSONS, Count
from pipeline.eventdates import MONTH_NAMES, Day, find_dates, month_number, month_starts
from pipeline.reading import Reading, Sentence
from pipeline.vocabulary import Hit

#: What may have been done to, with or by those who are counted.
ACTS = frozenset(
    "freed sent_home flight raid arrest handover court execution cut sanction seize demolish abuse train deploy "
    "liaison give gear agreement sign patrol fugitive overseas_station scrutiny meeting captive campaign".split()
)
_CLAUSE = re.compile(
    r"[;；:：—–，、。]|,(?!\d)|\s-\s"
    r"|(?<=[a-z]) (?:but|while|whereas|after|although|pero|tetapi|sementara|mais|mas|nhưng)\s"
)
_MONTH = re.compile(
    r"(?<![^\W\d_])(?P<name>" + "|".join(re.escape(m) for m in MONTH_NAMES if len(m) > 2) + r")"
    r"(?![a-zà-ÿ])(?:\.?,?\s(?P<year>20\d\d|25\d\d)\b)?"
    r"|(?<!\d)(?P<digits>1[0-2]|[1-9])\s?月(?!\s?\d)|(?<!\d)(?P<korean>1[0-2]|[1-9])\s?월(?!\s?\d)",
    re.IGNORECASE,
)  # fmt: skip
_YEAR = re.compile(r"(?<![\d,.])(?P<year>20[0-3]\d|25[4-7]\d)(?![\d,])")
_MAY_BE_YEAR = re.compile(r"(?<![\d,.])(?:20[0-3]\d|25[4-7]\d)")
_ENGLISH_TENSES = (
    ("perfect", re.compile(r"\b(?:has|have)(?: \w+ly| now| also| already)? (?:been|\w+ed)\b")),
    ("pluperfect", re.compile(r"\bhad (?:been |\w+ly )?\w+(?:ed|n)\b")),
    ("present", re.compile(r"\b(?:is|are|keeps?|has|have|holds?|hosts?|runs?|employs?|remains?|works?) (?!been)")),
    ("passive", re.compile(r"\b(?:was|were) \w+(?:ed|n|t|ld)\b")),
    ("future", re.compile(r"\b(?:will|would|to be|is to|are to|shall)\b")),
    ("if", re.compile(r"\b(?:if|unless|whether|could|may|might)\b")),
    ("not", re.compile(r"\b(?:not|no longer|never|denied|deny|denies|without)\b")),
)
_NEXT = 14  # characters
#: What is said of those who are counted, right after they are named.
_NEXT_VERBS = (
    ("will", re.compile(r"(?:\s\w+){0,3}?\s(?:will|would|shall|could|may|(?:is|are) (?:to|due|expected|set))\b")),
    ("were", re.compile(r"(?:\s\w+){0,3}?\s(?:was|were|had been|has been|have been)\b")),
    ("are", re.compile(r"(?:\s\w+){0,3}?\s(?:is|are|remain|remained|still)\b")),
    ("said", re.compile(r"(?:\s\w+){0,3}?,?\s(?:said|told|say|says)\b")),
    ("who", re.compile(r"(?:\s\w+){0,2}?,?\s(?:who|which|that)\b")),
)  # fmt: skip
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|according to|reported|claims?|claimed|alleges?|alleged|estimates?|estimated)\b"
    r"|称|稱|说|說|透露|据|據|กล่าว|ระบุ|menurut|mengatakan"
    r"|theo|cho biết|によると|述べ|밝혔|따르면|según|dijo|selon|segundo|disse|ayon|sinabi"
)
_FIRST = re.compile(
    r"\b(?:first|initial|earlier|previous|last|former)\W+(?:\w+\W+)?$|(?:首批|第一批|此前|上一批)\W*$", re.I
)
_NAMED_PAST = re.compile(r"\b(?:those|these|the same|all) (?:of )?(?:the )?$", re.I)
_THE = re.compile(r"\b(?:the|los|las|les|os|as|die|der|ang mga|para)\s(?:\w+\s)?$", re.I)
_EACH = re.compile(r"\b(?:each|every|per|a group of|groups of|between)\s(?:\w+\s){0,2}$|每", re.I)


@dataclass(frozen=True)
class Setting:
    """What holds for the whole article."""

    events: tuple[str, ...]
    published: date
    days: tuple[Day, ...]
    months: tuple[int, ...]  # where one may be named
    years: tuple[int, ...]
    acts: frozenset[str]  # of headline and first sentences
    year: int


def setting_of(reading: Reading, events: Sequence[str], published: date) -> Setting:
    """What the counts of one article are seen against."""
    front = {
        hit.entry.name
        for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True)
        if sentence.zone in ("title", "lead", "second")
        for hit in hits
        if hit.entry.kind == "concept" and hit.entry.name in ACTS
    }
    text = reading.text
    days = find_dates(text, published, reading.language)
    years = tuple(match.start() for match in _MAY_BE_YEAR.finditer(text))
    return Setting(tuple(events), published, days, _months(text), years, frozenset(front), published.year)


def _months(text: str) -> tuple[int, ...]:
    """Where names of months begin, and the numbers that may stand before 月 and 월."""
    starts = month_starts(text)
    if "月" in text or "월" in text:
        starts = sorted({*starts, *(at for start, end in digit_runs(text) for at in range(start, end))})
    return tuple(starts)


def circumstances(reading: Reading, counts: Sequence[Count], setting: Setting) -> list[frozenset[str]]:
    """The marks of every count, in their order."""
    parts, wholes = _sums(counts)
    return [
        frozenset(_marks(reading, counts, index, setting, index in parts, index in wholes))
        for index in range(len(counts))
    ]


def clause_of(text: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The clause of a sentence that holds a span."""
    low, high = sentence.start, sentence.end
    for match in _CLAUSE.finditer(text, low, high):
        if match.end() <= start:
            low = match.end()
        elif match.start() >= end:
            return low, match.start()
    return low, high


def _marks(
    reading: Reading, counts: Sequence[Count], index: int, setting: Setting, part: bool, whole: bool
) -> Iterator[str]:
    count = counts[index]
    zone = count.sentence.zone
    yield from ("always", f"zone {zone}")
    yield from _standing_where(count, zone)
    yield f"unit {count.unit if count.noun == 'known' else count.noun}"
    if count.noun != "known":
        yield from _bare(reading, count)
    yield f"bound {count.bound}"
    yield f"size {_size(count.figure.number.value)}"
    for event in setting.events:
        yield f"event {event}"
        if count.unit in PERSONS:
            yield f"event {event} people {count.unit}"
    if not setting.events:
        yield "no event"
    for mark in set(_words_around(reading, count, setting)):
        yield mark
        yield f"{mark} in {zone if zone in ('title', 'lead') else 'later'}"
    yield from _relations(reading, counts, index)
    if part:
        yield "adds up with others"
    if whole:
        yield "is the sum of others"


def _standing_where(count: Count, zone: str) -> Iterator[str]:
    place = count.sentence.index
    if zone == "body":
        yield f"body {'early' if place <= 4 else 'middle' if place <= 8 else 'late'}"
        yield f"paragraph {min(count.sentence.paragraph, 5)}"


def _bare(reading: Reading, count: Count) -> Iterator[str]:
    """What stands around a number whose noun is not known."""
    before = reading.text[max(count.sentence.start, count.start - 24) : count.start]
    after = reading.text[count.end : count.end + 24]
    noun = count.noun
    if match := re.search(r"([^\W\d_]+)\W*$", before):
        if match[1][:1].isupper() and match.start() > 0:
            yield f"{noun} after a name"
    else:
        yield f"{noun} begins"
    if re.match(r"\s?[,.;:!?)）。，、]|$", after):
        yield f"{noun} before a stop"
    elif match := re.match(r"\s(of|from|were|was|are|had|have|in|on|to|at|who)\b", after):
        yield f"{noun} before {match[1]}"
    if re.search(r"[(（]\s?$", before) and re.match(r"\s?[)）]", after):
        yield f"{noun} in brackets"
    if re.search(r"\b(?:to|at|than|of|about|some|other|over|another|further|only|just)\s$", before):
        yield f"{noun} after {before.split()[-1].lower()}"
    if count.figure.number.written:
        yield f"{noun} in words"
    if 1900 <= count.figure.number.value <= 2100:
        yield f"{noun} like a year"


def _size(value: float) -> str:
    for limit, name in ((1, "one"), (4, "few"), (10, "several"), (50, "tens"), (300, "hundred"), (3000, "thousand")):
        if value <= limit:
            return name
    return "large"


def _words_around(reading: Reading, count: Count, setting: Setting) -> Iterator[str]:
    text, sentence, number = reading.text, count.sentence, count.figure.number
    start, end = clause_of(text, sentence, count.start, count.end)
    around = reading.by_sentence[sentence.index]
    clause = [hit for hit in around if start <= hit.start and hit.end <= end]
    for hit in clause:
        if (cue := _cue(reading, hit)) is not None:
            yield f"cue {cue}"
            yield f"cue {cue} {'before' if hit.end <= number.start else 'after'}"
            if 0 <= hit.start - count.end <= _NEXT or 0 <= count.start - hit.end <= _NEXT:
                yield f"cue {cue} next to it"
    for name, pattern in _NEXT_VERBS:
        if pattern.match(text, count.end):
            yield f"then {name}"
    for hit in around:
        if (cue := _cue(reading, hit)) is not None:
            yield f"sentence {cue}"
    yield from _acts(clause, around, setting)
    yield from _days(text, start, end, "clause", setting)
    yield from _days(text, sentence.start, sentence.end, "sentence", setting)
    for name, pattern in _ENGLISH_TENSES:
        if reading.language in ("en", "") and pattern.search(text, start, end):
            yield f"tense {name}"
    if _ATTRIBUTED.search(text, sentence.start, sentence.end):
        yield "attributed"
    before = text[max(sentence.start, count.start - 30) : count.start]
    for name, pattern in (("first", _FIRST), ("those", _NAMED_PAST), ("the", _THE), ("each", _EACH)):
        if pattern.search(before):
            yield f"after {name}"
    if any(hit.entry.kind in ("org", "agency") for hit in clause):
        yield "agency in clause"


def _cue(reading: Reading, hit: Hit) -> str | None:
    if hit.entry.kind == "cue":
        return None if reading.quote(hit.start, hit.end) == "May" else hit.entry.name
    return hit.entry.name if hit.entry.name in ("background", "study") and hit.entry.kind == "concept" else None


def _acts(clause: Sequence[Hit], around: Sequence[Hit], setting: Setting) -> Iterator[str]:
    """Whether what is told here is what headline and lead tell."""
    for hits, where in ((clause, "clause"), (around, "sentence")):
        acts = {hit.entry.name for hit in hits if hit.entry.kind == "concept" and hit.entry.name in ACTS}
        if not acts:
            yield f"no act in {where}"
        if acts & setting.acts:
            yield f"own act in {where}"
        if acts and not acts & setting.acts:
            yield f"other act in {where}"
        if where == "clause":
            yield from (f"act {act}" for act in acts)


def _days(text: str, start: int, end: int, where: str, setting: Setting) -> Iterator[str]:
    """How far from publication the days, months and years that are named here lie."""
    told = False
    for day in setting.days:
        if start <= day.start < end:
            told = True
            yield f"{where} day {_distance(day.day - setting.published)}"
    for match in matches_at(_MONTH, text, _between(setting.months, start, end), end):
        if any(day.start <= match.start() < day.end for day in setting.days):
            continue
        name = match["name"]
        if name is not None and (name == "may" or (name.islower() and name.isascii() and len(name) < 4)):
            continue
        number = month_number(name) if name else int(match["digits"] or match["korean"])
        told = True
        yield f"{where} month {_months_ago(number, match['year'], setting.published)}"
    for match in matches_at(_YEAR, text, _between(setting.years, start, end), end):
        year = int(match["year"])
        year = year - 543 if year > 2400 else year
        told = True
        yield f"{where} year {'before' if year < setting.year else 'this' if year == setting.year else 'after'}"
    if not told:
        yield f"{where} undated"


def _between(places: Sequence[int], start: int, end: int) -> Sequence[int]:
    return places[bisect_left(places, start) : bisect_left(places, end)]


def _distance(gap: timedelta) -> str:
    days = gap.days
    if days > 0:
        return "ahead"
    return "near" if days >= -4 else "weeks ago" if days >= -30 else "long ago"


def _months_ago(month: int, year: str | None, published: date) -> str:
    if year:
        number = int(year) - 543 if int(year) > 2400 else int(year)
        months = (published.year - number) * 12 + published.month - month
    else:
        months = (published.month - month) % 12
        if months > 8:
            months -= 12
    return "ahead" if months < 0 else "this" if months == 0 else "ago"


def _relations(reading: Reading, counts: Sequence[Count], index: int) -> Iterator[str]:
    count = counts[index]
    value = count.figure.number.value
    earlier = counts[:index]
    titled = [one for one in counts if one.sentence.zone == "title" and one is not count]
    if any(one.figure.number.value == value for one in titled):
        yield "also in the headline"
    if any(one.figure.number.value == value for one in earlier):
        yield "told before"
    if not earlier:
        yield "first count"
    if count.nationality:
        yield "with nationality"
    people = [one for one in earlier if one.unit in PERSONS]
    if people and count.unit in PERSONS:
        leading = people[0]
        yield "less than the first" if value < leading.figure.number.value else "no less than the first"
        if count.nationality and leading.nationality:
            same = count.nationality == leading.nationality
            yield "nationality of the first" if same else "another nationality than the first"
    if earlier:
        last = earlier[-1]
        between = reading.text[last.figure.number.end : count.figure.number.start]
        if last.sentence is count.sentence:
            yield "not alone in its sentence"
            if len(between) < 30 and OF_TOTAL.search(between) and last.figure.number.value < value:
                yield "whole of the one before"
    if index + 1 < len(counts):
        after = counts[index + 1]
        between = reading.text[count.figure.number.end : after.figure.number.start]
        if after.sentence is count.sentence and len(between) < 30 and OF_TOTAL.search(between):
            yield "part of the one after"


def _sums(counts: Sequence[Count]) -> tuple[frozenset[int], frozenset[int]]:
    """Counts that add up to another: "48 people, 41 men and seven women". As (parts, wholes)."""
    parts: set[int] = set()
    wholes: set[int] = set()
    values = [count.figure.number.value for count in counts]
    for start in range(len(counts)):
        total = values[start]
        for end in range(start + 1, min(start + 7, len(counts))):
            if counts[end].sentence.index - counts[start].sentence.index > 2:
                break
            total += values[end]
            for whole in range(len(counts)):
                if values[whole] == total and not start <= whole <= end and total >= 5:
                    parts.update(range(start, end + 1))
                    wholes.add(whole)
    return frozenset(parts), frozenset(wholes)

"""How a figure stands: done, started, expected, waiting, a running total, of the past, or somebody's claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.counted import OF_TOTAL, PERSONS, Count
from pipeline.reading import Reading
from pipeline.values import Status
from pipeline.vocabulary import Hit

_CLAUSE = re.compile(
    r"[;；:：—–，、]|,(?!\d)|\s-\s|(?<=[a-z]) (?:but|while|whereas|"
    r"after|although|pero|tetapi|sementara|mais|mas|nhưng)\s"
)
_YEAR = re.compile(r"(?<![\d,.])(20[0-3]\d|25[4-7]\d)(?![\d,])")
_TOTAL_TO = re.compile(
    r"(?:(?:total|tally|number|toll)(?: \w+){0,4} to|brought to|"
    r"bringing (?:it|the \w+) to|cumulative total of|累计(?:遣返|抓获|"
    r"移交)?\w{0,6}|"
    r"누적 (?:\w+ ){0,2}\w*|hingga kini (?:total )?|eleva a|porte à|"
    r"portant (?:à|le total à)|somam|รวมเป็น|nâng tổng số lên) ?$",
    re.I,
)
#: Cues that settle a figure by themselves, against the past in the rest of the sentence.
_OWN = frozenset(("cumulative", "waiting", "expected", "new"))
_BY_CUE: tuple[tuple[str, Status], ...] = (
    ("planned_total", "planned_total"),
    ("waiting", "waiting"),
    ("expected", "expected"),
    ("claimed", "claimed"),
)


#: What may have happened to those who are counted.
_ACTS = frozenset(
    "freed sent_home raid arrest handover court execution cut sanction seize demolish abuse train deploy give sign "
    "patrol".split()
)
#: Units of what the news is seldom about: in how many countries, how many groups.
_ASIDE = frozenset(("countries", "groups", "things"))
_SPEAKING = re.compile(
    r"(?:\s\w+){0,3}?,?\s(?:said|say|says|told|confirmed to|who asked|who spoke|familiar with|dijeron|"
    r"ont (?:déclaré|indiqué|dit|confié)|"
    r"disseram|hanno detto|sagten|mengatakan|menyatakan|cho biết)\b|.{0,8}?(?:表示|透露|告诉|告訴|说|說|"
    r"กล่าว|เปิดเผย|話した|"
    r"明かした|말했|밝혔|전했)"
)
_VERB_LAST = frozenset(("ja", "ko", "hi", "my", "de"))
_PREDICATE = re.compile(
    r"\s(?:(?!who|which|that)\w+\s){0,2}?(?:will|would|are|is|to|could|may|might|expected|due|serán|seront|serão|akan|sẽ)\b|"
    r"\s?(?:将|將|จะ|នឹង|ຈະ)"
)
_PAST_FORMS = frozenset(
    "held freed sent flown flew brought sold beaten caught gave took given taken handed crossed fled".split()
)


@dataclass(frozen=True)
class Story:
    """What sort of article the figures stand in."""

    report: bool  # a report, analysis or opinion
    study: bool  # with findings of its own
    planned: bool  # its headline speaks of what is to come
    year: int  # of publication


def status_of(
    reading: Reading, count: Count, earlier: Sequence[Count], events: Sequence[str], story: Story
) -> tuple[Status, float]:
    """Done, expected, ... by the words of the clause first, then of the sentence, then by where it stands."""
    sentence = count.sentence
    near = _cues(reading, reading.hits_between(*_clause(reading, count)))
    around = _cues(reading, reading.by_sentence[sentence.index])
    front = sentence.zone in ("title", "lead")
    if _is_whole_of(reading, count, earlier):
        return "planned_total", 0.6
    if _is_past(reading, count, near, around, story) or count.unit in _ASIDE or _is_speaking(reading, count):
        return "background", 0.7
    if story.report:
        return ("claimed", 0.5) if story.study and sentence.index <= 12 else ("background", 0.5)
    if _is_total(reading, count, near, around):
        return "cumulative", 0.7
    if _has_begun(near | around, events, count):
        return "started", 0.7
    for cue, status in _BY_CUE:
        if cue == "expected" and _only_after_the_act(reading, count):
            continue
        if cue in near or (cue == "expected" and count.bound == "up_to"):
            return status, 0.7
    if count.unit == "victims" and not front:
        return "background", 0.5
    if sentence.zone != "body":
        return ("expected", 0.6) if story.planned else ("done", 0.85 if front else 0.6)
    if "expected" in around:
        return "expected", 0.5
    return _in_body(count, near | (around & {"new"}), story)


def _has_begun(cues: set[str], events: Sequence[str], count: Count) -> bool:
    """A course or a posting that has begun and goes on: its people are neither done nor to come."""
    ongoing = "police_training" in events or "liaison_deployment" in events
    return ongoing and "started" in cues and not cues & {"expected", "past"} and count.unit in PERSONS


def _is_speaking(reading: Reading, count: Count) -> bool:
    """ "Two officials said": whom the report rests on, not whom it is about."""
    if count.unit not in ("people", "officers") or count.figure.number.value > 9:
        return False
    return _SPEAKING.match(reading.text, max(count.end, count.unit_hit.end if count.unit_hit else 0)) is not None


def _only_after_the_act(reading: Reading, count: Count) -> bool:
    """ "Freed 30 people who will be flown home": what is to come is said of those to whom the act was done."""
    if reading.language in _VERB_LAST:
        return False
    start, end = _clause(reading, count)
    number = count.figure.number
    before, after = reading.hits_between(start, number.start), reading.hits_between(number.start, end)
    if "expected" in _cues(reading, before) or "expected" not in _cues(reading, after):
        return False
    if _PREDICATE.match(reading.text, count.end):
        return False
    return any(hit.entry.name in _ACTS and _is_told(reading, hit) for hit in before)


def _is_told(reading: Reading, hit: Hit) -> bool:
    """Whether an act is told as done; English shows it by its ending."""
    word = reading.quote(hit.start, hit.end).split()[0].lower()
    return reading.language not in ("en", "") or word.endswith("ed") or word in _PAST_FORMS


def _is_total(reading: Reading, count: Count, near: set[str], around: set[str]) -> bool:
    """Whether this is a running total; in headline and lead only where the words say so right before it."""
    zone = count.sentence.zone
    if _TOTAL_TO.search(reading.text[max(0, count.start - 40) : count.start]):
        return True
    if zone == "body":
        return "cumulative" in near or ("cumulative" in around and "new" not in near)
    return zone == "second" and "cumulative" in near and "new" not in near


def _is_past(reading: Reading, count: Count, near: set[str], around: set[str], story: Story) -> bool:
    """Whether the clause speaks of an earlier time, or of those who were cheated."""
    body = count.sentence.zone == "body"
    if "past" in near or (body and (("past" in around and not near & _OWN) or "damage" in near)):
        return True
    if "cumulative" in near | around or (not body and count.sentence.zone != "second"):
        return False
    return _has_early_year(reading, _clause(reading, count), story)


def _has_early_year(reading: Reading, span: tuple[int, int], story: Story) -> bool:
    years = (int(year) for year in _YEAR.findall(reading.text, *span))
    return any((year - 543 if year > 2400 else year) < story.year for year in years)


def _in_body(count: Count, near: set[str], story: Story) -> tuple[Status, float]:
    """Further down only what belongs to the same group of people is still the news."""
    sentence = count.sentence
    part = "new" in near or (count.nationality is not None and count.unit in PERSONS) or count.unit == "devices"
    if sentence.index <= 4 or (part and sentence.paragraph <= 2) or ("new" in near and sentence.index <= 10):
        return ("expected", 0.5) if story.planned else ("done", 0.5)
    return "background", 0.4


def _cues(reading: Reading, hits: Sequence[Hit]) -> set[str]:
    """The cues among `hits`; the month of May is none."""
    return {hit.entry.name for hit in hits if hit.entry.kind == "cue" and reading.quote(hit.start, hit.end) != "May"}


def story_of(reading: Reading, events: Sequence[str], year: int) -> Story:
    title = _cues(reading, reading.by_sentence[0])
    study = any(
        "study" in {hit.entry.name for hit in hits}
        for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True)
        if sentence.zone in ("title", "lead", "second")
    )
    return Story("report_analysis" in events, study, "expected" in title, year)


def _clause(reading: Reading, count: Count) -> tuple[int, int]:
    start, end = count.sentence.start, count.sentence.end
    for match in _CLAUSE.finditer(reading.text, start, end):
        if match.end() <= count.start:
            start = match.end()
        elif match.start() >= count.end:
            end = match.start()
            break
    return start, end


def _is_whole_of(reading: Reading, count: Count, earlier: Sequence[Count]) -> bool:
    """Whether this is the Y of "X of Y"."""
    if not earlier:
        return False
    last = earlier[-1].figure.number
    number = count.figure.number
    between = reading.text[last.end : number.start]
    return last.value < number.value and len(between) < 30 and OF_TOTAL.search(between) is not None

"""Counts: how many of what, how sure, and whether done, expected, waiting, a running total, past, or claimed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.figures import Figure, sort_figure
from pipeline.numbers import find_numbers
from pipeline.reading import Reading, Sentence
from pipeline.values import Bound, Fact, Status
from pipeline.vocabulary import Hit

#: Languages whose noun stands before the number and whose counters follow it.
_COUNTERS = frozenset(("zh", "ja", "th", "my", "km", "lo", "ko"))
_CLAUSE = re.compile(
    r"[;；:：—–，、]|,(?!\d)|\s-\s|(?<=[a-z]) (?:but|while|whereas|"
    r"after|although|pero|tetapi|sementara|mais|mas|nhưng)\s"
)
_REACH = 34
_FIGURES_AT_MOST = 400
_YEAR = re.compile(r"(?<![\d,.])(20[0-3]\d|25[4-7]\d)(?![\d,])")

_BOUNDS_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("at_least", re.compile(r"(?:at least|no fewer than|not less than|minimum of|al menos|"
        r"por lo menos|au moins|pelo menos|ao menos|almeno|mindestens|"
        r"setidaknya|sekurang-kurangnya|paling sedikit|ít nhất|"
        r"hindi bababa sa|至少|最少|少なくとも|최소|อย่างน้อย|အနည်းဆုံး|"
        r"យ៉ាងតិច|ຢ່າງໜ້ອຍ|कम से कम|ما لا يقل عن|على الأقل)\s?(?:\w+\s)?$", re.I)),
    ("over", re.compile(r"(?:more than|over|upwards of|exceeding|in excess of|more  than|"
        r"más de|plus de|mais de|più di|oltre|mehr als|über|lebih dari|"
        r"lebih daripada|hơn|trên|mahigit|超过|超過|逾|多达|กว่า|มากกว่า|"
        r"ကျော်|ជាង|ຫຼາຍກວ່າ|से अधिक|से ज्यादा|أكثر من)\s?$", re.I)),
    ("up_to", re.compile(r"(?:up to|as many as|as much as|a maximum of|hasta|jusqu'à|jusqu’à|"
        r"até|fino a|bis zu|hingga|sampai|tối đa|hanggang|最多|最大|至多|"
        r"최대|สูงสุด|ไม่เกิน|အများဆုံး|រហូតដល់|अधिकतम|ما يصل إلى|"
        r"حتى)\s?(?:可\w{0,3})?$", re.I)),
    ("under", re.compile(r"(?:fewer than|less than|under|nearly|almost|close to|menos de|"
        r"casi|moins de|près de|quase|quasi|meno di|fast|knapp|kurang dari|"
        r"hampir|gần|halos|近|将近|將近|不足|弱|เกือบ|ဆယ်|ជិត|ເກືອບ|"
        r"लगभग करीब|ما يقرب من|ما يقارب)\s?$", re.I)),
    ("about", re.compile(r"(?:about|around|some|roughly|approximately|an estimated|estimated|"
        r"round|unos|unas|alrededor de|cerca de|aproximadamente|environ|"
        r"quelque|autour de|circa|etwa|rund|sekitar|kira-kira|khoảng|"
        r"humigit-kumulang|nasa|约|約|大约|大約|약|ราว|ประมาณ|ခန့်|ប្រមាណ|"
        r"ប្រហែល|ປະມານ|लगभग|करीब|तकरीबन|حوالي|نحو|قرابة)\s?$", re.I)),
)  # fmt: skip
_BOUNDS_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "over",
        re.compile(
            r"\s?(?:余|餘|多(?=名|人|位|个|個|辆|台|万|$)|여(?=\s?[명개대건])|"
            r"강|以上|ကျော်|जण|से अधिक|से ज्यादा|or more\b|\+|lebih)"
        ),
    ),
    ("about", re.compile(r"\s?(?:左右|前後|程度|ほど|余り|ခန့်|or so\b|안팎|정도)")),
    ("under", re.compile(r"\s?(?:弱|未満|미만)")),
)
_OF_TOTAL = re.compile(
    r"\s(?:\w+\s){0,2}?(?:of|out of|de|dari|daripada|trong|"
    r"sa)\s(?:an expected |a planned |the |some |about |los |las |les |"
    r"total )*$",
    re.I,
)
_OF_NUMBER = re.compile(
    r"\s(?:of|out of)\s(?:the |some |about |an expected |"
    r"a planned )?(?:\d|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|twenty)",
    re.I,
)
_OF_THEM = re.compile(
    r"\s(?:of (?:them|those|whom|these|the)|more\b|others?\b|were\b|"
    r"was\b|are\b|had\b|have\b|have been|of the|remain|strong\b|crossed|"
    r"arrived)",
    re.I,
)
_SUBJECT = re.compile(
    r"(?:group(?:,)? with|bringing (?:it )?to|number (?:of \w+ )?(?:as|"
    r"to|at|held climbs to)|brought to|total (?:reaches|to|of)|reaches|"
    r"climbs to|climbed to|closer to|reached|rose to|put at|list(?:s|"
    r"ed)?|claimed|with)\s(?:\w+\s)?$",
    re.I,
)
_TOTAL_TO = re.compile(
    r"(?:(?:total|tally|number|toll)(?: \w+){0,4} to|brought to|"
    r"bringing (?:it|the \w+) to|cumulative total of|累计(?:遣返|抓获|"
    r"移交)?\w{0,6}|"
    r"누적 (?:\w+ ){0,2}\w*|hingga kini (?:total )?|eleva a|porte à|"
    r"portant (?:à|le total à)|somam|รวมเป็น|nâng tổng số lên) ?$",
    re.I,
)
_IN_BRACKETS = re.compile(r"\s?[（(]\s?$")
_STOPS = re.compile(
    r"\b(?:in|on|at|from|to|by|for|with|that|who|which|and|or|into|after|since|before|were|was|are|is|had|have|said|will|would|could|may|as|than)\b",
    re.I,
)
_TALK = re.compile(r"[“”\"«»「」]")


_PERSONS = ("people", "suspects", "victims", "defendants", "officers", "fugitives")
#: Cues that settle a figure by themselves, against the past in the rest of the sentence.
_OWN = frozenset(("cumulative", "waiting", "expected", "new"))
_BY_CUE: tuple[tuple[str, Status], ...] = (
    ("planned_total", "planned_total"),
    ("waiting", "waiting"),
    ("expected", "expected"),
    ("claimed", "claimed"),
)


@dataclass(frozen=True)
class _Story:
    """What sort of article the figures stand in."""

    report: bool  # a report, analysis or opinion
    study: bool  # with findings of its own
    planned: bool  # its headline speaks of what is to come
    year: int  # of publication


@dataclass(frozen=True)
class Count:
    """A count before its status is known."""

    figure: Figure
    unit: str
    unit_hit: Hit | None
    nationality: str | None
    bound: Bound
    start: int
    end: int
    sentence: Sentence


def find_figures(reading: Reading) -> list[Figure]:
    """The numbers of the text, each with the sort it is; a text with more than so many is a table."""
    numbers = find_numbers(reading.text, reading.language)
    return [sort_figure(reading.text, number) for number in numbers[:_FIGURES_AT_MOST]]


def find_counts(reading: Reading, figures: Sequence[Figure], events: Sequence[str], published: date) -> list[Fact]:
    """The counts of an article, one for each value, unit and status, the leading one marked."""
    counts: list[Count] = []
    for figure in figures:
        if figure.sort == "count" and (count := _count(reading, figure, counts[-1] if counts else None)):
            counts.append(count)
    facts: list[tuple[Count, Fact]] = []
    story = _story(reading, events, published.year)
    for index, count in enumerate(counts):
        status, confidence = _status(reading, count, counts[:index], events, story)
        facts.append((count, _fact(reading, count, status, confidence)))
    return _with_leading(_merged(facts))


# --- What is counted ---------------------------------------------------------------------------------------------


def _count(reading: Reading, figure: Figure, last: Count | None) -> Count | None:
    number, text = figure.number, reading.text
    sentence = reading.sentence_at(number.start)
    bound, start, end = _bound(text, number.start, number.end, sentence.start)
    hits = reading.by_sentence[sentence.index]
    unit, unit_hit = _unit(reading, hits, end, sentence)
    nation = _nationality(reading, hits, number.start, unit_hit.end if unit_hit else end, sentence)
    if unit is None:
        if nation is not None and nation.start >= end and nation.start - end < 12:
            unit, unit_hit = "people", nation
        elif (
            _OF_THEM.match(text, number.end)
            or _OF_NUMBER.match(text, number.end)
            or _SUBJECT.search(text[max(0, start - 30) : start])
        ):
            unit = "people"
        elif (
            number.value >= 2
            and _IN_BRACKETS.search(text[max(0, number.start - 3) : number.start])
            and nation
            and text[number.end : number.end + 1] in ")）"
        ):
            unit = "people"
        elif last and last.sentence is sentence and _OF_TOTAL.search(text[last.figure.number.end : number.start]):
            unit = last.unit
        else:
            return None
    until = max(end, unit_hit.end if unit_hit and unit_hit.start - end < 40 else end)
    if number.high is not None:
        bound = "range"
    country = nation.entry.country if nation else None
    return Count(figure, unit, unit_hit, country, bound, start, until, sentence)


def _bound(text: str, start: int, end: int, floor: int) -> tuple[Bound, int, int]:
    before = text[max(floor, start - 30) : start]
    for bound, pattern in _BOUNDS_BEFORE:
        if match := pattern.search(before):
            return bound, start - (len(before) - match.start()), end
    for bound, pattern in _BOUNDS_AFTER:
        if match := pattern.match(text, end):
            return bound, start, match.end()
    return "exact", start, end


def _unit(reading: Reading, hits: Sequence[Hit], end: int, sentence: Sentence) -> tuple[str | None, Hit | None]:
    """The noun that follows the number before anything else does; in counting languages the counter at its heels."""
    if reading.language in _COUNTERS:
        return _counter(reading, hits, end)
    for hit in hits:
        if hit.entry.kind != "unit" or hit.start < end:
            continue
        between = reading.text[end : hit.start]
        if len(between) > _REACH or len(between.split()) > 4 or re.search(r"[,;:.()\d“”]", between):
            break
        if _STOPS.search(between):
            break
        head = _head(reading, hits, hit)
        return head.entry.name, head
    return None, None


def _head(reading: Reading, hits: Sequence[Hit], first: Hit) -> Hit:
    """Of "police motorcycles" the motorcycles: the last of unit nouns that follow each other in English."""
    head = first
    if reading.language not in ("en", "de", ""):
        return head
    for hit in hits:
        if hit.entry.kind == "unit" and hit.first == head.last + 1 and reading.text[head.end : hit.start] == " ":
            head = hit
    return head


def _counter(reading: Reading, hits: Sequence[Hit], end: int) -> tuple[str | None, Hit | None]:
    text = reading.text
    while end < len(text) and text[end] in " 余餘多여\u3000":
        end += 1
    # A Korean counter is written onto the number, so no token begins there.
    if reading.language == "ko":
        match = re.compile(r"명|인(?=[을이의은는과 ,])|대|건|곳|채|편|개국|개소|개|동|점|척|구|계좌").match(text, end)
        if not match:
            return None, None
        named = {
            "대": "devices",
            "건": "cases",
            "곳": "sites",
            "개국": "cases",
            "편": "flights",
            "채": "buildings",
            "동": "buildings",
        }
        return named.get(match[0], "people" if match[0] in "명인" else "cases"), None
    after = [
        hit
        for hit in hits
        if hit.entry.kind == "unit" and end <= hit.start <= end + (1 if reading.language != "my" else 2)
    ]
    if after:
        best = max(after, key=lambda hit: hit.end)
        noun = (
            [hit for hit in hits if hit.entry.kind == "unit" and best.end <= hit.start <= best.end + 8]
            if reading.language in ("zh", "ja")
            else []
        )
        before = [hit for hit in hits if hit.entry.kind == "unit" and 0 <= end - hit.end <= 8 and hit.end <= end - 1]
        if best.entry.name == "people":
            for hit in (*noun, *before):
                if hit.entry.name in ("suspects", "victims", "officers", "defendants", "fugitives"):
                    return hit.entry.name, best
        return best.entry.name, best
    return None, None


def _nationality(reading: Reading, hits: Sequence[Hit], start: int, end: int, sentence: Sentence) -> Hit | None:
    """The people or country that stands between number and noun, or right beside them."""
    nations = [hit for hit in hits if hit.entry.kind == "nation"]
    inside = [hit for hit in nations if start <= hit.start and hit.end <= end]
    if inside:
        return inside[0]
    after = [
        hit
        for hit in nations
        if 0 <= hit.start - end <= 6 and not re.search(r"[,.;，。]", reading.text[end : hit.start])
    ]
    if after:
        return after[0]
    before = [hit for hit in nations if 0 <= start - hit.end <= (14 if reading.language in _COUNTERS else 2)]
    if before and not re.search(r"[,.;，。]", reading.text[before[-1].end : start]):
        return before[-1]
    return None


# --- How it stands -----------------------------------------------------------------------------------------------


def _status(
    reading: Reading, count: Count, earlier: Sequence[Count], events: Sequence[str], story: _Story
) -> tuple[Status, float]:
    """Done, expected, ... by the words of the clause first, then of the sentence, then by where it stands."""
    sentence = count.sentence
    near = _cues(reading, reading.hits_between(*_clause(reading, count)))
    around = _cues(reading, reading.by_sentence[sentence.index])
    front = sentence.zone in ("title", "lead")
    if _is_whole_of(reading, count, earlier):
        return "planned_total", 0.6
    if _is_past(reading, count, near, around, story):
        return "background", 0.7
    if story.report:
        return ("claimed", 0.5) if story.study and sentence.index <= 12 else ("background", 0.5)
    if _is_total(reading, count, near, around):
        return "cumulative", 0.7
    for cue, status in _BY_CUE:
        if cue in near or (cue == "expected" and count.bound == "up_to"):
            return status, 0.7
    if count.unit == "victims" and not front:
        return "background", 0.5
    if sentence.zone != "body":
        return ("expected", 0.6) if story.planned else ("done", 0.85 if front else 0.6)
    if "expected" in around:
        return "expected", 0.5
    return _in_body(count, near | (around & {"new"}), story)


def _is_total(reading: Reading, count: Count, near: set[str], around: set[str]) -> bool:
    """Whether this is a running total; in headline and lead only where the words say so right before it."""
    zone = count.sentence.zone
    if _TOTAL_TO.search(reading.text[max(0, count.start - 40) : count.start]):
        return True
    if zone == "body":
        return "cumulative" in near or ("cumulative" in around and "new" not in near)
    return zone == "second" and "cumulative" in near and "new" not in near


def _is_past(reading: Reading, count: Count, near: set[str], around: set[str], story: _Story) -> bool:
    """Whether the clause speaks of an earlier time, or of those who were cheated."""
    body = count.sentence.zone == "body"
    if "past" in near or (body and (("past" in around and not near & _OWN) or "damage" in near)):
        return True
    if "cumulative" in near | around or (not body and count.sentence.zone != "second"):
        return False
    years = (int(year) for year in _YEAR.findall(reading.text, *_clause(reading, count)))
    return any((year - 543 if year > 2400 else year) < story.year for year in years)


def _in_body(count: Count, near: set[str], story: _Story) -> tuple[Status, float]:
    """Further down only what belongs to the same group of people is still the news."""
    sentence = count.sentence
    part = "new" in near or (count.nationality is not None and count.unit in _PERSONS) or count.unit == "devices"
    if sentence.index <= 4 or (part and sentence.paragraph <= 2) or ("new" in near and sentence.index <= 10):
        return ("expected", 0.5) if story.planned else ("done", 0.5)
    return "background", 0.4


def _cues(reading: Reading, hits: Sequence[Hit]) -> set[str]:
    """The cues among `hits`; the month of May is none."""
    return {hit.entry.name for hit in hits if hit.entry.kind == "cue" and reading.quote(hit.start, hit.end) != "May"}


def _story(reading: Reading, events: Sequence[str], year: int) -> _Story:
    title = _cues(reading, reading.by_sentence[0])
    study = any(
        "study" in {hit.entry.name for hit in hits}
        for sentence, hits in zip(reading.sentences, reading.by_sentence, strict=True)
        if sentence.zone in ("title", "lead", "second")
    )
    return _Story("report_analysis" in events, study, "expected" in title, year)


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
    return last.value < number.value and len(between) < 30 and _OF_TOTAL.search(between) is not None


# --- Facts -------------------------------------------------------------------------------------------------------


def _fact(reading: Reading, count: Count, status: Status, confidence: float) -> Fact:
    number = count.figure.number
    return Fact(
        kind="count",
        quote=reading.quote(count.start, count.end),
        position=count.start,
        confidence=confidence,
        value=number.value,
        low=number.value if number.high is not None else None,
        high=number.high,
        bound=count.bound,
        unit=count.unit,
        status=status,
        nationality=count.nationality,
    )


def _merged(facts: list[tuple[Count, Fact]]) -> list[tuple[Count, Fact]]:
    """Each figure once: what headline and lead both say is one count, told by the fuller of them."""
    kept: list[tuple[Count, Fact]] = []
    for count, fact in facts:
        for index, (other_count, other) in enumerate(kept):
            if other.value == fact.value and _same_kind(other.unit, fact.unit) and _same_nation(other, fact):
                both_front = other_count.sentence.zone in ("title", "lead", "second")
                if other.status == fact.status or both_front:
                    kept[index] = (other_count, _fuller(other, fact, other_count.sentence.zone == "title"))
                    break
        else:
            kept.append((count, fact))
    return kept


def _same_kind(one: str | None, other: str | None) -> bool:
    return one == other or (one in _PERSONS and other in _PERSONS)


def _same_nation(one: Fact, other: Fact) -> bool:
    return one.nationality is None or other.nationality is None or one.nationality == other.nationality


def _fuller(first: Fact, second: Fact, headline: bool) -> Fact:
    nationality = first.nationality or second.nationality
    if not headline:
        return replace(first, nationality=nationality)
    unit = second.unit if first.unit == "people" else first.unit
    bound = first.bound if first.bound != "exact" else second.bound
    status = second.status if second.status in ("expected", "claimed", "cumulative", "waiting") else first.status
    return replace(first, nationality=nationality, unit=unit, bound=bound, status=status)


def _with_leading(facts: list[tuple[Count, Fact]]) -> list[Fact]:
    """The done-count the news is about is marked, and its nationality given to the parts it is broken down into."""
    order = {"title": 0, "lead": 1, "second": 2, "body": 3}
    candidates = [
        (order[count.sentence.zone], 0 if fact.unit in _PERSONS else 1, fact.position, index)
        for index, (count, fact) in enumerate(facts)
        if fact.status == "done" and count.sentence.zone != "body"
    ]
    if not candidates:
        return [fact for _, fact in facts]
    leading = min(candidates)[3]
    told = facts[leading][1]
    return [
        replace(fact, leading=index == leading, nationality=fact.nationality or _of_the_same(told, fact))
        for index, (_, fact) in enumerate(facts)
    ]


def _of_the_same(told: Fact, fact: Fact) -> str | None:
    """Parts of a group of one nationality are of it: "48 Koreans ... 41 men and seven women"."""
    part = fact.value is not None and told.value is not None and fact.value < told.value
    if part and fact.status == "done" and fact.unit in ("people", "suspects") and told.unit in _PERSONS:
        return told.nationality
    return None

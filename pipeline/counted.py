"""What is counted: the number with its noun, how exact it is, and whose nationals they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.bounds import bound_of
from pipeline.eventdates import is_of_a_date
from pipeline.figures import Figure
from pipeline.reading import Reading, Sentence
from pipeline.values import Bound
from pipeline.vocabulary import Hit

#: Units that count people one way or another.
PERSONS = frozenset(("people", "suspects", "victims", "defendants", "officers", "fugitives"))
#: Languages whose noun stands before the number and whose counters follow it.
_COUNTERS = frozenset(("zh", "ja", "th", "my", "km", "lo", "ko"))
_REACH = 34
_PLURAL = re.compile(r"[a-z]{2}s$")
#: Small words of languages with spaces, after which no noun of this number follows.
_SMALL = re.compile(
    r"(?:the|a|an|of|out|under|over|during|while|when|had|did|has|have|its|their|his|her|not|if|per|each|via|"
    r"de|del|la|las|los|el|y|o|en|que|con|por|para|fueron|et|ou|des|du|le|les|dans|sur|par|pour|ont|été|e|da|do|das|dos|"
    r"em|foram|com|und|der|die|das|aus|von|mit|sind|wurden|il|gli|di|dal|sono|dari|yang|dan|di|ke|pada|untuk|của|và|bị|"
    r"đã|được|trong|tại|ng|sa|na|ay|mga|at|в|на|из|с|и|для|по|от|при|за|ve|ile|için|az|és|hogy|u|iz|za)",
    re.IGNORECASE,
)
_PLURAL_NEXT = re.compile(r" [a-z]{3,}(?<!s)s\b(?! (?:a|the|that)\b)")

OF_TOTAL = re.compile(
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
#: "41 of them", "12 more were", "30 crossed": a number that stands for people by what it does.
_OF_THEM = re.compile(
    r"\s(?:of (?:them|those|whom|these)|others?\b|(?:more |others |in all |altogether )?(?:were|was|are|had|"
    r"have|remain(?:ed|s)?|"
    r"crossed|arrived|returned|fled|escaped|landed|came|left|flew|boarded|died|reached|testified|surrendered|"
    r"tested)\b|strong\b|"
    r"from (?:the )?[A-Z])"
)
#: "268 held", "45 rescatados": no noun, but what was done to the people.
_DONE_TO_PEOPLE = re.compile(
    r"held|freed|arrested|detained|rescued|released|deported|repatriated|jailed|sentenced|charged|indicted|convicted|killed|"
    r"injured|extradited|evacuated|stranded|trapped|trained|graduated|"
    r"(?:rescat|repatri|deport|arrest|liber|extradit|resgat|traffic)(?:ad|at)[oaie]s?|(?:deten|det)id[oa]s?|pres[oa]s|"
    r"(?:arrêt|libér|expuls|rapatri|extrad|interpell)(?:é|és|ée|ées)|secourue?s|détenue?s|liberati|arrestati|rimpatriati"
)
#: Before a number that stands alone: "bringing it to 41", "a group with 30".
_SUBJECT = re.compile(
    r"(?:group(?:,)? with|bringing (?:it )?to|number (?:of \w+ )?(?:as|"
    r"to|at|held climbs to)|brought to|total (?:reaches|to|of)|reaches|"
    r"climbs to|climbed to|closer to|reached|rose to|put at|list(?:s|"
    r"ed)?|claimed|with)\s(?:\w+\s)?$",
    re.I,
)
#: "One was killed", "three in Belgrade and one in Novi Sad": no article.
_ONE_OF_SEVERAL = re.compile(
    r"[Oo]ne\s(?:(?:was|is|had|has|died|withdrew|from|in|at|more|of (?:them|whom|those|the (?:\w+ )?[a-z]+s))\b|"
    r"[A-Z]\w+(?:ese|an|i)\b)"
)
_IN_BRACKETS = re.compile(r"\s?[（(]\s?$")
_STOPS = re.compile(
    r"\b(?:in|on|at|from|to|by|for|with|that|who|which|and|or|into|after|since|before|were|was|are|is|had|have|"
    r"said|will|would|could|may|as|than|so|but|more|this|last)\b",
    re.I,
)
_ALONE = re.compile(
    r"\s*(?:[.,;:)）”\"\n]|$)|\s(?=(?:in|on|at|from|to|by|for|and|or|after|since|before|so|but|"
    r"more|this|last|who)\b)"
)
#: Number words that are articles: one of something is told only of a person.
_ARTICLES = re.compile(
    r"(?:une?|uno|una|uma?|isang|isa|một|satu|sebuah|ein|eine|einen|एक|一|1|a|one|"
    r"un|bir|egy|jedan|jedna|jedno|один|одна|одно|одного|одну)$",
    re.IGNORECASE,
)
#: What may stand between a people and the number of its members: 中国籍犯罪嫌疑人45名, ชาวจีนจำนวน 45 คน.
_OF_THE_PEOPLE = re.compile(
    r"(?:\s|籍|公民|国民|國民|国籍|國籍|の|人員|人员|男性|女性|男子|女子|男女|人|ら|など|等|共|计|總計|总计|合计|合計|計|涉诈|涉詐|涉电诈|"
    r"인|인들|국적|국적자|국민|남성|여성|등|총|의|จำนวน|รวม|สัญชาติ|ชาว|ประมาณ|ราว|กว่า|อีก|လူမျိုး|နိုင်ငံသား|စုစုပေါင်း|ចំនួន|"
    r"សរុប|ជនជាតិ|ຈຳນວນ|ຊາວ|约|約|近|逾|超过|超過|"
    r"至少|多达|約莫|大约|大約|약|최소|少なくとも|およそ|また|أن|[をがはも는은이가])*$"
)
_FROM_A_COUNTRY = re.compile(
    r"\s?(?:from|of|de|del|des|d['’]|du|dari|asal|berasal dari|từ|aus|dal|dalla|na mula sa|mula sa|من|के|से|"
    r"-)?\s?(?:the |la |el )?$",
    re.IGNORECASE,
)
_NO_NOUN_AFTER = re.compile(
    r"\s*(?:[.,;:()（）“”\"\n—–-]|$)|\s(?:in|on|at|from|to|by|for|with|who|and|or|into|"
    r"after|were|was|are|had|have|"
    r"will|held|freed|arrested|rescued|detained|crossed|suspected|accused|wanted)\b"
)


def is_bracketed(text: str, start: int, end: int) -> bool:
    """Whether a number stands in brackets by itself: "Indians (48)"."""
    return text[end : end + 1] in (")", "）") and _IN_BRACKETS.search(text, max(0, start - 3), start) is not None


#: How much is known of what a number counts: a noun of the terms, any other noun, or no noun at all.
Noun = Literal["known", "other", "none"]


@dataclass(frozen=True)
class Count:
    """A count before its status is known; where its noun is not known, it may turn out to be none."""

    figure: Figure
    unit: str
    unit_hit: Hit | None
    nationality: str | None
    bound: Bound
    start: int
    end: int
    sentence: Sentence
    noun: Noun = "known"


def count_of(reading: Reading, figure: Figure, last: Count | None) -> Count | None:
    """What `figure` may count; None where it is but an article or a day. `last`: the one before, for "30 of 90"."""
    number = figure.number
    if number.value <= 31 and is_of_a_date(reading.text, number.start, number.end):
        return None
    sentence = reading.sentence_at(number.start)
    bound, start, end = bound_of(reading.text, number.start, number.end, sentence.start, reading.language)
    hits = reading.by_sentence[sentence.index]
    unit, unit_hit = _unit(reading, hits, end)
    nation = _nationality(reading, hits, number.start, unit_hit.end if unit_hit else end)
    noun: Noun = "known"
    if unit is None:
        unit, unit_hit = _without_noun(reading, figure, end, nation, last, sentence)
    if unit is None:
        if not 2 <= number.value < 1e12 or not number.value.is_integer():
            return None
        unit = _other_noun(reading.text, end, sentence.end)
        noun = "other" if unit else "none"
        if unit and _DONE_TO_PEOPLE.fullmatch(unit):
            unit = "people"
        unit = unit or (last.unit if last and last.sentence.index >= sentence.index - 2 else "people")
    elif number.value == 1 and _is_article(reading, figure, unit, unit_hit):
        return None
    if number.high is not None:
        bound = "range"
    until = max(end, unit_hit.end if unit_hit and unit_hit.start - end < 40 else end)
    country = nation.entry.country if nation and unit in PERSONS else None
    return Count(figure, unit, unit_hit, country, bound, start, until, sentence, noun)


_OTHER_NOUN = re.compile(r"\s(?P<words>[^\W\d_][\w’'-]*(?:\s[^\W\d_][\w’'-]*){0,4})")


def _other_noun(text: str, end: int, until: int) -> str | None:
    """The last word before the next small one, for things the terms do not know: "11 luxury watches were" """
    match = _OTHER_NOUN.match(text, end, until)
    if not match:
        return None
    words: list[str] = []
    for word in match["words"].split():
        if _STOPS.fullmatch(word) or _SMALL.fullmatch(word) or (words and _PLURAL.search(words[-1])):
            break
        words.append(word)
    return words[-1].lower() if words and len(words[-1]) > 2 else None


def _without_noun(
    reading: Reading, figure: Figure, end: int, nation: Hit | None, last: Count | None, sentence: Sentence
) -> tuple[str | None, Hit | None]:
    """People by their nationality alone, by what they do, or the whole of which the count before is a part."""
    number, text = figure.number, reading.text
    if last and last.sentence is sentence and OF_TOTAL.search(text[last.figure.number.end : number.start]):
        return last.unit, None
    if number.value == 1 and _ONE_OF_SEVERAL.match(text, number.start):
        return "people", None
    if number.value < 2:
        return None, None
    if reading.language not in _COUNTERS and nation and 0 <= nation.start - end < 3 and reading.is_people(nation):
        if text[nation.end - 1] == "s" or _NO_NOUN_AFTER.match(text, nation.end):
            return "people", nation
    if _OF_THEM.match(text, number.end) or _OF_NUMBER.match(text, number.end):
        return "people", None
    if _SUBJECT.search(text[max(0, number.start - 30) : number.start]) and _ALONE.match(text, number.end):
        return "people", None
    if nation and is_bracketed(text, number.start, number.end):
        return "people", None
    return None, None


def _is_article(reading: Reading, figure: Figure, unit: str, unit_hit: Hit | None) -> bool:
    """Whether "one" is but an article, or counts a thing hardly worth counting: only single people are counted."""
    number = figure.number
    if not _ARTICLES.match(reading.quote(number.start, number.end)):
        return False
    if _ONE_OF_SEVERAL.match(reading.text, number.start) or (not number.written and reading.language in _COUNTERS):
        return False  # "1명" is written to count
    if unit in PERSONS:
        return unit_hit is None or len(reading.text[number.end : unit_hit.start].split()) > 3
    return not reading.text[number.end :].startswith((" of ", " more ", " further "))


def _unit(reading: Reading, hits: Sequence[Hit], end: int) -> tuple[str | None, Hit | None]:
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
        if _is_but_an_adjective(reading, head):
            return None, None
        return head.entry.name, head
    return None, None


def _is_but_an_adjective(reading: Reading, head: Hit) -> bool:
    """Of "300 call centre posts" the posts are counted, and what they are is not known."""
    if reading.language not in ("en", ""):
        return False
    word = reading.quote(head.start, head.end).lower()
    return not word.endswith(("s", "men", "people", "police")) and bool(_PLURAL_NEXT.match(reading.text, head.end))


def _head(reading: Reading, hits: Sequence[Hit], first: Hit) -> Hit:
    """Of "police motorcycles" the motorcycles: the last of unit nouns that follow each other in English."""
    head = first
    if reading.language not in ("en", "de", ""):
        return head
    for hit in hits:
        if hit.entry.kind == "unit" and hit.first == head.last + 1 and reading.text[head.end : hit.start] == " ":
            head = hit
    return head


_KOREAN = re.compile(r"명|인(?=[을이의은는과 ,])|대|건|곳|채|편|개국|개소|개|동|점|척|구|계좌")
_KOREAN_UNITS = {
    "명": "people", "인": "people", "대": "devices", "건": "cases", "곳": "sites", "개소": "sites", "개국": "countries",
    "편": "flights", "채": "buildings", "동": "buildings", "점": "devices", "척": "vehicles", "계좌": "targets",
}  # fmt: skip


def _counter(reading: Reading, hits: Sequence[Hit], end: int) -> tuple[str | None, Hit | None]:
    text = reading.text
    while end < len(text) and text[end] in " 余餘多여\u3000":
        end += 1
    if reading.language == "ko":  # a counter is written onto the number, so no token begins there
        match = _KOREAN.match(text, end)
        return (_KOREAN_UNITS.get(match[0], "things"), None) if match else (None, None)
    reach = end + (2 if reading.language == "my" else 1)
    after = [hit for hit in hits if hit.entry.kind == "unit" and end <= hit.start <= reach]
    if not after:
        return None, None
    best = max(after, key=lambda hit: hit.end)
    return _named(reading, hits, best, end), best


def _named(reading: Reading, hits: Sequence[Hit], counter: Hit, end: int) -> str:
    """What a counter counts, by the noun after it or, for people, before the number."""
    units = [hit for hit in hits if hit.entry.kind == "unit" and hit is not counter]
    noun = [hit for hit in units if counter.end <= hit.start <= counter.end + 8 and reading.language in ("zh", "ja")]
    noun = [hit for hit in noun if not re.search(r"[，、。；,\d]", reading.text[counter.end : hit.start])]
    name = counter.entry.name
    if name in ("things", "buildings") and noun and (name == "things" or noun[0].entry.name == "sites"):
        return noun[0].entry.name if noun[0].entry.name not in PERSONS else "things"
    if name == "people":
        before = [hit for hit in units if 0 <= end - hit.end <= 8 and hit.end <= end - 1]
        for hit in (*noun, *before):
            if hit.entry.name in PERSONS and hit.entry.name != "people":
                return hit.entry.name
    return name


def _nationality(reading: Reading, hits: Sequence[Hit], start: int, end: int) -> Hit | None:
    """The people or country that stands between number and noun, or right beside them."""
    text = reading.text
    nations = [hit for hit in hits if hit.entry.kind == "nation"]
    inside = [hit for hit in nations if start <= hit.start and hit.end <= end]
    if inside:
        return inside[0]
    if is_bracketed(text, start, end):
        return next((hit for hit in nations if 0 < start - hit.end <= 2), None)
    after = [hit for hit in nations if 0 <= hit.start - end <= 16 and _FROM_A_COUNTRY.fullmatch(text, end, hit.start)]
    if after:
        return after[0]
    if reading.language not in _COUNTERS:
        return None
    before = [hit for hit in nations if 0 <= start - hit.end <= 18 and _is_theirs(reading, hits, hit.end, start)]
    return before[-1] if before else None


def _is_theirs(reading: Reading, hits: Sequence[Hit], start: int, end: int) -> bool:
    """Whether nothing but words for people stands between a nation and the number."""
    left = list(reading.text[start:end])
    for hit in hits:
        if hit.entry.kind == "unit" and hit.entry.name in PERSONS and start <= hit.start and hit.end <= end:
            left[hit.start - start : hit.end - start] = " " * (hit.end - hit.start)
    return _OF_THE_PEOPLE.fullmatch("".join(left)) is not None

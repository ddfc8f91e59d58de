"""When it happened: dates in all spellings, weekdays and "yesterday", against the day of publication."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pipeline.anchors import Anchors, digit_runs, lowered, matches_at

_MONTHS: dict[str, int] = {}
for _row in (
    "january|jan|enero|ene|janvier|janv|janeiro|januari|gennaio|januar|"
    "tháng 1|มกราคม|ม.ค.|जनवरी|يناير|ဇန်နဝါရီ|មករា|ມັງກອນ|كانون الثاني",
    "february|feb|febrero|février|févr|fevereiro|februari|febbraio|februar|pebrero|กุมภาพันธ์|ก.พ.|फरवरी|فبراير|ဖေဖော်ဝါရီ|កុម្ភៈ|ກຸມພາ|شباط",
    "march|mar|marzo|mars|março|maret|mac|märz|marso|มีนาคม|มี.ค.|मार्च|مارس|မတ်|មីនា|ມີນາ|آذار",
    "april|apr|abril|avril|aprile|เมษายน|เม.ย.|अप्रैल|أبريل|ဧပြီ|មេសា|ເມສາ|نيسان",
    "may|mayo|mai|maio|mei|maggio|พฤษภาคม|พ.ค.|मई|مايو|မေ|ឧសភា|ພຶດສະພາ|أيار",
    "june|jun|junio|juin|junho|juni|giugno|hunyo|มิถุนายน|มิ.ย.|जून|يونيو|ဇွန်|មិថុនា|ມິຖຸນາ|حزيران",
    "july|jul|julio|juillet|juil|julho|juli|luglio|julai|hulyo|กรกฎาคม|ก.ค.|जुलाई|يوليو|ဇူလိုင်|កក្កដា|ກໍລະກົດ|تموز",
    "august|aug|agosto|août|agustus|ogos|สิงหาคม|ส.ค.|अगस्त|أغسطس|ဩဂုတ်|សីហា|ສິງຫາ|آب",
    "september|sept|sep|septiembre|septembre|setembro|settembre|setyembre|กันยายน|ก.ย.|सितंबर|سبتمبر|စက်တင်ဘာ|កញ្ញា|ກັນຍາ|أيلول",
    "october|oct|octubre|octobre|outubro|oktober|ottobre|oktubre|ตุลาคม|ต.ค.|अक्टूबर|أكتوبر|အောက်တိုဘာ|តុលា|ຕຸລາ|تشرين الأول",
    "november|nov|noviembre|novembre|novembro|nobyembre|พฤศจิกายน|พ.ย.|नवंबर|نوفمبر|နိုဝင်ဘာ|វិច្ឆិកា|ພະຈິກ|تشرين الثاني",
    "december|dec|diciembre|décembre|dezembro|desember|disember|"
    "dicembre|dezember|disyembre|ธันวาคม|ธ.ค.|दिसंबर|ديسمبر|ဒီဇင်ဘာ|"
    "ធ្នូ|ທັນວາ|كانون الأول",
):
    _number = len(set(_MONTHS.values())) + 1
    _MONTHS.update({_name: _number for _name in _row.split("|")})
#: Every name of a month, the longest first.
MONTH_NAMES = tuple(sorted(_MONTHS, key=len, reverse=True))
_NAMES = "|".join(re.escape(name) for name in MONTH_NAMES)


def month_number(name: str) -> int:
    """1 to 12, for a name of `MONTH_NAMES` in any case."""
    return _MONTHS[lowered(name)]


_YEAR = r"(?P<year>\d{4})"
#: 24 March 2026 · 24 de marzo · วันที่ 21 มกราคม 2569 · 11 April
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|"
    rf"-?a)?[\s.]{{0,2}}(?:de |of |ng |"
    rf"ខែ)?(?P<month>{_NAMES})(?![a-zà-ÿ])\.?(?:,?\s(?:de |del |"
    rf"ឆ្នាំ)?{_YEAR})?",
    re.IGNORECASE,
)
#: March 24, 2026 · Jan 6
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_NAMES})(?:လ)?\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%])(?:,?\s{_YEAR})?(?!\s?(?:percent|people))",
    re.IGNORECASE,
)
_HAN = re.compile(rf"(?:{_YEAR}\s?年\s?)?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号號]")
_KOREAN = re.compile(rf"(?:{_YEAR}\s?년\s?)?(?P<month>\d{{1,2}})\s?월\s?(?P<day>\d{{1,2}})\s?일")
_HAN_DAY = re.compile(
    r"(?<![\d月年])(?:本月)?(?P<day>\d{1,2})(?:日(?!本|間|内|元|夜間)|号(?=[，,在上下])|일(?!간|반|부터 \d|자리))"
)
_SLASHED = re.compile(rf"(?<![\d/])(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})(?:/{_YEAR})?(?![\d/])")
_ISO = re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)")
_VIETNAMESE = re.compile(
    rf"ngày\s(?P<day>\d{{1,2}})(?:\stháng\s|[/-])(?P<month>\d{{1,2}})(?:(?:\snăm\s|[/-]){_YEAR})?", re.IGNORECASE
)

_WEEKDAYS: dict[str, int] = {}
for _index, _row in enumerate(
    (
        "monday|mon|lunes|lundi|segunda-feira|senin|isnin|lunedì|montag|"
        "lunes|thứ hai|วันจันทร์|周一|週一|星期一|礼拜一|月曜|월요일|"
        "सोमवार|الاثنين|الإثنين|တနင်္လာ|ចន្ទ|ວັນຈັນ",
        "tuesday|tue|martes|mardi|terça-feira|selasa|martedì|dienstag|"
        "martes|thứ ba|วันอังคาร|周二|週二|星期二|火曜|화요일|मंगलवार|"
        "الثلاثاء|အင်္ဂါ|អង្គារ|ວັນອັງຄານ",
        "wednesday|wed|miércoles|mercredi|quarta-feira|rabu|mercoledì|"
        "mittwoch|miyerkules|thứ tư|วันพุธ|周三|週三|星期三|水曜|수요일|"
        "बुधवार|الأربعاء|ဗုဒ္ဓဟူး|ពុធ|ວັນພຸດ",
        "thursday|thu|jueves|jeudi|quinta-feira|kamis|khamis|giovedì|"
        "donnerstag|huwebes|thứ năm|วันพฤหัส|周四|週四|星期四|木曜|목요일|"
        "गुरुवार|الخميس|ကြာသပတေး|ព្រហស្បតិ៍|ວັນພະຫັດ",
        "friday|fri|viernes|vendredi|sexta-feira|jumat|jumaat|venerdì|"
        "freitag|biyernes|thứ sáu|วันศุกร์|周五|週五|星期五|金曜|금요일|"
        "शुक्रवार|الجمعة|သောကြာ|សុក្រ|ວັນສຸກ",
        "saturday|sat|sábado|samedi|sabtu|sabato|samstag|sabado|thứ bảy|"
        "วันเสาร์|周六|週六|星期六|土曜|토요일|शनिवार|السبت|စနေ|សៅរ៍|"
        "ວັນເສົາ",
        "sunday|sun|domingo|dimanche|minggu|ahad|domenica|sonntag|linggo|"
        "chủ nhật|วันอาทิตย์|周日|週日|星期日|星期天|日曜|일요일|रविवार|"
        "الأحد|တနင်္ဂနွေ|អាទិត្យ|ວັນອາທິດ",
    )
):
    _WEEKDAYS.update({_name: _index for _name in _row.split("|")})
#: Everyday words that are also weekdays or months.
_NOT_ALONE = frozenset(("mon", "sat", "sun", "wed", "tue", "thu", "fri", "mar", "may"))


def _alternatives(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


#: Names in Latin letters stand alone; in scripts without spaces they may be written onto other words.
_LATIN = _alternatives([name for name in _WEEKDAYS if ord(name[0]) < 0x250 and name not in _NOT_ALONE])
_OTHER = _alternatives([name for name in _WEEKDAYS if ord(name[0]) >= 0x250])
_WEEKDAY = re.compile(rf"(?<![^\W\d_])(?:{_LATIN})(?![^\W\d_])|{_OTHER}", re.IGNORECASE)
_RELATIVE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (-2, re.compile(r"\bthe day before yesterday\b|前天|一昨日|그저께|anteayer|"
        r"avant-hier|anteontem|เมื่อวานซืน|kemarin dulu|hôm kia", re.I)),
    (-1, re.compile(r"\byesterday\b|\bovernight\b|昨天|昨日|昨晚|어제|\bayer\b|\bhier\b|"
        r"\bontem\b|\bieri\b|\bgestern\b|เมื่อวาน|\bkemarin\b|\bsemalam\b|"
        r"hôm qua|\bkahapon\b|मंगल को कल|أمس|မနေ့က|ម្សិលមិញ|ມື້ວານ", re.I)),
    (0, re.compile(r"\btoday\b|\btonight\b|今天|今日|今晨|本日|오늘|\bhoy\b|"
        r"aujourd['’]hui|\bhoje\b|\boggi\b|\bheute\b|วันนี้|\bhari ini\b|"
        r"hôm nay|\bngayong araw\b|\bngayon\b|\bआज\b|اليوم|ယနေ့|ဒီနေ့|"
        r"ថ្ងៃនេះ|ມື້ນີ້", re.I)),
    (1, re.compile(r"\btomorrow\b|明天|明日|내일|\bmañana\b|\bdemain\b|\bamanhã\b|"
        r"พรุ่งนี้|\bbesok\b|\besok\b|ngày mai|\bbukas\b|غدا|မနက်ဖြန်|"
        r"ថ្ងៃស្អែក", re.I)),
)  # fmt: skip
#: What each of these begins with: its alternatives as plain words.
_RELATIVE_WORDS = {
    str(days): [words.split("[")[0] for words in pattern.pattern.replace(r"\b", "").split("|")]
    for days, pattern in _RELATIVE
}
_ANCHORS = Anchors({"month": MONTH_NAMES, "weekday": _WEEKDAYS, "ngày": ("ngày",), **_RELATIVE_WORDS})
_TO_MONTH = 12  # characters at most from the first digit of a day to its month
_NEXT = re.compile(
    r"(?:next|on the coming|this coming|próximo|prochain|por vir|from|"
    r"by|until|till|before|下|来|다음|次の|sampai|hingga|mulai)\s?$",
    re.I,
)
_LAST_WEEK = re.compile(r"(?:last|上|지난|先週の|le dernier)\s?$", re.I)
_AHEAD = re.compile(
    r"\b(?:will|to be|from|scheduled|due|plan\w*|next|by|until)\b|จะ|将|將|예정|予定|akan|sẽ|prévu|previst", re.I
)
_MONTH_FIRST = frozenset(("en-us",))


@dataclass(frozen=True)
class Day:
    """A date found in a text."""

    start: int
    end: int
    day: date
    exact: bool = True  # written as a date, not as a weekday or a word


@lru_cache(maxsize=1)
def _starts(text: str) -> dict[str, list[int]]:
    return _ANCHORS.starts(text)


def month_starts(text: str) -> list[int]:
    """Where the names of months begin, and words that begin like one."""
    return _starts(text)["month"]


@lru_cache(maxsize=2)
def find_dates(text: str, published: date, language: str) -> tuple[Day, ...]:
    """Every date of `text` that can be told, in order; overlapping readings once. Facts and figures share it."""
    starts = _starts(text)
    days = sorted(
        (*_written(text, published, language, starts), *_weekdays(text, published, starts["weekday"]),
         *_relative(text, published, starts)),
        key=lambda day: (day.start, -day.end),
    )  # fmt: skip
    kept: list[Day] = []
    for day in days:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
    return tuple(kept)


def _written(text: str, published: date, language: str, starts: dict[str, list[int]]) -> Iterator[Day]:
    runs = digit_runs(text)
    for match in _with_month(text, runs, starts):
        month = lowered(match["month"])
        number = _MONTHS[month] if month in _MONTHS else int(month)
        if found := _date(match.groupdict().get("year"), number, int(match["day"]), published):
            yield Day(match.start(), match.end(), found)
    digits = [at for start, end in runs for at in range(start, end)]
    for match in matches_at(_SLASHED, text, digits if "/" in text else ()):
        first, second = int(match["first"]), int(match["second"])
        day, month_ = (second, first) if first <= 12 and second > 12 else (first, second)
        if language not in ("en", "zh", "ja", "ko", "") or match["year"]:
            if found := _date(match["year"], month_, day, published):
                yield Day(match.start(), match.end(), found)
    may_begin = sorted({*digits, *(at - 2 for at in digits if text.startswith("本月", at - 2))})
    for match in matches_at(_HAN_DAY, text, may_begin):
        if found := _day_of_month(int(match["day"]), published):
            yield Day(match.start(), match.end(), found)


def _with_month(text: str, runs: Sequence[tuple[int, int]], starts: dict[str, list[int]]) -> Iterator[re.Match[str]]:
    """Days with their months, each spelling by itself."""
    months = starts["month"]
    digits = [at for start, end in runs for at in range(start, end)]
    days = [start for start, end in runs if end - start <= 2 and _is_near(months, start)]
    yield from matches_at(_DAY_MONTH, text, days)
    yield from matches_at(_MONTH_DAY, text, months)
    yield from matches_at(_HAN, text, digits if "月" in text else ())
    yield from matches_at(_KOREAN, text, digits if "월" in text else ())
    yield from matches_at(_ISO, text, digits if "-" in text else ())
    yield from matches_at(_VIETNAMESE, text, starts["ngày"])


def _is_near(months: Sequence[int], day: int) -> bool:
    place = bisect_right(months, day)
    return place < len(months) and months[place] <= day + _TO_MONTH


def _date(year: str | None, month: int, day: int, published: date) -> date | None:
    """The date; without a year the nearest one to publication that is not far ahead."""
    try:
        if year:
            number = int(year)
            return date(number - 543 if number > 2400 else number, month, day)
        found = date(published.year, month, day)
        if found - published > timedelta(days=150):
            return found.replace(year=published.year - 1)
        if published - found > timedelta(days=270):
            return found.replace(year=published.year + 1)
        return found
    except ValueError:
        return None


def _day_of_month(day: int, published: date) -> date | None:
    """A bare "24日": of this month, or of the last one where that day is still well ahead."""
    try:
        found = published.replace(day=day)
    except ValueError:
        return None
    if found - published > timedelta(days=12):
        last = published.replace(day=1) - timedelta(days=1)
        return last.replace(day=day) if day <= last.day else None
    return found


def _weekdays(text: str, published: date, starts: Sequence[int]) -> Iterator[Day]:
    for match in matches_at(_WEEKDAY, text, starts):
        index = _WEEKDAYS.get(match[0].lower())
        if index is None:
            continue
        back = (published.weekday() - index) % 7
        before = text[max(0, match.start() - 20) : match.start()]
        if _LAST_WEEK.search(before) and back == 0:
            back = 7
        ahead = _NEXT.search(before) or _AHEAD.search(
            text[max(0, match.start() - 45) : match.start()].rsplit(".", 1)[-1]
        )
        day = (
            published + timedelta(days=(index - published.weekday()) % 7)
            if ahead and back != 0
            else published - timedelta(days=back)
        )
        yield Day(match.start(), match.end(), day, exact=False)


def _relative(text: str, published: date, starts: dict[str, list[int]]) -> Iterator[Day]:
    for days, pattern in _RELATIVE:
        for match in matches_at(pattern, text, starts[str(days)]):
            yield Day(match.start(), match.end(), published + timedelta(days=days), exact=False)

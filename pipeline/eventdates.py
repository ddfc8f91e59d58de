"""When it happened: dates in all spellings, weekdays and "yesterday", against the day of publication."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pipeline.anchors import Anchors, digit_runs, lowered, matches_at
from pipeline.daynames import MONTH_NAMES, MONTHS, NAMES, NO_LETTER, RELATIVE, WEEKDAY, WEEKDAYS, WEEKS

__all__ = ["MONTH_NAMES", "Day", "find_dates", "is_of_a_date", "month_number", "month_starts"]


def month_number(name: str) -> int:
    """1 to 12, for a name of `MONTH_NAMES` in any case."""
    return MONTHS[lowered(name)]


_YEAR = r"(?P<year>\d{4})"
#: 24 March 2026 · 24 de marzo · วันที่ 21 มกราคม 2569 · 11 April
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|"
    rf"-?a)?[\s.]{{0,2}}(?:de |of |ng |"
    rf"ខែ)?(?P<month>{NAMES}){NO_LETTER}\.?(?:,?\s(?:de |del |"
    rf"ឆ្នាំ)?{_YEAR})?",
    re.IGNORECASE,
)
#: March 24, 2026 · Jan 6
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{NAMES})(?:လ)?\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%])(?:,?\s{_YEAR})?(?!\s?(?:percent|people))",
    re.IGNORECASE,
)
#: 2026. március 24-én
_YEAR_FIRST = re.compile(rf"(?<!\d){_YEAR}\.\s(?P<month>{NAMES})\.?\s(?P<day>\d{{1,2}})(?!\d)", re.IGNORECASE)
_HAN = re.compile(rf"(?:{_YEAR}\s?年\s?)?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号號]")
_KOREAN = re.compile(rf"(?:{_YEAR}\s?년\s?)?(?P<month>\d{{1,2}})\s?월\s?(?P<day>\d{{1,2}})\s?일")
_HAN_DAY = re.compile(
    r"(?<![\d月年])(?:本月)?(?P<day>\d{1,2})(?:日(?!本|間|内|元|夜間)|号(?=[，,在上下])|일(?!간|반|부터 \d|자리))"
)
_SLASHED = re.compile(rf"(?<![\d/])(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})(?:/{_YEAR})?(?![\d/])")
_ISO = re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)")
#: 24.03.2026 and 2026. 03. 24.
_DOTTED = re.compile(rf"(?<![\d.])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?!\d)")
_DOTTED_YEAR_FIRST = re.compile(rf"(?<![\d.]){_YEAR}\.\s?(?P<month>\d{{1,2}})\.\s?(?P<day>\d{{1,2}})(?!\d)")
_VIETNAMESE_DAY = ("ngày", "hôm", "mùng", "mồng", "sáng", "trưa", "chiều", "tối", "đêm")
_VIETNAMESE = re.compile(
    rf"(?:{'|'.join(_VIETNAMESE_DAY)})\s(?P<day>\d{{1,2}})(?:\stháng\s|[/-])(?P<month>\d{{1,2}})(?:(?:\snăm\s|[/-]){_YEAR})?",
    re.IGNORECASE,
)

#: What each of these begins with: its alternatives as plain words.
_RELATIVE_WORDS = {
    str(days): [lowered(words.split("[")[0].split("(")[0]) for words in pattern.pattern.replace(r"\b", "").split("|")]
    for days, pattern in RELATIVE
}
_ANCHORS = Anchors({"month": MONTH_NAMES, "weekday": WEEKDAYS, "ngày": _VIETNAMESE_DAY, **_RELATIVE_WORDS})
_A_MONTH = re.compile(rf"(?:{NAMES}){NO_LETTER}", re.IGNORECASE)
_TO_MONTH = 12  # characters at most from the first digit of a day to its month
_NEXT = re.compile(
    r"(?:next|on the coming|this coming|próximo|prochain|por vir|from(?: [\d.:]+ ?[ap]m| noon| midnight)?(?: on)?|"
    r"by|until|till|before|下|来|다음|次の|sampai|hingga|mulai)\s?$",
    re.I,
)
_LAST_WEEK = re.compile(r"(?:last|上|지난|先週の|le dernier)\s?$", re.I)
#: What is said to lie ahead, earlier in the same sentence. Words of any sentence (by, from, next) do not say so.
_AHEAD = re.compile(
    r"\b(?:будет|будут|olacak|edecek|yapacak|će|fog)\b|"
    r"\b(?:will|(?:is|are|set|expected|plans?|planned|told|ordered|asked) to|to be|scheduled|"
    r"(?:is|are|was|were) due|due (?:on|for|by))\b|"
    r"\b(?:será|serán|serão|sera|seront|sarà|saranno)\b|จะ|将|將|예정|予定|akan|sẽ|prévu|previst",
    re.I,
)
#: Who said so on that day: what lies ahead does so from there.
_SAID = re.compile(
    r"\b(?:said|told \w+|announced|reported|confirmed|added|wrote|according to [\w ]+)(?: on)?\s?$", re.I
)
_BEHIND = 45  # characters in which what lies ahead is looked for
_SENTENCE_ENDS = re.compile(r"[.。!！?？\n]")
_BETWEEN = re.compile(r"[\s,，(（]{0,3}")  # a weekday and its date
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


def is_of_a_date(text: str, start: int, end: int) -> bool:
    """Whether a number up to 31 stands beside the name of a month: no count."""
    if end - start > 2:
        return False
    months = month_starts(text)
    place = bisect_right(months, start)
    behind = _A_MONTH.match(text, months[place]) if place < len(months) and months[place] - end <= 2 else None
    before = _A_MONTH.match(text, months[place - 1]) if place and start - months[place - 1] <= _TO_MONTH else None
    if behind and months[place] > end and not text[end : months[place]].strip(" ."):
        return True
    return bool(before and before.end() <= start and not text[before.end() : start].strip(" ."))


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
        if kept and day.start < kept[-1].end:
            continue
        if kept and _is_told_by(text, kept[-1], day):
            kept.pop()
        kept.append(day)
    return tuple(kept)


def _is_told_by(text: str, weekday: Day, after: Day) -> bool:
    """Whether a weekday stands before its own date, which says which one it is: Monday, 9 November."""
    if weekday.exact or not after.exact or after.day.weekday() != weekday.day.weekday():
        return False
    return _BETWEEN.fullmatch(text[weekday.end : after.start]) is not None


def _written(text: str, published: date, language: str, starts: dict[str, list[int]]) -> Iterator[Day]:
    runs = digit_runs(text)
    for match in _with_month(text, runs, starts):
        month = lowered(match["month"])
        number = MONTHS[month] if month in MONTHS else int(month)
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
    yield from matches_at(
        _YEAR_FIRST, text, [start for start, end in runs if end - start == 4 and text[end : end + 1] == "."]
    )
    yield from matches_at(_DAY_MONTH, text, days)
    yield from matches_at(_MONTH_DAY, text, months)
    yield from matches_at(_HAN, text, digits if "月" in text else ())
    yield from matches_at(_KOREAN, text, digits if "월" in text else ())
    yield from matches_at(_ISO, text, digits if "-" in text else ())
    yield from matches_at(_DOTTED, text, digits if "." in text else ())
    yield from matches_at(_DOTTED_YEAR_FIRST, text, digits if "." in text else ())
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
    for match in matches_at(WEEKDAY, text, starts):
        index = WEEKDAYS.get(lowered(match[0]))
        if index is None or match[0] in WEEKS:
            continue
        back = (published.weekday() - index) % 7
        before = _SENTENCE_ENDS.split(text[max(0, match.start() - _BEHIND) : match.start()])[-1]
        if _LAST_WEEK.search(before) and back == 0:
            back = 7
        ahead = _NEXT.search(before) or (_AHEAD.search(before) and not _SAID.search(before))
        day = (
            published + timedelta(days=(index - published.weekday()) % 7)
            if ahead and back != 0
            else published - timedelta(days=back)
        )
        yield Day(match.start(), match.end(), day, exact=False)


def _relative(text: str, published: date, starts: dict[str, list[int]]) -> Iterator[Day]:
    for days, pattern in RELATIVE:
        for match in matches_at(pattern, text, starts[str(days)]):
            yield Day(match.start(), match.end(), published + timedelta(days=days), exact=False)

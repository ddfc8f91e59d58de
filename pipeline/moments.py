"""Dates and times as pages write them, in any language, read into moments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from core.text import clean

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)

#: Where the readers of a language mostly live: for times that a page prints without a zone.
_ZONES = {
    "zh": "Asia/Shanghai",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "th": "Asia/Bangkok",
    "vi": "Asia/Ho_Chi_Minh",
    "km": "Asia/Phnom_Penh",
    "lo": "Asia/Vientiane",
    "my": "Asia/Yangon",
    "id": "Asia/Jakarta",
    "ms": "Asia/Kuala_Lumpur",
    "tl": "Asia/Manila",
    "de": "Europe/Berlin",
    "it": "Europe/Rome",
    "pl": "Europe/Warsaw",
    "hu": "Europe/Budapest",
    "sr": "Europe/Belgrade",
    "hr": "Europe/Zagreb",
}
_ABBREVIATIONS = {
    "gmt": 0.0,
    "utc": 0.0,
    "z": 0.0,
    "ist": 5.5,
    "sgt": 8.0,
    "hkt": 8.0,
    "pht": 8.0,
    "ict": 7.0,
    "wib": 7.0,
    "wita": 8.0,
    "wit": 9.0,
}
_ABBREVIATIONS |= {
    "jst": 9.0,
    "kst": 9.0,
    "mmt": 6.5,
    "bst": 1.0,
    "cet": 1.0,
    "cest": 2.0,
    "est": -5.0,
    "edt": -4.0,
    "pst": -8.0,
    "pdt": -7.0,
}
_ABBREVIATIONS |= {
    "cst": -6.0,
    "cdt": -5.0,
    "aest": 10.0,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "msk": 3.0,
    "npt": 5.75,
    "pkt": 5.0,
}

_MONTHS_TEXT = """
jan janvier januar enero janeiro gennaio januari ene tháng-1 января ม.ค. มกราคม
feb février februar febrero fevereiro febbraio februari fév fev февраля ก.พ. กุมภาพันธ์
mar mars märz marzo março maret mac mär марта มี.ค. มีนาคม
apr avril april abril aprile avr abr апреля เม.ย. เมษายน
may mai mayo maio maggio mei mag мая พ.ค. พฤษภาคม
jun juin juni junio junho giugno giu июня มิ.ย. มิถุนายน
jul juillet juli julio julho luglio julai juil lug июля ก.ค. กรกฎาคม
aug août august agosto agustus ogos agu ago aou августа ส.ค. สิงหาคม
sep septembre september septiembre setembro settembre sept set сентября ก.ย. กันยายน
oct octobre oktober octubre outubro ottobre okt out ott октября ต.ค. ตุลาคม
nov novembre november noviembre novembro พ.ย. พฤศจิกายน ноября
dec décembre dezember diciembre dezembro dicembre desember disember dez dic des déc декабря ธ.ค. ธันวาคม
"""
_MONTHS = {
    clean(name): number for number, line in enumerate(_MONTHS_TEXT.strip().splitlines(), 1) for name in line.split()
}

_CJK_DATE = re.compile(r"((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?")
_ISO_DATE = re.compile(r"\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_COMPACT = re.compile(r"\b((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{6})?\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20|25)\d\d)\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?([^\W\d_][^\s\d,]{1,15}),?\s+(?:de\s+)?((?:19|20|"
    r"25)\d\d)\b"
)
_MONTH_DAY = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b")
_TIME = re.compile(r"\b(\d{1,2})[:.hH時时](\d{2})(?::(\d{2}))?(?!\d)\s*([AaPp]\.?[Mm]\.?)?")
_OFFSET = re.compile(r"(?:GMT|UTC)\s*([+-]\d{1,2})(?::?(\d{2}))?|\s([+-]\d{2}):?(\d{2})\b", re.I)
_ZONE_NAME = re.compile(r"\b([A-Z]{2,4})\b")


@dataclass(frozen=True)
class Moment:
    """A date as read: `exact` where it had a time of day; `day` is the one on the calendar it was written by."""

    at: datetime
    exact: bool
    day: date
    foreign: bool = False  # written in UTC, as machines do wherever they are


def zone_of(language: str | None) -> tzinfo:
    name = _ZONES.get((language or "").split("-")[0])
    return ZoneInfo(name) if name else UTC


def parse_moment(text: str, zone: tzinfo = UTC) -> Moment | None:
    """The first date in `text`, with its time if one stands near; None where there is none."""
    text = text.strip()[:200]
    if len(text) in (10, 13) and text.isascii() and text.isdigit():
        return _moment(datetime.fromtimestamp(int(text[:10]), UTC), zone)
    standard = _standard(text, zone)
    if standard is not None:
        return standard
    for find in (_cjk, _iso, _day_month, _month_day, _numeric, _compact):
        found = find(text)
        if found is not None:
            day, at = found
            return _with_time(day, text, at, zone)
    return None


def _standard(text: str, zone: tzinfo) -> Moment | None:
    """ISO 8601 and the mail form, in which machines write dates."""
    try:
        if re.match(r"(?:19|20)\d\d-\d\d-\d\d", text):
            moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
            return _moment(moment, zone) if len(text) > 10 else _whole_day(moment.date())
        if re.match(r"[A-Za-z]{3},? (?:\d|[A-Za-z]{3} \d{1,2} \d)(?!.*GMT[+-])", text):
            return _moment(parsedate_to_datetime(text), zone)
    except (ValueError, TypeError, OverflowError):
        return None
    return None


def _moment(moment: datetime, zone: tzinfo) -> Moment:
    """A time of day, in `zone` where it names none of its own."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        return Moment(aware.astimezone(UTC), True, aware.date(), moment.tzinfo is not None and not aware.utcoffset())
    except (OverflowError, ValueError):
        return Moment(EARLIEST - timedelta(days=1), True, aware.date())


def _whole_day(day: date) -> Moment:
    return Moment(datetime(day.year, day.month, day.day, tzinfo=UTC), False, day)


def calendar_day(year: int, month: int, day: int) -> date | None:
    if 2400 <= year <= 2700:
        year -= 543  # Buddhist era
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _cjk(text: str) -> tuple[date, int] | None:
    match = _CJK_DATE.search(text)
    day = match and calendar_day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _iso(text: str) -> tuple[date, int] | None:
    match = _ISO_DATE.search(text)
    day = match and calendar_day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _compact(text: str) -> tuple[date, int] | None:
    match = _COMPACT.search(text)
    day = match and calendar_day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _numeric(text: str) -> tuple[date, int] | None:
    """Day first, as nearly everywhere; month first where only that makes a date."""
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    day = calendar_day(year, second, first) or calendar_day(year, first, second)
    return (day, match.end()) if day else None


def _day_month(text: str) -> tuple[date, int] | None:
    for match in _DAY_MONTH.finditer(text):
        month = _month(match[2])
        day = calendar_day(int(match[3]), month, int(match[1])) if month else None
        if day:
            return day, match.end()
    return None


def _month_day(text: str) -> tuple[date, int] | None:
    for match in _MONTH_DAY.finditer(text):
        month = _month(match[1])
        day = calendar_day(int(match[3]), month, int(match[2])) if month else None
        if day:
            return day, match.end()
    return None


def _month(name: str) -> int | None:
    word = clean(name).lower()
    return (
        _MONTHS.get(word)
        or _MONTHS.get(word.rstrip("."))
        or (_MONTHS.get(word[:3]) if word.isascii() and len(word) > 3 else None)
    )


def _with_time(day: date, text: str, at: int, zone: tzinfo) -> Moment:
    clock = _TIME.search(text, at) or _TIME.search(text[: max(0, at - 10)])
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        return _whole_day(day)
    hour = int(clock[1])
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4].lower().startswith("p") else 0)
    local = datetime(
        day.year, day.month, day.day, hour, int(clock[2]), tzinfo=_written_zone(text[clock.end() :]) or zone
    )
    return _moment(local, zone)


def _written_zone(text: str) -> tzinfo | None:
    offset = _OFFSET.search(text)
    if offset is not None:
        hours, minutes = int(offset[1] or offset[3]), int(offset[2] or offset[4] or 0)
        if abs(hours) <= 14:
            return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    for name in _ZONE_NAME.findall(text[:30]):
        if name.lower() in _ABBREVIATIONS:
            return timezone(timedelta(hours=_ABBREVIATIONS[name.lower()]))
    return None

"""Dates as feeds write them, to aware UTC. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(
                "jan january janvier januar enero gennaio januari janeiro",
                "feb february février fevrier februar febrero febbraio februari",
            ),
            *(
                "mar march mars märz maerz marzo maret mac maart março",
                "apr april avril abril aprile avr abr",
                "may mai mayo maggio mei maio",
            ),
            *(
                "jun june juin juni junio giugno junho",
                "jul july juillet juli julio luglio julho",
                "aug august août aout agosto agustus ogos augustus ago agu",
            ),
            *(
                "sep sept september septembre septiembre settembre setembro",
                "oct october octobre oktober octubre ottobre okt outubro",
            ),
            *(
                "nov november novembre noviembre nopember novembro",
                "dec december décembre decembre dezember diciembre dicembre desember disember dez des",
            ),
        ),
        start=1,
    )
    for name in names.split()
}
#: Hours from UTC of the zone names that feeds use. CST is America's: China's feeds write +0800.
_ZONES = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "hst": -10,
    "pkt": 5,
    "ist": 5.5,
    "npt": 5.75,
    "mmt": 6.5,
    "ict": 7,
    "wib": 7,
    "sgt": 8,
    "myt": 8,
    "hkt": 8,
    "pht": 8,
    "wita": 8,
    "awst": 8,
    "jst": 9,
    "kst": 9,
    "wit": 9,
    "acst": 9.5,
    "aest": 10,
    "pgt": 10,
    "aedt": 11,
    "nzst": 12,
    "fjt": 12,
    "nzdt": 13,
}
_CLOCK = r"(?:[T\s,]+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?)?"
_ZONE = r"\s*\(?(Z|[+-]\d{1,2}:?\d{2}|(?:GMT|UTC)\s?[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{2,5})?\)?"
_ISO = re.compile(r"(\d{4})-?(\d{2})(?:-?(\d{2}))?" + _CLOCK + _ZONE, re.I | re.ASCII)
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})" + _CLOCK + _ZONE, re.I | re.ASCII)
_EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]" + _CLOCK + _ZONE, re.I)
_DAY_FIRST = re.compile(
    r"(?:\w+\.?,?\s+)?(\d{1,2})[\s-]+([^\W\d_]{3,12})\.?,?[\s-]+(\d{4}|\d{2})" + _CLOCK + _ZONE, re.I
)
_MONTH_FIRST = re.compile(
    r"(?:\w+\.?,?\s+)?([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _CLOCK + _ZONE, re.I
)
_ASCTIME = re.compile(r"(?:\w+\s+)?([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:([A-Z]{3,4})\s+)?(\d{4})")


def read_date(text: str | None) -> datetime | None:
    """The moment that `text` names, in UTC; a time without a zone is taken as UTC. None where it cannot be read."""
    if not text:
        return None
    spelled = " ".join(text.split())[:80]
    for form, order in ((_ISO, "ymd"), (_SLASHED, "ymd"), (_EAST, "ymd"), (_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy")):
        if found := form.fullmatch(spelled):
            parts = dict(zip(order, found.groups()[:3], strict=True))
            return _moment(parts["y"], parts["m"], parts["d"], found[4], found[5], found[6], found[7], found[8])
    if found := _ASCTIME.fullmatch(spelled):
        return _moment(found[7], found[1], found[2], found[3], found[4], found[5], None, found[6])
    return None


def _moment(
    year: str,
    month: str,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    half: str | None,
    zone: str | None,
) -> datetime | None:
    offset = _offset(zone)
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    if offset is None or number == 0:
        return None
    try:
        local = datetime(
            _year(int(year)),
            number,
            int(day or 1),
            _hour(int(hour or 0), half),
            int(minute or 0),
            min(int(second or 0), 59),
            tzinfo=timezone(offset),
        )
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # The epoch, and what came before news was on the web, is a default value and no date.
    return moment if moment.year > 1990 else None


def _year(year: int) -> int:
    if year < 100:
        return year + (2000 if year < 70 else 1900)
    return year - 543 if 2500 <= year <= 2620 else year  # the Thai calendar


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower().startswith("p") else 0)


@lru_cache(maxsize=512)
def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return timedelta()
    name = zone.lower().replace(" ", "")
    for prefix in ("gmt", "utc"):
        if name.startswith(prefix) and len(name) > 3:
            name = name.removeprefix(prefix)
    if name[0] in "+-":
        digits = name[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        span = timedelta(hours=hours, minutes=minutes)
        return (-span if name[0] == "-" else span) if span < timedelta(hours=24) else None
    # A zone that nobody knows: better a time that is hours off than no date.
    return timedelta(hours=_ZONES.get(name, 0))


#: Months that running text spells in scripts of its own, short forms too.
_OWN_SCRIPT_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "มกราคม ม.ค. មករា ဇန်နဝါရီ",
            "กุมภาพันธ์ ก.พ. កុម្ភៈ ဖေဖော်ဝါရီ",
            "มีนาคม มี.ค. មីនា မတ်",
            "เมษายน เม.ย. មេសា ဧပြီ",
            "พฤษภาคม พ.ค. ឧសភា မေ",
            "มิถุนายน มิ.ย. មិថុនា ဇွန်",
            "กรกฎาคม ก.ค. កក្កដា ဇူလိုင်",
            "สิงหาคม ส.ค. សីហា ဩဂုတ်",
            "กันยายน ก.ย. កញ្ញា စက်တင်ဘာ",
            "ตุลาคม ต.ค. តុលា အောက်တိုဘာ",
            "พฤศจิกายน พ.ย. វិច្ឆិកា နိုဝင်ဘာ",
            "ธันวาคม ธ.ค. ធ្នូ ဒီဇင်ဘာ",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK_NEAR = r"(?:[,\s|\-–]{0,4}(?:at\s)?([01]?\d|2[0-3])[:.]([0-5]\d))?"
_MONTHS_OF_OWN_SCRIPT = "|".join(map(re.escape, _OWN_SCRIPT_MONTHS))
_YEAR = r"(?P<y>(?:19|20|25)\d\d)"
_NEAR = tuple(
    re.compile(form + _CLOCK_NEAR)
    for form in (
        rf"(?<!\d){_YEAR}\s?[-/.年년]\s?(?P<m>\d{{1,2}})\s?[-/.月월]\s?(?P<d>\d{{1,2}})(?!\d)\s?[日일]?",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{1,3}}(?P<m>[^\W\d_]{{3,12}})\.?,?[\s-]{{1,3}}{_YEAR}(?!\d)",
        rf"(?<![^\W_])(?P<m>[^\W\d_]{{3,12}})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)",
        # Day before month, as the press of Asia, the Pacific and Europe writes.
        rf"(?<!\d)(?P<d>\d{{1,2}})[-/.](?P<m>\d{{1,2}})[-/.]{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})\s{{0,2}}(?:ខែ)?(?P<m>{_MONTHS_OF_OWN_SCRIPT})\s{{0,2}}(?:ឆ្នាំ\s?)?{_YEAR}(?!\d)",
    )
)
_IN_URL = re.compile(rf"[/_\-=][a-z]?{_YEAR}(?P<s>[/\-_]?)(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)")
_LOCAL_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙០១២៣៤៥៦៧៨៩၀၁၂၃၄၅၆၇၈၉໐໑໒໓໔໕໖໗໘໙", "0123456789" * 4)


def find_date(text: str | None) -> datetime | None:
    """The first date in running text, its time as UTC; None where there is none. For the words beside a link."""
    if not text:
        return None
    line = " ".join(text.split())[:400].translate(_LOCAL_DIGITS)
    for form in _NEAR:
        for found in form.finditer(line):
            name = found["m"]
            month = str(_OWN_SCRIPT_MONTHS.get(name, name))
            if moment := _moment(found["y"], month, found["d"], found[4], found[5], None, None, None):
                return moment
    return None


def date_in_url(url: str) -> datetime | None:
    """The day that an address names, as in `/2026/10/13/`; None where it names none."""
    for found in _IN_URL.finditer(url[:2000]):
        if len(found["s"]) == 0 and (len(found["m"]) < 2 or len(found["d"]) < 2):
            continue
        if moment := _moment(found["y"], found["m"], found["d"], None, None, None, None, None):
            return moment
    return None

"""When an article was published: every date a page gives, in order of trust, and the first that can be true."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from htmldate import find_date
from lxml import etree

from core.clock import as_utc
from core.text import clean
from pipeline.structured import Structured
from pipeline.tree import text_of
from pipeline.values import PublishedFrom

logging.getLogger("htmldate").setLevel(logging.CRITICAL)

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
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?(1[0-2]|0?[1-9])[-/_]?(0[1-9]|[12]\d|3[01]|[1-9](?=[-/_.]))(?!\d)")
_MODIFIED = re.compile(
    r"updat|modif|revis|aktualis|mise? à jour|actualiz|atualiz|更新|修改|수정|อัปเดต|diperbarui|cập nhật|обновл", re.I
)
_TRUSTED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "publication_date",
    "publish-date",
)
_OTHER_META = (
    "parsely-pub-date sailthru.date pubdate publishdate publish_date published_date publishtime "
    "cxenseparse:recs:publishtime dc.date.issued dcterms.issued "
    "dcterms.created dc.date dcterms.date dc.date.created article.published article.created date date_published "
    "originalpublicationdate release_date "
    "citation_publication_date citation_date apub:time weibo:article:create_at pub_date bt:pubdate lastmodified_date"
).split()


@dataclass(frozen=True)
class Moment:
    """A date as read: `exact` where it had a time of day."""

    at: datetime
    exact: bool


@dataclass(frozen=True)
class Published:
    at: datetime
    origin: PublishedFrom


def choose_published(
    given: datetime | None, *, whole: bool, page: list[Moment], url: str, found_at: datetime
) -> Published:
    """The first date that can be true: what came with the page, the page's own, the URL's, the time it was found."""
    if given is not None and is_sane(given, found_at):
        return Published(as_utc(min(given, found_at)), "given" if whole else "feed")
    named = url_date(url)
    sane = [moment for moment in page if is_sane(moment.at, found_at)]
    best = _agreed(sane, named)
    if best is not None:
        return Published(min(best.at, found_at), "page")
    if named is not None and is_sane(named, found_at):
        return Published(min(named, found_at), "url")
    return Published(found_at, "found")


def _agreed(moments: list[Moment], named: datetime | None) -> Moment | None:
    """The most trusted date, unless the URL contradicts it and bears out another."""
    if not moments:
        return None
    first = moments[0]
    if named is not None and abs(first.at - named) > timedelta(days=2):
        first = next((moment for moment in moments if abs(moment.at - named) <= timedelta(days=2)), first)
    if not first.exact:
        # A bare day gives way to the hour of the same day, wherever the page prints it.
        first = next(
            (moment for moment in moments if moment.exact and abs(moment.at - first.at) < timedelta(hours=36)), first
        )
    return first


def is_sane(moment: datetime, found_at: datetime) -> bool:
    return EARLIEST <= moment <= found_at + timedelta(days=1)


def page_dates(
    tree: etree._Element, structured: Structured, language: str | None, found_at: datetime, *, search: bool
) -> list[Moment]:
    """The publication dates the page gives, most trusted first; printed ones only where the markup's do not suffice."""
    zone = zone_of(language)
    texts = [
        *structured.published,
        *_meta_dates(tree, _TRUSTED_META),
        *_marked_dates(tree),
        *_meta_dates(tree, _OTHER_META),
    ]
    moments = [moment for text in texts if (moment := parse_moment(text, zone)) is not None]
    sane = [moment for moment in moments if is_sane(moment.at, found_at)]
    if sane and sane[0].exact and all(abs(sane[0].at - other.at) < timedelta(days=2) for other in sane):
        return moments
    moments += _visible_dates(tree, zone)
    if search and not any(is_sane(moment.at, found_at) for moment in moments):
        moments += _searched(tree, found_at)
    return moments


def _searched(tree: etree._Element, found_at: datetime) -> list[Moment]:
    """What htmldate makes of a page that marks no date: slow, so asked last; without its guesses from any number."""
    try:
        written = find_date(
            etree.tostring(tree, encoding="unicode", method="html"),
            extensive_search=False,
            original_date=True,
            max_date=found_at,
        )
    except Exception:  # a foreign search over hostile markup: no date is an answer too
        return []
    moment = parse_moment(written) if written else None
    return [moment] if moment else []


def _meta_dates(tree: etree._Element, names: tuple[str, ...] | list[str]) -> Iterator[str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (
            meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
        ).lower()
        if name and (content := meta.get("content")):
            found.setdefault(name, content)
    yield from (found[name] for name in names if name in found)


def _marked_dates(tree: etree._Element) -> Iterator[str]:
    for element in tree.iterfind('.//*[@itemprop="datePublished"]'):
        yield element.get("content") or element.get("datetime") or text_of(element)
    times = [
        element for element in tree.iter("time", "abbr") if element.tag == "time" or element.get("class") == "published"
    ]
    for element in times[:6]:
        around = " ".join((element.get("class") or "", element.get("itemprop") or "", text_of(element)[:40]))
        if not _MODIFIED.search(around):
            yield element.get("datetime") or element.get("title") or text_of(element)


_DATE_CLASS = re.compile(
    r"date|time|publi|posted|byline|meta|info|dateline|source|tanggal|credit|post-?by|^by$|^m$|^t$", re.I
)


_NOT_FIRST = re.compile(r"\b(?:Updated|Last (?:updated|modified)|Aktualisiert|Diperbarui)\b|更新|Today is")


def _visible_dates(tree: etree._Element, zone: tzinfo) -> Iterator[Moment]:
    """Dates printed in short lines, those of a class for dates first; not in links, which lead to other articles."""
    body = tree.find("body")
    rest: list[str] = []
    for count, element in enumerate(
        (body if body is not None else tree).iter("span", "div", "p", "td", "font", "li", "small", "em", "i", "h6", "b")
    ):
        if count > 1500:
            break
        marked = None
        for text in (element.text, *(child.tail for child in element)):
            if text is None or not 6 <= len(text.strip()) <= 160 or not any(map(str.isdigit, text)):
                continue
            marked = marked or _DATE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}".strip())
            line = _NOT_FIRST.split(text)[0]
            if not marked:
                rest.append(line)
            elif (moment := parse_moment(line, zone)) is not None:
                yield moment
    for line in rest[:40]:
        if len(line) < 90 and (moment := parse_moment(line, zone)) is not None and (moment.exact or len(line) < 40):
            yield moment


def zone_of(language: str | None) -> tzinfo:
    name = _ZONES.get((language or "").split("-")[0])
    return ZoneInfo(name) if name else UTC


def parse_moment(text: str, zone: tzinfo = UTC) -> Moment | None:
    """The first date in `text`, with its time if one stands near; None where there is none."""
    text = text.strip()[:200]
    if re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return Moment(datetime.fromtimestamp(int(text[:10]), UTC), True)
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
    if re.match(r"(?:19|20)\d\d-\d\d-\d\d", text):
        try:
            moment = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
        except ValueError:
            return None
        exact = len(text) > 10
        return Moment(_aware(moment, zone if exact else UTC), exact)
    if re.match(r"[A-Za-z]{3}, \d", text):
        try:
            return Moment(_aware(parsedate_to_datetime(text), zone), True)
        except (ValueError, TypeError, OverflowError):
            return None
    return None


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return EARLIEST - timedelta(days=1)


def _day(year: int, month: int, day: int) -> date | None:
    if 2400 <= year <= 2700:
        year -= 543  # Buddhist era
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _cjk(text: str) -> tuple[date, int] | None:
    match = _CJK_DATE.search(text)
    day = match and _day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _iso(text: str) -> tuple[date, int] | None:
    match = _ISO_DATE.search(text)
    day = match and _day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _compact(text: str) -> tuple[date, int] | None:
    match = _COMPACT.search(text)
    day = match and _day(int(match[1]), int(match[2]), int(match[3]))
    return (day, match.end()) if match and day else None


def _numeric(text: str) -> tuple[date, int] | None:
    """Day first, as nearly everywhere; month first where only that makes a date."""
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    day = _day(year, second, first) or _day(year, first, second)
    return (day, match.end()) if day else None


def _day_month(text: str) -> tuple[date, int] | None:
    for match in _DAY_MONTH.finditer(text):
        month = _month(match[2])
        day = _day(int(match[3]), month, int(match[1])) if month else None
        if day:
            return day, match.end()
    return None


def _month_day(text: str) -> tuple[date, int] | None:
    for match in _MONTH_DAY.finditer(text):
        month = _month(match[1])
        day = _day(int(match[3]), month, int(match[2])) if month else None
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
        return Moment(datetime(day.year, day.month, day.day, tzinfo=UTC), False)
    hour = int(clock[1])
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4].lower().startswith("p") else 0)
    local = datetime(
        day.year, day.month, day.day, hour, int(clock[2]), tzinfo=_written_zone(text[clock.end() :]) or zone
    )
    return Moment(_aware(local, zone), True)


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


def url_date(url: str) -> datetime | None:
    """The day in the path of an address, as in /2026/05/19/ or /20260519/."""
    path = url.split("://", 1)[-1].partition("/")[2].split("?")[0]
    match = _URL_DATE.search(path)
    day = match and _day(int(match[1]), int(match[2]), int(match[3]))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None

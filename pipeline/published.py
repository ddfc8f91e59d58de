"""When an article was published: every date a page gives, in order of trust, and the first that can be true."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice

from htmldate import find_date
from lxml import etree

from core.clock import as_utc
from pipeline.blocks import Flat
from pipeline.moments import EARLIEST, Moment, calendar_day, parse_moment, zone_of
from pipeline.tree import Page, text_of
from pipeline.values import PublishedFrom

logging.getLogger("htmldate").setLevel(logging.CRITICAL)

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


_BELOW = 14  # blocks below the heading among which its date is looked for first
_ABOVE = 8
_NEAR_LINE = 160
_FAR_LINE = 90
_FAR_DAY = 40
_MOST_FAR = 40


@dataclass(frozen=True)
class Published:
    at: datetime
    origin: PublishedFrom
    day: date  # on the calendar of who published it


def choose_published(
    given: datetime | None, *, whole: bool, page: list[Moment], url: str, found_at: datetime
) -> Published:
    """The first date that can be true: what came with the page, the page's own, the URL's, the time it was found."""
    if given is not None and is_sane(given, found_at):
        at = min(given, found_at)
        return Published(as_utc(at), "given" if whole else "feed", at.date())
    named = url_date(url)
    sane = [moment for moment in page if is_sane(moment.at, found_at)]
    best = _agreed(sane, named)
    if best is not None:
        # The address names the day on the publisher's own calendar, which a time in UTC does not.
        own = named.date() if named is not None and abs(best.at - named) < timedelta(hours=36) else best.day
        return Published(min(best.at, found_at), "page", own)
    if named is not None and is_sane(named, found_at):
        return Published(min(named, found_at), "url", named.date())
    return Published(found_at, "found", found_at.date())


def _agreed(moments: list[Moment], named: datetime | None) -> Moment | None:
    """The most trusted date, unless the URL contradicts it and bears out another."""
    if not moments:
        return None
    first = moments[0]
    if named is not None and abs(first.at - named) > timedelta(days=2):
        first = next((moment for moment in moments if abs(moment.at - named) <= timedelta(days=2)), first)
    if not first.exact:
        # A bare day gives way to the hour of the same day, wherever the page prints it.
        first = next((moment for moment in moments if moment.exact and moment.day == first.day), first)
    return first


def is_sane(moment: datetime, found_at: datetime) -> bool:
    return EARLIEST <= moment <= found_at + timedelta(days=1)


def page_dates(
    page: Page,
    flat: Flat,
    heading: int | None,
    meta: dict[str, str],
    published: tuple[str, ...],
    language: str | None,
    found_at: datetime,
    named: datetime | None,
) -> list[Moment]:
    """The publication dates the page gives, most trusted first; printed ones only where the markup's do not suffice.

    `published` are those of data for machines; `named` is the day in the page's address, and a date that agrees with it
    needs no other witness.
    """
    zone = zone_of(language)
    declared = (*published, *(meta[name] for name in _TRUSTED_META if name in meta))
    trusted = next((moment for text in declared if (moment := parse_moment(text, zone)) is not None), None)
    if trusted is not None and _suffices(trusted, named, found_at):
        return [_at_home(trusted, flat, heading, zone)]
    texts = (
        *declared,
        *_marked_dates(page, flat, heading),
        *(meta[name] for name in _OTHER_META if name in meta),
    )
    moments = [moment for text in texts if (moment := parse_moment(text, zone)) is not None]
    first = next((moment for moment in moments if is_sane(moment.at, found_at)), None)
    if first is not None and _suffices(first, named, found_at):
        return [_at_home(first, flat, heading, zone)]
    moments += _printed_dates(flat, heading, zone)
    if named is None and not any(is_sane(moment.at, found_at) for moment in moments):
        moments += _searched(page, found_at)
    return moments


def _suffices(moment: Moment, named: datetime | None, found_at: datetime) -> bool:
    borne_out = named is None or abs(moment.at - named) <= timedelta(days=2)
    return moment.exact and borne_out and is_sane(moment.at, found_at)


def _searched(page: Page, found_at: datetime) -> list[Moment]:
    """What htmldate makes of a page that marks no date: slow, so asked last; without its guesses from any number."""
    try:
        written = find_date(page.markup, extensive_search=False, original_date=True, max_date=found_at)
    except Exception:  # a foreign search over hostile markup: no date is an answer too
        return []
    moment = parse_moment(written) if written else None
    return [moment] if moment else []


def _marked_dates(page: Page, flat: Flat, heading: int | None) -> Iterator[str]:
    """Dates in elements made for them, those near the heading first."""
    if "datePublished" in page.markup:
        for element in page.tree.iterfind('.//*[@itemprop="datePublished"]'):
            yield _written(element)
    seen = sorted(flat.times, key=lambda time: _distance(time[0], heading))
    times = [element for _, element in seen] or page.tree.iter("time", "abbr")
    for element in islice(times, 6):
        around = " ".join((element.get("class") or "", element.get("itemprop") or "", text_of(element)[:40]))
        if not _MODIFIED.search(around):
            yield _written(element)


def _written(element: etree._Element) -> str:
    return element.get("content") or element.get("datetime") or element.get("title") or text_of(element)


def _at_home(moment: Moment, flat: Flat, heading: int | None, zone: tzinfo) -> Moment:
    """`moment` with the day that is printed beside the heading, if it can be the same one in another zone."""
    if not moment.foreign:
        return moment
    near = (read for line in _lines_near(flat, heading) if (read := _first_date(line, zone)) is not None)
    printed = next(near, None)
    if printed is None or abs((printed.day - moment.day).days) != 1:
        return moment
    return replace(moment, day=printed.day)


def _distance(at: int, heading: int | None) -> int:
    """0 below the heading, 1 a little above it, 2 anywhere else."""
    if heading is None:
        return 2
    return 0 if heading <= at <= heading + _BELOW else 1 if heading - _ABOVE <= at < heading else 2


def _lines_near(flat: Flat, heading: int | None) -> list[str]:
    """Short lines with a digit below the heading, then a little above it."""
    if heading is None:
        return []
    first = max(0, heading - _ABOVE)
    lines = [(at, words) for at, _, words in flat.asides if first <= at <= heading + _BELOW]
    lines += [(at, block.text) for at, block in enumerate(flat.blocks[first : heading + _BELOW + 1], first)]
    return [text for _, text in sorted(lines, key=lambda line: (line[0] < heading, line[0])) if _is_dated(text)]


def _is_dated(text: str) -> bool:
    return 6 <= len(text) <= _NEAR_LINE and _DIGIT.search(text) is not None


def _first_date(line: str, zone: tzinfo) -> Moment | None:
    return parse_moment(_NOT_FIRST.split(line)[0], zone)


_NOT_FIRST = re.compile(r"\b(?:Updated|Last (?:updated|modified)|Aktualisiert|Diperbarui)\b|更新|Today is")


def _printed_dates(flat: Flat, heading: int | None, zone: tzinfo) -> Iterator[Moment]:
    """Dates in short lines near the heading, then elsewhere; at last those that a paragraph below it begins with."""
    for line in _lines_near(flat, heading):
        if (moment := _first_date(line, zone)) is not None:
            yield moment
    far = (block.text for at, block in enumerate(flat.blocks) if _distance(at, heading) == 2 and _is_dated(block.text))
    for line in islice((line for line in far if len(line) <= _FAR_LINE), _MOST_FAR):
        moment = _first_date(line, zone)
        if moment is not None and (moment.exact or len(line) < _FAR_DAY):
            yield moment
    for block in flat.blocks[heading + 1 : heading + _BELOW] if heading is not None else ():
        if len(block.text) > _NEAR_LINE and (dateline := _DATELINE.match(block.text)):
            moment = parse_moment(dateline[0], zone)
            if moment is not None:
                yield moment


_DIGIT = re.compile(r"\d")
_DATELINE = re.compile(r"\W{0,3}(?=\d)[^|–—-]{8,24}|.{0,60}?\d{4}\s?(?:\([^)]{1,30}\)\s?)?(?=[|–—)-])")


def url_date(url: str) -> datetime | None:
    """The day in the path of an address, as in /2026/05/19/ or /20260519/."""
    path = url.split("://", 1)[-1].partition("/")[2].split("?")[0]
    match = _URL_DATE.search(path)
    day = match and calendar_day(int(match[1]), int(match[2]), int(match[3]))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None

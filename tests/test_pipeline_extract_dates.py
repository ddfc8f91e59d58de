"""When an article was published, from sources that need not agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pipeline.moments import parse_moment, zone_of
from pipeline.published import url_date
from pipeline.values import Given
from tests.pages import BODY, FOUND, page, read

BANGKOK = zone_of("th")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-18T09:30:00+07:00", at(2026, 11, 18, 2, 30)),
        ("2026-11-18T09:30:00.123Z", at(2026, 11, 18, 9, 30, 0, 123000)),
        ("2026-11-18 09:30:00 +0800", at(2026, 11, 18, 1, 30)),
        ("2026-11-18", at(2026, 11, 18)),
        ("Wed, 18 Nov 2026 09:30:00 GMT", at(2026, 11, 18, 9, 30)),
        ("1795000000", datetime.fromtimestamp(1795000000, UTC)),
        ("1795000000000", datetime.fromtimestamp(1795000000, UTC)),
        ("18 November 2026, 04:15 PM (GMT+8)", at(2026, 11, 18, 8, 15)),
        ("November 18, 2026 07:31 pm IST", at(2026, 11, 18, 14, 1)),
        ("Published: 18.11.2026. 08:30", at(2026, 11, 18, 8, 30)),
        ("18/11/2026", at(2026, 11, 18)),
        ("11/18/2026", at(2026, 11, 18)),
        ("18 de noviembre de 2026", at(2026, 11, 18)),
        ("18. März 2026", at(2026, 3, 18)),
        ("18 février 2026 à 16h05", at(2026, 2, 18, 16, 5)),
        ("Rabu, 18 Agustus 2026 | 16:05 WIB", at(2026, 8, 18, 9, 5)),
        ("18 ноября 2026, 16:05", at(2026, 11, 18, 16, 5)),
        ("20261118", at(2026, 11, 18)),
        ("Wed Nov 18 2026 09:30:00 GMT+0700 (Indochina Time)", at(2026, 11, 18, 2, 30)),
        ("Wed Nov 18 09:30:00 EST 2026", at(2026, 11, 18, 14, 30)),
    ],
)
def test_dates_are_read_as_they_are_written(written: str, moment: datetime) -> None:
    found = parse_moment(written)
    assert found is not None and found.at == moment


@pytest.mark.parametrize("written", ["18 พ.ย. 2569 09:30 น.", "18 พฤศจิกายน 2569 เวลา 09:30", "18/11/2569 09:30"])
def test_buddhist_years_are_ours_and_the_time_is_local(written: str) -> None:
    found = parse_moment(written, BANGKOK)
    assert found is not None and found.at == at(2026, 11, 18, 2, 30)


@pytest.mark.parametrize("written", ["2026年11月18日 09:30", "2026年11月18日(三) 09:30", "2026년 11월 18일 09:30"])
def test_east_asian_dates_are_read(written: str) -> None:
    found = parse_moment(written, zone_of("zh"))
    assert found is not None and found.at == at(2026, 11, 18, 1, 30)


@pytest.mark.parametrize(
    "written", ["", "yesterday", "32 November 2026", "2026-13-45", "18 ferries 2026", "99/99/2026", "9" * 13]
)
def test_what_is_no_date_is_none_or_far_away(written: str) -> None:
    found = parse_moment(written)
    assert found is None or found.at.year > 2200


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.example/2026/05/19/ferry", at(2026, 5, 19)),
        ("https://x.example/news/2026-05-19-ferry", at(2026, 5, 19)),
        ("https://x.example/html/2026-05/19/content_71882.htm", at(2026, 5, 19)),
        ("https://x.example/20260519/ferry.html", at(2026, 5, 19)),
        ("https://x.example/ferry-20261332", None),
        ("https://x.example/id/120260519887", None),
        ("https://x.example/?d=2026-05-19", None),
    ],
)
def test_an_address_may_name_the_day(url: str, day: datetime | None) -> None:
    assert url_date(url) == day


def test_the_feeds_date_comes_first() -> None:
    article = read(
        page(head='<meta property="article:published_time" content="2026-11-10T00:00:00Z">'),
        given=Given(published_at=at(2026, 11, 18, 9)),
    )
    assert (article.published_at, article.published_from) == (at(2026, 11, 18, 9), "feed")


@pytest.mark.parametrize("lie", [at(1970, 1, 1), at(2031, 1, 1)])
def test_an_impossible_date_gives_way_to_the_next(lie: datetime) -> None:
    head = '<meta property="article:published_time" content="2026-11-10T08:00:00Z">'
    article = read(page(head=head), given=Given(published_at=lie))
    assert (article.published_at, article.published_from) == (at(2026, 11, 10, 8), "page")


def test_a_date_a_few_hours_ahead_is_the_time_it_was_found() -> None:
    article = read(page(), given=Given(published_at=FOUND + timedelta(hours=7)))
    assert article.published_at == FOUND


def test_the_address_decides_between_contradicting_dates() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","datePublished":"2019-09-18"}'
        "</script>"
        '<meta property="article:published_time" content="2026-11-10T08:00:00Z">'
    )
    url = "https://post.example.org/2026/11/10/ferry"
    assert read(page(head=head), url=url).published_at == at(2026, 11, 10, 8)


def test_without_any_date_the_address_and_then_the_finding_count() -> None:
    dated = read(page(), url="https://post.example.org/2026/11/10/ferry")
    assert (dated.published_at, dated.published_from) == (at(2026, 11, 10), "url")
    assert (read(page()).published_at, read(page()).published_from) == (FOUND, "found")


def test_the_printed_hour_completes_a_bare_day() -> None:
    head = '<meta name="date" content="20261118">'
    markup = page(
        head=head, text='<span class="date">2026年11月18日(三) 17:05</span><p>渡轮恢复航行。</p>', language="zh"
    )
    assert read(markup).published_at == at(2026, 11, 18, 9, 5)


def test_the_time_of_an_update_is_not_the_publication() -> None:
    text = "<div class=meta>Published: 17 November 2026 10:00 | Updated: 19 November 2026 11:00</div><p>Text of it.</p>"
    assert read(page(text=text)).published_at == at(2026, 11, 17, 10)


def test_the_date_beside_the_heading_counts_before_those_of_comments_and_lists() -> None:
    comments = (
        "<div class=comments><time datetime='2026-11-19T10:00:00+07:00'>Thursday</time> Where are the parrots?</div>"
    )
    head = "<div><time datetime='2026-11-17T10:00:00+07:00'>Tuesday</time></div>"
    assert read(page(comments, text=head + BODY)).published_at == at(2026, 11, 17, 3)
    lists = "<ul><li>19 November 2026</li><li>18 November 2026</li></ul>" + "<p>Parrots.</p>" * 20
    markup = page(text=f"<div>17 November 2026</div>{BODY}").replace("<main>", f"<div>{lists}</div><main>")
    assert read(markup).published_at == at(2026, 11, 17)


@pytest.mark.parametrize(
    "dateline", ["17.11.2026 - ", "LANTER, 17 November 2026 (LP) - ", "17 November 2026 | Lanter: "]
)
def test_a_paragraph_may_begin_with_the_date(dateline: str) -> None:
    assert read(page(text=BODY.replace("<p>", f"<p>{dateline}", 1))).published_at == at(2026, 11, 17)


def test_a_day_inside_a_paragraph_is_not_the_publication() -> None:
    text = BODY.replace("on Friday", "on 13 November 2026, a Friday,")
    assert read(page(text=text)).published_from == "found"


def test_the_day_is_that_of_the_publishers_calendar() -> None:
    written = '<meta property="article:published_time" content="2026-11-18T{}">'
    assert read(page(head=written.format("01:30:00+07:00"))).published_day == date(2026, 11, 18)
    machine = page(
        head=written.format("01:30:00Z"), text=f"<div>By Ilse Quarrow, November 17, 2026 8:30 pm</div>{BODY}"
    )
    found = read(machine)
    assert (found.published_at, found.published_day) == (at(2026, 11, 18, 1, 30), date(2026, 11, 17))
    address = "https://post.example.org/2026/11/17/ferry"
    assert read(page(head=written.format("01:30:00Z")), url=address).published_day == date(2026, 11, 17)


def test_times_are_utc() -> None:
    given = Given(published_at=datetime(2026, 11, 18, 9, tzinfo=timezone(timedelta(hours=7))))
    found = read(page(), given=given).published_at
    assert found is not None and found.utcoffset() == timedelta(0) and found.hour == 2

"""Section pages: which links are the list, what they are called, when they came out, and what is no list."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from crawler.feeds import Entry, FeedError
from crawler.listing import compiled, read_listing, shape_of
from tests.sections import section

URL = "https://river.example/section"
SLUGS = ("police-free-forty-from-compound", "ministers-sign-police-pact", "court-jails-five-for-fraud")


def read(body: str, item: str | None = None, url: str = URL) -> list[Entry]:
    return list(read_listing(body.encode(), url=url, item=item).entries)


def test_the_list_is_learned_and_the_menu_left_out() -> None:
    found = read(section(*SLUGS, date="13 October 2026"))
    assert [entry.url for entry in found] == [f"https://river.example/news/{slug}" for slug in SLUGS]
    assert all((entry.title or "").startswith(("Police", "Ministers", "Court")) for entry in found)
    assert {entry.published for entry in found} == {datetime(2026, 10, 13, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("title", "date", "prefix"),
    [
        ("公安部通报打击跨境电信网络诈骗犯罪最新进展情况", "2026-10-13", "/n1/202610/t20261013_"),
        ("ตำรวจช่วยเหลือผู้เสียหายจากแก๊งคอลเซ็นเตอร์", "13 ต.ค. 2569", "/news/"),
        ("នគរបាលជាតិបង្ក្រាបបទល្មើសឆបោកតាមប្រព័ន្ធអនឡាញ", "១៣ តុលា ២០២៦", "/detail?id="),
        ("ရဲတပ်ဖွဲ့က ငွေလိမ်ဂိုဏ်းကို ဖမ်းဆီးခဲ့သည်", "13/10/2026", "/posts/"),
        ("Công an triệt phá đường dây lừa đảo", "13/10/2026 09:05", "/tin/"),
    ],
)
def test_lists_are_learned_in_every_script(title: str, date: str, prefix: str) -> None:
    numbers = ("90417", "90418", "90419", "90420")
    found = read("".join(section(*numbers, date=date, prefix=prefix, title=title)))
    assert len(found) == 4
    assert found[0].title is not None and found[0].title.startswith(title)
    assert found[0].published is not None and found[0].published.date().isoformat() == "2026-10-13"


def test_links_that_say_read_more_take_the_heading_beside_them() -> None:
    rows = "".join(
        f'<div><h3>Headline number {n} of the day</h3><a href="/news/{n}">Read more</a></div>' for n in range(5)
    )
    found = read(f"<body><main>{rows}</main></body>", item="a")
    assert [entry.title for entry in found] == [f"Headline number {n} of the day" for n in range(5)]


def test_a_date_beside_a_link_is_never_its_neighbours() -> None:
    rows = '<li><a href="/news/1">One</a></li>'
    rows += '<li><a href="/news/2">Two</a> <time datetime="2026-10-12T09:00Z">x</time></li>'
    first, second = read(f"<ul>{rows}</ul>", item="li")
    assert first.published is None
    assert second.published == datetime(2026, 10, 12, 9, tzinfo=UTC)


def test_base_and_declared_character_set_are_honoured() -> None:
    body = '<meta charset="gbk"><base href="https://other.example/x/"><a href="1.html">警方通报</a>'.encode("gbk")
    (entry,) = read_listing(body, url=URL, item="a").entries
    assert (entry.url, entry.title) == ("https://other.example/x/1.html", "警方通报")


@pytest.mark.parametrize(
    ("body", "item", "reason"),
    [
        ("", None, "listing_empty"),
        ("<p>Please enable JavaScript", None, "listing_empty"),
        (section(), None, "listing_empty"),
        ("<h2>No link</h2>", "h2 a", "listing_empty"),
        ("".join(f'<h2><a href="/home?utm_source={n}">News {n}</a></h2>' for n in range(5)), "h2 a", "listing_alike"),
        ("".join(f'<h2><a href="/home">News of the day {n}</a></h2>' for n in range(5)), None, "listing_alike"),
        ("%PDF-1.7", None, "listing_not_a_page"),
    ],
)
def test_what_is_no_list_says_why(body: str, item: str | None, reason: str) -> None:
    with pytest.raises(FeedError) as refused:
        read(body, item)
    assert refused.value.reason == reason


def test_a_bad_selector_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="not a CSS selector"):
        compiled("div[")


def test_addresses_of_articles_have_one_shape() -> None:
    assert shape_of("https://r.example/news/2026/a-raid-in-the-town-41") == shape_of(
        "https://r.example/news/2025/the-court-has-spoken"
    )
    assert shape_of("https://r.example/d.aspx?id=41&page=2") == shape_of("https://r.example/d.aspx?id=7")
    assert shape_of("https://r.example/sport") != shape_of("https://r.example/law")


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 30_000,
        "<a href=x>" * 30_000,
        "<a href=/news/{}>A headline that is long enough</a> " * 8_000,
        "".join(f"<ul><li><a href='/news/{n}'>A headline that is long enough {n}</a><ul>" for n in range(4_000)),
        "<table>" + "<td>" * 20_000 + "".join(f"<a href='/n/{n}'>A headline of some length</a>" for n in range(4_000)),
    ],
)
def test_a_hostile_page_costs_little(body: str) -> None:
    began = time.process_time()
    try:
        read(body)
    except FeedError:
        pass
    assert time.process_time() - began < 20  # generous: a quadratic reading takes minutes

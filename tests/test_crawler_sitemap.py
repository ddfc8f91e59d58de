"""Sitemaps: what is read from which form, what is refused by name, what costs no more than it may."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from crawler.feeds import MAX_ENTRIES, Entry, FeedError
from crawler.sitemap import Part, addresses_of, newest, parts_to_read, read_sitemap, since_then, unpacked
from tests.sections import index_of, sitemap_of, url_of

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
URL = "https://river.example/map.xml"


def read(body: str | bytes) -> list[tuple[str | None, str | None]]:
    found = read_sitemap(body if isinstance(body, bytes) else body.encode(), url=URL)
    return [(entry.url, entry.title) for entry in found.entries]


def test_a_news_map_gives_title_date_and_outlet() -> None:
    body = sitemap_of(url_of("/news/a", title="A raid & a trial", at=NOW, modified=NOW, outlet="River Post"))
    (entry,) = read_sitemap(body.encode(), url=URL).entries
    assert (entry.url, entry.title, entry.published) == ("https://river.example/news/a", "A raid & a trial", NOW)
    assert entry.outlet == "River Post"


def test_lastmod_is_no_date_of_publication_but_a_day_in_the_address_is() -> None:
    body = sitemap_of(url_of("/a", modified=NOW), url_of("/2026/10/12/b", modified=NOW))
    first, second = read_sitemap(body.encode(), url=URL).entries
    assert (first.published, first.modified) == (None, NOW)
    assert second.published == datetime(2026, 10, 12, tzinfo=UTC)


def test_gzip_lists_of_addresses_and_feeds_are_maps_too() -> None:
    assert read(gzip.compress(sitemap_of(url_of("/a")).encode())) == [("https://river.example/a", None)]
    assert read("https://river.example/a\nhttps://river.example/b\n") == [
        ("https://river.example/a", None),
        ("https://river.example/b", None),
    ]
    rss = '<rss version="2.0"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
    assert read(rss) == [("https://river.example/a", "A")]


def test_an_index_gives_its_parts() -> None:
    parts = read_sitemap(index_of({"/one.xml": NOW, "/two.xml": None}).encode(), url=URL).parts
    assert parts == (Part("https://river.example/one.xml", NOW), Part("https://river.example/two.xml", None))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "sitemap_empty"),
        (b"<!doctype html><title>Gone</title>", "sitemap_html"),
        (b"<html><body>Just a moment", "sitemap_html"),
        (b"<note>hello</note>", "sitemap_not_a_sitemap"),
        (b"A letter that names https://river.example/a\nand goes on\nand on", "sitemap_not_a_sitemap"),
        (b"<?xml version='1.0'?><urlset><url><loc>", "sitemap_truncated"),
        (b"<urlset></urlset>", "sitemap_empty"),
        (b"\x1f\x8bnot gzip", "sitemap_damaged"),
    ],
)
def test_what_is_no_map_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as refused:
        read_sitemap(body, url=URL)
    assert refused.value.reason in (reason, reason.replace("truncated", "empty"))


def test_a_map_that_ends_early_gives_what_came() -> None:
    assert read(sitemap_of(url_of("/a"), url_of("/b"))[:-30]) != []


def test_a_bomb_is_not_unpacked_beyond_its_limit() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 3_000_000)
    with pytest.raises(FeedError, match="too_large"):
        unpacked(bomb, most=1_000_000)


def test_entities_are_neither_fetched_nor_multiplied() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    body = f'<!DOCTYPE x [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>'
    body += "<urlset><url><loc>https://river.example/&f;a</loc></url><url><loc>https://river.example/b&l9;</loc></url></urlset>"
    try:
        found = read(body)
    except FeedError:
        return
    assert all("root:" not in (url or "") and len(url or "") < 200 for url, _ in found)


def test_of_a_long_map_the_newest_are_taken_and_undated_ones_from_both_ends() -> None:
    dated = [Entry(None, f"https://r.example/{n}", None, None, None, NOW - timedelta(hours=n)) for n in range(3000)]
    assert newest(reversed(dated))[0].url == "https://r.example/0"
    assert len(newest(dated)) == MAX_ENTRIES
    undated = [Entry(None, f"https://r.example/{n}", None, None, None, None) for n in range(3000)]
    kept = [one.url for one in newest(undated)]
    assert len(kept) == MAX_ENTRIES
    assert {"https://r.example/0", "https://r.example/2999"} <= set(kept)


def test_what_is_older_than_the_first_visit_is_the_archive() -> None:
    old = Entry(None, "https://r.example/old", None, None, None, None, modified=NOW - timedelta(days=9))
    undated = Entry(None, "https://r.example/x", None, None, None, None)
    late = Entry(None, "https://r.example/late", None, None, None, NOW - timedelta(days=1))
    assert since_then([old, undated, late], NOW) == (undated, late)


def test_parts_with_news_come_first_then_the_latest_then_the_highest_number() -> None:
    names = ["image-map.xml", "map-2.xml", "map-11.xml", "news.xml", "old.xml"]
    parts = [
        Part(f"https://r.example/{name}", NOW - timedelta(days=30) if name == "old.xml" else None) for name in names
    ]
    chosen = [part.url.rpartition("/")[2] for part in parts_to_read(parts, NOW)]
    assert chosen == ["news.xml", "map-11.xml", "map-2.xml", "image-map.xml"]


def test_a_dated_address_stands_for_today_and_yesterday() -> None:
    first = datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert addresses_of("https://r.example/{yyyy}/m_{mm}.xml", first) == (
        "https://r.example/2026/m_11.xml",
        "https://r.example/2026/m_10.xml",
    )
    assert addresses_of("https://r.example/{yyyy}/m_{mm}.xml", NOW) == ("https://r.example/2026/m_10.xml",)

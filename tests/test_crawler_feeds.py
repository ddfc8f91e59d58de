"""Feeds in all their dialects and disorders."""

from __future__ import annotations

import tarfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import feeds
from crawler.feeds import FeedError, parse, parse_loosely
from tests.crawling import rss, rss_item

URL = "https://example.org/rss/all.xml"


def only(body: str | bytes, content_type: str | None = None) -> feeds.Entry:
    (entry,) = parse(body.encode() if isinstance(body, str) else body, url=URL, content_type=content_type).entries
    return entry


def test_an_rss_item_is_read_whole() -> None:
    entry = only(
        """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
            xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>
        <media:title>Caption</media:title><title>Forty &amp;amp; more</title><link>/news/1?utm_source=x</link>
        <guid isPermaLink="false">n-1</guid><description>Short</description>
        <content:encoded><![CDATA[<p>Long &amp; true.</p><script>x()</script><p>Second.</p>]]></content:encoded>
        <dc:creator>Ana Ruiz</dc:creator><pubDate>Tue, 13 Oct 2026 12:05:00 +0700</pubDate></item></channel></rss>"""
    )
    assert entry == feeds.Entry(
        guid="n-1",
        url="https://example.org/news/1?utm_source=x",
        title="Forty & more",
        text="Long & true.\nSecond.",
        byline="Ana Ruiz",
        published=datetime(2026, 10, 13, 5, 5, tzinfo=UTC),
    )


def test_rss_1_items_stand_beside_their_channel() -> None:
    entry = only(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
            xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>T</title></channel>
        <item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link>
        <dc:date>2026-10-13T05:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert (entry.guid, entry.url, entry.title) == ("https://example.org/1", "https://example.org/1", "One")
    assert entry.published == datetime(2026, 10, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.93"])
def test_old_rss_needs_no_guid(version: str) -> None:
    assert only(
        f'<rss version="{version}"><channel><item><title>A</title><link>b</link></item></channel></rss>'
    ).url == ("https://example.org/rss/b")


def test_an_atom_entry_is_read_whole() -> None:
    entry = only(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.net/x/"><title>T</title><entry>
        <id>tag:example.net,2026:1</id><title type="html">A &amp;lt;b&amp;gt; c</title>
        <link rel="self" href="self.atom"/><link rel="alternate" type="text/html" href="one.html"/>
        <author><name>Li Na</name></author><updated>2026-10-13T06:00:00+08:00</updated>
        <published>2026-10-13T05:00:00+08:00</published>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First.</p><p>Second.</p></div></content>
        </entry></feed>"""
    )
    assert entry.url == "https://example.net/x/one.html"
    assert (entry.byline, entry.text) == ("Li Na", "First.\nSecond.")
    assert entry.published == datetime(2026, 10, 12, 21, tzinfo=UTC)


def test_atom_0_3_is_read() -> None:
    entry = only(
        """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>T</title><id>i</id>
        <link rel="alternate" href="https://example.org/1"/><issued>2026-10-13T05:00:00Z</issued></entry></feed>"""
    )
    assert (entry.url, entry.published) == ("https://example.org/1", datetime(2026, 10, 13, 5, tzinfo=UTC))


def test_plain_text_in_atom_keeps_its_brackets() -> None:
    assert (
        only('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>1 &lt; 2</title><id>x</id></entry></feed>').title
        == "1 < 2"
    )


def test_a_json_feed_is_read() -> None:
    entry = only(
        """{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": 7, "url": "/1",
        "title": "One", "content_html": "<p>Text</p>", "date_published": "2026-10-13T05:00:00Z",
        "authors": [{"name": "Ana"}]}]}"""
    )
    assert (entry.guid, entry.url, entry.text, entry.byline) == ("7", "https://example.org/1", "Text", "Ana")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1251", "Полиция освободила"),
        ("gb2312", "警方解救四十人"),
        ("tis-620", "ตำรวจช่วย"),
        ("euc-kr", "경찰이 구출"),
        ("utf-16", "Sûreté"),
    ],
)
def test_a_declared_character_set_is_understood(encoding: str, text: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>' + rss(rss_item("/a", text)).partition("?>")[2]
    assert only(body.encode(encoding)).title == text


def test_the_header_names_the_set_where_the_document_does_not() -> None:
    body = rss(rss_item("/a", "Полиция")).replace('<?xml version="1.0"?>', "").encode("koi8-r")
    assert only(body, "text/xml; charset=koi8-r").title == "Полиция"


def test_a_lie_about_the_set_is_seen_through() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?>' + rss(rss_item("/a", "Café déjà")).partition("?>")[2]
    assert only(body.encode("cp1252"), "text/xml; charset=cp1252").title == "Café déjà"


@pytest.mark.parametrize(
    "body",
    [
        "\n\n" + rss(rss_item("/a", "T")),
        "<!-- cached -->" + rss(rss_item("/a", "T")),
        "Warning: deprecated in line 3" + rss(rss_item("/a", "T")),
        rss(rss_item("/a", "T", text="AT&T &nbsp;&eacute; \x0c \x00")),
        rss(rss_item("/a", "T")).replace("</channel></rss>", "</channel></rss><!-- 0.3 s --><p>x"),
        rss(rss_item("/a", "T"), "<item><title>cut"),
    ],
)
def test_a_damaged_feed_gives_what_is_whole(body: str) -> None:
    first = parse(body.encode(), url=URL).entries[0]
    assert (first.title, first.url) == ("T", "https://example.org/a")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \n\x00 ", "empty"),
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "html"),
        (b"<html><head></head></html>", "html"),
        (b'<?xml version="1.0"?><rss><channel><title>T', "truncated"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "not_a_feed"),
        (b"Service unavailable", "damaged"),
        (b"License: see <https://example.org/x> & more", "not_a_feed"),
        (b'{"error": "gone"}', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "truncated"),
        (b"[" * 100_000, "truncated"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, code: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse(body, url=URL)
    assert caught.value.code == code


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss().encode(), url=URL).entries == ()


def test_entities_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
        + rss("<item><title>T &x;</title><link>/a</link></item>").partition("?>")[2]
    )
    assert "SECRET" not in str(parse(body.encode(), url=URL))


def test_entities_do_not_multiply() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]>'
        + rss("<item><title>&l9;</title><link>/a</link></item>").partition("?>")[2]
    )
    assert len(parse(body.encode(), url=URL).entries[0].title or "") < 1000


def test_of_too_many_entries_the_newest_are_taken() -> None:
    items = [rss_item(f"/{n}", date=f"{n % 28 + 1} Sep 2026 00:00:00 GMT") for n in range(feeds.MAX_ENTRIES + 500)]
    feed = parse(rss(*items).encode(), url=URL)
    assert (len(feed.entries), feed.total) == (feeds.MAX_ENTRIES, feeds.MAX_ENTRIES + 500)
    assert all(entry.published and entry.published.day > 4 for entry in feed.entries)


@pytest.mark.parametrize("piece", ["<a ", "<!", "<!--", "&amp;", "<![CDATA[", "<p><b>", "<" * 5 + "x"])
def test_text_of_entries_is_read_in_linear_time(piece: str) -> None:
    text = piece * 60_000
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    started = time.process_time()
    only(rss(rss_item("/a", text=escaped)))
    assert time.process_time() - started < 5  # the quadratic way takes minutes


def test_the_patient_parser_never_opens_files() -> None:
    with pytest.raises(FeedError):
        parse_loosely(b"/etc/passwd", URL)


def test_the_patient_parser_reads_what_is_a_feed() -> None:
    feed = parse_loosely(rss(rss_item("https://example.org/a", "T", text="&lt;b&gt;x&lt;/b&gt;")).encode(), URL)
    assert [(entry.url, entry.title, entry.text) for entry in feed.entries] == [("https://example.org/a", "T", "x")]


def _cases(shared: Path, folder: Path) -> list[Path]:
    for archive in ("feedparser-tests.tar.xz", "miniflux-testdata.tar.xz"):
        with tarfile.open(shared / "testdata" / "feeds" / archive) as tar:
            tar.extractall(folder / archive.partition(".")[0], filter="data")
    real = (shared / "testdata" / "feeds" / "antenna-real-rss").glob("*.xml")
    wanted = (".xml", ".rss", ".atom", ".json", ".rdf")
    return sorted([path for path in folder.rglob("*") if path.suffix in wanted and path.is_file()] + list(real))


@pytest.mark.corpus
def test_every_feed_of_the_collections_is_read_or_refused_cleanly(shared: Path, tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for path in _cases(shared, tmp_path):
        started = time.process_time()
        try:
            outcomes["entries"] += len(parse(path.read_bytes(), url=URL).entries)
            outcomes["parsed"] += 1
        except FeedError as error:
            outcomes[error.code] += 1
        slowest = max(slowest, time.process_time() - started)
    assert outcomes["parsed"] > 2000
    assert outcomes["entries"] > 2000
    assert outcomes["damaged"] + outcomes["truncated"] + outcomes["not_a_feed"] < 30
    assert slowest < 10

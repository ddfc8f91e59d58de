"""Real feeds and sitemaps: `sources test` finds their items; none of thousands of cases breaks a parser."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.feeds import Case, cases, read
from nightdesk.newsource import look_at_copy

pytestmark = pytest.mark.corpus

#: Entries that a reader of the file counts in it: real feeds and sitemaps, by the end of their path.
COPIES = {
    "journalism.xml": 20,
    "north_america.xml": 100,
    "pacific.xml": 1000,
    "large_rss.xml": 25,
    "large_atom.xml": 25,
    "small_atom.xml": 20,
    "encoding_WINDOWS-1251.xml": 50,
    "/encoding_ISO-8859-1.xml": 40,
    "no_encoding_ISO-8859-1.xml": 9,
    "urdu_UTF8.xml": 26,
    "rdf_UTF8.xml": 60,
    "feed2.rss": 1,
    "JayPol999-news-sitemap.xml": 1,
    "Cybercrimeinfo-news-sitemap.xml": 1,
    "resources/sitemap.xml": 84,
    "sitemap.xml.gz": 84,
}
#: Feeds that date none of their entries.
UNDATED = {"journalism.xml", "north_america.xml", "pacific.xml", "rdf_UTF8.xml"}


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[Case]:
    return list(cases(shared / "testdata" / "feeds"))


@pytest.mark.parametrize("name", COPIES)
def test_a_real_copy_shows_its_items(corpus: list[Case], name: str, tmp_path: Path) -> None:
    (case,) = [case for case in corpus if case.name.endswith(name)]
    copy = tmp_path / Path(case.name).name
    copy.write_bytes(case.body)
    entries = look_at_copy(copy, "https://copy.example/").feed.entries
    assert len(entries) >= COPIES[name]
    assert all((entry.url or "").startswith("http") for entry in entries)
    if case.kind == "feed" or "news" in name:
        assert sum(entry.title is not None for entry in entries) * 10 >= len(entries) * 9
    if (case.kind == "feed" or "news" in name) and name not in UNDATED:
        assert sum(entry.published is not None for entry in entries) * 10 >= len(entries) * 9


def test_every_case_is_read_or_refused_by_name(corpus: list[Case]) -> None:
    ends: Counter[str] = Counter(read(case.kind, case.body).end for case in corpus if case.kind != "robots")
    assert ends.total() >= 2100
    assert ends["parsed"] + ends["patiently"] >= 2100


def test_every_robots_txt_is_read(corpus: list[Case]) -> None:
    robots = [case for case in corpus if case.kind == "robots"]
    assert len(robots) >= 4000
    assert {read(case.kind, case.body).end for case in robots} == {"parsed"}

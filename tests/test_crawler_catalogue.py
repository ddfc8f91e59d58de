"""The built-in sources: every file is a whole source, and together they cover the beats' languages."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from core.urls import url_key
from crawler.source import Source, load_catalogue, load_source, select

FILES = sorted(Path(str(files("crawler") / "sources")).glob("*.toml"))
CATALOGUE = load_catalogue()


def counted(sources: list[Source]) -> Counter[str]:
    return Counter((source.language or "").partition("-")[0] for source in sources)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_a_source_of_its_name_with_all_that_a_reader_of_the_list_wants(path: Path) -> None:
    source = load_source(path)
    assert source.name == path.stem
    assert source.title and source.title == source.title.strip()
    assert source.language and source.country and source.beats
    assert set(source.beats) <= {"scam_centres", "overseas_policing"}
    assert not source.allow_private and source.verify_tls and source.obey_robots


def test_no_address_is_listed_twice() -> None:
    repeated = [key for key, times in Counter(url_key(source.url) for source in CATALOGUE).items() if times > 1]
    assert repeated == []


def test_addresses_are_of_the_web() -> None:
    assert all(source.url.startswith(("https://", "http://")) for source in CATALOGUE)


def test_titles_tell_the_sources_apart() -> None:
    assert len({source.title for source in CATALOGUE}) == len(CATALOGUE)


def test_the_catalogue_reads_the_languages_of_the_beats() -> None:
    languages = counted([source for source in CATALOGUE if source.kind == "feed"])
    assert languages.total() >= 25
    assert languages.total() - languages["en"] >= 10
    assert languages["th"] >= 5
    assert languages["zh"] >= 3
    assert {"id", "vi", "km", "my", "ko", "ja", "ms"} <= set(languages)


def test_every_theatre_has_sources_in_its_own_language() -> None:
    languages = counted(CATALOGUE)
    floors = {"th": 10, "zh": 10, "vi": 3, "id": 3, "ko": 3, "ja": 3, "km": 3, "my": 3}
    assert {language: languages[language] for language, least in floors.items() if languages[language] < least} == {}
    scripts = Counter(source.language for source in CATALOGUE)
    assert scripts["zh"] >= 10 and scripts["zh-Hant"] >= 3


def test_ministries_and_police_are_read_from_their_own_pages() -> None:
    official = [s for s in CATALOGUE if s.kind == "listing" and s.type in ("government", "police")]
    assert {"TH", "CN", "KH", "VN", "KR", "MY", "PH", "SB", "FJ"} <= {source.country for source in official}
    assert sum(source.type == "police" for source in official) >= 10


def test_what_was_never_seen_working_says_so() -> None:
    assert not any(source.verified for source in CATALOGUE if source.kind in ("listing", "sitemap"))


def test_both_beats_are_covered_in_both_theatres() -> None:
    countries = {
        beat: {s.country for s in CATALOGUE if beat in s.beats} for beat in ("scam_centres", "overseas_policing")
    }
    assert {"MM", "KH", "LA", "TH", "PH", "VN", "MY", "ID", "TL"} <= countries["scam_centres"]
    assert {"SB", "FJ", "PG", "VU", "TO", "AU", "NZ", "CN"} <= countries["overseas_policing"]


def test_builtin_and_a_tag_select_from_it() -> None:
    thai = select(CATALOGUE, ["builtin:th"])
    assert len(select(CATALOGUE, ["builtin"])) == len(CATALOGUE)
    assert {source.name for source in thai} >= {"khaosod", "bangkok-post"}

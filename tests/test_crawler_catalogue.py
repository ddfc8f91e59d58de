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

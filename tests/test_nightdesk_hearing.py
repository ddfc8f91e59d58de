"""`check` warns of a watch that cannot hear its own sources, and says which words would mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.watch import Watch
from crawler.source import Source
from nightdesk.cli.main import run
from nightdesk.hearing import Ear


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear()


def source(language: str, beat: str = "scam_centres") -> Source:
    return Source(
        name=f"paper-{language.lower()}", url=f"https://{language}.example/rss", language=language, beats=(beat,)
    )


def warned(ear: Ear, query: str, *languages: str, **filters: Any) -> list[str]:
    watch = Watch(name="w", query=query, **filters)
    return list(ear.warnings(watch, [source(language) for language in languages]))


@pytest.mark.parametrize(
    "query",
    ['concept:"scam centre"', "place:Myawaddy concept:rescue", 'agency:"Royal Thai Police"', "NOT scam"],
)
def test_fields_that_hold_across_languages_raise_no_warning(ear: Ear, query: str) -> None:
    assert warned(ear, query, "en", "th", "zh", "zh-Hant", "km", "my", "vi", "id", "ja", "ko") == []


def test_english_words_for_thai_and_chinese_sources_are_named_with_what_to_write(ear: Ear) -> None:
    (warning,) = warned(ear, "scam AND Myawaddy AND rescue", "en", "th", "th", "zh")
    assert warning.startswith("its query has no words for Thai (2 sources), Chinese (1); write ")
    for better in ("concept:scam for scam", "place:Myawaddy for Myawaddy", "concept:rescue for rescue"):
        assert better in warning


def test_english_words_are_not_vietnamese_for_being_written_in_the_same_letters(ear: Ear) -> None:
    (warning,) = warned(ear, "scam", "vi", "en")
    assert "Vietnamese (1 source)" in warning and "English" not in warning


def test_a_word_that_no_table_knows_is_to_be_translated_by_hand(ear: Ear) -> None:
    (warning,) = warned(ear, "zzyzx", "th")
    assert "add words in these languages beside zzyzx" in warning


def test_simplified_characters_do_not_hear_traditional_ones(ear: Ear) -> None:
    assert "Traditional Chinese (1 source)" in warned(ear, "电诈", "zh", "zh-Hant")[0]
    assert warned(ear, "电诈 OR 電詐", "zh", "zh-Hant") == []


def test_only_the_sources_of_the_watch_count(ear: Ear) -> None:
    assert warned(ear, "scam", "en", "th", sources=["paper-en"]) == []
    assert warned(ear, "scam", "en", "th", languages=["en"]) == []
    assert warned(ear, "scam", "en", "th", topics=["overseas_policing"]) == []
    assert len(warned(ear, "scam", "en", "th", topics=["scam_centres"])) == 1


def test_a_language_that_the_watch_names_counts_without_a_source(ear: Ear) -> None:
    (warning,) = warned(ear, "scam", "en", languages=["th"])
    assert warning.startswith("its query has no words for Thai;")


def test_lang_in_the_query_leaves_the_others_out_on_purpose(ear: Ear) -> None:
    assert warned(ear, "lang:en scam", "en", "th") == []


def test_a_name_that_no_table_knows_is_said_to_be_one(ear: Ear) -> None:
    assert 'did you mean person:"She Zhijiang"?' in warned(ear, 'person:"She Zhijang"', "en")[0]


def test_check_warns_and_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    source = '[[source]]\nname = "paper"\nurl = "https://paper.example/rss"\nlanguage = "th"\n'
    Path("nightdesk.toml").write_text(f'[crawl]\nsources = []\n{source}[[watch]]\nname = "w"\nquery = "scam"\n')
    assert run(["check"]) == 0
    said = capsys.readouterr()
    assert "warning: nightdesk.toml: watch.w.query: its query has no words for Thai (1 source)" in said.err
    assert "configuration" in said.out

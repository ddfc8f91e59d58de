from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean, count_words, fold, is_hangul, is_unspaced, tokens

# Letters, marks, joiners and signs of many scripts, so that odd neighbours meet often.
MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "aZéßİıŁ'’-–.,·1٣๓ \n\u00ad\u200b\u200d\u0301\u0306йЙЁ北京かガｶﾞ한국ㅎ\u1112\u1161กำํ้ียမြန်မာស្ត្រीहिن"
        ),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scam-centre", "scam centre"),
        ("scam‑centre", "Scam Centers"),
        ("scam\u00adcentre", "scamcentre"),
        ("sc\u200bam", "scam"),
        ("Nuku'alofa", "Nuku’alofa"),
        ("Nuku'alofa", "Nukuʻalofa"),
        ("Cambodia’s", "Cambodia"),
        ("l’arnaque", "arnaque"),
        ("Zürich", "zurich"),
        ("cafe\u0301", "CAFÉ"),
        ("İSTANBUL", "istanbul"),
        ("Straße", "STRASSE"),
        ("Đà Nẵng", "da nang"),
        ("ＫＫ", "kk"),
        ("ｶﾞｽ", "ガス"),
        ("น้ำ", "น้ํา"),
        ("มี่", "ม\u0e48\u0e35"),
        ("1,200", "1.200"),
        ("๑๐๐", "100"),
        ("ёлка", "елка"),
        ("الشرطة", "شُرطة"),
        ("policies", "policy"),
        ("compounds", "compound"),
        ("organisation", "organizations"),
        ("harbours", "harbor"),
        ("travellers", "traveler"),
        ("crises", "crisis"),
        ("boxes", "box"),
        ("movies", "movie"),
        ("viruses", "virus"),
        ("dialogue", "dialogs"),
        ("women", "woman"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("filled", "filed"),
        ("news", "new"),
        ("Laos", "Lao"),
        ("aids", "aid"),
        ("Marcos", "Marco"),
        ("Julie", "July"),
        ("กา", "กำ"),
        ("แก", "แก๊"),
        ("ตา", "ต่า"),
        ("မြန", "မြန်"),
        ("मे", "में"),
        ("мой", "мои"),
        ("か", "が"),
        ("国", "國"),
        ("3.5", "35"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_unspaced_scripts_give_a_token_a_character_with_its_marks() -> None:
    assert [token.text for token in tokens("北京カフェ")] == ["北", "京", "カ", "フ", "ェ"]
    assert len(tokens("ស្ត្រី")) == 1
    assert len(tokens("แก๊ง")) == 3


def test_scripts_part_company_inside_a_word() -> None:
    assert fold("KK园区2号") == "kk 园 区 2 号"


def test_spaced_scripts_with_marks_keep_whole_words() -> None:
    assert len(tokens("हिन्दी में")) == 2
    assert fold("한국인 구출") == "한국인 구출"


def test_a_compatibility_character_gives_all_its_words_at_one_place() -> None:
    found = tokens("x ﷺ y")
    assert [token.text for token in found][0::5] == ["x", "y"]
    assert {(token.start, token.end) for token in found[1:5]} == {(2, 3)}


def test_a_place_points_at_the_word_in_the_original() -> None:
    text = "In İzmir, Nuku’alofa and Scam-\u00adCentres"
    assert [text[token.start : token.end] for token in tokens(text)] == [
        "In",
        "İzmir",
        "Nuku’alofa",
        "and",
        "Scam",
        "Centres",
    ]


def test_words_are_counted_in_every_script() -> None:
    assert count_words("Police raid scam-centre") == 4
    assert count_words("北京警方") == 2
    assert count_words("") == 0


def test_scripts_are_told_apart() -> None:
    assert is_unspaced("ဂို") and is_unspaced("京") and not is_unspaced("kk")
    assert is_hangul("한국") and not is_hangul("京")


def test_clean_gives_nfc_without_control_characters() -> None:
    assert clean("a\x00b\r\ncafe\u0301\x1b[2J\ud800") == "ab\ncafé[2J"


def test_an_endless_word_is_cut() -> None:
    assert len(fold("a" * 10_000)) <= 128


@given(MIXED)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(MIXED)
def test_places_are_in_order_and_inside_the_text(text: str) -> None:
    last, place = 0, (0, 0)
    for token in tokens(text):
        assert last <= token.start or (token.start, token.end) == place
        assert token.start < token.end <= len(text)
        assert token.text and token.text == fold(token.text)
        last, place = token.end, (token.start, token.end)


@given(MIXED)
def test_both_normal_forms_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(MIXED)
def test_tokens_and_fold_agree(text: str) -> None:
    assert " ".join(token.text for token in tokens(text)) == fold(text)

"""Which figures are a page's own: how often it was seen, said, shared."""

from __future__ import annotations

import re

import pytest

from pipeline.meters import is_metered, is_meters
from tests.pages import BODY, page, read

METERS = [
    "1,000 views",
    "1.2K views · 12 comments",
    "Comments (12)",
    "3 min read",
    "Reading time: 3 minutes",
    "Likes 12 Shares 240 Comments 3",
    "Dibaca: 1.204 kali",
    "1.204 kali dibaca",
    "3 menit baca",
    "1.234 lượt xem",
    "Bình luận (12)",
    "阅读 1203",
    "浏览量：1203",
    "1.2万次阅读",
    "12条评论",
    "ยอดอ่าน 1,203 ครั้ง",
    "12 ความคิดเห็น",
    "조회수 1,203",
    "댓글 12개",
    "コメント12件",
    "12 комментариев",
    "3 min de lecture",
    "3 dakika okuma",
]
OTHERS = [
    "240 people",
    "48 officers",
    "Arrested: 48",
    "48명",
    "获救 48人",
    "30名警员",
    "ช่วยเหลือ 48 คน",
    "Police seized 240 shares of the company",
    "Reviews: 12",
    "30 minutes",
    "12",
]


@pytest.mark.parametrize("line", METERS)
def test_a_line_of_meters_is_known_in_the_languages_of_the_beats(line: str) -> None:
    assert is_meters(line)


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_that_counts_the_world_is_none(line: str) -> None:
    assert not is_meters(line)


@pytest.mark.parametrize(
    ("text", "metered"),
    [
        ("The post had 1,000 views before dawn.", True),
        ("The film, views: 1,000, is gone.", True),
        ("Dia bilang video itu 1.204 kali dibaca warga.", True),
        ("Police froze 240 shares of the company.", False),
        ("Reviews: 12 of them were kind.", False),
        ("They freed 48 people.", False),
    ],
)
def test_a_number_within_a_sentence_is_one_by_the_words_beside_it(text: str, metered: bool) -> None:
    found = re.search(r"\d[\d.,]*\d", text)
    assert found is not None and is_metered(text, *found.span()) is metered


def test_a_line_of_meters_is_no_text_of_a_page() -> None:
    between = "<p>1,000 views · 12 comments</p><p>3 min read</p>"
    assert "views" not in (text := read(page(text=between + BODY)).text) and "min read" not in text

"""Which lines on top of an article only say who wrote it and when."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.bylines import is_byline, without_bylines
from tests.pages import BODY, page, read

DAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Ilse Quarrow, 10 November 2026, 02:38 UTC", None),  # nothing but the line itself names her
        ("By Ilse Quarrow", "Ilse Quarrow"),
        ("Von Ilse Quarrow und Jan Weiß | 10. November 2026, 14:05 Uhr", "Ilse Quarrow und Jan Weiß"),
        ("Ilse Quarrow - Lanter Post | Selasa, 10 Nov 2026 14:05 WIB", None),
        ("Minh Lanter, 10/11/2026 14:05", None),
        ("Мария Лантер, 10 ноября 2026, 14:05", "Мария Лантер"),
        ("记者 周子衡 2026年11月10日 14:05", "周子衡"),
        ("本报记者周子衡 2026年11月10日", "周子衡"),
        ("โดย สมชาย ใจดี 10 พฤศจิกายน 2569 เวลา 14:05 น.", "สมชาย ใจดี"),
        ("김철수 기자 입력 2026.11.10 14:05", "김철수"),
    ],
)
def test_author_and_time_of_publication_are_a_byline(line: str, byline: str | None) -> None:
    assert is_byline(line, byline, DAY)


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Honiara, 10 November 2026", None),  # where a release comes from
        ("HONIARA - The ferry sails again.", "Ilse Quarrow"),
        ("On 10 November 2026 at 02:38 the ferry sailed", None),
        ("Ilse Quarrow wins the islanders' prize", "Ilse Quarrow"),
        ("Ilse Quarrow, 3 March 2021, 02:38 UTC", None),  # another day than that of publication
        ("The ferry sails on Monday!", "The ferry sails on Monday!"),  # a sentence that was taken for an author
    ],
)
def test_what_says_more_is_text(line: str, byline: str | None) -> None:
    assert not is_byline(line, byline, DAY)


def test_a_byline_below_the_standfirst_goes_and_one_further_down_stays() -> None:
    line = "Ilse Quarrow, 10 November 2026, 02:38 UTC"
    text = "\n\n".join(["Engines are mended.", line, "The ferry sails.", "The board says so.", line])
    assert without_bylines(text, None, DAY) == text.replace(line + "\n\n", "", 1)


def test_a_page_set_in_tables_begins_with_its_news() -> None:
    line = "<font size=2>Ilse Quarrow, 18 November 2026, 02:38 UTC</font><br><br>"
    dateline = BODY.replace("<p>The ferry", "<p>LANTER - The ferry", 1)
    assert read(page(text=f"<table><tr><td>{line}{dateline}</td></tr></table>")).text.startswith("LANTER - The ferry")

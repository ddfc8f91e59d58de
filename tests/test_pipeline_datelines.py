"""Where the news begins behind a dateline."""

from __future__ import annotations

import pytest

from pipeline.datelines import after_dateline


@pytest.mark.parametrize(
    ("dateline", "news"),
    [
        ("HONIARA - ", "The ferry sails."),
        ("MAE SOT, Thailand (Reuters) - ", "They walked out."),
        ("SUVA, Nov. 10 (Xinhua) -- ", "Two ferries sail."),
        ("BANGKOK, Oct 13 (AFP) — ", "On Monday they left."),
        ("Phnom Penh (ANTARA) - ", "Kapal berlayar lagi."),
        ("KOMPAS.com - ", "Kapal berlayar lagi."),
        ("Berlin (dpa) - ", "Die Fähre fährt."),
        ("(Dân trí) - ", "Phà chạy lại."),
        ("PORT MORESBY, Papua New Guinea, Dec 10 (Wire) - ", "A ferry sails."),
        ("Port Moresby, February 25 - ", "As it was said, a ferry sails."),
        ("Mae Sot, 25 February 2026 – ", "Troops left."),
        ("(怡保19日讯)", "渡船复航。"),
        ("МОСКВА, 10 ноября (ТАСС) - ", "Паром вышел."),
        ("แม่สอด - ", "โฆษกกองทัพบกแถลง"),
        ("新华社曼谷10月13日电（记者 张三）", "他们走了。"),
        ("本报讯 ", "11月28日，渡船复航。"),
    ],
)
def test_a_dateline_ends_where_the_news_begins(dateline: str, news: str) -> None:
    assert after_dateline(dateline + news) == news


@pytest.mark.parametrize(
    "text",
    [
        "NATO - the alliance - said so.",
        "Nauru – a state of one island – said so.",
        "Der Kanzler – Merz – sagte es.",
        "Officers of the Australian Federal Police (AFP) landed in Honiara.",
        "The Thai-Myanmar border was closed.",
        "48 Filipinos - all freed on Monday.",
        "HONIARA - ",
    ],
)
def test_other_dashes_open_no_news(text: str) -> None:
    assert after_dateline(text) == text

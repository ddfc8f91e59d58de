import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.anchors import Anchors, digit_runs, lowered, matches_at
from pipeline.eventdates import find_dates

PUBLISHED = date(2026, 3, 24)

WORDS = ("may", "mar", "march", "ayer", "周一", "วันจันทร์")
PATTERN = re.compile(r"(?<![^\W\d_])(?:march|may|mar|ayer)(?![a-z])|周一|วันจันทร์", re.IGNORECASE)
PIECES = st.sampled_from(
    [*WORDS, "MAY", "Mar", "s", " ", "-", "7", "İ", "ı", "ſ", "\u212a", "一", "ß", "é", "of", "\n"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_pattern_tried_at_its_words_finds_what_finditer_finds(text: str) -> None:
    starts = Anchors({"days": WORDS}).starts(text)["days"]
    found = [match.span() for match in matches_at(PATTERN, text, starts)]
    assert found == [match.span() for match in PATTERN.finditer(text)]


def test_a_word_of_two_groups_is_found_for_both() -> None:
    starts = Anchors({"months": ("may", "march"), "verbs": ("may",)}).starts("It may be May")
    assert starts == {"months": [3, 10], "verbs": [3, 10]}


@given(st.text())
def test_lower_case_moves_no_character(text: str) -> None:
    assert len(lowered(text)) == len(text)


def test_digits_of_any_script_stand_in_runs() -> None:
    assert digit_runs("on 12 or ๓๐") == [(3, 5), (9, 11)]


@pytest.mark.parametrize("written", ["APRİL 12", "12 aprıl", "auguſt 12"])
def test_a_month_in_odd_capitals_is_a_month(written: str) -> None:
    (day,) = find_dates(f"It happened on {written}.", PUBLISHED, "en")
    assert day.day.day == 12

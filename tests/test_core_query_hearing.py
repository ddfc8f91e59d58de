"""In which languages a query can find anything, and what in it is in the way."""

from __future__ import annotations

import pytest

from core.query import parse_query
from tests.test_core_query import Names


class Words:
    """Knows that boats are English and that pirogues are French."""

    def may_stand(self, words: str, language: str) -> bool:
        return {"boat": "en", "pirogue": "fr"}.get(words, language) == language


def deaf(query: str, language: str) -> list[str]:
    return [leaf.source for leaf in parse_query(query, Names()).deaf_to(language, Words())]


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("boat", "en"),
        ("boat OR pirogue", "fr"),
        ("place:Rivertown", "th"),
        ("place:Rivertown", "zh-Hant"),
        ("Rivertown", "vi"),
        ('"Boat Park"', "fr"),
        ("NOT boat", "th"),
        ("url:boat", "th"),
        ("topic:x count:[1 TO *]", "th"),
        ("boat OR lang:th", "th"),
        ("lang:zh", "zh-Hant"),
    ],
)
def test_a_language_is_heard(query: str, language: str) -> None:
    assert deaf(query, language) == []


@pytest.mark.parametrize(
    ("query", "language", "because"),
    [
        ("boat", "fr", ["boat"]),
        ("boat", "th", ["boat"]),
        ("Rivertown", "th", ["Rivertown"]),
        ("place:Rivertown boat", "th", ["boat"]),
        ("boat OR (pirogue title:Rivertown)", "th", ["boat", "pirogue", "title:Rivertown"]),
        ('"boat pirogue"~5', "fr", ['"boat pirogue"~5']),
        ("lang:th", "fr", ["lang:th"]),
        ("河城", "ko", ["河城"]),
    ],
)
def test_what_keeps_a_query_from_hearing_is_named(query: str, language: str, because: list[str]) -> None:
    assert deaf(query, language) == because

"""A glance finds the piece of a long text where the words are likely to stand, and cuts no word."""

from __future__ import annotations

import pytest

from core.query import parse_query
from core.query.glance import Glance

PADDING = "Qux quux corge. " * 60


def seen(written: str, text: str) -> str | None:
    piece = Glance(parse_query(written).root).piece(text)
    return text[slice(*piece)] if piece else None


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("police", "Police"),
        ("centre", "CENTER"),
        ("policy", "policies"),
        ("电诈", "缅北电诈园区"),
        ("แก๊ง", "จับแก๊งคอล"),
        ("범죄단지", "국제범죄단지를"),
        ('"scam centre"~5', "scam old centre"),
        ("boats -police", "boat"),
    ],
)
def test_a_word_is_in_the_piece_with_its_context(written: str, word: str) -> None:
    piece = seen(written, f"{PADDING} The {word} was there. {PADDING}")
    assert piece is not None and word in piece and len(piece) < 600


def test_words_that_stand_together_are_in_one_piece() -> None:
    piece = seen("raid ferry", f"{PADDING} A raid. {'Qux. ' * 40} A ferry. {PADDING}")
    assert piece is not None and "raid" in piece and "ferry" in piece


def test_without_any_of_the_words_the_beginning_is_looked_at() -> None:
    piece = seen("raid", PADDING)
    assert piece is not None and PADDING.startswith(f"{piece} ")


@pytest.mark.parametrize("text", ["A raid.", "x" * 5_000 + " raid " + "x" * 5_000, ""])
def test_a_short_text_or_one_without_ends_of_words_is_read_whole(text: str) -> None:
    assert seen("raid", text) is None

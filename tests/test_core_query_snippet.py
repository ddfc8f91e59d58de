from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.query import Document, parse_query
from core.query.snippet import Snippet, snippet


def cut(query: str, text: str, title: str = "A title", width: int = 60) -> Snippet:
    return snippet(title, text, parse_query(query).match(Document.of(title=title, text=text)), width)


def test_a_short_text_is_shown_whole_with_its_marks() -> None:
    assert cut("raid police", "Police began a raid.").highlighted("[", "]") == "[Police] began a [raid]."


def test_a_long_text_is_cut_where_the_words_stand_together() -> None:
    text = (
        "A raid was planned. "
        + "Nothing else happened that day. " * 20
        + "Then police made the raid at dawn. "
        + "The end. " * 20
    )
    shown = cut("police raid", text)
    assert shown.highlighted("[", "]").startswith("… Then [police] made the [raid] at dawn.")
    assert shown.text.endswith(" …")


def test_words_of_the_title_alone_leave_the_beginning_of_the_text() -> None:
    assert cut("title", "Some text.") == Snippet("Some text.")
    assert cut("title", "").highlighted("[", "]") == "A [title]"


def test_a_text_without_spaces_is_cut_between_characters() -> None:
    shown = cut("น้ำท่วม", "ก" * 200 + "น้ำท่วม" + "นี้" * 200)
    assert "น้ำท่วม" in [shown.text[start:end] for start, end in shown.marks]


def test_line_breaks_become_spaces() -> None:
    assert cut("raid", "a\nraid\tnow").text == "a raid now"


@given(st.text(max_size=300), st.sampled_from(["a", "b", "a b", "京", "ก"]))
def test_marks_lie_in_the_snippet_and_in_order(text: str, query: str) -> None:
    shown = cut(query, text)
    places = [place for mark in shown.marks for place in mark]
    assert places == sorted(places) and all(0 <= place <= len(shown.text) for place in places)
    assert shown.highlighted("", "") == shown.text

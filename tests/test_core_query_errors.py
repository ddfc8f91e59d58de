from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import QueryError
from core.query import Document, parse_query


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("", 0, "empty"),
        ("tittle:scam", 0, "did you mean title:"),
        ("scam foo:bar", 5, "the fields are"),
        ("raid (scam", 5, "never closed"),
        ("raid scam)", 9, "closes nothing"),
        ('raid "scam', 5, "quote is never closed"),
        ("raid 'scam'", 5, "double quotes"),
        ("raid /sc.m/", 5, "regular expressions"),
        ("raid scam~", 5, "may follow only a phrase"),
        ('"scam raid"~x', 0, "whole number"),
        ("raid scam^2", 5, "weights"),
        ('raid ""', 6, "no word"),
        ("raid && scam", 5, "as words"),
        ("raid *", 5, "beginning of a word"),
        ("raid *scam", 5, "beginning of a word"),
        ("raid s*m", 6, "end of a word"),
        ("raid sc?m", 7, "no wildcard"),
        ("raid or scam", 5, "capitals"),
        ("raid AND", 8, "ends too early"),
        ("AND raid", 0, "cannot stand here"),
        ("title:(url:scam)", 7, "inside title"),
        ("scam:[1 TO 2]", 0, "no field"),
        ("[1 TO 2]", 0, "range belongs"),
        ("published:soon", 10, "not a date"),
        ("published:[2026-02-30 TO *]", 10, "not a date"),
        ("published:[2026-02 TO 2026-01]", 10, "nothing lies between"),
        ("count:[many TO *]", 6, "not a number"),
        ("country:Thailand", 8, "two letters"),
        ("lang:english", 5, "not a language"),
        ("url:http://example.org", 4, "inside url"),
        ("(" * 70 + "a" + ")" * 70, 60, "too deeply"),
    ],
)
def test_a_mistake_is_named_where_it_stands(query: str, position: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse_query(query)
    assert caught.value.position == position
    assert caught.value.query == query


@pytest.mark.parametrize(
    "query", ["NOT " * 3000 + "a", "-" * 3000 + "a", "a OR " * 1500 + "a", "a " * 4000, "a" * 20_000, "(a " * 3000]
)
def test_a_monstrous_query_is_read_or_refused(query: str) -> None:
    try:
        parse_query(query).match(Document.of(text="a"))
    except QueryError:
        pass


@given(
    st.text(alphabet=st.one_of(st.sampled_from("ab京 \"()[]{}:*?~^+-!&|/\\'<>“”,.0129"), st.characters()), max_size=30)
)
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        parse_query(text).match(Document.of(text="a b", title="京"))
    except QueryError as error:
        assert 0 <= error.position <= len(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "b*",
                '"a b"~3',
                "AND",
                "OR",
                "NOT",
                "(",
                ")",
                "+",
                "-",
                "title:",
                "count:",
                "[",
                "TO",
                "]",
                "*",
                "京",
            ]
        ),
        max_size=12,
    )
)
def test_no_row_of_operators_breaks_the_parser(words: list[str]) -> None:
    try:
        parse_query(" ".join(words)).match(Document.of(text="a b", title="京"))
    except QueryError:
        pass


def test_loading_the_parser_says_nothing_where_its_tables_cannot_be_kept() -> None:
    code = "import sys; sys.modules['luqum.parsetab'] = None\nimport core.query"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == done.stderr == ""

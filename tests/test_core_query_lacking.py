"""A query that does not hold says for want of what."""

from __future__ import annotations

from core.query import Document, parse_query

PIER = Document.of(title="Two boats at the pier", text="A boat from Varlin met three ferries. No casino stands there.")


def lacks(query: str) -> list[tuple[str, list[str], list[str]]]:
    near = parse_query(query).nearness(PIER)
    return [
        (one.clause, [leaf.source for leaf in one.absent], [term.text for term in one.against]) for one in near.lacks
    ]


def test_the_clause_that_fails_names_what_is_absent() -> None:
    assert lacks("boat (storm OR gale)") == [("(storm OR gale)", ["storm", "gale"], [])]


def test_what_not_forbids_is_shown_where_it_stands() -> None:
    assert lacks("boat -casino") == [("NOT casino", [], ["casino"])]
    (lack,) = parse_query("boat -casino").nearness(PIER).lacks
    assert PIER.fields[1].original[lack.against[0].start :].startswith("casino")


def test_in_a_clause_of_several_only_what_is_missing_is_absent() -> None:
    assert lacks("(ferry storm) OR (gale pier)") == [("((ferry AND storm) OR (gale AND pier))", ["storm", "gale"], [])]


def test_the_words_that_hold_are_told_too() -> None:
    near = parse_query("boat ferry storm").nearness(PIER)
    assert (near.clauses, [term.text for term in near.held]) == (3, ["boats", "boat", "ferries"])


def test_of_a_query_that_holds_nothing_is_lacking() -> None:
    assert lacks("boat OR storm") == []

"""What docs/query-language.md promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.query import FIELDS, Document, parse_query

PAGE = (Path(__file__).parents[1] / "docs" / "query-language.md").read_text(encoding="utf-8")


def test_every_example_of_the_first_block_can_be_read() -> None:
    block = re.search(r"```\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    for line in block[1].splitlines():
        assert parse_query(re.split(r"\s{2,}", line)[0]).root


def test_every_field_is_described() -> None:
    assert [field for field in FIELDS if f"`{field}:`" not in PAGE] == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("centre", "ｃｅｎｔｒｅ"),
        ("centre", "the Center's staff"),
        ("dialogue", "dialog"),
        ("Da Nang", "Đà Nẵng"),
        ("scam-centre", "scamcentre"),
        ("cyberscam", "cyber-scam"),
        ("arnaque", "l'arnaque"),
        ("1200", "១២០០"),
        ("1200", "१२००"),
        ("شرطة", "والشرطة"),
        ("电诈", "缅北电诈园区"),
        ("범죄단지", "국제범죄단지를"),
        ("raid OR arrest Myawaddy", "an arrest in Myawaddy"),
    ],
)
def test_what_is_said_to_be_found_is_found(query: str, text: str) -> None:
    assert parse_query(query).match(Document.of(text=text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("policy", "policing"),
        ("cyberscam", "cyber scam"),
        ("แก", "แก๊ง"),
        ("사기", "수사기관"),
        ("电诈", "電詐"),
        ("raid OR arrest Myawaddy", "a raid"),
    ],
)
def test_what_is_said_not_to_be_found_is_not(query: str, text: str) -> None:
    assert parse_query(query).match(Document.of(text=text)) is None

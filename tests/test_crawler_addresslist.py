"""Lists of addresses: what is one, what each line says, and that a bad one stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from core.addresses import Permit
from crawler import addresslist
from crawler.addresslist import Line
from crawler.fetch import Manners
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import no_robots, page
from tests.documents import pdf
from tests.test_crawler_ingest import rows, take

LIST = """\ufeff# from the office
https://one.example/a#part
  https://one.example/a?utm_source=mail  # the same
https://two.example/b c

ftp://two.example/x
two.example/y
https://[broken
HTTPS://two.example/z
"""


def test_each_line_is_an_address_or_says_why_it_is_none() -> None:
    assert list(addresslist.lines(LIST)) == [
        Line(2, "https://one.example/a#part"),
        Line(3, "https://one.example/a?utm_source=mail", repeats=2),
        Line(4, "https://two.example/b c", "not one address; write one a line, and remarks after a #"),
        Line(6, "ftp://two.example/x", "not an address; write it with http:// or https://"),
        Line(7, "two.example/y", "not an address; write it with http:// or https://"),
        Line(8, "https://[broken", "Invalid IPv6 URL"),
        Line(9, "HTTPS://two.example/z"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIST, True),
        ("https://one.example/a", True),
        ("https://one.example/a\nnot.an/address\n", True),
        ("https://one.example/a\nPolice freed forty people.\nThey went home.\n", False),
        ("ตำรวจช่วยคนงาน\nhttps://one.example/a\nกลับบ้าน", False),
        ("Police freed forty people.", False),
        ("word\nanother", False),
        ("", False),
    ],
)
def test_a_text_is_a_list_only_where_most_lines_are_meant_as_addresses(text: str, expected: bool) -> None:
    assert addresslist.is_list(text) is expected


def test_a_list_is_fetched_line_by_line_and_a_bad_one_stops_nothing(
    store: Store, clock: FakeClock, tmp_path: Path, httpserver: HTTPServer
) -> None:
    no_robots(httpserver)
    httpserver.expect_request("/a").respond_with_data(page(), content_type="text/html")
    httpserver.expect_request("/gone").respond_with_data("no", status=404)
    httpserver.expect_request("/r.pdf").respond_with_data(pdf(["The border command freed forty-three people."]))
    here = httpserver.url_for("")
    text = f"{here}a\nnonsense\n{here}a # again\n{here}gone\nhttp://10.0.0.1/private\n{here}r.pdf\n"
    (tmp_path / "urls.txt").write_text(text)
    manners = Manners(0, permit=Permit.of(here), ports=frozenset({httpserver.port}))
    taken = take(store, clock, tmp_path / "urls.txt", manners=manners, outlet="Office", note="from the list")
    where = str(tmp_path / "urls.txt")
    assert [(one.where.removeprefix(where), one.state) for one in taken] == [
        (":1", "taken"), (":2", "failed"), (":3", "left_out"), (":4", "taken"), (":5", "taken"), (":6", "taken"),
    ]  # fmt: skip
    first, gone, private, report = rows(store)
    assert (first["http_status"], first["given"]["outlet"], first["given"]["note"]) == (200, "Office", "from the list")
    assert (gone["refused"], gone["sha256"]) == ("http_404", None)
    assert (private["http_status"], private["sha256"]) == (None, None)
    assert private["refused"]
    assert report["given"]["text"].startswith("The border command")

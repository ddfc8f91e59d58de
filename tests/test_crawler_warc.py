"""Archives and documents taken in: which records are pages, what a PDF says and on which page."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from core.addresses import Permit
from crawler import archives, documents
from crawler.fetch import Manners
from crawler.headers import tame_headers
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import no_robots, page
from tests.documents import pdf, warc
from tests.test_crawler_ingest import rows, take

HTML = "text/html; charset=utf-8"
PAGE = page().encode()
RECORDS = (
    ("https://news.example/a", PAGE, "200 OK", HTML),
    ("https://news.example/gone", b"no", "404 Not Found", HTML),
    ("https://news.example/photo", b"\xff\xd8\xff", "200 OK", "image/jpeg"),
    ("https://news.example/void", b" ", "200 OK", HTML),
    ("https://news.example/b", PAGE, "200 OK", "application/xhtml+xml"),
)
LONG = (
    "Officers freed 43 people from a compound near the border on",
    "Monday morning, the police colonel of the district said in the",
    "annual report of the border command on trafficking.",
)


@pytest.mark.parametrize(("name", "zipped"), [("news.warc.gz", True), ("news.warc", False)])
def test_pages_of_an_archive_are_taken_in_and_the_rest_is_counted(
    store: Store, clock: FakeClock, tmp_path: Path, name: str, zipped: bool
) -> None:
    taken = take(store, clock, warc(tmp_path / name, *RECORDS, zipped=zipped))
    first, second = rows(store)
    assert [one.state for one in taken] == ["taken", "taken", "left_out"]
    assert [row["url"] for row in (first, second)] == ["https://news.example/a", "https://news.example/b"]
    assert (first["http_status"], first["fetched_at"]) == (200, datetime(2026, 10, 12, 4, 5, 6, tzinfo=UTC))
    assert store.bodies.get(first["sha256"]) == PAGE
    assert first["headers"] == {"content-type": HTML, "etag": '"a"'}
    assert str(taken[-1].error).startswith("4 records: ")
    assert "1 http 404 (https://news.example/gone)" in str(taken[-1].error)
    assert "1 image/jpeg (https://news.example/photo)" in str(taken[-1].error)


def test_an_archive_that_ends_early_gives_what_it_has(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    whole = warc(tmp_path / "whole.warc.gz", *RECORDS[:1], *[RECORDS[0]] * 3).read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(whole[: len(whole) - 60] + b"\x00" * 20)
    taken = take(store, clock, tmp_path / "cut.warc.gz")
    assert 1 <= len(rows(store)) < 4
    assert any(one.state == "failed" and "the file ends within" in str(one.error) for one in taken)


def test_what_is_no_archive_is_said_in_a_sentence(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "poems").mkdir()
    (tmp_path / "poems" / "poem.warc").write_bytes(b"Roses are red\r\n\r\nand so on")
    (tmp_path / "poems" / "poem.warc.gz").write_bytes(gzip.compress(b"Roses are red\r\n\r\nand so on"))
    taken = take(store, clock, tmp_path / "poems")
    assert [one.state for one in taken] == ["failed", "failed"]
    assert rows(store) == []


def test_a_page_beyond_the_limit_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST_PAGE", 1000)
    left_out = archives.LeftOut()
    place = warc(tmp_path / "a.warc.gz", ("https://news.example/a", b"x" * 1001, "200 OK", HTML))
    assert list(archives.pages_in(place, left_out)) == []
    assert left_out.counts["too large"] == 1


def test_a_document_is_taken_in_with_its_pages_marked(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    place = tmp_path / "report.pdf"
    place.write_bytes(pdf(["Annual report of the border command"], LONG, title="Border report"))
    take(store, clock, place, url="https://police.example/report.pdf", outlet="Police")
    (row,) = rows(store)
    assert row["content_type"] == "application/pdf"
    assert store.bodies.get(row["sha256"]) == place.read_bytes()
    assert row["given"]["title"] == "Border report"
    assert row["given"]["whole"] is True
    assert row["given"]["text"] == "Annual report of the border command\n[page 2]\n" + " ".join(LONG)


def test_a_scan_is_kept_without_text(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf([], [], title="Scan"))
    take(store, clock, tmp_path / "scan.pdf", url="https://police.example/scan.pdf")
    (row,) = rows(store)
    assert row["given"] == {"no_text": "2 pages, none with text: a scan", "whole": False}
    assert row["sha256"]


def test_a_document_from_an_address_is_read_too(store: Store, clock: FakeClock, httpserver: HTTPServer) -> None:
    no_robots(httpserver)
    body = pdf(LONG, title="Border report")
    httpserver.expect_request("/report.pdf").respond_with_data(body, content_type="application/pdf")
    url = httpserver.url_for("/report.pdf")
    manners = Manners(0, permit=Permit.of(url), ports=frozenset({httpserver.port}))
    take(store, clock, url, manners=manners)
    (row,) = rows(store)
    assert (row["refused"], row["http_status"]) == (None, 200)
    assert row["given"]["text"] == " ".join(LONG)


def test_a_broken_document_and_one_without_address_are_told(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00" * 100)
    (broken,) = take(store, clock, tmp_path / "broken.pdf", url="https://police.example/x.pdf")
    (nameless,) = take(store, clock, tmp_path / "broken.pdf")
    assert (broken.state, nameless.state) == ("failed", "failed")
    assert "--url" in str(nameless.error)
    assert rows(store) == []


def test_lines_of_a_document_become_paragraphs() -> None:
    text = "The command said that forty peo-\nple were freed near the river on\nMonday.\nA second para-\ngraph."
    assert list(documents.paragraphs(text)) == [
        "The command said that forty people were freed near the river on Monday.",
        "A second paragraph.",
    ]
    assert list(documents.paragraphs("警方周一在边境附近的一处\n园区解救了四十人。")) == [
        "警方周一在边境附近的一处园区解救了四十人。"
    ]


def test_headers_are_kept_without_cookies_and_bounded() -> None:
    many = {f"x-{n}": "v" for n in range(500)}
    kept = tame_headers({"Set-Cookie": "id=1", "ETag": '"a"\n', "X-Long": "y" * 5000, **many})
    assert kept["etag"] == '"a"'
    assert "set-cookie" not in kept
    assert len(kept["x-long"]) == 1000 and len(kept) == 80

"""What a person hands in: whose it is and from when, what stands in a picture, where a text has its headline."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import pictures
from nightdesk.handing import Said, about
from pipeline.reader import Job, read_page
from pipeline.run import given_of
from store.engine import Store
from tests.conftest import START, FakeClock
from tests.documents import pdf
from tests.test_crawler_ingest import rows, take

TEXT = """Soldiers led 120 Kenyan workers out of a compound

Soldiers of the border militia led 120 Kenyan workers out of a scam compound in Myawaddy on Monday. They will be sent
home.
"""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
YESTERDAY = datetime(2026, 10, 12, 5, 0, tzinfo=UTC)


def test_a_text_is_a_report_of_whoever_is_named_with_it(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_text(TEXT)
    said = {"outlet": "Border Desk", "published": YESTERDAY, "speaker": "Colonel Anan", "note": "by telephone"}
    (taken,) = take(store, clock, tmp_path / "call.txt", **said)
    (row,) = rows(store)
    body = TEXT.encode()
    assert taken.url == row["url"] == f"urn:sha256:{hashlib.sha256(body).hexdigest()}"
    assert (store.bodies.get(row["sha256"]), row["content_type"]) == (body, "text/plain; charset=utf-8")
    assert row["given"].pop("text").startswith("Soldiers of the border militia")
    assert row["given"] == {
        "title": "Soldiers led 120 Kenyan workers out of a compound",
        "outlet": "Border Desk",
        "published_at": "2026-10-12T05:00:00Z",
        "speaker": "Colonel Anan",
        "note": "by telephone",
        "whole": True,
    }


def test_what_nobody_else_says_in_a_text_is_said_by_who_was_named(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "call.md").write_text(f"# {TEXT}")
    take(sqlite_store, clock, tmp_path / "call.md", outlet="Border Desk", published=YESTERDAY, speaker="Colonel Anan")
    (row,) = rows(sqlite_store)
    job = Job(row["url"], START, given_of(row["given"]), sqlite_store.bodies.get(row["sha256"]), row["content_type"])
    read = read_page(job)
    assert read.extract.title == "Soldiers led 120 Kenyan workers out of a compound"
    assert (read.extract.published_at, read.extract.published_from) == (YESTERDAY, "given")
    assert [(fact.value, fact.speaker) for fact in read.facts if fact.kind == "count"] == [(120, "Colonel Anan")]


def test_a_text_comes_from_standard_input_too(
    sqlite_store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("ตำรวจช่วยคนงาน 43 คน".encode())))
    take(sqlite_store, clock, "-", outlet="Post", published=YESTERDAY, title="Forty-three")
    assert rows(sqlite_store)[0]["given"]["text"] == "ตำรวจช่วยคนงาน 43 คน"


@pytest.mark.parametrize(
    ("name", "body"), [("a.txt", b"Words."), ("a.pdf", pdf(["Words."])), ("a.png", PICTURE), ("a.txt", b" \n")]
)
def test_what_is_nobodys_is_refused_with_the_way_out(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path, name: str, body: bytes
) -> None:
    (tmp_path / name).write_bytes(body)
    (taken,) = take(sqlite_store, clock, tmp_path / name, outlet="Post")
    assert taken.state == "failed"
    assert "--date" in str(taken.error) or "empty" in str(taken.error)
    assert rows(sqlite_store) == []


def test_a_document_needs_no_address_where_it_has_an_outlet_and_a_date(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf(["Annual report of the border command, page one of it"]))
    take(sqlite_store, clock, tmp_path / "report.pdf", outlet="Police", published=YESTERDAY)
    (row,) = rows(sqlite_store)
    assert (row["url"], row["content_type"]) == (f"urn:sha256:{row['sha256']}", "application/pdf")
    assert row["given"]["published_at"] == "2026-10-12T05:00:00Z"


def test_a_picture_is_kept_with_the_words_that_are_given_with_it(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "post.png").write_bytes(PICTURE)
    take(store, clock, tmp_path / "post.png", outlet="Police", published=YESTERDAY, words=TEXT)
    (row,) = rows(store)
    assert (store.bodies.get(row["sha256"]), row["content_type"]) == (PICTURE, "image/png")
    assert (row["given"]["title"], "read_by" in row["given"]) == (TEXT.partition("\n")[0], False)


def test_a_picture_that_no_program_here_can_read_is_kept_and_says_so(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "post.png").write_bytes(PICTURE)
    take(sqlite_store, clock, tmp_path / "post.png", outlet="Police", published=YESTERDAY)
    (row,) = rows(sqlite_store)
    assert "no tesseract" in row["given"]["no_text"]
    assert "--text" in row["given"]["no_text"]
    assert row["sha256"]


FREED = "Police freed 43 people at the border"
READER = """#!/bin/sh
case "$1" in
  --version) echo "tesseract 5.3.0";;
  --list-langs) printf 'List of available languages (3):\\neng\\nosd\\ntha\\n';;
  *) cat >/dev/null; [ "$4" = "eng+tha" ] && printf '%s'; exit %d;;
esac
"""


@pytest.mark.parametrize(
    ("said", "code", "expected"),
    [
        (FREED, 0, pictures.Words(FREED, "tesseract 5.3.0")),
        ("~", 0, "saw no words"),
        ("", 1, "could not read"),
    ],
)
def test_tesseract_reads_a_picture_in_every_language_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int, expected: pictures.Words | str
) -> None:
    program = tmp_path / "tesseract"
    program.write_text(READER % (said, code))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = pictures.read_words(PICTURE)
    assert found == expected if isinstance(expected, pictures.Words) else expected in found.reason


def test_what_is_typed_is_checked_before_anything_is_taken_in(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    from core.errors import UsageError

    zone = ZoneInfo("Asia/Bangkok")
    assert about(Said(date="2026-10-13"), ["a"], START, zone).published == datetime(2026, 10, 13, tzinfo=zone)
    for said, inputs, word in (
        (Said(date="2026-10-20"), ["a"], "is not yet"),
        (Said(date="soon"), ["a"], "is no time"),
        (Said(title="T"), ["a", "b"], "--title is of one input"),
        (Said(text=tmp_path / "none.txt"), ["a"], "cannot be read"),
    ):
        with pytest.raises(UsageError, match=word):
            about(said, inputs, START, zone)


def test_the_same_words_of_another_outlet_are_another_report() -> None:
    from pipeline.identity import identity

    keys = {identity("urn:sha256:ab", None, None, outlet)[1] for outlet in ("Post", "POST", "Gazette")}
    assert len(keys) == 2

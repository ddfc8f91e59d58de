"""A saved mail is a report: by command and by page, with what its head says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler import mails
from crawler.mails import Mail
from nightdesk.handing import Said, about
from store.engine import Store
from tests.conftest import START, FakeClock
from tests.test_crawler_ingest import rows, take

HEAD = "From: Border Command <press@border.example>\nSubject: Forty freed\nDate: Mon, 12 Oct 2026 21:10:00 +0700\n"
PLAIN = f"{HEAD}\nForty people were freed at the river.\nhttps://border.example/1\n"
PAGE = f"{HEAD}Content-Type: text/html\n\n<p>Forty people were freed at the river.</p>"


def test_a_malformed_head_says_nothing_and_hides_no_text() -> None:
    mail = mails.read(b"Date: nonsense\nFrom: <\nSubject: =?x?q?\n\nA quiet word")
    assert isinstance(mail, Mail)
    assert (mail.text, mail.sender, mail.sent_at, mail.is_page) == (b"A quiet word", "", None, False)


@pytest.mark.parametrize(
    ("charset", "words", "codec"),
    [
        ("windows-874", "ข่าวจากแม่สอด", "cp874"),
        ("gb2312", "朱镕基在妙瓦底", "gbk"),
        ("moon", "a quiet word — nothing more", "utf-8"),
        ("iso-2022-jp", "詐欺拠点の摘発", "iso2022_jp"),
    ],
)
def test_a_mail_is_read_in_the_letters_that_its_senders_mean(charset: str, words: str, codec: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    mail = mails.read(head.encode() + words.encode(codec))
    assert isinstance(mail, Mail) and words in mail.text.decode()


def test_a_mail_from_beyond_all_years_has_no_date() -> None:
    mail = mails.read(b"Date: Fri, 31 Dec 9999 23:59:59 -1200\n\nA quiet word")
    assert isinstance(mail, Mail) and mail.sent_at is None


@pytest.mark.parametrize(("written", "kind"), [(PLAIN, "text/plain; charset=utf-8"), (PAGE, "text/html")])
def test_a_mail_in_a_file_is_taken_in_with_its_sender_as_outlet(
    store: Store, clock: FakeClock, tmp_path: Path, written: str, kind: str
) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "Release.EML").write_text(written)
    (taken,) = take(store, clock, folder)
    (row,) = rows(store)
    assert taken.state == "taken" and row["url"].startswith("urn:sha256:") and row["content_type"] == kind
    assert (row["given"]["title"], row["given"]["outlet"]) == ("Forty freed", "Border Command")
    assert row["given"]["published_at"] == "2026-10-12T14:10:00Z"
    assert b"freed at the river" in (store.bodies.get(row["sha256"]) or b"")


def test_what_is_said_of_a_mail_stands_before_its_head(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(PLAIN)
    said = {"url": "https://border.example/7", "outlet": "Command", "published": START, "title": "As I call it"}
    take(store, clock, tmp_path / "a.eml", **said)
    (row,) = rows(store)
    assert row["url"] == "https://border.example/7"
    assert (row["given"]["title"], row["given"]["outlet"]) == ("As I call it", "Command")


def test_a_mail_of_addresses_alone_is_one_report_and_fetches_nothing(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_text("From: a@x.example\nDate: Mon, 12 Oct 2026 21:10:00 +0700\n\nhttps://x.example/1\n")
    (taken,) = take(store, clock, tmp_path / "a.eml")
    assert taken.url.startswith("urn:sha256:") and taken.state == "taken"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("From: a@x.example\n\n", "there is no text in this mail"),
        ("Subject: x\n\nA quiet word", "give --outlet and --date"),
        (PLAIN.replace("2026", "2031"), "sent on 2031-10-12, which is not yet"),
    ],
)
def test_a_mail_that_cannot_be_taken_in_says_why(
    store: Store, clock: FakeClock, tmp_path: Path, written: str, said: str
) -> None:
    (tmp_path / "a.eml").write_text(written)
    (taken,) = take(store, clock, tmp_path / "a.eml", latest=START + timedelta(days=1))
    assert taken.state == "failed" and said in (taken.error or "")
    assert rows(store) == []


def test_what_is_handed_in_is_of_tomorrow_at_the_latest() -> None:
    now = datetime(2026, 10, 13, tzinfo=UTC)
    assert about(Said(), ["a.eml"], now, ZoneInfo("UTC")).latest == now + timedelta(days=1)

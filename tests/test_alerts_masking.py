"""Victims' names and phone numbers, kept out of what is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC

import pytest

from alerts import message
from alerts.masking import MASK, Mask, initials
from alerts.story import Stated, Told
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import webhook
from tests.telling import REPORT, STORY

VICTIM = Stated(kind="person", quote="Linh", article_id=1, name="Nguyen Thi Linh", role="a survivor of the compound")
OFFICIAL = Stated(kind="person", quote="Col Somchai", article_id=1, name="Somchai Dee", role="district chief")


def _everything(**story: object) -> str:
    content = message.compose("alert", (replace(STORY, **story),), UTC)  # type: ignore[arg-type]
    return repr(content.as_json())


def test_a_victims_name_is_sent_as_initials_wherever_it_stands() -> None:
    words = "Nguyen Thi Linh walked for two days, said Somchai Dee."
    sent = _everything(facts=(VICTIM, OFFICIAL), quote=words, reports=(replace(REPORT, title=words),))
    shown = sent.replace("'facts': ", "", 1)  # the values named, by which corrections find who was told, are not sent
    assert "N. T. L. walked for two days, said Somchai Dee." in sent
    assert "Nguyen Thi Linh" not in shown


def test_a_name_that_was_taken_back_is_masked_unless_it_is_known_to_be_no_victims() -> None:
    changes = (
        Told(1, "correction", 2, "name", "Nguyen Thi Lan", "Nguyen Thi Linh"),
        Told(2, "correction", 3, "name", "Mai Thi Hoa", "withdrawn"),
        Told(3, "correction", 4, "name", "Somchai Di", "Somchai Dee"),
    )
    shown = message.compose("alert", (replace(STORY, told=changes, facts=(VICTIM, OFFICIAL)),), UTC)
    text = shown.as_json()["text"]
    assert "Nguyen Thi Lan" not in text and "Mai Thi Hoa" not in text and re.search("Somchai Di.+Somchai Dee", text)


def test_a_watch_that_asks_for_names_gets_them() -> None:
    words = "Nguyen Thi Linh, 22, called +66 81 234 5678."
    assert words in _everything(facts=(VICTIM,), quote=words, show_names=True)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Maria Clara Santos, 24, was sold twice.", "M. C. S., 24, was sold twice."),
        ("Ahmad bin Salleh (31) was beaten.", "A. S. (31) was beaten."),
        ("the mother of Rahul Verma, aged 19, wept", "the mother of R. V., aged 19, wept"),
        ("Maria, a 24-year-old from Cebu", "Maria, a 24-year-old from Cebu"),
        ("In October 2026, 24 people left", "In October 2026, 24 people left"),
    ],
)
def test_where_people_are_freed_or_abused_a_name_with_an_age_is_a_victims(text: str, masked: str) -> None:
    assert Mask(with_ages=True)(text) == masked


def test_elsewhere_a_name_with_an_age_stays() -> None:
    text = "Liang Wei, 44, ran the compound."
    assert text in _everything(event_types=("arrest_handover",), quote=text)
    assert text not in _everything(event_types=("trafficking_abuse",), quote=text)


@pytest.mark.parametrize(
    "number",
    [
        "+66 81 234 5678",
        "+63-917-555-0142",
        "+1 (212) 555-0188",
        "+855 12 345 678",
        "081-234-5678",
        "02 123 4567",
        "(021) 555 0199",
        "0812345678",
        "13800138000",
        "๐๘๑-๒๓๔-๕๖๗๘",
    ],
)
def test_a_phone_number_is_masked(number: str) -> None:
    assert Mask()(f"Call {number} now") == f"Call {MASK} now"


@pytest.mark.parametrize(
    "text",
    [
        "in 2024-2025",
        "on 2026-10-12",
        "12.10.2026",
        "at 05:40",
        "1,041,000 baht",
        "1 041 000 baht",
        "10000000 yuan",
        "120 000 people",
        "case 2026/1041",
        "127,271 bitcoin",
        "50 to 300",
        "https://news.example.org/0812345678",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert Mask()(text) == text


@pytest.mark.parametrize(
    ("name", "short"), [("Nguyen Thi Linh", "N. T. L."), ("สมชาย", MASK), ("王小明", MASK), ("al Amin", "A.")]
)
def test_a_name_becomes_initials_or_a_mask(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(("asks", "sent"), [(False, "N. T. L. walked"), (True, "Nguyen Thi Linh walked")])
def test_a_watch_decides_for_its_channels(sqlite_store: Store, clock: FakeClock, asks: bool, sent: str) -> None:
    room = Newsroom(sqlite_store, clock)
    with webhook() as hook:
        desk = alerter(room, hook=hook.url)
        watch = room.watch(channels=("hook",), show_names=asks)
        development = room.development()
        article = room.article(development)
        room.fact(article, kind="person", name="Nguyen Thi Linh", role="survivor", quote="Nguyen Thi Linh")
        room.match(watch, article, quote="Nguyen Thi Linh walked for two days.")
        room.change(development, cause_article_id=article)
        desk.decide()
        desk.deliver()
    body = hook.requests[0].body.decode()
    assert sent in body
    assert ("Nguyen Thi Linh" in body) is asks

"""Edits of an article: what is a change, which kind, and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from nightdesk.differences import difference
from nightdesk.show import in_words, load
from pipeline.config import PipelineConfig
from pipeline.edits import essence, flips_back, is_stamp
from pipeline.retraction import is_retracted
from pipeline.run import Pipeline
from store import articles, developments
from store.engine import Store
from tests import alerting
from tests.conftest import FakeClock
from tests.reports import NOON, RELEASE, RELEASE_REWRITTEN, Newsroom, count, day, place

URL = "https://post.example/news/1"
FACTS = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12")]
OTHER = [count(210, nationality="KE"), place("Varlin", "MM"), day("2026-10-12")]


class Room:
    """A newsroom whose pages are read at once."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.news = Newsroom(store)
        clock.now = NOON
        self.store, self.clock = store, clock
        self.pipeline = Pipeline(store, PipelineConfig(), clock, timedelta(days=7), read=self.news.read)

    def publish(self, text: str = RELEASE, facts: Any = FACTS, url: str = URL, **rest: Any) -> str:
        self.clock.advance(minutes=20)
        self.news.publish(url, text, facts, **rest)
        self.pipeline.run()
        return str(self.rows(articles.page_outcomes)[-1]["state"])

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.store.read() as db:
            return [dict(row) for row in db.execute(sa.select(table).order_by(*table.primary_key)).mappings()]

    def versions(self) -> int:
        return len(self.rows(articles.article_versions))

    def kinds(self) -> list[str]:
        return [row["kind"] for row in self.rows(developments.development_changes)]


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Room:
    return Room(store, clock)


@pytest.mark.parametrize(
    "line",
    [
        "Updated 14:05",
        "Last updated: Tuesday, 13 October 2026 at 2:05 pm (GMT+7)",
        "1,204 views",
        "3 hours ago",
        "更新时间：2026年10月13日 14:05",
        "阅读 3204 次",
        "อัปเดตล่าสุด 13 ต.ค. 2569 เวลา 14:05 น.",
        "Diperbarui: 13 Oktober 2026 pukul 14.05 WIB",
        "Cập nhật lúc 14:05 ngày 13/10/2026",
    ],
)
def test_dates_and_counters_are_stamps(line: str) -> None:
    assert is_stamp(line)


@pytest.mark.parametrize(
    "line", ["Police freed 120 people.", "120人获救", "Toll rises to 12", "ช่วยเหลือ 120 คนจากเมียวดี"]
)
def test_news_is_no_stamp(line: str) -> None:
    assert not is_stamp(line)


def test_going_back_once_is_news_where_it_takes_a_fact_back() -> None:
    one, two = essence("T", "one"), essence("T", "two")
    assert flips_back(one, [one, two], states_the_same=True)
    assert not flips_back(one, [one, two], states_the_same=False)
    assert flips_back(two, [one, two, one], states_the_same=False)


def test_white_space_and_stamps_make_no_version(room: Room) -> None:
    room.publish(f"Updated 14:05\n{RELEASE}\n1,204 views")
    assert room.publish(f"Updated 15:10\n\n  {RELEASE}\n1,377 views") == "duplicate"
    assert room.versions() == 1


def test_an_edit_that_is_seen_at_the_new_address_of_a_rebuilt_site_is_a_version(room: Room) -> None:
    room.publish()
    moved = "https://post.example/new/news/1"
    mended = f"{RELEASE} The number was mended."
    assert room.publish(mended, OTHER, led_to=moved) == "article"
    assert (len(room.rows(articles.articles)), room.versions(), room.kinds()) == (1, 2, ["new", "correction"])
    assert room.publish(mended, OTHER, url=moved) == "article", "where a list shows it anew, it is a copy of the first"
    assert [row["duplicate_of"] for row in room.rows(articles.articles)] == [None, 1]
    assert room.kinds() == ["new", "correction"]


def test_other_news_to_which_an_old_address_leads_is_an_article_of_its_own(room: Room) -> None:
    room.publish()
    room.publish(RELEASE_REWRITTEN, OTHER, title="Minister opens bridge", led_to="https://post.example/today")
    assert (len(room.rows(articles.articles)), room.versions()) == (2, 2)


def test_a_page_that_goes_to_and_fro_makes_two_versions(room: Room) -> None:
    more = f"{RELEASE}\n\nRead also about the harbour regatta of the town."
    for text in (RELEASE, more, RELEASE, more, RELEASE):
        room.publish(text)
    assert room.versions() == 2
    assert room.kinds() == ["new"]


def test_a_figure_in_the_place_of_another_is_a_correction_and_can_be_taken_back_once(room: Room) -> None:
    edited = f"{RELEASE} The number was mended."
    for text, facts in ((RELEASE, FACTS), (edited, OTHER), (RELEASE, FACTS), (edited, OTHER)):
        room.publish(text, facts)
    assert room.kinds() == ["new", "correction", "correction"]
    assert room.versions() == 3


def test_a_fact_that_is_added_is_at_most_an_update(room: Room) -> None:
    room.publish(facts=FACTS[1:])
    room.publish(f"{RELEASE} There were 120 of them.", FACTS)
    assert "correction" not in room.kinds()


def test_a_person_told_the_old_value_gets_a_correction(room: Room) -> None:
    room.news.watch(topics=("scam_centres",), group_wait="0s", updates="none", channels=())
    room.publish()
    told = alerting.alerter(alerting.Newsroom(room.store, room.clock))
    told.decide()
    assert told.deliver().sent == 1
    room.publish(f"{RELEASE} The number was mended.", OTHER)
    told.decide()
    assert told.deliver().sent == 1
    last = alerting.contents(alerting.Newsroom(room.store, room.clock))[-1]
    assert "210" in str(last) and "120" in str(last)
    room.publish(f"{RELEASE} The number was mended. A comma, too.", OTHER)
    told.decide()
    assert told.deliver().sent == 0


GONE = (
    "This story has been retracted. The Post could not confirm what it reported of Varlin, and apologises to readers."
)


def last_change(room: Room) -> tuple[Any, ...]:
    row = room.rows(developments.development_changes)[-1]
    return row["kind"], row["what"], row["old"], row["new"]


def test_an_article_that_is_taken_back_withdraws_its_figure(room: Room) -> None:
    room.publish()
    assert room.publish(GONE, [], title="RETRACTED: Workers led out of compound") == "article"
    assert last_change(room) == ("correction", "figure", "120", "withdrawn")
    assert room.rows(developments.developments)[0]["status"] == "corrected"
    room.publish(f"{GONE} A comma, too.", [], title="RETRACTED: Workers led out of compound")
    assert room.kinds() == ["new", "correction"]


def test_a_figure_that_another_article_states_too_is_not_withdrawn(room: Room) -> None:
    room.publish()
    room.publish(RELEASE_REWRITTEN, FACTS, url="https://two.example/b")
    room.publish(GONE, [])
    assert last_change(room) == ("correction", "article", "Workers led out of compound", "retracted")


def test_who_was_told_the_figure_hears_that_it_was_withdrawn(room: Room) -> None:
    room.news.watch(topics=("scam_centres",), group_wait="0s", updates="none", channels=())
    room.publish()
    told = alerting.alerter(alerting.Newsroom(room.store, room.clock))
    told.decide()
    assert told.deliver().sent == 1
    room.publish(GONE, [])
    told.decide()
    assert told.deliver().sent == 1
    assert "120" in str(alerting.contents(alerting.Newsroom(room.store, room.clock))[-1])


@pytest.mark.parametrize(
    ("title", "text", "taken_back"),
    [
        ("RETRACTED: Workers led out", RELEASE, True),
        ("Workers led out", "本文已撤回。", True),
        ("Workers led out", "Artikel ini telah ditarik oleh redaksi.", True),
        ("Suspect retracts confession", "The man has retracted what he said to the police.", False),
        ("Troops withdrawn", "Soldiers were withdrawn from the bridge. This story is being updated.", False),
    ],
)
def test_only_an_article_that_says_so_of_itself_is_taken_back(title: str, text: str, taken_back: bool) -> None:
    assert is_retracted(title, text) is taken_back


def test_show_tells_the_versions_and_what_changed(room: Room) -> None:
    room.publish()
    room.publish(f"{RELEASE} The number was mended.", OTHER)
    with room.store.read() as db:
        shown = load(db, "article", 1)
        words = in_words(shown)
    assert [row["seq"] for row in shown.parts["versions"]] == [1, 2]
    assert "+ The number was mended." in words


def test_a_difference_is_told_by_the_sentence() -> None:
    old = "Head\nPolice freed 120 people. They went home."
    assert difference(old, old.replace("120", "210")) == ["- Police freed 120 people.", "+ Police freed 210 people."]
    assert difference("警方解救了四十人。他们回家。", "警方解救了五十人。他们回家。") == [
        "- 警方解救了四十人。",
        "+ 警方解救了五十人。",
    ]

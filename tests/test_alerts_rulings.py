"""Who hears of what analysts and reprocessing change: those who were told what is not so, and nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from alerts.config import OperatorConfig
from alerts.run import Alerter
from store import precision
from store.engine import Store
from tests.conftest import FakeClock
from tests.reports import RELEASE_REWRITTEN, Newsroom, count
from tests.test_pipeline_analyst import FREED, RAID, RAID_TEXT, two_acts
from tests.test_pipeline_reprocess import RAIDED, TWO, Desk, elsewhere


class Room(Desk):
    """A desk that tells a watch on the console."""

    screen: io.StringIO
    alerter: Alerter

    def tell(self) -> list[str]:
        """Decide and deliver; the levels of the alerts that came of it."""
        self.clock.advance(minutes=20)
        before = len(self.rows("SELECT id FROM alerts"))
        self.alerter.decide()
        self.alerter.deliver()
        return [row[0] for row in self.rows("SELECT level FROM alerts ORDER BY id")[before:]]


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Iterator[Room]:
    room = Room(Newsroom(store), clock)
    room.screen = io.StringIO()
    room.alerter = Alerter(store, {}, OperatorConfig(), clock, owner="a:1:b", console=room.screen)
    room.newsroom.watch(topics=("scam_centres",), group_wait="0s", update_interval="0s")
    yield room
    room.alerter.close()


def test_a_figure_that_was_told_and_that_an_analyst_edits_is_corrected_to_who_was_told(room: Room) -> None:
    two_acts(room)
    assert room.tell() == ["new", "new"]
    room.edit(room.fact(4, 31), value=13.0)
    assert room.tell() == ["correction"]
    assert "13" in room.screen.getvalue().split("Correction")[-1]


def test_a_figure_that_was_told_and_is_none_is_withdrawn(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.reject(room.fact(4, 31))
    assert room.tell() == ["correction"]


def test_labels_merges_and_splits_tell_nobody(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.label(4, event__demolition=True)
    room.split(3)
    room.merge(1, 2)
    room.label(2, off_topic=True)
    room.add(1, count(4, "guards", quote="Four guards", leading=False))
    assert room.tell() == []


def test_what_only_an_analyst_puts_on_a_topic_is_told_when_it_has_an_update(room: Room) -> None:
    room.newsroom.publish(RAIDED, RAID_TEXT, RAID, title="Hotel raided", topics=(), events=())
    room.process()
    room.label(1, topic__scam_centres=True, event__raid=True)
    assert room.tell() == []
    more = [count(90, "suspects"), *RAID[1:]]
    room.newsroom.publish(
        TWO, RAID_TEXT.replace("thirty-one", "ninety"), more, title="Ninety", events=["raid"], after=4
    )
    room.process()
    assert room.homes() == {1: 1, 2: 1}
    assert room.tell() == ["update"]


def test_reprocessing_repeats_no_alert(room: Room) -> None:
    two_acts(room)
    assert room.tell() == ["new", "new"]
    room.reads(TWO, facts=elsewhere())
    room.reads(RAIDED, events=["demolition"], title="Hotel torn down")
    room.reprocess()
    assert len(room.rows("SELECT id FROM developments")) == 3
    assert room.tell() == []


def test_a_figure_that_reprocessing_finds_wrong_is_corrected_to_who_was_told(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.reads(RAIDED, facts=[count(13, "suspects"), *RAID[1:]])
    room.reprocess()
    assert room.tell() == ["correction"]


def test_where_a_development_is_not_relevant_its_updates_end(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.dismiss(1, 1)
    text = RELEASE_REWRITTEN.replace("120", "300")
    room.newsroom.publish("https://six.example/f", text, [count(300, nationality="KE"), *FREED[1:]], after=5)
    assert room.process().changes == {"update": 1}
    assert room.tell() == []
    room.dismiss(1, 1, relevant=True)
    text = RELEASE_REWRITTEN.replace("120", "900")
    room.newsroom.publish("https://six.example/g", text, [count(900, nationality="KE"), *FREED[1:]], after=6)
    assert room.process().changes == {"update": 1}
    assert room.tell() == ["update"]


def test_precision_is_of_the_judged_developments_that_a_watch_told(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.dismiss(1, 1, relevant=True)
    with room.store.read() as db:
        assert precision.by_watch(db)["releases"] == precision.Precision(told=2, judged=1, relevant=1)
    room.label(4, off_topic=True)
    with room.store.read() as db:
        found = precision.by_watch(db)["releases"]
    assert (found, found.share) == (precision.Precision(told=2, judged=2, relevant=1), 0.5)


def test_merged_developments_are_one_told(room: Room) -> None:
    two_acts(room)
    room.tell()
    room.dismiss(2, 1)
    room.merge(1, 2)
    with room.store.read() as db:
        assert precision.by_watch(db)["releases"] == precision.Precision(told=1, judged=1, relevant=0)

"""Every page once more: the record is brought to it, ids and analysts' decisions stay, nobody is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import AlreadyRunning
from core.query import parse_query
from pipeline import replay, reprocess
from pipeline.config import PipelineConfig
from pipeline.contrast import Difference
from pipeline.reader import ReadPage
from pipeline.replay import Replay, Way
from pipeline.values import Extract, Fact
from store import interactions
from store.engine import Store
from store.search import Filters, found_ids
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import NOON, RELEASE, RELEASE_IN_SPANISH, RELEASE_REWRITTEN, Newsroom, count, day, person, place
from tests.test_pipeline_analyst import FREED, RAID, RAID_TEXT

ONE, TWO, TRES, RAIDED = (
    "https://one.example/a",
    "https://two.example/b",
    "https://tres.example/c",
    "https://one.example/raid",
)


class Killed(Exception):
    """Stands for SIGKILL between two transactions."""


@dataclass
class Desk(Analyst):
    """An analyst whose program has learned to read better since."""

    steps: int | None = None  # of progress before it is killed
    said: list[str] = field(default_factory=list)

    def reads(self, url: str, **otherwise: Any) -> None:
        """From now on a page is read so: `facts`, `topics`, `events`, `title`, or as no article with `state`."""
        for (known, text), reading in list(self.newsroom.readings.items()):
            if known == url:
                self.newsroom.readings[known, text] = _other(reading, **otherwise)

    @contextmanager
    def _replay(self, since: datetime | None = None) -> Iterator[Replay]:
        way = Way(self.config, self.clock, timedelta(days=7), read=self.newsroom.read)
        with replay.replay(self.store, way, since, "a test") as replayed:
            replay.read_all(replayed, self.store, way, self._step)
            yield replayed

    def _step(self, words: str, _done: int, _of: int) -> None:
        self.said.append(words)
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0:
                raise Killed

    def dry_run(self, since: datetime | None = None, company: datetime | None = None) -> list[Difference]:
        self.clock.advance(minutes=1)
        with self._replay(company or since) as replayed:
            found = list(reprocess.differences(self.store, replayed, since, self._step))
        replay.discard(self.store.data_dir)
        return found

    def reprocess(self, since: datetime | None = None, company: datetime | None = None) -> Counter[str]:
        self.clock.advance(minutes=1)
        matcher = self.pipeline().matcher()
        with self._replay(company or since) as replayed:
            done = reprocess.carry_out(self.store, replayed, since, matcher, self.clock, self._step)
        replay.discard(self.store.data_dir)
        return +done

    def record(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything on record that is not about when it was written."""
        return {
            "articles": self.rows(
                "SELECT id, title, topics, event_types, development_id, duplicate_of FROM articles_v"
            ),
            "developments": self.rows(
                "SELECT id, title, topics, event_types, countries, event_date, status, articles, merged_into"
                " FROM developments_v ORDER BY id"
            ),
            "facts": self.rows("SELECT article_id, kind, value, origin, quote FROM facts_v ORDER BY 1, 2, 3, 4, 5"),
            "pages": self.rows("SELECT id, state, reason FROM pages_v ORDER BY id"),
            "changes": self.rows(
                "SELECT development_id, kind, origin, what, old, new FROM changes_v ORDER BY development_id, seq"
            ),
        }


def _other(reading: ReadPage, state: str = "article", **otherwise: Any) -> ReadPage:
    if state != "article":
        return ReadPage(Extract(state, "a list of teasers"))  # type: ignore[arg-type]
    labels: dict[str, Any] = {
        name: tuple(replace(reading.classified.topics[0], name=one) for one in otherwise[name])
        for name in ("topics", "events")
        if name in otherwise
    }
    return replace(
        reading,
        extract=replace(
            reading.extract,
            title=otherwise.get("title", reading.extract.title),
            language=otherwise.get("language", reading.extract.language),
        ),
        classified=replace(reading.classified, **labels),
        facts=tuple(otherwise.get("facts", reading.facts)),
    )


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    desk = Desk(Newsroom(store), clock)
    room = desk.newsroom
    room.publish(ONE, facts=FREED, outlet="One")
    room.publish(TWO, RELEASE_REWRITTEN, FREED, after=1, outlet="Two")
    room.publish(TRES, RELEASE_IN_SPANISH, FREED, language="es", after=2, outlet="Tres")
    room.publish(RAIDED, RAID_TEXT, RAID, title="Hotel raided", events=["raid"], after=3, outlet="One")
    desk.process()
    assert desk.homes() == {1: 1, 2: 1, 3: 1, 4: 2}
    return desk


def elsewhere(nationality: str = "IN") -> list[Fact]:
    """Facts that keep a report apart from the release of Varlin."""
    return [count(45, nationality=nationality), place("Kolin", "LA"), day("2026-10-05"), person("Sok Vanna")]


# --- What is as it was -----------------------------------------------------------------------------------------------


def test_where_nothing_is_otherwise_nothing_is_written(desk: Desk) -> None:
    before, stamps = desk.record(), desk.rows("SELECT updated_at FROM developments ORDER BY id")
    assert desk.dry_run() == []
    assert desk.reprocess() == {}
    assert (desk.record(), desk.rows("SELECT updated_at FROM developments ORDER BY id")) == (before, stamps)


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    before = desk.record()
    desk.reads(TWO, facts=elsewhere(), title="Otherwise")
    desk.reads(RAIDED, state="not_article")
    assert desk.dry_run()
    assert desk.record() == before


def test_after_a_run_nothing_is_otherwise(desk: Desk) -> None:
    desk.reads(ONE, facts=[count(102, nationality="KE"), *FREED[1:]], title="Workers led out at last")
    desk.reads(TWO, facts=elsewhere())
    desk.reads(RAIDED, events=["demolition"])
    desk.reprocess()
    assert desk.dry_run() == []
    assert desk.reprocess() == {}


# --- What is otherwise -----------------------------------------------------------------------------------------------


def test_every_figure_and_label_that_would_change_is_listed(desk: Desk) -> None:
    desk.reads(RAIDED, facts=[count(33, "suspects"), *RAID[1:]], events=["demolition"])
    assert desk.dry_run() == [
        Difference(2, None, "event_types", "raid", "demolition"),
        Difference(2, 4, "event_types", "raid", "demolition"),
        Difference(2, 4, "figure", "31 suspects, done, leading", "33 suspects, done, leading"),
    ]


def test_a_better_reading_is_written_with_its_changes(desk: Desk) -> None:
    kept = desk.rows("SELECT id FROM facts_v WHERE article_id = 4 AND kind = 'place'")
    desk.reads(RAIDED, facts=[count(33, "suspects"), *RAID[1:]], events=["demolition"])
    assert desk.reprocess() == {"articles": 1, "developments": 1, "corrections": 1}
    assert (4, 33, "machine") in desk.counts()
    assert desk.rows("SELECT id FROM facts_v WHERE article_id = 4 AND kind = 'place'") == kept
    assert desk.rows("SELECT value, superseded FROM facts WHERE value = 31") == [(31, "reprocess")]
    assert desk.changes("reprocess") == [
        (2, "update", "event_types", "raid", "demolition", None),
        (2, "correction", "figure", "31", "33", None),
    ]


def test_a_figure_that_another_article_still_states_is_not_corrected(desk: Desk) -> None:
    desk.reads(TWO, facts=[count(118, nationality="KE"), *FREED[1:]])
    desk.reprocess()
    assert desk.changes("reprocess") == []
    assert (2, 118, "machine") in desk.counts()


def test_a_figure_that_was_none_is_withdrawn(desk: Desk) -> None:
    desk.reads(RAIDED, facts=RAID[1:])
    desk.reprocess()
    assert desk.changes("reprocess") == [(2, "correction", "figure", "31", "withdrawn", None)]


def test_the_majority_keeps_the_id(desk: Desk) -> None:
    desk.reads(ONE, facts=elsewhere())
    assert Difference(1, 1, "development", "d1", "new") in desk.dry_run()
    done = desk.reprocess()
    assert (done["moved"], done["new_developments"]) == (1, 1)
    assert desk.homes() == {1: 3, 2: 1, 3: 1, 4: 2}
    assert desk.changes("reprocess")[:3] == [
        (3, "new", None, None, None, None),
        (1, "update", "left", "a1", "d3", None),
        (3, "update", "joined", None, "a1", None),
    ]


def test_of_developments_that_become_one_the_larger_stays_and_the_other_leads_to_it(desk: Desk) -> None:
    desk.reads(RAIDED, facts=FREED, events=["rescue_release"])
    assert Difference(2, None, "development", None, "merged into d1") in desk.dry_run()
    assert desk.reprocess()["merged_developments"] == 1
    assert desk.homes() == {1: 1, 2: 1, 3: 1, 4: 1}
    assert desk.rows("SELECT merged_into, articles FROM developments_v WHERE id = 2") == [(1, 0)]


def test_an_article_that_is_none_goes_and_comes_back_as_itself(desk: Desk) -> None:
    desk.reads(RAIDED, state="not_article")
    assert Difference(2, 4, "state", "article", "no article") in desk.dry_run()
    assert desk.reprocess()["withdrawn_articles"] == 1
    assert desk.homes() == {1: 1, 2: 1, 3: 1}
    assert desk.rows("SELECT state, reason FROM pages_v WHERE id = 4") == [("not_article", "a list of teasers")]
    assert desk.rows("SELECT status FROM developments_v WHERE id = 2") == [("withdrawn",)]
    room = desk.newsroom
    room.publish(RAIDED, RAID_TEXT, RAID, title="Hotel raided", events=["raid"], after=9)
    desk.reprocess()
    assert sorted(desk.homes()) == [1, 2, 3, 4]


def test_a_page_that_was_none_becomes_an_article_that_tells_nobody(store: Store, clock: FakeClock) -> None:
    desk = Desk(Newsroom(store), clock)
    desk.newsroom.watch(topics=("scam_centres",))
    desk.newsroom.publish(ONE, facts=FREED)
    good = desk.newsroom.readings[ONE, RELEASE]
    desk.reads(ONE, state="not_article")
    desk.process()
    desk.newsroom.readings[ONE, RELEASE] = good
    assert [one.new for one in desk.dry_run()] == ["new: Workers led out of compound", f"article {ONE}"]
    desk.reprocess()
    assert desk.homes() == {1: 1}
    assert desk.changes("reprocess")[0][:2] == (1, "new")
    assert [bool(row[0]) for row in desk.rows("SELECT quiet FROM matches")] == [True]


def test_what_moves_raises_nothing_new_where_it_is_now(desk: Desk) -> None:
    desk.newsroom.watch(topics=("scam_centres",))
    desk.newsroom.publish("https://six.example/f", RELEASE + " Rain fell.", FREED, after=5)
    desk.process()
    desk.reads("https://six.example/f", facts=elsewhere())
    desk.reprocess()
    quiet = "SELECT m.quiet FROM matches m JOIN article_versions v ON v.id = m.version_id WHERE v.article_id = 5"
    assert [bool(row[0]) for row in desk.rows(quiet)] == [True]


def test_a_page_that_cannot_be_read_this_time_leaves_its_article_alone(desk: Desk) -> None:
    del desk.newsroom.readings[RAIDED, RAID_TEXT]
    before = desk.record()
    assert desk.reprocess() == {}
    assert desk.record() == before


def test_what_was_read_stands_for_a_body_that_is_gone(store: Store, clock: FakeClock) -> None:
    desk = Desk(Newsroom(store), clock)
    page = desk.newsroom.publish(ONE, facts=FREED)
    desk.process()
    with store.write() as db:
        db.exec_driver_sql(f"UPDATE pages SET sha256 = 'gone' WHERE id = {page}")
    assert desk.reprocess() == {}
    assert desk.rows("SELECT title FROM articles_v") == [("Workers led out of compound",)]


def test_pages_are_read_in_the_order_in_which_their_news_was_found(store: Store, clock: FakeClock) -> None:
    desk = Desk(Newsroom(store), clock)
    late = desk.newsroom.publish(TWO, RELEASE_REWRITTEN, FREED, after=5)
    first = desk.newsroom.publish(ONE, facts=FREED)
    edit = desk.newsroom.publish(ONE, RELEASE + " One guard ran.", FREED, after=9)
    desk.process()
    with store.write() as db:
        # A second look at a page keeps the time at which its news was first found.
        db.execute(
            sa.text("UPDATE pages SET found_at = (SELECT found_at FROM pages WHERE id = :first) WHERE id = :edit"),
            {"first": first, "edit": edit},
        )
    with desk._replay() as replayed:
        assert list(replayed.pages.values()) == [first, late, edit]


def test_only_what_was_found_since_then_changes(desk: Desk) -> None:
    desk.reads(ONE, facts=elsewhere(), title="Not read")
    desk.reads(RAIDED, title="Read anew")
    since = NOON + timedelta(hours=2, minutes=30)
    assert [(one.article_id, one.what) for one in desk.dry_run(since, NOON)] == [(None, "title"), (4, "title")]
    desk.reprocess(since, NOON)
    assert [row[0] for row in desk.rows("SELECT title FROM articles_v ORDER BY id")] == [
        "Workers led out of compound", "Workers led out of compound", "Workers led out of compound", "Read anew",
    ]  # fmt: skip
    assert desk.homes() == {1: 1, 2: 1, 3: 1, 4: 2}


def test_a_version_stays_with_its_article(desk: Desk) -> None:
    desk.newsroom.publish(ONE, RELEASE + " One guard ran.", FREED, after=8)
    desk.process()
    desk.reads(ONE, title="Read anew")
    desk.reprocess()
    assert desk.rows("SELECT count(*) FROM article_versions WHERE article_id = 1") == [(2,)]
    assert desk.rows("SELECT title FROM articles_v WHERE id = 1") == [("Read anew",)]
    assert desk.dry_run() == []


# --- What analysts decided -------------------------------------------------------------------------------------------


def decided(desk: Desk) -> None:
    desk.label(3, off_topic=True)
    desk.label(4, event__raid=False, event__demolition=True)
    desk.edit(desk.fact(1, 120), value=102.0)
    desk.reject(desk.fact(2, 120))
    desk.add(4, count(1, "buses", quote="A court", leading=False))
    desk.split(2)
    desk.merge(1, 2)


def test_analysts_decisions_are_no_difference(desk: Desk) -> None:
    decided(desk)
    before = desk.record()
    assert desk.dry_run() == []
    assert desk.reprocess() == {}
    assert desk.record() == before


def test_analysts_decisions_outlive_another_reading(desk: Desk) -> None:
    decided(desk)
    homes = desk.homes()
    desk.reads(ONE, facts=[replace(FREED[0], unit="victims"), *FREED[1:]], events=["raid"])
    desk.reads(TWO, facts=[replace(FREED[0], confidence=0.9), *FREED[1:]], title="Another title")
    desk.reads(TRES, title="Otro título")
    desk.reads(RAIDED, facts=[count(33, "suspects"), *RAID[1:]], events=["raid", "arrest_handover"])
    desk.reprocess()
    assert desk.homes() == homes
    assert desk.counts() == [(1, 102, "analyst"), (3, 120, "machine"), (4, 1, "analyst"), (4, 33, "machine")]
    events = desk.rows("SELECT article_id, event_type FROM article_events_v ORDER BY 1, 2")
    assert events == [(1, "raid"), (2, "rescue_release"), (4, "arrest_handover"), (4, "demolition")]
    assert desk.dry_run() == []


def test_a_pinned_development_keeps_its_id_whatever_the_machine_would_join(desk: Desk) -> None:
    desk.split(1, to=2)
    desk.reads(TWO, title="Read anew")
    desk.reads(TRES, facts=elsewhere())
    desk.reprocess()
    assert desk.homes() == {1: 2, 2: 1, 3: 1, 4: 2}


def test_what_an_analyst_decides_while_it_runs_is_left_to_the_next_run(desk: Desk) -> None:
    desk.reads(RAIDED, title="Read anew", events=["arrest_handover"])
    matcher = desk.pipeline().matcher()
    with desk._replay() as replayed:
        desk.label(4, event__demolition=True)
        done = reprocess.carry_out(desk.store, replayed, None, matcher, desk.clock, desk._step)
    assert +done == {}
    desk.reprocess()
    events = desk.rows("SELECT event_type FROM article_events_v WHERE article_id = 4 ORDER BY 1")
    assert events == [("arrest_handover",), ("demolition",)]


def test_an_article_is_found_in_the_language_that_it_is_now_read_in(desk: Desk) -> None:
    desk.reads(TRES, language="pt")
    desk.reprocess()
    with desk.store.read() as db:
        found = {tag: list(found_ids(db, parse_query(f"lang:{tag}"), Filters())) for tag in ("es", "pt")}
    assert found == {"es": [], "pt": [3]}


def test_a_report_that_is_restricted_since_is_found_and_told_no_more_until_it_is_free_again(desk: Desk) -> None:
    desk.newsroom.watch(topics=("scam_centres",))
    desk.reprocess()

    def found() -> list[int]:
        with desk.store.read() as db:
            return list(found_ids(db, parse_query("title:raided"), Filters()))

    assert found() == [4] and desk.rows("SELECT article_id FROM matches_v WHERE article_id = 4")
    for restricted, ids in (("true", []), ("false", [4])):
        with desk.store.write() as db:
            db.exec_driver_sql(f"UPDATE pages SET restricted = {restricted} WHERE url = '{RAIDED}'")
        desk.reprocess()
        assert found() == ids
        bands = desk.rows("SELECT count(*) FROM signature_bands WHERE article_id = 4")[0][0]
        assert bool(bands) == bool(ids) == bool(desk.rows("SELECT article_id FROM matches_v WHERE article_id = 4"))
        assert (4 in desk.homes()) == bool(ids)


# --- Killed, and twice at once ---------------------------------------------------------------------------------------


#: While it reads, and while it carries out; the long suite kills at every step.
_EVERY_DAY = (1, 4)


@pytest.mark.parametrize(
    "steps", [pytest.param(step, marks=[] if step in _EVERY_DAY else [pytest.mark.slow]) for step in range(7)]
)
def test_a_run_that_was_killed_goes_on_and_comes_to_the_same(store: Store, clock: FakeClock, steps: int) -> None:
    def published(desk: Desk) -> Desk:
        room = desk.newsroom
        room.publish(ONE, facts=FREED, outlet="One")
        room.publish(TWO, RELEASE_REWRITTEN, FREED, after=1, outlet="Two")
        room.publish(TRES, RELEASE_IN_SPANISH, FREED, language="es", after=2, outlet="Tres")
        room.publish(RAIDED, RAID_TEXT, RAID, title="Hotel raided", events=["raid"], after=3, outlet="One")
        desk.process()
        desk.reads(ONE, facts=elsewhere())
        desk.reads(TRES, facts=[count(118, nationality="KE"), *FREED[1:]])
        desk.reads(RAIDED, events=["demolition"], facts=[count(33, "suspects"), *RAID[1:]])
        return desk

    desk = published(Desk(Newsroom(store), clock))
    desk.steps = steps
    try:
        desk.reprocess()
    except Killed:
        desk.steps = None
        desk.reprocess()
    desk.steps = None
    assert desk.homes() == {1: 3, 2: 1, 3: 1, 4: 2}
    assert desk.counts() == [(1, 45, "machine"), (2, 120, "machine"), (3, 118, "machine"), (4, 33, "machine")]
    assert Counter(row[:2] for row in desk.changes("reprocess")) == {
        (3, "new"): 1, (3, "update"): 1, (1, "update"): 1, (2, "update"): 1, (2, "correction"): 1,
    }  # fmt: skip
    assert desk.dry_run() == []


def test_a_killed_run_reads_no_page_again_that_it_had_read(desk: Desk) -> None:
    desk.steps = 2  # killed when it begins to compare
    with pytest.raises(Killed):
        desk.reprocess()
    desk.steps, desk.said = None, []
    desk.newsroom.readings.clear()  # would fail every page
    assert desk.reprocess() == {}


def test_two_at_once_are_refused(desk: Desk) -> None:
    with desk._replay(), pytest.raises(AlreadyRunning, match="reprocess"), desk._replay():
        pass


def test_a_replay_is_begun_anew_when_an_analyst_decided_something(desk: Desk) -> None:
    with desk._replay() as replayed:
        assert len(replayed.pages) == 4
    desk.label(4, off_topic=True)
    desk.reads(ONE, title="Read anew")
    assert any(one.what == "title" for one in desk.dry_run())


def test_the_way_pages_are_read_may_name_more_topics(desk: Desk) -> None:
    """A changed configuration begins the replay anew too."""
    with desk._replay():
        pass
    desk.config = PipelineConfig(threshold=0.5)
    desk.reads(ONE, title="Read anew")
    assert any(one.what == "title" for one in desk.dry_run())


def test_an_act_that_is_read_otherwise_is_listed_and_renewed(store: Store, clock: FakeClock) -> None:
    desk = Desk(Newsroom(store), clock)
    text = "Samoa has suspended its policing agreement with China, the police minister told Parliament on Tuesday."
    labels = {"topics": ("overseas_policing",), "events": ("scrutiny_suspension",)}
    desk.newsroom.publish(ONE, text, title="Samoa suspends police pact", **labels)
    desk.process()
    told = desk.rows("SELECT actor_country, host_country, stage FROM interactions_v")
    with store.write() as db:
        db.execute(sa.update(interactions.article_interactions).values(stage="planned"))
        db.execute(sa.update(interactions.interactions).values(stage="planned"))
    assert [one.what for one in desk.dry_run()] == ["interaction"]
    desk.reprocess()
    assert (
        desk.rows("SELECT actor_country, host_country, stage FROM interactions_v")
        == told
        == [("CN", "WS", "suspended")]
    )
    assert desk.dry_run() == []

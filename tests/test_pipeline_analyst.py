"""What analysts decide stands beside the machine's answer and over it, on both engines."""

from __future__ import annotations

import pytest

from core.errors import NotFound, UsageError
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import (
    RELEASE,
    RELEASE_IN_SPANISH,
    RELEASE_REWRITTEN,
    Newsroom,
    count,
    day,
    person,
    place,
)

FREED = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]
RAID = [count(31, "suspects"), place("Port Elling", "KH"), day("2026-10-11")]
RAID_TEXT = """Police in the harbour town of Port Elling broke down the doors of a hotel at dawn and led away thirty-one
suspects who had sold invented shares over the telephone. Computers and a safe full of passports were carried to a van.
The owner of the hotel is said to have left by boat. A court will decide on Friday who stays in custody."""


@pytest.fixture
def ana(store: Store, clock: FakeClock) -> Analyst:
    return Analyst(Newsroom(store), clock)


def two_acts(ana: Analyst) -> None:
    """a1, a2 and a3 report a release, a4 a raid."""
    ana.newsroom.publish("https://one.example/a", facts=FREED, outlet="One")
    ana.newsroom.publish("https://two.example/b", RELEASE_REWRITTEN, FREED, after=1, outlet="Two")
    ana.newsroom.publish("https://tres.example/c", RELEASE_IN_SPANISH, FREED, language="es", after=2, outlet="Tres")
    ana.newsroom.publish(
        "https://one.example/raid", RAID_TEXT, RAID, title="Hotel raided", events=["raid"], after=3, outlet="One"
    )
    ana.process()
    assert ana.homes() == {1: 1, 2: 1, 3: 1, 4: 2}


# --- Labels ----------------------------------------------------------------------------------------------------------


def test_a_label_wins_over_the_machine_and_is_kept_with_who_when_and_why(ana: Analyst) -> None:
    two_acts(ana)
    ana.label(4, event__raid=False, event__demolition=True)
    assert ana.rows("SELECT event_type FROM article_events_v WHERE article_id = 4") == [("demolition",)]
    assert ana.rows("SELECT event_types FROM developments_v WHERE id = 2") == [('["demolition"]',)]
    assert ana.changes("analyst") == [(2, "update", "event_types", "raid", "demolition", "ana")]
    kept = ana.rows("SELECT what, by, reason, standing FROM rulings ORDER BY id")
    assert [(row[0], row[1], row[2], bool(row[3])) for row in kept] == [
        ("not event raid", "ana", "she was there", True),
        ("event demolition", "ana", "she was there", True),
    ]


def test_the_last_label_counts(ana: Analyst) -> None:
    two_acts(ana)
    ana.label(4, event__raid=False)
    ana.label(4, event__raid=True)
    assert ana.rows("SELECT event_type FROM article_events_v WHERE article_id = 4") == [("raid",)]


def test_what_is_off_topic_leaves_its_development(ana: Analyst) -> None:
    two_acts(ana)
    assert ana.label(2, off_topic=True) == ["a2: no topic (before: scam_centres; rescue_release)", "it left d1"]
    assert ana.homes() == {1: 1, 2: None, 3: 1, 4: 2}
    assert ana.rows("SELECT articles, topics FROM developments_v WHERE id = 1") == [(2, '["scam_centres"]')]


def test_a_development_without_articles_is_withdrawn_and_stands_again_when_one_is_back(ana: Analyst) -> None:
    two_acts(ana)
    ana.label(4, off_topic=True)
    assert ana.rows("SELECT status, articles FROM developments_v WHERE id = 2") == [("withdrawn", 0)]
    ana.label(4, topic__scam_centres=True)
    assert ana.homes()[4] == 2
    assert ana.rows("SELECT status, articles, event_types FROM developments_v WHERE id = 2") == [
        ("lead", 1, '["raid"]')
    ]


def test_what_an_analyst_puts_on_a_topic_is_placed_and_tells_nobody_of_itself(ana: Analyst) -> None:
    watch = ana.newsroom.watch(topics=("scam_centres",))
    ana.newsroom.publish("https://one.example/a", facts=FREED, topics=(), events=())
    ana.process()
    assert ana.homes() == {1: None}
    assert ana.label(1, topic__scam_centres=True, event__raid=True)[-1] == "it founded d1"
    assert ana.changes("analyst") == [(1, "new", None, None, None, "ana")]
    fired = ana.rows("SELECT watch_id, fired, quiet FROM matches")
    assert [(row[0], bool(row[1]), bool(row[2])) for row in fired] == [(watch, True, True)]


def test_what_fired_before_is_no_quieter_for_a_label(ana: Analyst) -> None:
    ana.newsroom.watch(topics=("scam_centres",))
    two_acts(ana)
    ana.label(4, event__demolition=True)
    assert {bool(row[0]) for row in ana.rows("SELECT quiet FROM matches")} == {False}


def test_labels_outlive_an_edit_of_the_page(ana: Analyst) -> None:
    two_acts(ana)
    ana.label(1, event__rescue_release=False, event__repatriation=True)
    ana.newsroom.publish("https://one.example/a", RELEASE + " One guard ran.", FREED, after=4)
    ana.process()
    assert ana.rows("SELECT event_type FROM article_events_v WHERE article_id = 1") == [("repatriation",)]


# --- Merge and split -------------------------------------------------------------------------------------------------


def test_merging_makes_one_and_keeps_the_other_as_its_name(ana: Analyst) -> None:
    two_acts(ana)
    assert ana.merge(2, 1) == ["d2 is merged into d1: a4"]
    assert ana.homes() == {1: 1, 2: 1, 3: 1, 4: 1}
    assert ana.rows("SELECT id, merged_into, articles FROM developments_v ORDER BY id") == [(1, None, 4), (2, 1, 0)]
    assert ana.changes("analyst") == [
        (2, "update", "merged", None, "d1", "ana"),
        (1, "update", "joined", None, "a4 from d2", "ana"),
    ]


def test_into_says_which_one_stays(ana: Analyst) -> None:
    two_acts(ana)
    ana.merge(1, 2, into=2)
    assert set(ana.homes().values()) == {2}


def test_what_was_merged_leads_on_when_that_is_merged_too(ana: Analyst) -> None:
    two_acts(ana)
    ana.newsroom.publish(
        "https://one.example/far", "Rice and floods. " * 20, [place("Kolin", "LA"), day("2026-10-01")], title="Floods",
        events=["demolition"], after=4,
    )  # fmt: skip
    ana.process()
    ana.merge(2, 3, into=2)
    ana.merge(2, 1, into=1)
    assert ana.rows("SELECT id, merged_into FROM developments_v ORDER BY id") == [(1, None), (2, 1), (3, 1)]


def test_a_merged_development_cannot_be_merged_with_itself(ana: Analyst) -> None:
    two_acts(ana)
    ana.merge(1, 2)
    with pytest.raises(UsageError, match="one development already"):
        ana.merge(1, 2)
    with pytest.raises(NotFound, match="no development d9"):
        ana.merge(1, 9)


def test_the_next_article_joins_what_was_merged(ana: Analyst) -> None:
    two_acts(ana)
    ana.merge(1, 2, into=1)
    ana.newsroom.publish(
        "https://two.example/raid",
        RAID_TEXT + " It was raining.",
        RAID,
        title="Raid on hotel",
        events=["raid"],
        after=5,
    )
    ana.process()
    assert ana.homes()[5] == 1


def test_splitting_takes_articles_to_a_new_development(ana: Analyst) -> None:
    two_acts(ana)
    assert ana.split(3) == ["a3 moved to d3 from d1"]
    assert ana.homes() == {1: 1, 2: 1, 3: 3, 4: 2}
    assert ana.changes("analyst") == [
        (3, "new", None, None, None, "ana"),
        (1, "update", "left", "a3", "d3", "ana"),
        (3, "update", "joined", None, "a3 from d1", "ana"),
    ]
    assert ana.rows("SELECT id, articles, sources FROM developments_v ORDER BY id") == [(1, 2, 2), (2, 1, 1), (3, 1, 1)]


def test_the_majority_keeps_the_id(ana: Analyst) -> None:
    two_acts(ana)
    ana.split(1, 3)
    assert ana.homes() == {1: 1, 2: 3, 3: 1, 4: 2}


def test_a_split_takes_back_a_merge(ana: Analyst) -> None:
    two_acts(ana)
    ana.merge(1, 2)
    ana.split(4, to=2)
    assert ana.homes() == {1: 1, 2: 1, 3: 1, 4: 2}
    assert ana.rows("SELECT merged_into, articles, title FROM developments_v WHERE id = 2") == [
        (None, 1, "Hotel raided")
    ]


def test_a_development_that_gave_its_last_article_away_is_one_with_the_taker(ana: Analyst) -> None:
    two_acts(ana)
    ana.split(4, to=1)
    assert ana.rows("SELECT merged_into FROM developments_v WHERE id = 2") == [(1,)]


def test_a_split_that_says_nothing_is_refused(ana: Analyst) -> None:
    two_acts(ana)
    with pytest.raises(UsageError, match="that is all of d1"):
        ana.split(1, 2, 3)
    with pytest.raises(UsageError, match="a1 in d1; a4 in d2"):
        ana.split(1, 4)
    with pytest.raises(UsageError, match="already in d1"):
        ana.split(1, to=1)
    with pytest.raises(NotFound, match="no article a9"):
        ana.split(9)
    assert ana.rows("SELECT count(*) FROM rulings") == [(0,)]


def test_what_moved_raises_nothing_new_where_it_is_now(ana: Analyst) -> None:
    ana.newsroom.watch(topics=("scam_centres",))
    two_acts(ana)
    ana.split(3)
    quiet = ana.rows("SELECT version_id, quiet FROM matches ORDER BY version_id")
    assert [bool(row[1]) for row in quiet] == [False, False, True, False]


# --- Facts -----------------------------------------------------------------------------------------------------------


def test_an_edited_fact_stands_for_the_machines(ana: Analyst) -> None:
    two_acts(ana)
    said = ana.edit(ana.fact(1, 120), value=102.0)
    assert said[0].endswith("120 to 102")
    assert ana.counts() == [(1, 102, "analyst"), (2, 120, "machine"), (3, 120, "machine"), (4, 31, "machine")]
    assert ana.changes("analyst") == [(1, "correction", "figure", "120", "102", "ana")]


def test_everywhere_is_every_article_of_the_development_that_says_the_same(ana: Analyst) -> None:
    two_acts(ana)
    ana.edit(ana.fact(1, 120), everywhere=True, value=102.0)
    assert [row[:2] for row in ana.counts()] == [(1, 102), (2, 102), (3, 102), (4, 31)]


def test_a_rejected_fact_is_not_shown_and_its_figure_is_withdrawn(ana: Analyst) -> None:
    two_acts(ana)
    ana.reject(ana.fact(4, 31))
    assert (4, 31) not in [row[:2] for row in ana.counts()]
    assert ana.changes("analyst") == [(2, "correction", "figure", "31", "withdrawn", "ana")]
    assert ana.rows("SELECT superseded FROM facts WHERE value = 31") == [("analyst",)]


def test_a_rejected_fact_can_be_edited_and_an_edited_one_again(ana: Analyst) -> None:
    two_acts(ana)
    first = ana.fact(4, 31)
    ana.reject(first)
    ana.edit(first, value=33.0)
    ana.edit(ana.fact(4, 33), value=34.0)
    assert [row for row in ana.counts() if row[0] == 4] == [(4, 34, "analyst")]
    with pytest.raises(UsageError, match=r"edited and is f\d+ now"):
        ana.edit(first, value=35.0)
    ana.reject(ana.fact(4, 34))
    assert [row for row in ana.counts() if row[0] == 4] == []


def test_a_fact_that_the_machine_missed_is_added(ana: Analyst) -> None:
    two_acts(ana)
    guards = count(4, "guards", quote="Four guards", leading=False)
    ana.add(1, guards)
    assert (1, 4, "analyst") in ana.counts()
    assert ana.rows("SELECT quote, position FROM facts WHERE origin = 'analyst'")[0][1] == (
        f"Workers led out of compound\n{RELEASE}".index("Four guards")
    )
    assert ana.changes("analyst") == [(1, "update", "figure", None, "4", "ana")]
    with pytest.raises(UsageError, match="does not say"):
        ana.add(1, count(5, quote="Five guards"))
    with pytest.raises(UsageError, match="has that as f"):
        ana.add(1, guards)


def test_a_range_has_no_single_value_and_a_value_no_range(ana: Analyst) -> None:
    two_acts(ana)
    ana.edit(ana.fact(4, 31), low=30.0, high=35.0)
    bounds = "SELECT value, low, high, bound FROM facts_v WHERE article_id = 4 AND kind = 'count'"
    assert ana.rows(bounds) == [(31, 30, 35, "range")]
    ana.edit(ana.fact(4, 31), value=33.0)
    assert ana.rows(bounds) == [(33, None, None, "exact")]


def test_an_edit_outlives_a_new_version_as_long_as_its_words_stand(ana: Analyst) -> None:
    two_acts(ana)
    ana.edit(ana.fact(1, 120), value=102.0)
    ana.newsroom.publish("https://one.example/a", RELEASE + " It rained.", FREED, after=5)
    ana.process()
    assert ana.counts()[0] == (1, 102, "analyst")
    ana.newsroom.publish(
        "https://one.example/a", RELEASE.replace("120", "130"), [count(130, nationality="KE"), *FREED[1:]], after=6
    )
    ana.process()
    assert ana.counts()[0] == (1, 130, "machine")


def test_the_facts_of_an_earlier_version_are_history(ana: Analyst) -> None:
    two_acts(ana)
    old = ana.fact(1, 120)
    ana.newsroom.publish("https://one.example/a", RELEASE + " It rained.", FREED, after=5)
    ana.process()
    with pytest.raises(UsageError, match="an earlier reading of a1"):
        ana.edit(old, value=1.0)
    with pytest.raises(NotFound, match="no fact f999"):
        ana.reject(999)


def test_the_next_report_is_measured_against_the_edited_figure(ana: Analyst) -> None:
    two_acts(ana)
    ana.edit(ana.fact(1, 120), everywhere=True, value=180.0)
    text = RELEASE_REWRITTEN.replace("120", "180")
    ana.newsroom.publish("https://five.example/e", text, [count(180, nationality="KE"), *FREED[1:]], after=5)
    report = ana.process()
    assert (ana.homes()[5], report.changes) == (1, {})

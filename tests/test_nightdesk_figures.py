"""The ledger of a development, and what mentions it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from nightdesk import show
from nightdesk.figures import figure_lines
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import NOON, RELEASE, RELEASE_REWRITTEN, Newsroom, count, day, person, place


def stated(value: float, outlet: str, hours: int = 0, **other: Any) -> dict[str, Any]:
    """One figure as the store tells it."""
    row: dict[str, Any] = {"value": value, "low": None, "high": None, "unit": "people", "status": "done"}
    row |= {"nationality": None, "leading": True, "outlet": outlet, "source_type": "newspaper"}
    return row | {"published_at": NOON + timedelta(hours=hours)} | other


def test_conflicting_figures_are_a_range_with_the_latest_and_the_official_one() -> None:
    rows = [stated(32, "One"), stated(34, "Gob", 1, source_type="government"), stated(30, "Two", 2)]
    assert figure_lines(rows) == [
        {
            "counted": "people, done",
            "low": 30,
            "high": 34,
            "latest": "30, Two, 2026-10-13T06:00:00Z",
            "official": "34, Gob, 2026-10-13T05:00:00Z",
            "outlets": 3,
            "first_said": "32, One, 2026-10-13T04:00:00Z",
        }
    ]


def test_a_bound_widens_the_range() -> None:
    assert [(line["low"], line["high"]) for line in figure_lines([stated(100, "One", low=100, high=120)])] == [
        (100, 120)
    ]


def test_a_part_of_what_the_news_is_about_widens_no_range() -> None:
    (line,) = figure_lines([stated(312, "One"), stated(94, "One", leading=False), stated(298, "Two", 1)])
    assert (line["low"], line["high"], line["outlets"]) == (298, 312, 2)


def test_what_is_done_expected_and_waiting_are_lines_of_their_own_and_the_past_is_none() -> None:
    rows = [
        stated(7000, "One", status="waiting", leading=False),
        stated(111, "One"),
        stated(50_000, "One", status="background", leading=False),
        stated(300, "One", status="expected", leading=False),
    ]
    assert [line["counted"] for line in figure_lines(rows)] == ["people, done", "people, expected", "people, waiting"]


def test_the_same_people_are_freed_by_one_and_suspects_by_another() -> None:
    assert len(figure_lines([stated(200, "One"), stated(200, "Two", unit="suspects")])) == 1


def test_what_the_news_is_about_is_one_line_where_one_report_leaves_unsaid_whose_people_they_are() -> None:
    rows = [stated(312, "One", nationality="CN"), stated(298, "Two"), stated(26, "Two", leading=False)]
    assert [(line["low"], line["high"]) for line in figure_lines(rows)] == [(298, 312), (26, 26)]
    assert len(figure_lines([*rows, stated(40, "Three", nationality="VN")])) == 3, "of two kinds it may be either"


# --- On record --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(store: Store, clock: FakeClock) -> Analyst:
    ana = Analyst(Newsroom(store), clock)
    room, rest = ana.newsroom, [place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]
    room.publish("https://one.example/a", RELEASE, [count(120, nationality="KE"), *rest], outlet="One")
    ministry = room.source("gob", "government")
    told = [count(118, nationality="KE"), *rest]
    room.publish("https://gob.example/b", RELEASE_REWRITTEN, told, after=1, source_id=ministry, outlet="Gob")
    ana.process()
    return ana


def shown(ana: Analyst, number: int) -> dict[str, Any]:
    with ana.store.read() as db:
        return show.as_json(show.load(db, "development", number))


def test_show_lists_the_figures_of_a_development(ana: Analyst) -> None:
    (line,) = shown(ana, 1)["figures"]
    assert (line["low"], line["high"], line["outlets"]) == (118, 120, 2)
    assert line["official"] == line["latest"] == "118, Gob, 2026-10-13T05:00:00Z"
    assert shown(ana, 1)["first_reporter"] == "One"


def test_an_edited_figure_stands_in_the_ledger_for_the_machines(ana: Analyst) -> None:
    ana.edit(ana.fact(1, 120), value=119)
    (line,) = shown(ana, 1)["figures"]
    assert line["first_said"].startswith("119, One")


def test_an_analysis_is_a_development_that_mentions_others_and_raises_nothing_there(ana: Analyst) -> None:
    report = """A charity has asked what became of those who left. Of the 120 Kenyans of Varlin most went home within a
month, it writes, and some were sold again. It wants shelters to stay open longer, and money for the way."""
    facts = [count(120, nationality="KE", status="background", leading=False), place("Varlin", "MM")]
    ana.newsroom.publish(
        "https://think.example/r", report, facts, title="A year of releases", events=["report_analysis"], after=30
    )
    ana.process()
    assert ana.homes() == {1: 1, 2: 1, 3: 2}
    assert [row["id"] for row in shown(ana, 2)["mentions"]] == [1]
    assert [row["id"] for row in shown(ana, 1)["mentioned_in"]] == [3]
    assert [row["cause_article_id"] for row in shown(ana, 1)["changes"]] == [1, 2]  # found, and official
    assert ana.rows("SELECT kind FROM changes_v WHERE development_id = 2") == [("new",)]


def test_a_figure_of_another_country_is_no_mention(ana: Analyst) -> None:
    text = "The fishermen of the southern islands were counted again by a port that has changed its ways of counting."
    facts = [count(120, "people"), place("Madrid", "ES")]
    ana.newsroom.publish("https://think.example/r", text, facts, title="Ports", events=["report_analysis"], after=30)
    ana.process()
    assert shown(ana, 2)["mentions"] == []

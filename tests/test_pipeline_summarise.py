"""What a development's articles make of it together: who had it first, how many independent ones, how sure it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.profile import Profile
from pipeline.summarise import Part, credited, event_date, first_reporter, independent, lede, standing
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import NOON, RELEASE, RELEASE_IN_SPANISH, RELEASE_REWRITTEN, Newsroom, count, day, person, place

FREED = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]


def part(article_id: int, outlet: str, source_type: str = "newspaper", **other: Any) -> Part:
    """One article, an hour after the one before it."""
    at = NOON + timedelta(hours=article_id)
    given: dict[str, Any] = {"title": "Workers led out", "text": "They walked out.", "language": "en"} | other
    times = {"published_at": given.pop("published_at", at), "found_at": at}
    copied = given.pop("duplicate_of", None)
    whose = {"outlet": outlet, "source_type": source_type, "duplicate_of": copied, "origin": "live"}
    return Part(article_id=article_id, **whose, **given, **times)


def test_one_report_is_a_lead() -> None:
    assert standing([part(1, "One")]) == "lead"


def test_another_independent_source_corroborates() -> None:
    assert standing([part(1, "One"), part(2, "Two")]) == "corroborated"


@pytest.mark.parametrize(
    "second",
    [
        part(2, "One"),  # the same outlet again
        part(2, "Two", duplicate_of=1),  # a copy
        part(2, "Digest", "aggregator"),  # who repeats others
    ],
)
def test_who_repeats_corroborates_nothing(second: Part) -> None:
    assert standing([part(1, "One"), second]) == "lead"


def test_two_papers_with_one_wires_story_are_one_source_however_they_edit_it() -> None:
    papers = [
        part(1, "One", text="MAE SOT, Thailand (Reuters) - They walked out."),
        part(2, "Two", text="BANGKOK, Oct 13 (Reuters) — On Monday they left."),
    ]
    assert independent(papers) == {"Reuters"}
    assert standing(papers) == "lead"
    assert standing([*papers, part(3, "Three")]) == "corroborated"


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("新华社曼谷10月13日电 他们走了。", "Xinhua"),
        ("BANGKOK (AFP) - They left.", "AFP"),
        ("Officers of the Australian Federal Police (AFP) landed in Honiara on Monday.", None),
        ("They left, Reuters reported.", None),
    ],
)
def test_a_wire_is_credited_where_a_report_begins(text: str, wire: str | None) -> None:
    assert credited(part(1, "One", text=text)) == wire


def test_a_lede_begins_behind_the_dateline_that_credits_the_wire() -> None:
    text = "MAE SOT, Thailand (Reuters) - They walked out."
    assert (lede(text), credited(part(1, "One", text=text))) == ("They walked out.", "Reuters")


def test_a_ministry_makes_it_official() -> None:
    assert standing([part(1, "One"), part(2, "Ministry", "government")]) == "official"


def test_what_was_taken_back_is_corrected_whoever_had_stated_it() -> None:
    assert standing([part(1, "One"), part(2, "Ministry", "government")], is_corrected=True) == "corrected"


def test_the_first_reporter_is_by_publication_and_no_aggregator() -> None:
    late = part(3, "Late", published_at=NOON - timedelta(hours=5))
    assert first_reporter([part(1, "Digest", "aggregator"), part(2, "One"), late]).outlet == "Late"


def test_the_date_is_what_the_articles_are_about_and_no_later_day_that_they_mention() -> None:
    profile = Profile(first=NOON, last=NOON, days={"2026-10-12": 2, "2026-10-14": 2}, main_days={"2026-10-12": 2})
    assert event_date(profile) == "2026-10-12"
    assert event_date(replace(profile, main_days={})) == "2026-10-14"
    assert event_date(replace(profile, days={})) is None


# --- On record --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(store: Store, clock: FakeClock) -> Analyst:
    return Analyst(Newsroom(store), clock)


def status(ana: Analyst) -> str:
    return str(ana.rows("SELECT status FROM developments_v")[0][0])


def test_a_development_climbs_from_lead_to_corrected(ana: Analyst) -> None:
    room, steps = ana.newsroom, []
    room.publish("https://one.example/a", RELEASE, FREED, source_id=room.source("one"), outlet="One")
    ana.process()
    steps.append(status(ana))
    room.publish("https://two.example/b", RELEASE_REWRITTEN, FREED, after=1, source_id=room.source("two"), outlet="Two")
    ana.process()
    steps.append(status(ana))
    ministry = room.source("ministry", "government")
    room.publish(
        "https://gob.example/c", RELEASE_IN_SPANISH, FREED, language="es", after=2, source_id=ministry, outlet="Gob"
    )
    ana.process()
    steps.append(status(ana))
    other = [count(102, nationality="KE"), *FREED[1:]]
    room.publish("https://one.example/a", RELEASE.replace("120", "102"), other, after=3, outlet="One")
    ana.process()
    steps.append(status(ana))
    assert steps == ["lead", "corroborated", "official", "corrected"]


def test_it_stays_corrected_when_another_reports_it(ana: Analyst) -> None:
    ana.newsroom.publish("https://one.example/a", RELEASE, FREED, outlet="One")
    ana.process()
    ana.edit(ana.fact(1, 120), value=102)
    assert status(ana) == "corrected"
    ana.newsroom.publish("https://two.example/b", RELEASE_REWRITTEN, FREED, after=1, outlet="Two")
    ana.process()
    assert status(ana) == "corrected"

"""One act is one development in whatever words; look-alikes stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from pipeline.cluster import Candidate, Decision, Found, Join, decide
from pipeline.config import PipelineConfig
from pipeline.editions import editions
from pipeline.profile import Profile, joined
from pipeline.words import Rarity
from tests.reports import (
    NOON,
    RELEASE,
    RELEASE_IN_SPANISH,
    RELEASE_REWRITTEN,
    count,
    day,
    person,
    place,
    profile,
)

FREED = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]
PATROL = """Eight officers from the visiting force walk the promenade of Port Elling with local colleagues for a month
to help tourists from their country. The patrols take in the old town, the ferry pier and the night market."""


def decision(article: Profile, *known: Profile, copied: int | None = None) -> Decision:
    rarity = Rarity()
    for one in known:
        rarity.add({*one.words, *one.entities, *(f"@{name}" for name in one.names)})
    candidates = [Candidate(number, one) for number, one in enumerate(known, start=1)]
    return decide(article, candidates, rarity, PipelineConfig(), copied)


def later(days: float) -> Any:
    return NOON + timedelta(days=days)


def test_a_rewrite_joins() -> None:
    assert isinstance(decision(profile(RELEASE_REWRITTEN, FREED), profile(RELEASE, FREED)), Join)


def test_a_rewrite_joins_where_no_facts_were_found() -> None:
    assert isinstance(decision(profile(RELEASE_REWRITTEN), profile(RELEASE)), Join)


def test_a_translation_joins_by_what_it_states() -> None:
    article = profile(RELEASE_IN_SPANISH, FREED, title="Liberados", language="es")
    joined_to = decision(article, profile(RELEASE, FREED))
    assert isinstance(joined_to, Join)
    assert "figure" in joined_to.reason


def test_a_translation_does_not_join_by_type_and_country_alone() -> None:
    spanish = profile(RELEASE_IN_SPANISH, [place("Orlin", "MM")], language="es")
    assert isinstance(decision(spanish, profile(RELEASE, [place("Varlin", "MM")])), Found)


def test_the_nearest_of_several_is_joined() -> None:
    patrol = profile(PATROL, [place("Port Elling", "HR")], events=["joint_patrol"])
    release = profile(RELEASE, FREED)
    found = decision(profile(RELEASE_REWRITTEN, FREED), patrol, release)
    assert isinstance(found, Join) and found.development_id == 2


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ([count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-02")], "another day"),
        ([count(120, nationality="IN"), place("Varlin", "MM"), day("2026-10-12")], "another nationality"),
        ([count(120, nationality="KE"), place("Lusaka", "ZM"), day("2026-10-12")], "another country"),
        ([count(400), place("Varlin", "MM")], "another figure"),
    ],
)
def test_what_is_known_and_differs_keeps_equal_words_apart(other: Sequence[Any], why: str) -> None:
    found = decision(profile(RELEASE, other), profile(RELEASE, FREED))
    assert isinstance(found, Found)
    assert why in found.reason


def test_the_same_figure_in_another_town_another_month_is_another_event() -> None:
    elsewhere = [count(120, nationality="KE"), place("Orlin", "MM"), day("2026-10-02")]
    assert isinstance(decision(profile(RELEASE, elsewhere, at=later(-10)), profile(RELEASE, FREED)), Found)


def test_the_same_words_and_figure_in_another_town_are_another_event() -> None:
    assert isinstance(
        decision(
            profile(RELEASE, [count(120), place("Orlin", "MM")]), profile(RELEASE, [count(90), place("Varlin", "MM")])
        ),
        Found,
    )


def test_conflicting_figures_of_one_act_are_one_development() -> None:
    more = [count(200, nationality="KE"), *FREED[1:]]
    assert isinstance(decision(profile(RELEASE_REWRITTEN, more), profile(RELEASE, FREED)), Join)


def test_figures_within_rounding_are_one_even_where_little_else_is_known() -> None:
    assert isinstance(decision(profile(RELEASE_REWRITTEN, [count(124)]), profile(RELEASE, [count(120)])), Join)


def test_news_of_what_a_report_found_joins_the_report_whichever_of_both_it_is_taken_for_first() -> None:
    report = profile(RELEASE, FREED, events=["report_analysis", "rescue_release"])
    news = profile(RELEASE_REWRITTEN, FREED, events=["rescue_release"])
    opinion = profile(RELEASE_REWRITTEN, FREED, events=["report_analysis"])
    assert isinstance(decision(news, report), Join)
    assert isinstance(decision(opinion, profile(RELEASE, FREED)), Found)


def test_a_batch_that_is_still_to_come_is_not_that_of_the_news() -> None:
    flight = f"{RELEASE} {PATROL} The second flight is scheduled for Thursday."
    assert not profile(flight, FREED).editions
    assert isinstance(decision(profile(flight, FREED), profile(f"The first flight left. {RELEASE}", FREED)), Join)


def test_the_next_batch_is_another_development() -> None:
    second = profile(RELEASE, [place("Varlin", "MM")], title="Second batch of Kenyans leaves compound")
    first = profile(RELEASE, [place("Varlin", "MM")], title="First batch of Kenyans leaves compound")
    assert isinstance(decision(second, first), Found)


def test_a_second_group_of_the_next_day_is_another_development() -> None:
    next_day = [count(40, nationality="KE"), place("Varlin", "MM"), day("2026-10-13")]
    second = profile(RELEASE_REWRITTEN, next_day, title="Second group of Kenyans freed", at=later(1))
    assert isinstance(decision(second, profile(RELEASE, FREED)), Found)


def test_the_yearly_patrol_with_the_same_words_is_another_edition() -> None:
    last_year = profile(PATROL, events=["joint_patrol"], topics=["overseas_policing"], at=later(-365))
    this_year = profile(PATROL, events=["joint_patrol"], topics=["overseas_policing"])
    assert isinstance(decision(this_year, last_year), Found)


def test_the_fourth_dialogue_is_not_the_third() -> None:
    events = {"events": ["cooperation_policy"], "topics": ["overseas_policing"]}
    third = profile(PATROL, title="Third ministerial dialogue on policing opens", **events)  # type: ignore[arg-type]
    fourth = profile(PATROL, title="Fourth ministerial dialogue on policing opens", **events)  # type: ignore[arg-type]
    assert isinstance(decision(fourth, third), Found)


def test_sentence_and_execution_are_two_developments() -> None:
    sentenced = profile(RELEASE, events=["prosecution_sentence"])
    assert isinstance(decision(profile(RELEASE, events=["execution"]), sentenced), Found)


def test_a_cut_announced_and_made_the_next_day_is_one() -> None:
    text = "The power company will switch off two lines to the casino strip at Varlin, the council said."
    done = "Two lines to the casino strip at Varlin were switched off by the power company, as the council ordered."
    facts = [place("Varlin", "MM"), day("2026-10-13")]
    announced = profile(text, facts, title="Power to Varlin to be cut", events=["supply_cut"])
    made = profile(done, facts, title="Power to Varlin cut", events=["supply_cut"], at=later(1))
    assert isinstance(decision(made, announced), Join)


def test_an_analysis_does_not_join_the_news_but_mentions_it() -> None:
    analysis = profile(f"{RELEASE} What does it mean?", FREED, events=["report_analysis"], at=later(1))
    found = decision(analysis, profile(RELEASE, FREED))
    assert isinstance(found, Found)
    assert found.mentions == (1,)


def test_the_copy_of_an_analysis_joins_the_analysis() -> None:
    analysis = profile(RELEASE, events=["report_analysis"])
    assert isinstance(decision(profile(RELEASE_REWRITTEN, events=["report_analysis"], at=later(1)), analysis), Join)


def test_a_near_copy_joins_whatever_little_is_known_of_it() -> None:
    teaser = profile("Soldiers led workers out.", title="", topics=(), events=())
    assert isinstance(decision(teaser, profile(RELEASE, FREED), copied=1), Join)


def test_a_near_copy_of_another_day_does_not() -> None:
    template = profile(RELEASE, [day("2026-10-02")], at=later(-10))
    assert isinstance(decision(profile(RELEASE, [day("2026-10-12")]), template, copied=1), Found)


def test_a_near_copy_with_nearly_the_figure_of_another_town_across_the_border_is_another_release() -> None:
    one = profile(facts=(count(343, nationality="NP"), place("Orlin", "KH"), day("2026-10-12")))
    other = profile(facts=(count(364, nationality="NP"), place("Varlin", "LA"), day("2026-10-12")))
    same = profile(facts=(count(343, nationality="NP"), place("Varlin", "LA"), day("2026-10-12")))
    assert isinstance(decision(other, one, copied=1), Found)
    assert isinstance(decision(same, one, copied=1), Join)


def test_another_people_with_nearly_the_same_figure_or_of_another_town_is_another_release() -> None:
    one = profile(facts=(count(280, nationality="EG"), place("Varlin", "MM"), day("2026-10-12")))
    other = profile(facts=(count(294, nationality="BO"), place("Varlin", "MM"), day("2026-10-12")))
    elsewhere = profile(facts=(count(280, nationality="BO"), place("Orlin", "MM"), day("2026-10-12")))
    for another in (other, elsewhere):
        assert isinstance(decision(another, one), Found)
        assert isinstance(decision(another, one, copied=1), Found)


def test_what_is_on_no_topic_does_not_join_what_is_on_one() -> None:
    assert isinstance(decision(profile(RELEASE_REWRITTEN, topics=()), profile(RELEASE)), Found)


def test_a_key_of_one_article_in_many_is_not_the_developments() -> None:
    many = profile(RELEASE, FREED)
    for _ in range(5):
        many = joined(many, profile(RELEASE, FREED))
    odd = joined(many, profile(RELEASE, [place("Lusaka", "ZM")]))
    assert "ZM" not in odd.held(odd.countries)


def test_a_profile_survives_its_way_through_the_store() -> None:
    one = profile(RELEASE, FREED)
    assert Profile.from_json(one.as_json()) == one


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A third batch of workers flew home", {"batch:3"}),
        ("Chartered flight: the 2nd group left", {"batch:2"}),
        ("第三批人员回国", {"batch:3"}),
        ("第十二届论坛开幕", {"edition:12"}),
        ("ส่งกลับชุดที่ 4", {"batch:4"}),
        ("đợt thứ hai", {"batch:2"}),
        ("gelombang ketiga tiba", {"batch:3"}),
        ("tercer grupo de trabajadores", {"batch:3"}),
        ("Fourth Ministerial Dialogue on policing", {"edition:4"}),
        ("The second man grouped his papers", set()),
        ("31 officers go to Vanuatu for the forum", set()),
        ("31 to Vanuatu for forum", set()),
        ("Batch 3 lands in Nairobi", {"batch:3"}),
    ],
)
def test_batches_and_editions_are_read(text: str, found: set[str]) -> None:
    assert editions(text) == found


def test_a_raid_here_is_not_the_handover_across_the_border() -> None:
    raid = profile(RELEASE, [place("Orlin", "KH"), day("2026-10-12")], events=("raid", "arrest_handover"))
    handover = profile(RELEASE, [place("Varlin", "TH"), day("2026-10-10")], events=("arrest_handover",))
    assert isinstance(decision(raid, handover), Found)


def test_a_raid_is_one_whatever_figure_each_gives() -> None:
    first = profile(RELEASE, [count(160), place("Orlin", "PH"), day("2026-10-12")], events=("raid",))
    other = profile(RELEASE_REWRITTEN, [count(190), place("Orlin", "PH"), day("2026-10-12")], events=("raid",))
    assert isinstance(decision(other, first), Join)


def test_the_number_of_a_patrol_is_its_edition() -> None:
    assert "edition:12" in editions("Four countries complete 12th river patrol")


def test_like_worded_releases_in_two_towns_of_a_country_stay_apart() -> None:
    one = profile(facts=(count(23, nationality="IN"), place("Myawaddy", "MM"), day("2026-10-12")))
    other = profile(facts=(count(29, nationality="IN"), place("Tachileik", "MM"), day("2026-10-12")))
    assert isinstance(decision(other, one), Found)


def test_bulletins_of_one_make_with_two_differences_are_two_developments() -> None:
    """An embassy writes the same release again and again: learned odds must not join what is known to differ twice."""
    nations = {"UZ": "Uzbek", "IN": "Indian", "KZ": "Kazakh", "KE": "Kenyan", "NP": "Nepali", "PK": "Pakistani"}
    towns = ("Myawaddy", "Laukkaing", "Tachileik", "Kokang", "Muse")

    def bulletin(number: int) -> Profile:
        nation, town, at = list(nations)[number % 6], towns[number % 5], f"2026-10-{4 + number // 20:02}"
        people, name = 21 + 7 * number, nations[nation]
        text = (
            f"{people} {name} nationals were freed from an online scam centre in {town}, Myanmar, on {at}, the embassy"
            f" said.\nThe {name} workers had been forced to run online fraud behind high walls, an official of the"
            f" embassy said. All {people} are being cared for in a shelter run by charity house {number + 1}.\nGuards"
            f" at the compound in {town} fled when soldiers arrived, neighbours said."
        )
        title = f"{people} {name} workers freed from scam compound in {town}"
        return profile(text, title=title, facts=(count(people, nationality=nation), place(town, "MM"), day(at)))

    known = [bulletin(number) for number in range(30)]  # then people and town come again together
    joined = [number for number in range(1, 30) if isinstance(decision(known[number], *known[:number]), Join)]
    assert joined == []

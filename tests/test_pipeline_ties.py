"""What ties a development to an earlier stage of the same case, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.casenames import case_names
from pipeline.profile import Profile
from pipeline.threads import JOINS, Stage, Tied, decide
from pipeline.ties import Commonness, Tie, keys_of, tie
from tests.cases import (
    ANOTHER_ARREST,
    ARREST,
    CASE,
    EXTRADITION,
    OTHER_PACT,
    PACT_FROZEN,
    PACT_SIGNED,
    SENTENCE,
    Told,
    pact,
)

RARE = Commonness({})


def strength(one: Told | Profile, other: Told | Profile, commonness: Commonness = RARE) -> float:
    both = [told.profile() if isinstance(told, Told) else told for told in (one, other)]
    found = tie(both[0], both[1], commonness)
    return found.strength if found else -10.0


# --- Names ------------------------------------------------------------------------------------------------------------


def test_the_accused_and_the_site_are_case_names() -> None:
    assert case_names(ARREST.title, ARREST.text, "en") == [
        "lead:copper lantern", "name:copper lantern", "lead:tang rongde", "who:tang rongde",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Foreign ministry spokesman Tang Rongde said so.",
        "Police Colonel Tang Rongde said so.",
        "It is so, said Tang Rongde, a spokesman for the interior ministry, on Monday.",
    ],
)
def test_who_holds_an_office_may_speak_of_any_case(text: str) -> None:
    assert "said:tang rongde" in case_names("Words", text, "en")
    assert "who:tang rongde" not in case_names("Words", text, "en")


@pytest.mark.parametrize(
    "text", ["The National Police said so.", "They met in Phnom Penh.", "It was on Monday Morning.", "Chinese People"]
)
def test_institutions_towns_and_days_are_none(text: str) -> None:
    assert case_names("Words", text, "en") == []


def test_the_accused_of_chinese_texts_are_named_too() -> None:
    found = case_names("要闻", "警方抓获主犯钱某某，其为“金鹿园区”的老板。", "zh")
    assert [name for name in found if not name.startswith("lead:")] == ["who:钱某某", "name:金鹿园区"]


# --- Ties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [(ARREST, EXTRADITION), (EXTRADITION, SENTENCE), (ARREST, SENTENCE)])
def test_the_stages_of_a_case_are_tied(one: Told, other: Told) -> None:
    assert strength(one, other) >= JOINS


def test_in_whichever_order_they_became_known() -> None:
    assert tie(ARREST.profile(), SENTENCE.profile(), RARE) == tie(SENTENCE.profile(), ARREST.profile(), RARE)


@pytest.mark.parametrize("stage", CASE)
def test_another_arrest_in_the_same_town_is_another_case(stage: Told) -> None:
    assert strength(stage, ANOTHER_ARREST) < JOINS


def test_a_tie_says_what_it_rests_on() -> None:
    found = tie(ARREST.profile(), EXTRADITION.profile(), RARE)
    assert found is not None
    assert found.grounds == (
        "both name Tang Rongde", "both name Copper Lantern", "names its day, 2026-10-12", "both at Port Elling",
    )  # fmt: skip


def test_a_name_that_many_cases_share_ties_none() -> None:
    known = Commonness({"name:tang rongde": 9, "name:copper lantern": 9, "place:port elling": 9})
    assert strength(ARREST, EXTRADITION, known) < JOINS


def test_an_act_that_does_not_follow_is_not_tied_whatever_it_shares() -> None:
    dance = replace(SENTENCE, events=("joint_patrol",))
    assert tie(ARREST.profile(), dance.profile(), RARE) is None


def test_an_execution_after_a_sentence_follows_and_a_sentence_after_it_does_not() -> None:
    executed = replace(SENTENCE, events=("execution",), days=300)
    tried_later = replace(SENTENCE, days=400)
    assert strength(SENTENCE, executed) >= JOINS
    assert tie(executed.profile(), tried_later.profile(), RARE) is None


def test_an_analysis_is_a_stage_of_nothing() -> None:
    report = replace(EXTRADITION, events=("report_analysis",))
    assert tie(ARREST.profile(), report.profile(), RARE) is None
    assert keys_of(report.profile()) == frozenset()


def test_years_later_it_is_another_matter() -> None:
    assert tie(ARREST.profile(), replace(SENTENCE, days=900).profile(), RARE) is None


def test_a_pact_of_the_same_two_states_is_one_relation() -> None:
    assert strength(PACT_SIGNED, PACT_FROZEN) >= JOINS
    assert strength(PACT_SIGNED, OTHER_PACT) < JOINS


def test_two_who_train_the_police_of_others_are_not_each_others_partners() -> None:
    start = pact(0, "police_training", "Australia and China both offer courses", "Australia and China offer courses.")
    later = pact(50, "police_training", "Australia and China teach again", "Australia and China teach again.")
    assert strength(start, later) < JOINS


# --- Threads ----------------------------------------------------------------------------------------------------------


def tied(development_id: int, strength: float, thread_id: int | None = None, is_pinned: bool = False) -> Tied:
    return Tied(Stage(development_id, thread_id, is_pinned), Tie(strength, ("both name X",)))


def test_two_that_are_tied_found_a_thread_and_each_says_why() -> None:
    decided = decide(Stage(2), [tied(1, 5.0)])
    assert decided is not None and decided.thread_id is None
    assert decided.joins == ((2, "both name X: as d1"), (1, "both name X: as d2"))


def test_too_weak_a_tie_changes_nothing() -> None:
    assert decide(Stage(2), [tied(1, JOINS - 0.1)]) is None


def test_it_joins_the_thread_of_the_one_it_is_tied_to() -> None:
    decided = decide(Stage(9), [tied(1, 5.0, thread_id=4)])
    assert decided is not None and (decided.thread_id, decided.joins) == (4, ((9, "both name X: as d1"),))


def test_one_that_ties_two_threads_weakly_joins_one_and_leaves_the_other() -> None:
    decided = decide(Stage(9), [tied(1, 7.0, thread_id=4), tied(2, 5.0, thread_id=3)])
    assert decided is not None and (decided.thread_id, decided.merges) == (4, ())


def test_one_that_ties_two_threads_surely_makes_them_one_and_the_smaller_id_stays() -> None:
    decided = decide(Stage(9), [tied(1, 7.0, thread_id=4), tied(2, 6.5, thread_id=3)])
    assert decided is not None and (decided.thread_id, decided.merges) == (3, (4,))


def test_two_threads_that_analysts_made_stay_two() -> None:
    decided = decide(Stage(9), [tied(1, 7.0, thread_id=4), tied(2, 6.5, thread_id=3)], pinned_threads=(3, 4))
    assert decided is not None and (decided.thread_id, decided.merges) == (4, ())


def test_what_an_analyst_keeps_out_is_tied_to_nothing() -> None:
    assert decide(Stage(2, None, is_pinned=True), [tied(1, 9.0, thread_id=4)]) is None
    assert decide(Stage(2), [tied(1, 9.0, is_pinned=True)]) is None

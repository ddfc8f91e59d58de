"""Which watches an article is for, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from core.watch import Watch
from pipeline.match import Matcher, Subject, Verdict, read_watch, readable, sentence_at, why
from pipeline.values import Classification, Evidence, Fact, Scored
from tests.reports import NOON, RELEASE, count, place

SUBJECT = Subject(
    title="Workers led out of compound",
    text=RELEASE.replace("\n", " "),
    url="https://one.example/a",
    source="border-post",
    language="zh-Hant",
    published=NOON,
    classified=Classification((Scored("scam_centres", 1.0),), (Scored("rescue_release", 1.0),)),
    facts=(count(120), place("Varlin", "MM")),
)


def verdict(subject: Subject = SUBJECT, **filters: Any) -> Verdict:
    return why(read_watch(1, 3, Watch(name="w", **filters), None), subject)


def test_a_query_fires_with_the_words_and_the_sentence_they_stand_in() -> None:
    fired = verdict(query='"four guards" OR elephant')
    assert fired.fired and fired.revision == 3
    assert fired.terms == ("Four guards",)
    assert fired.quote == "Four guards were held and a ledger of debts was seized in the canteen."


def test_all_filters_must_hold() -> None:
    assert verdict(topics=["scam_centres"], events=["rescue_release"], query="ledger").fired
    assert not verdict(topics=["scam_centres"], events=["raid"], query="ledger").fired


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ({"topics": ["overseas_policing"]}, "topic scam_centres, not overseas_policing"),
        ({"events": ["raid", "execution"]}, "event rescue_release, not raid or execution"),
        ({"languages": ["th"]}, "language zh-Hant, not th"),
        ({"sources": ["daily-tide"]}, "source border-post, not daily-tide"),
        ({"query": "elephant"}, "the query does not match: elephant"),
    ],
)
def test_a_filter_that_does_not_hold_is_the_reason(filters: dict[str, Any], reason: str) -> None:
    assert verdict(**filters) == Verdict(1, 3, False, reason)


def test_a_language_holds_for_its_scripts_and_regions() -> None:
    assert verdict(languages=["zh"]).fired
    assert not verdict(languages=["zh-Hans"]).fired


def test_countries_and_numbers_of_sources_are_judged_on_the_whole_development() -> None:
    assert verdict(countries=["PH"], minimum_sources=4).fired


def test_of_what_is_on_no_topic_the_country_must_be_known() -> None:
    off_topic = Subject("Sand", "Sand was sold.", "https://one.example/b", None, "en", NOON, Classification())
    assert not verdict(off_topic, countries=["MM"]).fired


def test_without_a_query_the_strongest_evidence_is_quoted() -> None:
    weak, strong = Evidence("scam_centres", "x", "Workers", 0, 0.1), Evidence("rescue_release", "y", "ledger", 0, 0.9)
    whole = f"{SUBJECT.title}\n{SUBJECT.text}"
    strong = Evidence("rescue_release", "y", "ledger", whole.index("ledger"), 0.9)
    subject = Subject(
        **{**SUBJECT.__dict__, "classified": Classification(SUBJECT.classified.topics, (), (weak, strong))}
    )
    assert verdict(subject, topics=["scam_centres"]).quote == (
        "Four guards were held and a ledger of debts was seized in the canteen."
    )


def test_all_watches_at_once_say_what_each_says_alone() -> None:
    filters: list[dict[str, Any]] = [
        {"query": "ledger"},
        {"query": "elephant"},
        {"topics": ["scam_centres"]},
        {"topics": ["overseas_policing"], "query": "ledger"},
        {"topics": ["overseas_policing"], "query": "elephant"},
    ]
    asked = [read_watch(n, 1, Watch(name=f"w{n}", **one), None) for n, one in enumerate(filters)]
    verdicts = Matcher(asked).verdicts(SUBJECT)
    assert {one.watch_id: one.fired for one in verdicts} == {0: True, 1: False, 2: True, 3: False}
    assert {one.watch_id for one in verdicts if one.fired} == {
        n for n, one in enumerate(asked) if why(one, SUBJECT).fired
    }


def test_near_misses_are_few_however_many_the_watches() -> None:
    asked = [read_watch(n, 1, Watch(name=f"w{n}", query=f"elephant{n}"), None) for n in range(300)]
    assert len(Matcher(asked).verdicts(SUBJECT)) == 50


def test_no_watch_no_verdict() -> None:
    assert Matcher([]).verdicts(SUBJECT) == []


def test_counts_and_countries_can_be_asked_for() -> None:
    assert verdict(query="count:[100 TO *] AND country:MM").fired
    assert not verdict(query="count:[200 TO *]").fired


def test_a_query_that_cannot_be_read_silences_only_its_own_watch() -> None:
    complaints: list[str] = []
    watches = [(1, 1, Watch(name="broken", query="(ledger")), (2, 1, Watch(name="sound", query="ledger"))]
    asked = readable(watches, None, lambda watch, error: complaints.append(watch.name))
    assert [one.id for one in asked] == [2] and complaints == ["broken"]


def test_a_sentence_without_end_is_cut_around_the_word() -> None:
    text = "word " * 300 + "ledger " + "word " * 300
    sentence = sentence_at(text, text.index("ledger"), text.index("ledger") + 6)
    assert "ledger" in sentence and len(sentence) < 420


def test_sentences_end_in_other_scripts_too() -> None:
    text = "军方释放了工人。四名守卫被捕。账本在食堂。"
    assert sentence_at(text, text.index("守卫"), text.index("守卫") + 2) == "四名守卫被捕。"


def test_facts_without_a_country_are_no_country() -> None:
    subject = Subject(**{**SUBJECT.__dict__, "facts": (Fact(kind="place", place="Varlin", quote="", position=0),)})
    assert subject.countries == frozenset()


def test_watches_of_the_same_filters_are_judged_as_if_each_were_alone() -> None:
    filters: list[dict[str, Any]] = [
        {**alike, **query}
        for alike in ({"topics": ["scam_centres"]}, {"languages": ["th"], "topics": ["scam_centres"]})
        for query in ({}, {"query": "ledger"}, {"query": "elephant"}, {"countries": ["PH"]}, {"sources": ["tide"]})
    ]
    asked = [read_watch(n, 1, Watch(name=f"w{n}", **one), None) for n, one in enumerate(filters * 2)]
    verdicts = Matcher(asked).verdicts(SUBJECT)
    assert [one for one in verdicts if one.fired] == [one for n in asked if (one := why(n, SUBJECT)).fired]
    assert {one.watch_id for one in verdicts if one.terms and not one.fired} == {6, 16}

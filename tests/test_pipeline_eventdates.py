"""Which day a weekday is, which of the days of an article is that of its news, and whose days are not its own."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.classify import classify
from pipeline.eventdates import find_dates
from pipeline.facts import find_facts
from pipeline.topic import load_topics
from pipeline.values import Fact
from pipeline.vocabulary import load_vocabulary

WEDNESDAY = date(2026, 3, 25)
TUESDAY_BEFORE, TUESDAY_AFTER = "2026-03-24", "2026-03-31"


def days(text: str, language: str = "en") -> list[str]:
    return [day.day.isoformat() for day in find_dates(text, WEDNESDAY, language)]


def facts(title: str, text: str, language: str = "en") -> tuple[Fact, ...]:
    vocabulary = load_vocabulary()
    classification = classify(title, text, language, load_topics(), vocabulary)
    return find_facts(title, text, language, WEDNESDAY, vocabulary, classification)


def day_of(title: str, text: str, language: str = "en") -> str | None:
    return next(
        (fact.event_date for fact in facts(title, text, language) if fact.kind == "date" and fact.leading), None
    )


@pytest.mark.parametrize(
    "text",
    [
        "They were arrested by police on Tuesday.",
        "Boats took them from the far bank on Tuesday.",
        "The next batch was flown out on Tuesday.",
        "The plan was signed on Tuesday.",
        "The ministry will send twelve officers, it said on Tuesday.",
        "Nothing will change. The gate was shut on Tuesday.",
        "Dijo que fueron liberados el martes.",
        "警方将于下月公布。他们周二获释。",
    ],
)
def test_a_weekday_of_what_was_done_lies_behind(text: str) -> None:
    assert days(text) == [TUESDAY_BEFORE]


@pytest.mark.parametrize(
    "text",
    [
        "They will be flown home on Tuesday.",
        "The flight is due on Tuesday.",
        "The company was told to cut the line from 9am on Tuesday.",
        "Rooms must be empty by Tuesday.",
        "The course begins next Tuesday.",
        "El vuelo será el martes.",
        "代表团将于周二抵达。",
    ],
)
def test_a_weekday_of_what_is_to_come_lies_ahead(text: str) -> None:
    assert days(text) == [TUESDAY_AFTER]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On Tuesday, 10 March, they will be asked again who was to be freed."),
        ("en", "The ship to be handed over Tuesday (March 10) is old."),
        ("zh", "将于周二（3月10日）公布。"),
    ],
)
def test_a_date_says_which_weekday_stands_before_it(language: str, text: str) -> None:
    assert days(text, language) == ["2026-03-10"]


def test_a_week_is_no_sunday() -> None:
    assert days("Ditahan minggu lalu.", "id") == []
    assert days("Ditahan Minggu pagi.", "id") == ["2026-03-22"]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Fiji signs policing pact with China",
            "SUVA, March 25 (Wire) - Fiji has signed a policing agreement with China.\n\nIt was signed on Tuesday.",
        ),
        (
            "en",
            "Fiji signs policing pact with China",
            "Suva, March 25 - As nobody had been told, Fiji signed a policing agreement with China yesterday.",
        ),
        ("zh", "中斐签署警务合作协议", "本报苏瓦3月25日电　中国与斐济警方24日签署警务合作协议。"),
    ],
)
def test_the_day_of_a_dateline_is_that_of_the_report_and_not_of_its_news(language: str, title: str, text: str) -> None:
    assert day_of(title, text, language) == TUESDAY_BEFORE


def test_of_a_page_of_several_matters_day_place_and_figures_are_those_of_the_one_on_the_beat() -> None:
    title = "Cabinet briefs: buses, a pier and police trainers"
    text = (
        "Forty buses from Auckland will be driven off the ship on Friday.\n\n"
        "The pier was closed on 2 March after a crane fell on three dockers.\n\n"
        "Last on the list: Chinese police trainers will teach 25 officers of the Samoa police in Apia from 30 March."
        " The police cooperation agreement was tabled on Tuesday.\n\n"
        "Rain is forecast for the 28th."
    )
    found = facts(title, text)
    assert {fact.event_date for fact in found if fact.kind == "date"} == {"2026-03-30", TUESDAY_BEFORE}
    assert {fact.country for fact in found if fact.kind == "place"} == {"WS"}
    assert {fact.value for fact in found if fact.kind == "count"} == {25}
    assert all(f"{title}\n{text}"[fact.position :].startswith(fact.quote) for fact in found)


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Police raid towers in Bavet; 268 held"), ("es", "Redada policial en Bavet: 268 arrestados")],
)
def test_those_something_was_done_to_are_people(language: str, title: str) -> None:
    assert [(fact.value, fact.unit) for fact in facts(title, "", language) if fact.kind == "count"] == [(268, "people")]

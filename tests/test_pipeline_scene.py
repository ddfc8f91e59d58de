"""Which of the countries that an article names it happened in."""

from datetime import date

import pytest

from pipeline.classify import classify
from pipeline.facts import find_facts
from pipeline.reading import read
from pipeline.scene import countries_of, marks_of_countries, set_scene
from pipeline.topic import load_topics
from pipeline.values import Classification, Fact, Scored
from pipeline.vocabulary import load_vocabulary

PUBLISHED = date(2026, 3, 25)


def scene(title: str, text: str, language: str = "en") -> set[str]:
    vocabulary = load_vocabulary()
    classification = classify(title, text, language, load_topics(), vocabulary)
    facts = find_facts(title, text, language, PUBLISHED, vocabulary, classification)
    return {country for fact in facts if fact.kind in ("place", "route") for country in countries_of(fact)}


def test_people_who_come_home_put_both_ends_of_their_way_on_the_scene() -> None:
    found = scene(
        "Ghana brings home 31 from Cambodian scam compounds",
        "Thirty-one Ghanaians rescued from scam compounds in Sihanoukville landed in Accra on Monday. "
        "They had been held for nine months, the foreign ministry said.",
    )
    assert found == {"GH", "KH"}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Soldiers raid scam compound in Myawaddy, detain 60",
            "Troops raided a scam compound in Myawaddy on Monday and detained 60 people. Victims had lost money in "
            "many countries. A similar case ended in a Norwegian court last year.",
        ),
        (
            "id",
            "Kompleks penipuan daring di Myawaddy digerebek, 60 orang ditahan",
            "Pasukan menggerebek kompleks penipuan daring di Myawaddy pada Senin dan menahan 60 orang. "
            "Tahun lalu kasus serupa disidangkan di Norwegia.",
        ),
    ],
)
def test_a_country_of_the_background_is_not_on_the_scene(language: str, title: str, text: str) -> None:
    assert scene(title, text, language) == {"MM"}


def test_a_country_that_was_added_has_the_words_that_name_it() -> None:
    title, text = "Scam suspects flown out", "Police in Phnom Penh put 12 scam suspects on a plane to Seoul on Monday."
    vocabulary = load_vocabulary()
    classification = classify(title, text, "en", load_topics(), vocabulary)
    facts = find_facts(title, text, "en", PUBLISHED, vocabulary, classification)
    for fact in facts:
        if fact.kind == "place":
            assert (title + "\n" + text)[fact.position :].startswith(fact.quote)


def test_a_beat_without_learned_weights_keeps_what_rules_found() -> None:
    reading = read("Strike at the port of Mombasa", "Dockers walked out.", load_vocabulary(), "en")
    own = Classification(topics=(Scored("dock_strikes", 1.0),))
    found = [Fact(kind="place", quote="Mombasa", position=22, country="KE"), Fact(kind="date", quote="", position=0)]
    assert set_scene(reading, own, found) == found


def test_marks_tell_the_people_of_a_country_from_its_land() -> None:
    reading = read("Kenyans freed in Laos", "Ten Kenyans were freed from a compound in Laos.", load_vocabulary(), "en")
    marks = marks_of_countries(reading, Classification(topics=(Scored("scam_centres", 1.0),)), [])
    assert list(marks) == ["KE", "LA"]
    assert {"people lead", "order 0"} <= marks["KE"]
    assert "land lead" not in marks["KE"]
    assert "land lead" in marks["LA"]

from pathlib import Path

import pytest

from core.errors import ConfigError
from pipeline.classify import classify
from pipeline.topic import load_topics, read_topic
from pipeline.vocabulary import load_vocabulary

BEAT = """
id = "wildlife_trade"
title = "Wildlife trade"
least = 3.0

[[needs]]
rules = ["animals"]
least = 1.5

[[signals]]
name = "animals"
any = ["wildlife"]
weight = 1.0

[[signals]]
name = "taken"
any = ["seize"]
weight = 0.5

[[events]]
id = "seizure"
[[events.rules]]
name = "animals taken"
any = ["seize"]
with = [["wildlife"]]
"""


def test_the_beats_that_come_with_it_load() -> None:
    assert [topic.id for topic in load_topics()] == ["overseas_policing", "scam_centres"]


def test_the_twenty_kinds_of_news_are_known() -> None:
    assert len({event.id for topic in load_topics() for event in topic.events}) == 20


def test_every_concept_that_a_topic_names_exists() -> None:
    concepts = set(load_vocabulary().names("concept"))
    special = {"home", "abroad", "site", "countries", "question", "agency", "org", "person", "place", "nation"}
    for topic in load_topics():
        rules = [*topic.signals, *topic.against, *(rule for event in topic.events for rule in event.rules)]
        for rule in rules:
            for name in (*rule.any, *rule.unless, *(name for group in rule.with_ for name in group)):
                assert name in concepts | special or ":" in name, f"{topic.id}: {rule.name}: {name}"


def test_a_third_beat_is_data_alone() -> None:
    topics = (*load_topics(), read_topic(BEAT, "wildlife.toml"))
    title, text = "Customs seize ivory at the port", "Officials seized 40 kg of ivory and two live pangolins on Friday."
    result = classify(title, text, "en", topics, load_vocabulary())
    assert result.topic_names == ("wildlife_trade",)
    assert result.event_names == ("seizure",)


def test_a_mistake_names_file_and_key() -> None:
    with pytest.raises(ConfigError, match=r"beat\.toml: least"):
        read_topic(BEAT.replace("least = 3.0", 'least = "much"', 1), "beat.toml")


def test_an_unknown_key_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="colour"):
        read_topic('colour = "red"\n' + BEAT, "beat.toml")


def test_a_need_must_name_a_signal() -> None:
    with pytest.raises(ConfigError, match="plants"):
        read_topic(BEAT.replace('rules = ["animals"]', 'rules = ["plants"]'), "beat.toml")


def test_broken_toml_is_said_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("id = ", "utf-8")
    (tmp_path / "two.toml").write_text(BEAT, "utf-8")
    with pytest.raises(ConfigError, match=r"one\.toml: not TOML"):
        load_topics(tmp_path)


def test_two_topics_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(BEAT, "utf-8")
    with pytest.raises(ConfigError, match="two topics are called wildlife_trade"):
        load_topics(tmp_path)

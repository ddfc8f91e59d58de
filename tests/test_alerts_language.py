"""The data files of languages are complete, and a new one needs no code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from alerts.headline import headline
from alerts.language import WORDS, Language, available, known, speak
from pipeline.topic import load_topics
from pipeline.vocabulary import TERMS
from tests.telling import COUNT, STORY

FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(WORDS.glob("*.toml"))}
#: What a language has only where it differs from others.
_OPTIONAL = {"country", "place", "adjective", "finding_help", "finding_said"}


def _keys(table: dict[str, Any], *names: str) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, *names, key)
        else:
            yield ".".join((*names, key))


def _needed(data: dict[str, Any]) -> set[str]:
    """Every key but the patterns of events and the forms of plurals, which languages have as they need."""
    sections = {name: table for name, table in data.items() if isinstance(table, dict)}
    plain = {name: table for name, table in sections.items() if name not in _OPTIONAL | {"event"}}
    return {re.sub(r"\.(one|other|of|few|many|two|zero)$", "", key) for key in _keys(plain)}


@pytest.mark.parametrize("tag", FILES)
def test_a_language_has_every_word_that_english_has(tag: str) -> None:
    needed, given = _needed(FILES["en"]), _needed(FILES[tag])
    assert {key.removesuffix(".of") for key in needed} == {key.removesuffix(".of") for key in given}


@pytest.mark.parametrize("tag", FILES)
def test_a_language_names_every_event_type_of_the_built_in_topics(tag: str) -> None:
    events = {event.id for topic in load_topics() for event in topic.events}
    assert events == set(FILES[tag]["event"])
    assert all(pattern["label"] for pattern in FILES[tag]["event"].values())


@pytest.mark.parametrize("tag", FILES)
def test_a_language_counts_every_unit_that_texts_are_read_for(tag: str) -> None:
    units = tomllib.loads((TERMS / "units.toml").read_text(encoding="utf-8"))["unit"]
    assert set(units) == set(FILES[tag]["unit"])


@pytest.mark.parametrize("tag", FILES)
def test_patterns_name_only_slots_that_are_filled(tag: str) -> None:
    slots = {"count", "place", "in", "origin", "destination", "parties", "when", "label", "headline"}
    for event in FILES[tag]["event"].values():
        for pattern in event.values():
            assert set(re.findall(r"\{(\w+),?\}", pattern)) <= slots


@pytest.mark.parametrize("tag", FILES)
@pytest.mark.parametrize("event", sorted(FILES["en"]["event"]))
@pytest.mark.parametrize("status", ["done", "started", "expected"])
def test_every_line_is_filled_whole(tag: str, event: str, status: str) -> None:
    for unit in ("people", "officers", "buildings", "vehicles", "supply_points"):
        fact = replace(COUNT, unit=unit, status=status, leading=status != "expected")
        for facts in ((fact,), (fact, *STORY.facts[1:]), STORY.facts[1:], ()):
            line = headline(replace(STORY, event_types=(event,), facts=facts), speak(tag))
            assert line and not re.search(r"[{}\[\]]|\s{2}|\s,|,,|^\W", line), line


@pytest.mark.parametrize(
    ("tag", "file"), [("en", "en"), ("th-TH", "th"), ("zh-Hans", "zh"), ("zh-CN", "zh"), ("xx", ""), ("../en", "")]
)
def test_a_tag_finds_its_file(tag: str, file: str) -> None:
    assert known(tag) is bool(file)
    assert speak(tag).tag == (file or "en")


def test_languages_are_listed() -> None:
    assert {"en", "th", "zh"} <= set(available())


def test_plural_forms_are_those_of_the_language() -> None:
    data = {
        **FILES["en"],
        "locale": "pl",
        "unit": {"people": {"one": "{n} osoba", "few": "{n} osoby", "many": "{n} osób", "other": "{n} osoby"}},
    }
    polish = Language("pl", data)
    assert [polish.counted(str(n), n, "people", None) for n in (1, 3, 5, 22)] == [
        "1 osoba",
        "3 osoby",
        "5 osób",
        "22 osoby",
    ]


@pytest.mark.parametrize(
    ("pattern", "values", "text"),
    [
        ("{a}[ in {b}][, {c}]", {"a": "x", "c": "z"}, "x, z"),
        ("{a,}[ to {b}]", {"a": "Poipet, Cambodia", "b": "Seoul"}, "Poipet, Cambodia, to Seoul"),
        ("{a,}[ to {b}]", {"a": "Cambodia", "b": "Seoul"}, "Cambodia to Seoul"),
        ("{a,}[, {b}]", {"a": "Poipet, Cambodia", "b": "May"}, "Poipet, Cambodia, May"),
        ("{a}", {"a": "[{b}]", "b": "no"}, "[{b}]"),
    ],
)
def test_a_pattern_leaves_out_what_is_not_known(pattern: str, values: dict[str, str], text: str) -> None:
    assert speak("en").fill(pattern, values) == text


def _kinds_noted() -> set[str]:
    """Every kind of finding that the code names."""
    found: set[str] = set()
    for package in ("alerts", "crawler", "nightdesk", "pipeline"):
        for path in (WORDS.parents[1] / package).rglob("*.py"):
            code = path.read_text(encoding="utf-8")
            found.update(
                re.findall(r'(?:\bnote\(\s*(?:db,\s*)?|\bNotice\(\s*|\b_?KIND\b[^=\n]*= )"([a-z]+(?:_[a-z]+)+)"', code)
            )
    return found


def test_every_finding_is_called_something() -> None:
    noted = _kinds_noted()
    assert {"channel_dead", "web_closed", "items_missed", "site_flood"} <= noted
    assert noted <= FILES["en"]["finding_kind"].keys()


@pytest.mark.parametrize("tag", FILES)
def test_advice_is_for_findings_that_there_are(tag: str) -> None:
    assert FILES[tag].get("finding_help", {}).keys() <= FILES[tag]["finding_kind"].keys()

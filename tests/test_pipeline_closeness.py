"""How near an article came to a watch: all that fails, all that holds, and what it has instead."""

from __future__ import annotations

from typing import Any

import pytest

from core.watch import Watch
from pipeline.closeness import Closeness, closeness
from pipeline.match import Subject, read_watch
from pipeline.values import Classification, Scored
from pipeline.vocabulary import load_vocabulary
from tests.reports import NOON

SUBJECT = Subject(
    title="Boats at the pier",
    text="A boat was searched near Myawaddy. Two executions were stayed. The casino stood empty.",
    url="https://one.example/a",
    source="border-post",
    language="en",
    published=NOON,
    classified=Classification((Scored("scam_centres", 1.0),), (Scored("raid", 1.0),)),
)


def near(**filters: Any) -> Closeness:
    asked = read_watch(1, 1, Watch(name="w", **filters), load_vocabulary())
    return closeness(asked, SUBJECT, load_vocabulary())


def test_every_filter_that_fails_is_told_and_not_the_first_alone() -> None:
    found = near(topics=["overseas_policing"], languages=["th"], sources=["tide"], query="pier")
    assert [one.filter for one in found.objections] == ["topic", "language", "source"]
    assert (found.fires, found.failing) == (False, 3)


def test_a_watch_that_nothing_fails_of_fires() -> None:
    assert near(topics=["scam_centres"], query="pier").fires


def test_words_that_hold_have_their_place_in_title_and_text_together() -> None:
    (title, text) = near(query="boat storm").held
    whole = f"{SUBJECT.title}\n{SUBJECT.text}"
    assert [whole[one.position :].startswith(one.quote) for one in (title, text)] == [True, True]
    assert text.sentence == "A boat was searched near Myawaddy."


@pytest.mark.parametrize(
    ("query", "write", "found"),
    [
        ("妙瓦底", "place:妙瓦底", "Myawaddy"),
        ("executed", "concept:executed", "executions"),
        ("searching", "search*", "searched"),
        ("boarding", "", ""),
        ("pears", "", ""),
        ("place:Mandalay", "", ""),
    ],
)
def test_of_an_absent_word_the_nearest_in_the_text_is_offered(query: str, write: str, found: str) -> None:
    (missing,) = near(query=query).missing
    assert [(one.write, one.found.quote) for one in missing.instead] == ([(write, found)] if write else [])

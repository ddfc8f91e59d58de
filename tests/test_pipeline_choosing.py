"""Among many developments the one is chosen that weighing every one of them would choose, for the same reason."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import choosing, cluster
from pipeline.ceiling import ceilings
from pipeline.cluster import Candidate, Decision, Found, Join
from pipeline.config import PipelineConfig
from pipeline.nearby import Nearby
from pipeline.profile import Figure, Profile, joined
from tests.reports import NOON

CONFIG = PipelineConfig()
TYPES = ("rescue_release", "repatriation", "raid", "execution", "police_training", "report_analysis", "joint_patrol")
COUNTRIES = ("MM", "TH", "KH", "ZM", "WS")
PLACES = ("varlin", "lotus garden", "lotus garden varlin", "orlin", "port elling", "south port elling")
#: A few words that all have, more that some have, and many that hardly any other has.
WORDS = ("police", "said", *(f"word{n}" for n in range(25)), *(f"rare{n}" for n in range(400)))


def some(chance: random.Random, keys: tuple[str, ...], most: int) -> dict[str, int]:
    return dict.fromkeys(chance.sample(keys, chance.randint(0, min(most, len(keys)))), 1)


def figure(chance: random.Random) -> Figure:
    value = float(chance.choice((3, 8, 31, 32, 120, 121, 125, 400)))
    low, high = chance.choice(((1.0, 1.0), (0.9, 1.1), (1.0, 1.2), (0.0, 9.0)))
    return Figure(value, value * low, value * high, chance.choice((None, "people", "suspects", "phones")))


def made_up(chance: random.Random) -> Profile:
    """A report with any keys, each of them shared by many others."""
    at = NOON + timedelta(hours=chance.randint(-500, 500))
    days = tuple((at + timedelta(days=by)).date().isoformat() for by in range(-9, 3))
    events = some(chance, TYPES, 2)
    numbers = some(chance, ("31", "121", "125", "47", "53", "61"), 5)
    rare = tuple(f"rare{n}" for n in range(400))
    words = some(chance, WORDS[:27], 12) | some(chance, rare, chance.choice((2, 20)))
    return Profile(
        at,
        at,
        topics=some(chance, ("scam_centres", "overseas_policing"), 2),
        events=events,
        analyses=int(next(iter(events), "") == "report_analysis"),
        languages={chance.choice(("en", "es", "th")): 1},
        countries=some(chance, COUNTRIES, 2),
        places=some(chance, PLACES, 2),
        routes=some(chance, ("MM>TH", "KH>ZM"), 1),
        nationalities=some(chance, ("KE", "IN"), 1),
        days=(told := some(chance, days, 2)),
        main_days=dict(list(told.items())[:1]),
        names=some(chance, ("anan wirot", "lotus group", "border militia", "port police"), 3),
        editions=some(chance, ("batch:1", "batch:2", "edition:3", "edition:4"), 1),
        numbers=numbers,
        leading=tuple(figure(chance) for _ in range(chance.randint(0, 1))),
        figures=tuple(figure(chance) for _ in range(chance.randint(0, 2))),
        words={word: round(1 + 2 * chance.random(), 3) for word in words},
        entities={name: 1.0 for name in some(chance, ("Anan Wirot", "Varlin", "Lotus", "Elling", "Orlin"), 4)},
    )


def nearby(known: Mapping[int, Profile]) -> Nearby:
    near = Nearby()
    near.hold(dict.fromkeys(known), known.__getitem__)
    return near


def among_all(article: Profile, near: Nearby, copied: int | None = None) -> Decision:
    every = [Candidate(*pair) for pair in sorted(near.profiles.items())]
    return cluster.decide(article, every, near.rarity, CONFIG, copied)


def a_rewrite_of(one: Profile, chance: random.Random) -> Profile:
    """Much the same, with a key or two told otherwise."""
    other: dict[str, Any] = vars(made_up(chance))
    names = ("days", "places", "words", "leading", "numbers", "languages", "events", "topics", "entities", "editions")
    return replace(one, **{name: other[name] for name in chance.sample(names, chance.randint(0, 4))})


@pytest.mark.parametrize("seed", range(2))
def test_a_stream_is_decided_as_if_all_were_weighed(seed: int) -> None:
    chance = random.Random(seed)
    near, told, decided = Nearby(), [made_up(chance)], []
    near.add(1, told[0])
    for number in range(2, 90):
        article = a_rewrite_of(chance.choice(told), chance) if chance.random() < 0.5 else made_up(chance)
        copied = chance.choice([None, None, None, *near.profiles])
        decision = choosing.decide(article, near, CONFIG, copied)
        assert decision == among_all(article, near, copied)
        home, known = number, article
        if isinstance(decision, Join):
            home = decision.development_id
            known = joined(near.profiles[home], article)
            near.remove(home)
        near.add(home, known)
        if number % 9 == 0:
            near.remove(chance.choice([*near.profiles]))  # it has left the window
        told.append(article)
        decided.append(decision)
    assert {type(decision) for decision in decided} == {Join, Found}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 8))
def test_no_development_comes_to_more_than_its_ceiling(seed: int, number: int) -> None:
    chance = random.Random(seed)
    known = {id: made_up(chance) for id in range(1, number + 1)}
    article = a_rewrite_of(known[1], chance)
    near = nearby(known)
    for ceiling in ceilings(article, near, CONFIG):
        weighing = cluster.weigh(article, known[ceiling.development_id], near.rarity, CONFIG)
        assert weighing.words <= ceiling.words
        assert (weighing.odds is None) == (ceiling.odds is None)
        if weighing.odds is not None and ceiling.odds is not None:
            assert weighing.odds <= ceiling.odds
        if not weighing.apart:
            assert ceiling.may_be_open and weighing.score <= ceiling.score


def test_a_development_that_shares_nothing_need_not_be_weighed() -> None:
    common: dict[str, Any] = {"topics": {"scam_centres": 1}, "languages": {"en": 1}}
    release = Profile(NOON, NOON, events={"rescue_release": 1}, countries={"MM": 1}, numbers={"121": 1}, **common)
    patrol = Profile(NOON, NOON, events={"joint_patrol": 1}, countries={"HR": 1}, words={"promenade": 1.0}, **common)
    alike, other = ceilings(release, nearby({1: release, 2: patrol}), CONFIG)
    assert alike.may_be_open and (alike.odds or 0.0) >= cluster.JOINS
    assert not other.may_be_open and other.odds == cluster.NEVER


def test_what_comes_and_goes_leaves_nothing_behind() -> None:
    chance = random.Random(4)
    known = {id: made_up(chance) for id in range(1, 40)}
    near, article = nearby(known), made_up(chance)
    for id in range(20, 40):
        near.remove(id)
        near.remove(id)  # once gone it is gone
    fresh = nearby({id: known[id] for id in range(1, 20)})
    assert choosing.decide(article, near, CONFIG) == choosing.decide(article, fresh, CONFIG)
    for id in range(1, 20):
        near.remove(id)
    assert list(ceilings(article, near, CONFIG)) == []
    assert near.rarity.size == 0
    assert choosing.decide(article, near, CONFIG) == Found("no recent development of its topic")

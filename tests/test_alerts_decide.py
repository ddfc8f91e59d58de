"""Who is told of which change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.decide import Change, Open, Overview, Pass, Standing, Tell, Verdict, decide, was_named
from core.watch import Watch
from tests.conftest import START

NEW = Change(id=1, development_id=1, kind="new", origin="live", at=START)
UPDATE = replace(NEW, id=2, kind="update", what="figure", old="215", new="260")
CORRECTION = replace(NEW, id=3, kind="correction", what="figure", old="215 people", new="251 people")


def verdict(
    change: Change, *, named: Any = None, waiting: Any = (), sources: int = 1, countries: Any = ("MM",), **given: Any
) -> Verdict:
    filters = {key: given.pop(key) for key in list(given) if key in Watch.model_fields} | given.pop("filters", {})
    standing = Standing(
        watch=Watch(name="w", **{"topics": ("scam_centres",), **filters}),
        edited_at=given.pop("edited_at", START - timedelta(days=1)),
        matched=given.pop("matched", True),
        told=given.pop("told", False),
        named=named or {},
        waiting=frozenset(waiting),
        quiet=given.pop("quiet", False),
        dismissed_by=given.pop("dismissed_by", None),
    )
    overview = Overview(sources, frozenset(countries))
    now = given.pop("now", START)
    return decide(change, standing, overview, ("desk", "mail"), timedelta(days=7), now)


def test_a_new_development_that_matches_is_told_on_every_channel() -> None:
    assert verdict(NEW) == Tell("new", ("desk", "mail"), "a new development that the watch asked for")


def test_a_new_change_stays_open_until_an_article_matches() -> None:
    assert isinstance(verdict(NEW, matched=False), Open)


def test_a_new_change_stays_open_until_enough_sources_report() -> None:
    assert isinstance(verdict(NEW, minimum_sources=2), Open)
    assert isinstance(verdict(NEW, minimum_sources=2, sources=2), Tell)


def test_a_new_change_stays_open_until_the_country_is_known() -> None:
    assert isinstance(verdict(NEW, filters={"countries": ("LA",)}), Open)
    assert isinstance(verdict(NEW, filters={"countries": ("LA",)}, countries=("LA", "MM")), Tell)


@pytest.mark.parametrize("origin", ["baseline", "backfill", "reprocess", "analyst"])
def test_new_developments_that_are_not_live_are_never_told(origin: str) -> None:
    assert isinstance(verdict(replace(NEW, origin=origin)), Pass)


def test_what_is_older_than_the_last_edit_of_the_watch_counts_as_decided() -> None:
    assert isinstance(verdict(NEW, edited_at=START), Pass)
    assert isinstance(verdict(UPDATE, edited_at=START, told=True), Pass)


def test_what_is_older_than_max_age_is_not_told() -> None:
    assert isinstance(verdict(NEW, now=START + timedelta(days=8)), Pass)


def test_a_new_change_of_a_merged_development_is_not_told_again() -> None:
    assert isinstance(verdict(NEW, told=True), Pass)


def test_an_update_reaches_who_was_told_even_if_nothing_matches_now() -> None:
    assert isinstance(verdict(UPDATE, told=True, matched=False), Tell)


def test_an_update_reaches_a_watch_whose_match_now_holds() -> None:
    assert isinstance(verdict(UPDATE, told=False, matched=True), Tell)
    assert isinstance(verdict(UPDATE, told=False, matched=False), Pass)
    assert isinstance(verdict(UPDATE, told=False, matched=True, minimum_sources=3), Pass)


@pytest.mark.parametrize(
    ("wanted", "what", "told"),
    [
        ("all", "country", True),
        ("figures", "figure", True),
        ("figures", "country", False),
        ("official", "official", True),
        ("official", "figure", False),
        ("none", "figure", False),
    ],
)
def test_updates_are_told_as_the_watch_wants_them(wanted: str, what: str, told: bool) -> None:
    assert isinstance(verdict(replace(UPDATE, what=what), told=True, updates=wanted), Tell) is told


@pytest.mark.parametrize("origin", ["backfill", "reprocess", "analyst"])
def test_updates_that_are_not_live_tell_nobody(origin: str) -> None:
    assert isinstance(verdict(replace(UPDATE, origin=origin), told=True), Pass)


def test_a_correction_reaches_the_channels_that_named_the_old_value_whatever_updates_says() -> None:
    told = verdict(
        CORRECTION, told=True, updates="none", named={"mail": frozenset({"215"}), "desk": frozenset({"300"})}
    )
    assert told == Tell("correction", ("mail",), "it was told a value that is now corrected")


def test_a_correction_joins_a_message_that_still_waits() -> None:
    assert verdict(CORRECTION, told=True, updates="none", waiting={"desk"}) == Tell(
        "correction", ("desk",), "it was told a value that is now corrected"
    )


def test_a_correction_of_what_was_never_told_is_an_update() -> None:
    assert isinstance(verdict(CORRECTION, told=True, named={}), Tell)
    assert isinstance(verdict(CORRECTION, told=True, named={}, updates="none"), Pass)


@pytest.mark.parametrize("origin", ["reprocess", "analyst"])
def test_the_analysts_correction_reaches_only_who_was_told_the_old_value(origin: str) -> None:
    change = replace(CORRECTION, origin=origin)
    assert isinstance(verdict(change, told=True, named={"desk": frozenset({"215"})}), Tell)
    assert isinstance(verdict(change, told=True, named={"desk": frozenset({"99"})}), Pass)


@pytest.mark.parametrize(
    ("old", "named", "found"),
    [
        ("1,041 people", {"1041"}, True),
        ("at least 215", {"215"}, True),
        ("Myawaddy", {"myawaddy"}, True),
        ("15", {"215"}, False),
        (None, {"215"}, False),
    ],
)
def test_an_old_value_is_recognised_by_its_number_or_its_words(old: str | None, named: set[str], found: bool) -> None:
    assert was_named(old, frozenset(named)) is found


def test_what_matches_only_since_somebody_looked_again_is_told_of_its_updates_but_not_as_new() -> None:
    assert isinstance(verdict(NEW, quiet=True), Open)
    assert isinstance(verdict(UPDATE, quiet=True), Tell)


@pytest.mark.parametrize("change", [NEW, UPDATE])
def test_a_watch_for_which_a_development_is_not_relevant_hears_no_more_of_it(change: Change) -> None:
    found = verdict(change, told=change is UPDATE, dismissed_by="ana")
    assert found == Pass("not relevant for this watch, said ana")


def test_what_a_watch_was_told_wrongly_is_corrected_relevant_or_not() -> None:
    told = verdict(CORRECTION, told=True, named={"desk": frozenset({"215"})}, dismissed_by="ana")
    assert isinstance(told, Tell)


def test_a_page_that_vanished_tells_nobody() -> None:
    gone = replace(UPDATE, what="gone", old="https://one.example/a", new="http_410")
    assert verdict(gone, told=True) == Pass("a page that vanished tells nobody")

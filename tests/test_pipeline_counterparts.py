"""Developments keep their ids where most of their articles stay together."""

from __future__ import annotations

from pipeline.counterparts import Replayed, heirs, pair_articles, pair_developments

FIVE = {1: 10, 2: 10, 3: 10, 4: 10, 5: 10}


def test_the_majority_keeps_the_id() -> None:
    assert pair_developments({1: [1, 2], 2: [3, 4, 5]}, FIVE, {}) == {2: 10}


def test_of_two_that_become_one_the_larger_stays_and_inherits() -> None:
    home = {1: 10, 2: 11, 3: 11}
    pairs = pair_developments({1: [1, 2, 3]}, home, {})
    assert pairs == {1: 11}
    assert heirs({1: [1, 2, 3]}, home, set(pairs.values())) == {10: 1}


def test_of_two_halves_the_one_found_first_keeps_the_id() -> None:
    assert pair_developments({1: [1, 2], 2: [3, 4]}, {1: 10, 2: 10, 3: 10, 4: 10}, {}) == {1: 10}


def test_where_an_analyst_put_an_article_decides_before_numbers() -> None:
    assert pair_developments({1: [1], 2: [2, 3, 4, 5]}, FIVE, {1: 10}) == {1: 10}


def test_pairing_what_was_carried_out_in_part_comes_to_the_same() -> None:
    groups = {1: [1, 3, 4], 2: [2, 5]}
    home = {1: 10, 2: 10, 3: 11, 4: 11, 5: 11}
    assert pair_developments(groups, home, {}) == {1: 11, 2: 10}
    assert pair_developments(groups, home | {1: 11}, {}) == {1: 11, 2: 10}
    assert pair_developments(groups, home | {1: 11, 5: 10}, {}) == {1: 11, 2: 10}


def test_an_article_is_known_by_its_first_page_and_else_by_any() -> None:
    replayed = [Replayed(1, (7,)), Replayed(2, (9, 8))]
    assert pair_articles(replayed, {7: 100}, {7: 100, 8: 200}) == {1: 100, 2: 200}


def test_two_articles_of_one_page_are_not_both_the_old_one() -> None:
    replayed = [Replayed(1, (7,)), Replayed(2, (8,))]
    assert pair_articles(replayed, {7: 100}, {7: 100, 8: 100}) == {1: 100}

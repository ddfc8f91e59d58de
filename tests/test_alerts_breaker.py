"""How much may be under way to a service that answers, that is silent, and that asks for patience."""

from __future__ import annotations

from datetime import timedelta

from alerts.breaker import SIDE_BY_SIDE, Breaker
from alerts.senders.parcel import Answer
from tests.conftest import START

YES, NO, SILENCE = Answer("accepted"), Answer("failed", "HTTP 500"), Answer("unknown", "no answer")


def after(*answers: Answer) -> Breaker:
    breaker = Breaker()
    for answer in answers:
        breaker.began("desk")
        breaker.heard("desk", answer, START)
        breaker.ended("desk")
    return breaker


def later(**span: float) -> timedelta:
    return timedelta(**span)


def test_a_service_of_which_nothing_is_known_gets_one_message_at_first() -> None:
    breaker = Breaker()
    assert breaker.room("desk", START) == 1
    breaker.began("desk")
    assert breaker.room("desk", START) == 0
    assert breaker.room("another", START) == 1


def test_a_service_that_answers_gets_several_side_by_side() -> None:
    breaker = after(YES)
    assert breaker.room("desk", START) == SIDE_BY_SIDE
    breaker.began("desk")
    assert breaker.room("desk", START) == SIDE_BY_SIDE - 1


def test_a_service_that_is_silent_holds_one_place_only() -> None:
    assert after(YES, SILENCE).room("desk", START) == 1


def test_after_five_bad_answers_in_a_row_a_service_is_left_alone() -> None:
    breaker = after(NO, NO, SILENCE, NO, NO)
    assert breaker.room("desk", START + later(seconds=29)) == 0
    assert breaker.is_down("desk", START)
    assert breaker.room("desk", START + later(seconds=30)) == 1


def test_pauses_grow_to_ten_minutes() -> None:
    assert after(*[NO] * 6).room("desk", START + later(seconds=59)) == 0
    assert after(*[NO] * 5000).room("desk", START + later(minutes=9, seconds=59)) == 0
    assert after(*[NO] * 5000).room("desk", START + later(minutes=10)) == 1


def test_one_good_answer_mends_it() -> None:
    assert after(*[NO] * 5, YES).room("desk", START) == SIDE_BY_SIDE


def test_a_refusal_is_no_sign_of_trouble() -> None:
    assert after(*[NO] * 4, Answer("refused", "HTTP 404"), NO).room("desk", START) == 1


def test_who_asks_everybody_for_patience_gets_it_from_everybody() -> None:
    breaker = after(YES, Answer("failed", "HTTP 429", later(seconds=90), everybody=True))
    assert breaker.room("desk", START + later(seconds=89)) == 0
    assert breaker.room("desk", START + later(seconds=90)) == 1


def test_a_greylisted_recipient_does_not_hold_up_the_others_of_its_server() -> None:
    assert after(YES, Answer("failed", "SMTP 451", later(minutes=5))).room("desk", START) == 1


def test_a_clock_set_back_does_not_close_a_service_for_a_day() -> None:
    assert after(*[NO] * 5).room("desk", START - later(days=1)) == 1

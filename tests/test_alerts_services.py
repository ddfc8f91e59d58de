"""Services behind Apprise, each played by a local server: what they answer, and what we make of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from alerts.senders import service
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import split
from tests.conftest import START
from tests.receivers import Behaviour, Request, Webhook, answer, begin_and_break, hang, reset, says
from tests.services import SERVICES, one_server_for_all

CONTENT = {"kind": "alert", "title": "Raid: 12 people", "text": "long", "chat": "Raid: 12 people\nshort", "thread": 7}


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with one_server_for_all(monkeypatch) as server:
        yield server


def tell(internet: Webhook, name: str, *behaviours: Behaviour, **values: Any) -> Answer:
    address, takes = SERVICES[name]
    internet.behaviours = list(behaviours) or [takes]
    parcel = Parcel(target=split((address,))[0], key="key-1", content={**CONTENT, **values}, channel="desk")
    return service.send(parcel, 0.5 if hang in behaviours else 10.0, START)


def message_of(requests_: list[Request]) -> str:
    return requests_[-1].body.decode()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_takes_a_message_is_believed(internet: Webhook, name: str) -> None:
    assert tell(internet, name) == Answer("accepted", "accepted by the service")
    assert "12 people" in message_of(internet.requests)
    assert "short" in message_of(internet.requests)


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("behaviour", "result", "words"),
    [
        (answer(400), "refused", "HTTP 400"),
        (answer(401), "refused", "HTTP 401"),
        (answer(404), "refused", "HTTP 404"),
        (answer(429), "failed", "HTTP 429"),
        (answer(500), "failed", "HTTP 500"),
        (answer(503), "failed", "HTTP 503"),
        (answer(302, Location="https://elsewhere.example.org/?token=s3cret"), "failed", "not followed"),
        (answer(301, Location="https://elsewhere.example.org/"), "refused", "not followed"),
        (hang, "unknown", "no answer"),
        (reset, "unknown", "no answer"),
        (begin_and_break, "unknown", "broke off"),
    ],
)
def test_what_a_service_answers_has_its_meaning(
    internet: Webhook, name: str, behaviour: Behaviour, result: str, words: str
) -> None:
    said = tell(internet, name, *behind_questions(name, behaviour))
    assert (said.result, words in said.detail) == (result, True), said
    assert "s3cret" not in said.detail


def behind_questions(name: str, behaviour: Behaviour) -> tuple[Behaviour, ...]:
    """Matrix is asked two things before it is told anything."""
    return (SERVICES[name][1], SERVICES[name][1], behaviour) if name == "matrix" else (behaviour,)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_nobody_reaches_has_not_got_the_message(internet: Webhook, name: str) -> None:
    internet.close()
    said = tell(internet, name)
    assert (said.result, "not reached" in said.detail) == ("failed", True), said


@pytest.mark.parametrize(
    ("name", "said", "seconds"),
    [
        ("slack bot", answer(429, Retry_After="30"), 30),
        ("telegram", says({"ok": False, "parameters": {"retry_after": 35}}, 429), 35),
        ("discord", says({"retry_after": 1.5}, 429), 1.5),
        ("ntfy", answer(429, Retry_After="Tue, 13 Oct 2026 06:02:00 GMT"), 120),
    ],
)
def test_every_service_says_in_its_own_way_how_long_to_wait(
    internet: Webhook, name: str, said: Behaviour, seconds: float
) -> None:
    heard = tell(internet, name, said)
    assert (heard.result, heard.everybody) == ("failed", True)
    assert heard.retry_after is not None and heard.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    ("name", "code", "result"),
    [
        ("slack bot", "channel_not_found", "refused"),
        ("slack bot", "token_revoked", "refused"),
        ("slack bot", "internal_error", "failed"),
        ("slack bot", "ratelimited", "failed"),
        ("telegram", "chat_not_found", "failed"),
        ("slack bot", "https://example.org/s3cret", "failed"),
    ],
)
def test_a_polite_no_is_a_no(internet: Webhook, name: str, code: str, result: str) -> None:
    heard = tell(internet, name, says({"ok": False, "error": code}))
    assert heard.result == result
    assert "s3cret" not in heard.detail


def test_a_question_before_the_message_that_nobody_answers_is_no_message(internet: Webhook) -> None:
    heard = tell(internet, "matrix", reset)
    assert (heard.result, "a question" in heard.detail) == ("failed", True), heard


def test_matrix_gets_the_same_transaction_for_every_try(internet: Webhook) -> None:
    tell(internet, "matrix")
    tell(internet, "matrix")
    told = {request.path.partition("?")[0] for request in internet.requests if request.method == "PUT"}
    assert [path.rpartition("/")[2] for path in told] == ["key-1-1"]


def test_a_message_too_long_for_a_service_comes_in_parts(internet: Webhook) -> None:
    lines = "\n".join(f"- line {number} of a long digest about the border" for number in range(120))
    assert tell(internet, "discord", chat=f"Raid: 12 people\n{lines}").result == "accepted"
    told = "".join(json.dumps(request.json) for request in internet.requests)
    assert len(internet.requests) > 1
    assert all(f"line {number} " in told for number in range(120))


def test_a_message_of_which_a_part_was_taken_may_have_been_read(internet: Webhook) -> None:
    lines = "\n".join(f"- line {number} of a long digest about the border" for number in range(120))
    heard = tell(internet, "discord", says(b"", 204), answer(500), chat=f"Raid: 12 people\n{lines}")
    assert (heard.result, "a part" in heard.detail) == ("unknown", True)

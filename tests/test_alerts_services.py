"""Services behind Apprise, each played by a local server: what they answer, and what we make of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from alerts.senders import service
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import split
from tests.conftest import START
from tests.receivers import Behaviour, Request, Webhook, answer, begin_and_break, hang, reset, says, webhook

CONTENT = {"kind": "alert", "title": "Raid: 12 people", "text": "long", "chat": "Raid: 12 people\nshort", "thread": 7}
OK = {"ok": True}

#: The address of each service and what it says when it takes a message.
SERVICES: dict[str, tuple[str, Behaviour]] = {
    "slack webhook": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news", says(b"ok")),
    "slack bot": ("slack://xoxb-1234567890-1234567890-abcdefghijklmnop/#news", says(OK)),
    "telegram": ("tgram://123456789:abcdefg_hijklmnop/12315544", says(OK)),
    "line": (f"line://{'a' * 40}=/U1234567", says({"sentMessages": [{"id": "1"}]})),
    "signal": ("signal://signal.example.org:8080/14155551234/14155550000", says({"timestamp": "1"}, 201)),
    "discord": ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", says(b"", 204)),
    "matrix": (
        "matrix://t0ken@matrix.example.org/!room:matrix.example.org",
        says({"room_id": "!r:m", "event_id": "$e"}),
    ),
    "ntfy": ("ntfys://ntfy.example.org/news", says({"id": "1"})),
    "mattermost": ("mmosts://chat.example.org/3ccdd113474722377935511fc85d3dd4", says(b"ok")),
    "gotify": ("gotifys://gotify.example.org/token123", says({"id": 1})),
}


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """One local server that every host of the world leads to."""
    plain = HTTPAdapter.send
    with webhook() as server:
        port = server.port

        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            asked = urlsplit(str(request.url))
            request.url = f"http://127.0.0.1:{port}{asked.path}?{asked.query}"
            return plain(adapter, request, **options)

        monkeypatch.setattr(HTTPAdapter, "send", send)
        yield server


def tell(internet: Webhook, name: str, *behaviours: Behaviour, **values: Any) -> Answer:
    address, takes = SERVICES[name]
    internet.behaviours = list(behaviours) or [takes]
    parcel = Parcel(target=split((address,))[0], key="key-1", content={**CONTENT, **values}, channel="desk")
    return service.send(parcel, 0.5, START)


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


HOSTILE = "12 *freed* from <KK_Park> & <!channel> @everyone"


@pytest.mark.parametrize("name", SERVICES)
def test_no_headline_calls_a_room_or_breaks_a_services_markup(internet: Webhook, name: str) -> None:
    marked = "**12** \\*freed\\* @everyone \\<!channel\\> [Post](<https://news.example.org/a_b>)"
    assert tell(internet, name, title=HOSTILE, chat=f"{HOSTILE}\nsaid @here", markdown=marked).result == "accepted"
    told = json.dumps(internet.requests[-1].json, ensure_ascii=False)
    assert "@everyone" not in told and "@here" not in told
    assert "<!channel>" not in told or name not in ("slack bot", "slack webhook", "discord", "mattermost")
    assert internet.requests[-1].json.get("parse_mode") in (None, "HTML")


@pytest.mark.parametrize(
    ("name", "marked"), [("discord", True), ("mattermost", True), ("line", False), ("signal", False)]
)
def test_marks_go_where_they_are_read(internet: Webhook, name: str, marked: bool) -> None:
    tell(internet, name, chat="Raid: 12 people\nplain words", markdown="**marked** words")
    told = message_of(internet.requests)
    assert ("**marked**" in told, "plain words" in told) == (marked, not marked)

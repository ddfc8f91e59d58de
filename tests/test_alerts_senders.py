"""What receivers do, and what we make of it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from alerts.senders import mail, service
from alerts.senders import webhook as hooks
from alerts.senders.parcel import REPEAT_NOTE, Answer, Parcel
from alerts.senders.targets import BadAddress, split
from tests.conftest import START
from tests.receivers import Behaviour, answer, drip, hang, mailbox, reset, webhook

CONTENT = {
    "kind": "alert",
    "title": "Raid: 12 people, Somewhere",
    "text": "Raid: 12 people\n\n.a line with a dot\n",
    "html": "<p>Raid</p>",
    "chat": "Raid: 12 people, Somewhere\nshort",
    "links": ["https://news.example.org/1"],
    "stories": [],
    "thread": 7,
}


def parcel(url: str, index: int = 0, **values: Any) -> Parcel:
    return Parcel(target=split((url,))[index], key="key-1", content=CONTENT, channel="desk", **values)


def post(*behaviours: Behaviour, seconds: float = 2.0, query: str = "") -> Answer:
    with webhook(*behaviours) as hook:
        return hooks.send(parcel(hook.url + query), seconds, START)


@pytest.mark.parametrize(
    ("behaviour", "result", "words"),
    [
        (answer(200), "accepted", "HTTP 200"),
        (answer(204), "accepted", "HTTP 204"),
        (
            answer(301, Location="https://new.example.org/hook?token=s3cret"),
            "refused",
            "redirects to https://new.example.org;",
        ),
        (answer(302, Location="/login"), "failed", "redirects; not followed"),
        (answer(400), "refused", "HTTP 400"),
        (answer(401), "refused", "HTTP 401"),
        (answer(403), "refused", "HTTP 403"),
        (answer(404), "refused", "HTTP 404"),
        (answer(408), "failed", "HTTP 408"),
        (answer(410), "refused", "HTTP 410"),
        (answer(429), "failed", "HTTP 429"),
        (answer(500), "failed", "HTTP 500"),
        (answer(502), "failed", "HTTP 502"),
        (answer(503), "failed", "HTTP 503"),
        (hang, "unknown", "no answer after the request left"),
        (reset, "unknown", "no answer after the request left"),
        (drip, "unknown", "no answer after the request left"),
        (lambda connection: connection.sendall(b"garbage\r\n\r\n"), "unknown", "BadStatusLine"),
    ],
)
def test_every_answer_of_a_webhook_has_its_meaning(behaviour: Behaviour, result: str, words: str) -> None:
    said = post(behaviour, seconds=1.0)
    assert (said.result, words in said.detail) == (result, True), said
    assert "s3cret" not in said.detail


def test_a_webhook_that_nobody_listens_at_was_not_reached() -> None:
    with webhook() as hook:
        url = hook.url
    said = hooks.send(parcel(url), 1.0, START)
    assert said.result == "failed"
    assert "not reached" in said.detail


@pytest.mark.parametrize("behaviour", [hang, drip])
def test_no_receiver_takes_longer_than_the_limit(behaviour: Behaviour) -> None:
    begun = time.monotonic()
    post(behaviour, seconds=0.5)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("17", timedelta(seconds=17)),
        ("Tue, 13 Oct 2026 06:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 13 Oct 2020 06:02:00 GMT", timedelta(0)),
        ("soon", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, span: timedelta | None) -> None:
    assert post(answer(429, Retry_After=value)).retry_after == span


def test_a_webhook_gets_the_key_the_login_and_the_headers_of_its_address() -> None:
    with webhook() as hook:
        url = hook.url.replace("json://", "json://desk:pa55@") + "?+X-Room=news&:colour=red"
        hooks.send(parcel(url, repeat=True), 2.0, START)
    request = hook.requests[0]
    assert request.headers["idempotency-key"] == "key-1"
    assert request.headers["authorization"].startswith("Basic ")
    assert request.headers["x-room"] == "news"
    assert request.json["colour"] == "red"
    assert request.json["nightdesk"]["schema"] == 1
    assert request.json["nightdesk"]["repeat"] is True
    assert request.json["message"].startswith(REPEAT_NOTE)


def test_a_mail_has_two_parts_a_lasting_id_and_a_thread() -> None:
    with mailbox() as box:
        first = mail.send(parcel(box.url("ana@example.org")), 3.0, START)
        again = mail.send(parcel(box.url("ana@example.org"), attempt=2, repeat=True), 3.0, START)
    assert (first.result, again.result) == ("accepted", "accepted")
    one, two = box.mails
    assert one["Message-ID"] == two["Message-ID"] == "<key-1@example.org>"
    assert one["References"] == "<development-7@example.org>"
    assert one["List-Id"] == "Nightdesk desk <desk.nightdesk.example.org>"
    text, html = one.get_body(("plain",)), one.get_body(("html",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == CONTENT["text"]
    assert html is not None and "<p>Raid</p>" in html.get_content()
    repeated = two.get_body(("plain",))
    assert repeated is not None and repeated.get_content().startswith(REPEAT_NOTE)


@pytest.mark.parametrize(
    ("settings", "result", "words"),
    [
        ({"refuse": {"ana@example.org": "550 no such user ana@example.org"}}, "refused", "SMTP 550 no such user"),
        ({"refuse": {"ana@example.org": "451 greylisted"}}, "failed", "SMTP 451 greylisted"),
        ({"data_answer": "552 too big"}, "refused", "SMTP 552"),
        ({"data_answer": "421 later"}, "failed", "SMTP 421"),
        ({"lose_answer": True}, "unknown", "no answer after the mail left"),
    ],
)
def test_every_answer_of_a_mail_server_has_its_meaning(settings: dict[str, Any], result: str, words: str) -> None:
    with mailbox(**settings) as box:
        said = mail.send(parcel(box.url("ana@example.org")), 3.0, START)
    assert (said.result, words in said.detail) == (result, True), said
    assert "ana@" not in said.detail


def test_greylisting_is_answered_by_five_minutes_of_patience() -> None:
    with mailbox(refuse={"ana@example.org": "451 greylisted"}) as box:
        assert mail.send(parcel(box.url("ana@example.org")), 3.0, START).retry_after == timedelta(minutes=5)


def test_a_mail_server_without_starttls_is_not_trusted_with_a_mailtos_address() -> None:
    with mailbox() as box:
        said = mail.send(parcel(box.url("ana@example.org").replace("mailto://", "mailtos://")), 3.0, START)
    assert (said.result, "STARTTLS" in said.detail) == ("failed", True), said
    assert not box.mails


@pytest.mark.parametrize("title", ["x\r\nBcc: spy@example.org", "x\u202ereversed", "x" * 5000])
def test_a_hostile_title_stays_one_subject(title: str) -> None:
    with mailbox() as box:
        target = split((box.url("ana@example.org"),))[0]
        mail.send(Parcel(target=target, key="k", content={**CONTENT, "title": title}), 3.0, START)
    assert box.mails[0]["Bcc"] is None
    assert box.recipients == ["ana@example.org"]
    assert len(box.mails[0]["Subject"]) <= 200
    assert "\u202e" not in box.mails[0]["Subject"]


def test_each_recipient_of_an_address_is_a_target_of_its_own() -> None:
    targets = split(
        ("mailto://mail.example.org?from=a@example.org&to=ana@example.org,bo@example.org", "json://hook.example.org/x")
    )
    assert [target.label for target in targets] == ["a***@example.org", "b***@example.org", "json://hook.example.org"]
    assert len({target.key for target in targets}) == 3


def test_copies_are_recipients_like_the_others() -> None:
    with mailbox() as box:
        url = box.url("ana@example.org") + "&cc=bo@example.org"
        for index in range(len(split((url,)))):
            mail.send(parcel(url, index), 3.0, START)
    assert box.recipients == ["ana@example.org", "bo@example.org"]
    assert [message["To"] for message in box.mails] == ["ana@example.org", "bo@example.org"]


def test_a_target_keeps_its_key_when_the_password_changes() -> None:
    old, new = (split((f"mailto://desk:{word}@mail.example.org?to=ana@example.org",))[0] for word in ("one", "two"))
    assert old.key == new.key


def test_targets_of_other_services_are_found_in_their_lists() -> None:
    targets = split(
        ("ntfys://ntfy.example.org/topic-one/topic-two", "tgram://123456789:abcdefg_hijklmnop/12315544/1231531/")
    )
    assert [target.sender for target in targets] == ["service"] * 4
    assert len({target.key for target in targets}) == 4


@pytest.mark.parametrize("address", ["slackk://T0KEN/s3cret", "s3cret", "mailto://", "discord://s3cret"])
def test_an_address_that_nobody_understands_is_named_by_its_place_only(address: str) -> None:
    with pytest.raises(BadAddress) as caught:
        split((address,))
    assert "address 1" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_targets_and_parcels_do_not_show_their_address() -> None:
    assert "pa55" not in repr(parcel("json://desk:pa55@hook.example.org/x"))


@pytest.mark.parametrize(("status", "result"), [(200, "accepted"), (500, "failed"), (404, "refused")])
def test_another_service_is_reached_through_apprise(status: int, result: str) -> None:
    with webhook(answer(status)) as hook:
        said = service.send(parcel(f"ntfy://127.0.0.1:{hook.port}/news"), 5.0, START)
    assert said.result == result, said
    assert len(hook.requests) == 1

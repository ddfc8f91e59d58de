"""A webhook's signature, as receivers check it."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from pydantic import ValidationError

from alerts.addresses import check_channel
from alerts.config import Channel
from alerts.senders import webhook as hooks
from alerts.senders.parcel import Parcel
from alerts.senders.signature import headers
from alerts.senders.targets import split
from tests.conftest import START
from tests.receivers import Request, webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "an older secret of thirty characters"


def received(*secrets: str) -> Request:
    with webhook() as hook:
        target = split((hook.url,), secrets)[0]
        hooks.send(Parcel(target=target, key="key-1", content={"title": "12 freed", "text": "…"}), 2.0, START)
    return hook.requests[0]


def test_the_example_of_the_standard_comes_out_as_it_should() -> None:
    body = b'{"test": 2432232314}'
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, b"msg_1." + b"1791871200." + body, hashlib.sha256)).decode()
    made = headers([SECRET], "msg_1", START, body)
    assert made == {"webhook-id": "msg_1", "webhook-timestamp": "1791871200", "webhook-signature": f"v1,{expected}"}


def test_a_receiver_can_check_what_it_got_and_when_it_was_sent() -> None:
    request = received(SECRET)
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert request.headers["webhook-id"] == request.headers["idempotency-key"]
    assert int(request.headers["webhook-timestamp"]) == START.timestamp()


def test_while_a_secret_is_changed_both_sign() -> None:
    signatures = received(SECRET, OLD).headers["webhook-signature"].split()
    assert len(signatures) == 2
    assert signatures[1] == received(OLD).headers["webhook-signature"]


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in received().headers


@pytest.mark.parametrize("secret", ["k2x9", "whsec_k2x9", "whsec_****************************************"])
def test_a_secret_that_cannot_sign_is_a_mistake_that_does_not_show_it(secret: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Channel(url="jsons://hooks.example.org/x", secret=secret)
    assert "secret" in str(caught.value.errors(include_input=False))
    assert secret not in str(caught.value.errors(include_input=False))


def test_a_secret_where_nothing_can_be_signed_is_a_mistake() -> None:
    assert "signs json://" in check_channel(Channel(url="ntfys://ntfy.example.org/news", secret=SECRET))
    assert check_channel(Channel(url="jsons://hooks.example.org/x", secret=SECRET)) == ""


def test_a_secret_does_not_show() -> None:
    channel = Channel(url="jsons://hooks.example.org/x", secret=SECRET)
    assert SECRET not in repr(channel)
    assert SECRET not in repr(split(("jsons://hooks.example.org/x",), (SECRET,)))

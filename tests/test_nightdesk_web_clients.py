"""Who asks the page: behind proxies that are trusted, behind others, and how often."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from nightdesk.settings.sections import WebConfig
from nightdesk.web.forwarded import Forwarded, client_of
from nightdesk.web.networks import read_networks
from nightdesk.web.patience import REQUESTS, Patience
from tests.conftest import START, FakeClock

PROXY = "10.0.0.7"
TRUSTED = ("10.0.0.0/8", "::1")


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        (PROXY, ["203.0.113.9"], "203.0.113.9"),
        (PROXY, ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        (PROXY, ["1.1.1.1, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        (PROXY, ["1.1.1.1", "203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        (PROXY, ["203.0.113.9:4711"], "203.0.113.9"),
        (PROXY, ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.7", ["::ffff:203.0.113.9"], "203.0.113.9"),
        (PROXY, [], PROXY),
        (PROXY, ["10.2.2.2"], "10.2.2.2"),
        (PROXY, ["203.0.113.9, unknown"], PROXY),
        ("203.0.113.50", ["1.1.1.1"], "203.0.113.50"),
        ("127.0.0.1", ["1.1.1.1"], "127.0.0.1"),
    ],
)
def test_the_last_address_that_no_trusted_proxy_has_is_the_client(peer: str, said: list[str], client: str) -> None:
    assert client_of(peer, said, read_networks(TRUSTED)) == client


class Pages:
    """An application that remembers whom it answered."""

    def __init__(self) -> None:
        self.askers: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.askers.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def ask(app: Any, peer: str, path: str = "/a/x", **headers: str) -> tuple[int, dict[bytes, bytes]]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": "http", "client": (peer, 1), "headers": raw}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"])


def test_a_trusted_proxys_word_is_taken_and_a_strangers_is_not() -> None:
    pages = Pages()
    app = Forwarded(pages, lambda: TRUSTED)
    for peer in (PROXY, "203.0.113.50"):
        ask(app, peer, x_forwarded_for="198.51.100.1", x_forwarded_proto="https")
    assert pages.askers == [("198.51.100.1", "https"), ("203.0.113.50", "http")]


def test_a_reload_changes_who_is_trusted() -> None:
    pages, trusted = Pages(), [()]
    app = Forwarded(pages, lambda: trusted[-1])
    ask(app, PROXY, x_forwarded_for="198.51.100.1")
    trusted.append(TRUSTED)  # type: ignore[arg-type]
    ask(app, PROXY, x_forwarded_for="198.51.100.1", x_forwarded_proto="gopher")
    assert pages.askers == [(PROXY, "http"), ("198.51.100.1", "http")]


def test_who_asks_without_end_waits_and_nobody_else_does() -> None:
    clock = FakeClock(START)
    app = Forwarded(Patience(Pages(), clock), lambda: TRUSTED)
    answers = [ask(app, PROXY, x_forwarded_for="198.51.100.1")[0] for _ in range(REQUESTS + 1)]
    assert answers == [200] * REQUESTS + [429]
    assert ask(app, PROXY, x_forwarded_for="198.51.100.1")[1][b"retry-after"] == b"60"
    assert ask(app, PROXY, x_forwarded_for="198.51.100.2")[0] == 200
    assert ask(app, PROXY, "/healthz", x_forwarded_for="198.51.100.1")[0] == 200
    clock.advance(minutes=1)
    assert ask(app, PROXY, x_forwarded_for="198.51.100.1")[0] == 200


def test_many_addresses_of_one_ipv6_network_are_one_client() -> None:
    app = Patience(Pages(), FakeClock(START))
    answers = [ask(app, f"2001:db8::{number:x}")[0] for number in range(REQUESTS + 1)]
    assert answers[-1] == 429


@pytest.mark.parametrize("written", ["nginx", "10.0.0.1/8", "10.0.0.0/40", ""])
def test_what_is_no_network_is_named_with_the_right_form(written: str) -> None:
    with pytest.raises(ValidationError, match=r'as in \["127\.0\.0\.1", "10\.0\.0\.0/8"\]'):
        WebConfig(trusted_proxies=(written,))

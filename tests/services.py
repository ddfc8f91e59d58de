"""Services behind Apprise for tests: their addresses, what they say when they take a message, one server for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.receivers import Behaviour, Webhook, says, webhook

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


@contextmanager
def one_server_for_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
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

"""Everything that a webhook's receiver or a mail server can do to a message, and what becomes of it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.senders import mail
from alerts.senders import webhook as hooks
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import split
from tests.conftest import START
from tests.hostile import tls_context
from tests.postbox import drip_a_reply, drop, fall_silent, postbox
from tests.receivers import Behaviour, answer, begin_and_break, drip, hang, reset, says, webhook

CONTENT = {"kind": "alert", "title": "12 freed", "text": "12 freed\n", "html": "<p>12 freed</p>"}
SECONDS = 0.5


def parcel(url: str) -> Parcel:
    return Parcel(target=split((url,))[0], key="key-1", content=CONTENT, channel="desk")


def post(*behaviours: Behaviour) -> Answer:
    with webhook(*behaviours) as hook:
        return hooks.send(parcel(hook.url), SECONDS, START)


def raw(words: bytes) -> Behaviour:
    return lambda connection: connection.sendall(words)


def late(connection: socket.socket) -> None:
    """Take the message and say so when nobody listens any more."""
    hang(connection)
    answer(200)(connection)


REFUSED = [400, 401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 501]
LATER = [402, 408, 409, 418, 423, 425, 429, 500, 502, 503, 504, 507, 520]
WEBHOOK: list[tuple[str, Behaviour, str]] = [
    *((f"{status}", answer(status), "accepted") for status in (200, 201, 202, 204)),
    *((f"{status}", answer(status, Location="/x"), "refused") for status in (301, 308)),
    *((f"{status}", answer(status, Location="/x"), "failed") for status in (302, 303, 307)),
    *((f"{status}", answer(status), "refused") for status in REFUSED),
    *((f"{status}", answer(status), "failed") for status in LATER),
    ("429 for a while", answer(429, Retry_After="60"), "failed"),
    ("429 for nonsense", answer(429, Retry_After="soon"), "failed"),
    ("503 until a date", answer(503, Retry_After="Tue, 13 Oct 2026 06:02:00 GMT"), "failed"),
    ("says yes, then breaks", begin_and_break, "accepted"),
    ("says no in words", says({"error": "no"}, 500), "failed"),
    ("silent", hang, "unknown"),
    ("drips", drip, "unknown"),
    ("resets", reset, "unknown"),
    ("answers late", late, "unknown"),
    ("closes without a word", raw(b""), "unknown"),
    ("half a status line", raw(b"HTTP/1.1 2"), "unknown"),
    ("no HTTP", raw(b"220 mail.example.org ESMTP\r\n"), "unknown"),
    ("a status of its own", raw(b"HTTP/1.1 abc OK\r\n\r\n"), "unknown"),
    ("headers without an end", raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "unknown"),
]


@pytest.mark.parametrize(("behaviour", "result"), [row[1:] for row in WEBHOOK], ids=[row[0] for row in WEBHOOK])
def test_whatever_a_webhooks_receiver_does_has_its_outcome(behaviour: Behaviour, result: str) -> None:
    assert post(behaviour).result == result


@contextmanager
def full_of_connections() -> Iterator[int]:
    """A port whose queue is full: the connection neither stands nor is refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for one in waiting:
                one.close()


def test_a_receiver_that_is_half_open_was_not_reached() -> None:
    with full_of_connections() as port:
        said = hooks.send(parcel(f"json://127.0.0.1:{port}/x"), SECONDS, START)
    assert (said.result, said.detail) == ("failed", "not reached: timed out")


def test_a_name_that_nobody_knows_was_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    said = hooks.send(parcel("json://hooks.example.org/x"), SECONDS, START)
    assert (said.result, "Name or service" in said.detail) == ("failed", True)


@contextmanager
def tls_server(context: ssl.SSLContext | None) -> Iterator[int]:
    """Shakes hands with `context`, or not at all, listens, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    if context is None:
                        hang(connection)
                    else:
                        with context.wrap_socket(connection, server_side=True) as secure:
                            secure.recv(1024)
            except OSError:
                pass

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("kind", ["self_signed", "expired"])
def test_a_bad_certificate_ends_it_before_the_message_leaves(tmp_path: Path, kind: str) -> None:
    with tls_server(tls_context(tmp_path, kind)) as port:
        said = hooks.send(parcel(f"jsons://127.0.0.1:{port}/x"), SECONDS, START)
    assert (said.result, "bad certificate" in said.detail) == ("failed", True), said


@pytest.mark.parametrize(
    ("kind", "result", "words"),
    [("good", "unknown", "no answer"), ("wrong_host", "failed", "bad certificate (IP address mismatch")],
)
def test_a_certificate_of_another_host_ends_it_before_the_message_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, result: str, words: str
) -> None:
    context = tls_context(tmp_path, kind)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with tls_server(context) as port:
        said = hooks.send(parcel(f"jsons://127.0.0.1:{port}/x"), SECONDS, START)
    assert (said.result, words in said.detail) == (result, True), said


def test_a_handshake_that_hangs_ends_it_before_the_message_leaves() -> None:
    with tls_server(None) as port:
        said = hooks.send(parcel(f"jsons://127.0.0.1:{port}/x"), SECONDS, START)
    assert said.result == "failed"


MAIL: list[tuple[str, dict[str, Any], str]] = [
    ("taken", {}, "accepted"),
    ("taken in its own words", {"taken": "252 perhaps"}, "accepted"),
    ("no service", {"banner": "554 go away"}, "refused"),
    ("too busy to greet", {"banner": "421 later"}, "failed"),
    ("no banner", {"banner": fall_silent}, "failed"),
    ("a banner that drips", {"banner": drip_a_reply}, "failed"),
    ("hangs up at once", {"banner": drop}, "failed"),
    ("no HTTP either", {"banner": "HTTP/1.1 400 Bad Request"}, "failed"),
    ("sender refused", {"script": {"MAIL": "550 not you"}}, "refused"),
    ("sender refused for now", {"script": {"MAIL": "451 slower"}}, "failed"),
    ("recipient unknown", {"script": {"RCPT": "550 no such user"}}, "refused"),
    ("mailbox full", {"script": {"RCPT": "452 full"}}, "failed"),
    ("greylisted", {"script": {"RCPT": "451 greylisted"}}, "failed"),
    ("silent at the recipient", {"script": {"RCPT": fall_silent}}, "failed"),
    ("reset at the recipient", {"script": {"RCPT": drop}}, "failed"),
    ("no data wanted", {"script": {"DATA": "554 no"}}, "refused"),
    ("no data for now", {"script": {"DATA": "421 later"}}, "failed"),
    ("silent before the data", {"script": {"DATA": fall_silent}}, "failed"),
    ("taken for spam", {"taken": "554 spam"}, "refused"),
    ("too big", {"taken": "552 too big"}, "refused"),
    ("queue full", {"taken": "452 full"}, "failed"),
    ("lost 250", {"taken": drop}, "unknown"),
    ("silent after the mail", {"taken": fall_silent}, "unknown"),
    ("an answer that drips", {"taken": drip_a_reply}, "unknown"),
    ("nonsense after the mail", {"taken": "what?"}, "unknown"),
]


@pytest.mark.parametrize(("settings", "result"), [row[1:] for row in MAIL], ids=[row[0] for row in MAIL])
def test_whatever_a_mail_server_does_has_its_outcome(settings: dict[str, Any], result: str) -> None:
    with postbox(**settings) as box:
        said = mail.send(parcel(box.url()), SECONDS, START)
    assert said.result == result, said
    assert "ana@" not in said.detail


@pytest.mark.parametrize(
    ("settings", "result", "words"),
    [
        ({"script": {"STARTTLS": "454 no TLS today"}}, "failed", "454"),
        ({"script": {"EHLO": "250 example.org"}}, "failed", "no STARTTLS"),
        ({"script": {"STARTTLS": drop}}, "failed", "not delivered"),
        ({"script": {"STARTTLS": fall_silent}}, "failed", "not delivered"),
    ],
)
def test_without_tls_no_mail_and_no_password_leaves(settings: dict[str, Any], result: str, words: str) -> None:
    with postbox(**settings) as box:
        said = mail.send(parcel(box.url("mailtos", "desk:pa55@")), SECONDS, START)
    assert (said.result, words in said.detail) == (result, True), said
    assert "AUTH" not in box.commands and not box.mails


@pytest.mark.parametrize("kind", ["self_signed", "expired"])
def test_a_mail_server_with_a_bad_certificate_gets_nothing(tmp_path: Path, kind: str) -> None:
    with postbox(tls=tls_context(tmp_path, kind)) as box:
        said = mail.send(parcel(box.url("mailtos", "desk:pa55@")), SECONDS, START)
    assert (said.result, "bad certificate" in said.detail) == ("failed", True), said
    assert "AUTH" not in box.commands and not box.mails


@pytest.mark.parametrize(("kind", "result"), [("good", "accepted"), ("wrong_host", "failed")])
def test_a_mail_server_with_a_certificate_of_another_host_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, result: str
) -> None:
    context = tls_context(tmp_path, kind)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with postbox(tls=context) as box:
        said = mail.send(parcel(box.url("mailtos", "desk:pa55@")), SECONDS, START)
    assert said.result == result, said
    assert ("AUTH" in box.commands, box.mails) == ((True, 1) if kind == "good" else (False, 0))
    assert kind == "good" or "bad certificate (IP address mismatch" in said.detail


def test_a_mail_server_of_another_name_on_the_port_for_tls_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = tls_context(tmp_path, "wrong_host")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with tls_server(context) as port:
        address = f"mailtos://desk:pa55@127.0.0.1:{port}?mode=ssl&from=desk@example.org&to=ana@example.org"
        said = mail.send(parcel(address), SECONDS, START)
    assert (said.result, "bad certificate (IP address mismatch" in said.detail) == ("failed", True), said


@pytest.mark.parametrize(("code", "result"), [("535 wrong password", "refused"), ("454 later", "failed")])
def test_a_login_that_is_not_accepted_says_so_and_no_more(code: str, result: str) -> None:
    with postbox(script={"AUTH": code}) as box:
        said = mail.send(parcel(box.url(login="desk:pa55w0rd@")), SECONDS, START)
    assert said.result == result
    assert "the login was not accepted" in said.detail and "pa55w0rd" not in said.detail


def test_greylisting_has_five_minutes_and_holds_up_nobody_else() -> None:
    with postbox(script={"RCPT": "451 greylisted"}) as box:
        said = mail.send(parcel(box.url()), SECONDS, START)
    assert (said.retry_after, said.everybody) == (timedelta(minutes=5), False)

"""Receivers of messages for tests: a webhook and a mail server on loopback that behave as badly as told."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[[socket.socket], None]


def answer(status: int = 200, **headers: str) -> Behaviour:
    """Answer at once."""
    lines = [f"HTTP/1.1 {status} Said", "Content-Length: 0", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    reply = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return lambda connection: connection.sendall(reply)


def says(body: bytes | dict[str, Any], status: int = 200) -> Behaviour:
    """Answer at once with a body, JSON where it is an object."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/plain" if isinstance(body, bytes) else "application/json"
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + raw)


def begin_and_break(connection: socket.socket) -> None:
    """Say yes, begin a body and break off."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    reset(connection)


def hang(connection: socket.socket) -> None:
    """Take the request and say nothing until the sender goes."""
    connection.settimeout(20)
    try:
        while connection.recv(1024):
            pass
    except OSError:
        pass


def reset(connection: socket.socket) -> None:
    """Take the request and break the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection: socket.socket) -> None:
    """Begin an answer and send one byte at a time, so that no single read ever times out."""
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass


class Webhook:
    """An HTTP server whose n-th request meets the n-th behaviour, and the last one from then on."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours) or [answer()]
        self.requests: list[Request] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._open = True
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"

    def close(self) -> None:
        self._open = False
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()  # so that it need not wait
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while self._open:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            request = _read(connection)
            if request is None:
                return
            with self._lock:
                turn = min(len(self.requests), len(self.behaviours) - 1)
                self.requests.append(request)
            self.behaviours[turn](connection)


def _read(connection: socket.socket) -> Request | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = connection.recv(65536)
        if not piece:
            return None
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ", 2)
    return Request(method, path, headers, body)


@contextmanager
def webhook(*behaviours: Behaviour) -> Iterator[Webhook]:
    server = Webhook(*behaviours)
    try:
        yield server
    finally:
        server.close()


@dataclass
class Mailbox:
    """What a mail server took, and what it answers instead where told."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> answer to RCPT
    data_answer: str = ""  # to DATA, after the mail was read
    lose_answer: bool = False  # take the mail, then break the connection without a word
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answer:
            return self.data_answer
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.extend(envelope.rcpt_tos)
        if self.lose_answer and server.transport is not None:
            server.transport.abort()
        return "250 taken"

    def url(self, *recipients: str) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=nightdesk@example.org&to={','.join(recipients)}"


@contextmanager
def mailbox(**settings: Any) -> Iterator[Mailbox]:
    box = Mailbox(**settings)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.port = port
    try:
        yield box
    finally:
        controller.stop()

"""A mail server that says what its script says, line by line: for refusals that a well-behaved one would never give."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from tests.receivers import reset

Step = str | Callable[[socket.socket], None]


def fall_silent(connection: socket.socket) -> None:
    """Say nothing more until the sender goes."""
    connection.settimeout(20)
    with suppress(OSError):
        while connection.recv(1024):
            pass


def drip_a_reply(connection: socket.socket) -> None:
    """A reply without an end, a byte at a time."""
    with suppress(OSError):
        for _ in range(300):
            connection.sendall(b"2")
            threading.Event().wait(0.02)


def drop(connection: socket.socket) -> None:
    reset(connection)


@dataclass
class Postbox:
    """`script` answers commands by their first word; `banner` greets, `taken` answers the mail itself."""

    script: Mapping[str, Step] = field(default_factory=dict)
    banner: Step = "220 ready"
    taken: Step = "250 taken"
    tls: ssl.SSLContext | None = None  # for STARTTLS
    mails: int = 0
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, scheme: str = "mailto", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}?from=nightdesk@example.org&to=ana@example.org"

    def meet(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, ExitStack() as opened:
            if self._say(connection, self.banner):
                self._listen(connection, opened)

    def _listen(self, plain: socket.socket, opened: ExitStack) -> None:
        connection, lines = plain, plain.makefile("rb")
        while line := lines.readline():
            word = line.decode("latin-1").strip().split(" ")[0].upper()
            self.commands.append(word)
            step = self.script.get(word, _USUAL.get(word, "502 what?"))
            if not self._say(connection, step):
                return
            if word == "STARTTLS" and self.tls is not None:
                lines.close()
                connection = opened.enter_context(self.tls.wrap_socket(plain, server_side=True))
                lines = opened.enter_context(connection.makefile("rb"))
            if word == "DATA" and isinstance(step, str) and step.startswith("354"):
                while lines.readline() not in (b".\r\n", b""):
                    pass
                self.mails += 1
                if not self._say(connection, self.taken):
                    return

    def _say(self, connection: socket.socket, step: Step) -> bool:
        if callable(step):
            step(connection)
            return False
        connection.sendall(f"{step}\r\n".encode())
        return True


_USUAL: dict[str, Step] = {
    "EHLO": "250-example.org\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
    "STARTTLS": "220 go on",
    "AUTH": "235 welcome",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    "QUIT": "221 bye",
}


@contextmanager
def postbox(**settings: object) -> Iterator[Postbox]:
    box = Postbox(**settings)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        box.port = listener.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=box.meet, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield box

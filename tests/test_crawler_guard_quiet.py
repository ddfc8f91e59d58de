"""What leaves this machine and what listens on it: as little as there can be."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import pytest

from core.addresses import Permit
from crawler.answer import Answer
from crawler.ask import open_fetcher
from crawler.fetch import Manners
from tests.crawling import config, in_reactor
from tests.hostile import Server, answer, redirecting, sending, serving

ROOT = Path(__file__).parents[1]
#: Modules that open connections, with those who may use them. `socket` also gives this machine's name.
CLIENTS = {
    "scrapy": {"crawler/web.py", "crawler/guard.py", "crawler/reactor.py"},
    "twisted": {"crawler/web.py", "crawler/guard.py", "crawler/reactor.py"},
    "apprise": {"alerts/senders/service.py", "alerts/senders/targets.py"},
    "http.client": {"alerts/senders/http.py", "alerts/senders/answers.py"},
    "requests": {"alerts/senders/wire.py"},  # watches what Apprise's plugins send with it
    "urllib3": {"alerts/senders/wire.py"},
    "smtplib": {"alerts/senders/mail.py"},
    "ssl": {"alerts/senders/http.py", "alerts/senders/mail.py", "alerts/senders/answers.py"},
    "http.server": {"nightdesk/demo/server.py"},
    "uvicorn": {"nightdesk/web/server.py"},
}
NOBODYS = (
    "httpx aiohttp urllib.request treq ftplib telnetlib imaplib poplib nntplib socketserver "
    "websockets pycurl xmlrpc asyncssh paramiko"
).split()
SOCKETS = {"alerts/senders/http.py", "alerts/senders/mail.py", "nightdesk/demo/server.py", "nightdesk/web/server.py"}
_OPENERS = {"create_connection", "open_connection", "create_server", "start_server", "socketpair", "fromfd"}


@cache
def modules() -> list[tuple[str, list[ast.Call | ast.Import | ast.ImportFrom]]]:
    folders = ("alerts", "core", "crawler", "nightdesk", "pipeline", "store")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [(path.relative_to(ROOT).as_posix(), _means(ast.parse(path.read_text("utf-8")))) for path in paths]


def _means(tree: ast.Module) -> list[ast.Call | ast.Import | ast.ImportFrom]:
    """What a module calls and imports; a walk through all that there is takes seconds."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)]


def test_only_the_rooms_that_may_open_connections_have_the_means() -> None:
    wrong = []
    for path, means in modules():
        for node in means:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if not names:
                continue
            for client, users in {**CLIENTS, **{name: set[str]() for name in NOBODYS}}.items():
                if any(name == client or name.startswith(f"{client}.") for name in names) and path not in users:
                    wrong.append((path, client))
    assert wrong == []


def test_nobody_else_makes_a_socket() -> None:
    wrong = []
    for path, means in modules():
        for node in means:
            if path in SOCKETS or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if node.func.attr in _OPENERS or (owner == "socket" and node.func.attr == "socket"):
                wrong.append((path, node.lineno))
    assert wrong == []


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


def test_requests_carry_no_more_than_they_must() -> None:
    with serving(sending(answer(b"page", "200 OK", "Set-Cookie: a=b"))) as server:
        asked(server, "/a", "/b")
        sent = [headers_of(request) for request in server.requests]
    assert len(sent) == 2
    for headers in sent:
        assert set(headers) - {"connection"} == {"host", "accept", "accept-language", "accept-encoding", "user-agent"}
        assert headers["user-agent"].startswith("Nightdesk/") and "(+desk@example.org)" in headers["user-agent"]
        assert headers["accept-language"] == "*"


def test_a_redirect_carries_neither_cookie_nor_referrer_nor_validator_elsewhere() -> None:
    with serving(sending(answer(b"page"))) as elsewhere:
        first = redirecting(elsewhere.url().replace("127.0.0.1", "localhost"))
        with serving(first) as own:
            permit = Permit.of(elsewhere.url().replace("127.0.0.1", "localhost"))
            assert own.port != permit.port
            asked(elsewhere, "/")
            headers = headers_of(elsewhere.requests[0])
    assert not headers.keys() & {"cookie", "referer", "origin", "authorization", "if-none-match"}


def test_a_name_and_password_in_an_address_are_never_sent() -> None:
    with serving(sending(answer(b"page"))) as server:
        url = server.url("/").replace("http://", "http://desk:word@")
        assert ask_for(server, url).error == "address"
        assert server.requests == []


def asked(server: Server, *paths: str) -> list[Answer]:
    manners = Manners(0.0, Permit.of(server.url()), frozenset({server.port}), obey_robots=False)

    async def each() -> list[Answer]:
        async with open_fetcher(config()) as fetcher:
            return [await fetcher.page(server.url(path), manners) for path in paths]

    return in_reactor(each)


def ask_for(server: Server, url: str) -> Answer:
    manners = Manners(0.0, Permit.of(server.url()), frozenset({server.port}), obey_robots=False)

    async def once() -> Answer:
        async with open_fetcher(config()) as fetcher:
            return await fetcher.page(url, manners)

    return in_reactor(once)


def listening(pid: int) -> set[str]:
    """The local addresses on which a process listens."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = Path(f"/proc/{pid}/net/{table}")
        for line in path.read_text().splitlines()[1:] if path.exists() else []:
            fields = line.split()
            if fields[9] in sockets and (fields[3] == "0A" or table.startswith("udp")):
                found.add(fields[1])
    return found


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="read as Linux keeps it")
def test_the_daemon_listens_for_its_page_alone_and_on_this_machine_alone(tmp_path: Path) -> None:
    found: list[set[str]] = []
    looked = threading.Event()
    daemons: list[subprocess.Popen[bytes]] = []

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        if path == "/feed":
            while not (seen := listening(daemons[0].pid)) and not over.wait(0.05):
                pass  # the page opens while the first visit waits
            found.append(seen)  # in the middle of a crawl
            looked.set()
        connection.sendall(answer(b"", "404 Not Found"))

    with serving(behave) as server:
        (tmp_path / "nightdesk.toml").write_text(
            f'[database]\nurl = "sqlite:///{tmp_path}/n.db"\n[web]\nlisten = "127.0.0.1:0"\n'
            f'[crawl]\nsources = []\ndelay = "0s"\n[[source]]\nname = "post"\ntitle = "Post"\n'
            f'url = "{server.url("/feed")}"\nallow_private = true\n'
        )
        command = [sys.executable, "-m", "nightdesk", "--config", str(tmp_path / "nightdesk.toml"), "run"]
        daemons.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        try:
            seen = looked.wait(45)
        finally:
            daemons[0].send_signal(signal.SIGTERM)
            output, _ = daemons[0].communicate(timeout=90)
    assert seen, output.decode()
    assert len(found[0]) == 1 and found[0].pop().startswith("0100007F:")  # 127.0.0.1

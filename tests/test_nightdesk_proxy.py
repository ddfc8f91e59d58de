"""The recipe of docs/operations.md for a proxy with TLS, run by a real nginx before a desk."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from nightdesk import people
from nightdesk.web.access import COOKIE
from tests.asking import PASSWORD, Answer, Asker, listening
from tests.conftest import START, FakeClock
from tests.hostile import tls_context

pytestmark = pytest.mark.slow

HOST = "desk.example.org"
WEB = f'[web]\nlisten = "127.0.0.1:0"\npublic_url = "https://{HOST}"\ntrusted_proxies = ["127.0.0.1"]\n'


def recipe() -> str:
    """The server of the docs, as it stands there."""
    text = (Path(__file__).parents[1] / "docs" / "operations.md").read_text("utf-8")
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), WEB) as opened:
        opened.app.store.unit(lambda db: people.add(db, "ana", "editor", PASSWORD, "ben", START))
        yield opened


@pytest.fixture
def port(tmp_path: Path, desk: Asker) -> Iterator[int]:
    """Where nginx listens, with TLS."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        if os.environ.get("NIGHTDESK_REQUIRE_PROXY"):
            pytest.fail("no nginx on this machine")
        pytest.skip("no nginx on this machine")
    tls_context(tmp_path, "self_signed")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        chosen = int(free.getsockname()[1])
    changed = (
        recipe()
        .replace("listen 443", f"listen 127.0.0.1:{chosen}")
        .replace("127.0.0.1:8400", desk.address.removeprefix("http://"))
        .replace(f"/etc/ssl/{HOST}.pem", f"{tmp_path}/self_signed.pem")
        .replace(f"/etc/ssl/{HOST}.key", f"{tmp_path}/self_signed.pem")
    )
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{folders}{changed}}}\n"
    )
    process = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")])
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", chosen), timeout=5).close()
                break
            except ConnectionRefusedError:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
        assert process.poll() is None, (tmp_path / "error.log").read_text()
        yield chosen
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
    """As a browser asks over TLS; the certificate is one of the test's own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader = ("127.0.0.2", 0)  # another than the proxy, which is believed
    connecting = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context, source_address=reader)
    with closing(connecting) as connection:
        sent = {"Host": HOST, "Accept": "text/html", **{key.replace("_", "-"): value for key, value in headers.items()}}
        if fields is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection.request("POST" if fields is not None else "GET", path, urlencode(fields or {}) or None, sent)
        response = connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)


def test_behind_the_recipe_everything_needs_a_login_and_the_cookie_stays_on_tls(desk: Asker, port: int) -> None:
    assert ask(port, "/").headers["location"] == "/login?next=%2F"
    answer = ask(port, "/login", {"name": "ana", "password": PASSWORD, "next": "/"})
    assert answer.status == 303 and answer.headers["location"] == "/"
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    cookie = answer.headers["set-cookie"].split(";")[0]
    assert cookie.startswith(f"{COOKIE}=") and "ana" in ask(port, "/", Cookie=cookie).text


def test_behind_the_recipe_each_reader_is_a_client_of_their_own_whatever_they_say(desk: Asker, port: int) -> None:
    """What a reader writes into the header stands before what nginx adds, so that it is not believed."""
    for number in range(12):
        answer = ask(port, "/login", {"name": "ana", "password": "wrong"}, X_Forwarded_For=f"203.0.113.{number}")
    assert answer.status == 429


def test_no_other_name_is_answered_through_the_proxy(desk: Asker, port: int) -> None:
    assert ask(port, "/", Host="evil.example").status == 400


def test_without_the_proxy_nothing_opens_either(desk: Asker) -> None:
    assert desk.ask("/").status == 401

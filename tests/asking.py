"""A desk with something on record, asked over HTTP as programs and browsers do."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette

from nightdesk import people, tokens
from nightdesk.app import App
from nightdesk.config import load_config
from nightdesk.web.access import COOKIE
from nightdesk.web.server import Server
from nightdesk.web.site import make_site
from store import people as kept
from tests.alerting import Newsroom
from tests.conftest import FakeClock

#: Where nobody listens.
NOWHERE = "json://127.0.0.1:9/"
CONFIG = f"""
data_dir = "data"
[crawl]
sources = []
[[watch]]
name = "releases"
topics = ["scam_centres"]
channels = ["desk"]
group_wait = "0s"
[channel.desk]
url = "{NOWHERE}"
"""
PASSWORD = "correct horse battery"
PUBLIC = '[web]\npublic_url = "https://desk.example.org"\n'


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def form(self) -> str:
        """The word that a form of the page must bring."""
        found = re.search(r'name="form" value="([^"]+)"', self.text)
        return found[1] if found else ""


def send(
    address: str, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request to a desk that listens there. `headers` may be named with underscores."""
    place = address.removeprefix("http://")
    sent = {"Host": place, **{name.replace("_", "-"): value for name, value in (headers or {}).items()}}
    with closing(http.client.HTTPConnection(place, timeout=60)) as connection:
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        got = response.read()
    text = "" if got.startswith(b"PK") else got.decode()  # an archive has no text
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text, got)


class Asker:
    """A desk that listens, and whoever asks it."""

    def __init__(self, app: App, room: Newsroom, site: Starlette, address: str) -> None:
        self.app = app
        self.room = room
        self.site = site
        self.address = address
        self._place = address.removeprefix("http://")
        self._cookies: dict[str, str] = {}

    def ask(self, path: str, key: str = "", method: str = "GET", **headers: str) -> Answer:
        """One request, a second after the last: nobody is asked to be patient here."""
        self.room.clock.advance(seconds=1)
        sent = headers | ({"Authorization": f"Bearer {key}"} if key else {})
        return send(self.address, method, path, "" if method == "POST" else None, sent)

    def do(self, path: str, role: str, fields: Iterable[tuple[str, str]] = ()) -> Answer:
        """Send a form of ours as somebody of that role."""
        body = urlencode([("form", people.form_word(self._cookie(role))), *fields]).encode()
        return self._post(path, role, body, "application/x-www-form-urlencoded")

    def send_file(
        self, path: str, role: str, field: str, name: str, content: bytes, fields: Iterable[tuple[str, str]] = ()
    ) -> Answer:
        """Send a form with a file."""
        parts = [("form", people.form_word(self._cookie(role))), *fields]
        lines = [f'--xyz\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in parts]
        head = f'--xyz\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body = "".join([*lines, head]).encode() + content + b"\r\n--xyz--\r\n"
        return self._post(path, role, body, "multipart/form-data; boundary=xyz")

    def _post(self, path: str, role: str, body: bytes, kind: str) -> Answer:
        self.room.clock.advance(seconds=1)
        return send(
            self.address, "POST", path, body, {"Cookie": f"{COOKIE}={self._cookie(role)}", "Content-Type": kind}
        )

    def forget(self, role: str) -> None:
        """Log in anew the next time."""
        self._cookies.pop(role, None)

    def _cookie(self, role: str) -> str:
        if role not in self._cookies:
            self._cookies[role] = self.log_in(role)
        return self._cookies[role]

    def see(self, path: str, role: str) -> str:
        """The page as somebody of that role sees it."""
        answer = self.look(path, role)
        assert answer.status == 200, answer.text
        return answer.text

    def look(self, path: str, role: str) -> Answer:
        """What somebody of that role is answered, be it a page or none."""
        return self.ask(path, Cookie=f"{COOKIE}={self._cookie(role)}", Accept="text/html")

    def fetch(self, path: str, role: str) -> bytes:
        """A file as somebody of that role saves it."""
        connection = http.client.HTTPConnection(self._place, timeout=20)
        cookie = self._cookies.get(role) or self.log_in(role)
        connection.request("GET", path, headers={"Host": self._place, "Cookie": f"{COOKIE}={cookie}"})
        response = connection.getresponse()
        assert response.status == 200
        body = response.read()
        connection.close()
        return body

    def token(self, name: str, scope: str = "read") -> str:
        return self.app.store.unit(lambda db: tokens.add(db, name, scope, "ana", self.app.clock()))

    def log_in(self, role: str) -> str:
        """The cookie of somebody who has that role; one user for each role."""
        now, name = self.app.clock(), f"{role}.one"
        with self.app.store.read() as db:
            known = kept.standing(db, name) is not None
        if not known:
            self.app.store.unit(lambda db: people.add(db, name, role, PASSWORD, "test", now))
        cookie = people.log_in(self.app.store, name, PASSWORD, None, now)
        assert cookie is not None
        return cookie


@contextmanager
def listening(folder: Path, database: str, clock: FakeClock, more: str = "") -> Iterator[Asker]:
    """A desk in `folder` whose page listens. `database` is the URL of a migrated store."""
    file = folder / "nightdesk.toml"
    file.write_text(f'{CONFIG}[database]\nurl = "{database}"\n{more or PRIVATE}')
    with App.open(load_config(file, {}), "test", clock) as app:
        site = make_site(app)
        server = Server(site, "127.0.0.1:0")
        server.start()
        try:
            yield Asker(app, Newsroom(app.store, clock), site, server.address)
        finally:
            server.stop()


PRIVATE = '[web]\nlisten = "127.0.0.1:0"\n'

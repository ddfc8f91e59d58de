"""Restricted reports over HTTP: editors are shown them, marked; no address gives a word of one to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from starlette.routing import Route

from core.ids import show_id
from nightdesk.web.access import COOKIE
from store.engine import Store
from tests.asking import Asker, listening
from tests.conftest import FakeClock
from tests.reports import Newsroom
from tests.test_pipeline_reprocess import Desk
from tests.test_restricted import WORD, public, tip

_QUERIES = ("", f"?q={WORD}", "?q=Kenyan&rank=1", "?topic=scam_centres", "?country=MM")


@pytest.fixture
def asker(sqlite_store: Store, clock: FakeClock, tmp_path: Path) -> Iterator[Asker]:
    desk = Desk(Newsroom(sqlite_store), clock)
    public(desk)
    tip(desk)
    tip(desk, url="urn:sha256:ab")
    desk.process()
    with listening(tmp_path, f"sqlite:///{sqlite_store.path}", clock) as asked:
        yield asked


def places(routes: Iterator[object]) -> Iterator[str]:
    """Every address that is read, with every id that something of the record has."""
    for route in routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or "{token" in route.path:
            continue
        if "{id" not in route.path:
            yield route.path.replace("{form:str}", "md")
            continue
        for number in range(1, 8):
            for noun in ("", "article", "development", "fact"):
                id = show_id(noun, number) if noun else str(number)
                yield route.path.replace("{id:int}", str(number)).replace("{id:str}", id)


@pytest.mark.slow
@pytest.mark.parametrize("is_known", [False, True], ids=["anybody", "a reader"])
def test_no_page_and_no_listing_gives_a_word_of_one(asker: Asker, is_known: bool) -> None:
    reader = asker.log_in("reader")
    asked = seen = 0
    for path in dict.fromkeys(places(iter(asker.site.routes))):
        for query in _QUERIES if "{" not in path and not any(map(str.isdigit, path.split("/")[-1])) else ("",):
            accept = "text/html" if not path.startswith("/api") else "application/json"
            cookie = f"{COOKIE}={reader}" if is_known else ""
            answer = asker.ask(path + query, Accept=accept, Cookie=cookie)
            asked, seen = asked + 1, seen + (answer.status == 200)
            told = (unpacked(answer.body) or answer.text).replace(f"?q={WORD}", "").replace(f'value="{WORD}"', "")
            assert f"A letter from {WORD}" not in told, path + query
            assert f"{WORD} Post" not in told, path + query
            assert "300" not in told or not path.startswith("/api/v1/facts"), path + query
    assert asked > 100
    assert seen > 20


def unpacked(body: bytes) -> str:
    """All that is in an archive; nothing where it is none."""
    if not body.startswith(b"PK"):
        return ""
    with ZipFile(BytesIO(body)) as pack:
        return "".join(name + pack.read(name).decode("utf-8", "replace") for name in pack.namelist())


MARK = "restricted: not to be passed on"


def test_editors_are_shown_them_with_a_mark(asker: Asker) -> None:
    article = asker.see("/articles/2", "editor")
    assert MARK in article and f"A letter from {WORD}" in article and "Zanzabar Post" in article
    beside = asker.see("/developments/1", "operator")
    assert (
        "Restricted reports beside it" in beside
        and '<section class="no-print" aria-labelledby="restricted"' in beside
        and 'href="/articles/2"' in beside
    )
    found = asker.see(f"/search?q={WORD}", "editor")
    assert MARK in found and 'href="/articles/2"' in found
    assert MARK in asker.see(f"/facts/{fact_of(asker, 2)}", "editor")


def fact_of(asker: Asker, article: int) -> int:
    with asker.app.store.read() as db:
        fact = db.exec_driver_sql(
            f"SELECT f.id FROM facts f JOIN article_versions v ON v.id = f.version_id WHERE v.article_id = {article}"
        ).scalar()
    assert isinstance(fact, int)
    return fact


def test_readers_are_not(asker: Asker) -> None:
    for path in ("/articles/2", f"/facts/{fact_of(asker, 2)}"):
        assert asker.ask(path, Cookie=f"{COOKIE}={asker.log_in('reader')}").status == 404, path
    assert "Restricted" not in asker.see("/developments/1", "reader")
    assert MARK not in asker.see(f"/search?q={WORD}", "reader")


def test_what_an_editor_takes_along_has_none(asker: Asker) -> None:
    for path in ("/developments/1/references.ris", "/sql.csv?q=SELECT+title+FROM+articles_v", "/feed.atom"):
        assert WORD.encode() not in asker.fetch(path, "editor"), path
    with ZipFile(BytesIO(asker.fetch("/developments/1/evidence.zip", "editor"))) as pack:
        assert all(WORD.encode() not in pack.read(name) for name in pack.namelist())

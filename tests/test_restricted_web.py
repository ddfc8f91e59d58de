"""Restricted reports over HTTP: no address that can be read gives a word of one, to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from core.ids import show_id
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
            yield route.path
            continue
        for number in range(1, 8):
            for noun in ("", "article", "development", "fact"):
                id = show_id(noun, number) if noun else str(number)
                yield route.path.replace("{id:int}", str(number)).replace("{id:str}", id)


@pytest.mark.slow
def test_no_page_and_no_listing_gives_a_word_of_one(asker: Asker) -> None:
    asked = seen = 0
    for path in dict.fromkeys(places(iter(asker.site.routes))):
        for query in _QUERIES if "{" not in path and not any(map(str.isdigit, path.split("/")[-1])) else ("",):
            answer = asker.ask(path + query, Accept="text/html" if not path.startswith("/api") else "application/json")
            asked, seen = asked + 1, seen + (answer.status == 200)
            told = answer.text.replace(f"?q={WORD}", "").replace(f'value="{WORD}"', "")
            assert f"A letter from {WORD}" not in told, path + query
            assert f"{WORD} Post" not in told, path + query
            assert "300" not in told or not path.startswith("/api/v1/facts"), path + query
    assert asked > 100
    assert seen > 20

"""Named queries as CSV: what a spreadsheet fetches by an address."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests.asking import PUBLIC, Asker, listening
from tests.conftest import FakeClock

QUERIES = """
-- name: titles
-- What happened, by title.
-- param least: number = 1
SELECT id, title, id FROM developments_v WHERE articles >= :least ORDER BY id

-- name: since
-- Of a day.
-- param day: day
SELECT count(*) AS n FROM developments_v WHERE last_found_at >= :day

-- name: keys
-- What nobody may read.
SELECT sha256 FROM tokens
"""


def sheet(asker: Asker, path: str) -> list[list[str]]:
    answer = asker.ask(f"/api/v1/queries/{path}")
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8" and answer.text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(answer.text[1:])))


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    (tmp_path / "queries.sql").write_text(QUERIES)
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as asker:
        yield asker


def test_a_query_is_answered_as_a_sheet_on_both_engines(store: Store, tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "queries.sql").write_text(QUERIES)
    with listening(tmp_path, store.url.render_as_string(hide_password=False), clock) as asker:
        asker.room.story(title='=HYPERLINK("http://evil.example")')
        asker.room.story(title="佤邦, “释放”", articles=3)
        rows = sheet(asker, "titles.csv")
        assert rows == [
            ["id", "title", "id_2"],
            ["1", '\'=HYPERLINK("http://evil.example")', "1"],
            ["2", rows[2][1], "2"],
        ]
        assert rows[2][1] == "佤邦, “释放”"
        assert len(sheet(asker, "titles.csv?least=2")) == 2
        assert sheet(asker, "since.csv?day=2026-10-01") == [["n"], ["2"]]


def test_the_queries_are_listed_with_what_they_have_places_for(desk: Asker) -> None:
    told = {one["name"]: one for one in desk.ask("/api/v1/queries").json["items"]}
    assert told["since"] == {
        "name": "since",
        "about": "Of a day.",
        "parameters": [{"name": "day", "kind": "day", "default": None}],
    }
    assert "happened" in told  # one that comes with the desk


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("since.csv", 400, '"parameter": "day"'),
        ("since.csv?day=yesterday", 400, '"parameter": "day"'),
        ("since.csv?day=0001-01-01T00:00%2B14:00", 400, '"parameter": "day"'),
        ("titles.csv?least=x", 400, '"parameter": "least"'),
        ("titles.csv?least=1&least=2", 400, '"parameter": "least"'),
        ("titles.csv?colour=red", 400, '"parameter": "colour"'),
        ("other.csv", 404, "no named query other"),
        ("..%2Ftitles.csv", 404, ""),
        ("titles", 404, ""),
    ],
)
def test_a_mistake_is_answered_before_anything_is_asked(desk: Asker, path: str, status: int, said: str) -> None:
    answer = desk.ask(f"/api/v1/queries/{path}")
    assert answer.status == status and said in answer.text


def test_what_is_no_view_cannot_be_read(desk: Asker) -> None:
    desk.token("ana")
    answer = desk.ask("/api/v1/queries/keys.csv")
    assert answer.status == 400 and "tokens" in answer.json["detail"]


def test_a_sheet_that_would_be_cut_is_none(desk: Asker) -> None:
    desk.room.story()
    desk.room.story()
    database = desk.app.config.database.model_copy(update={"sql_rows": 1})
    desk.app.config = desk.app.config.model_copy(update={"database": database})
    answer = desk.ask("/api/v1/queries/titles.csv")
    assert answer.status == 400 and "database.sql_rows" in answer.json["detail"]


def test_an_address_with_a_key_of_its_own_opens_sheets_and_nothing_else(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    (tmp_path / "queries.sql").write_text(QUERIES)
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), PUBLIC) as public:
        key = public.token("sheet", "sheet")
        assert sheet(public, f"titles.csv?token={key}") == [["id", "title", "id_2"]]
        assert public.ask("/api/v1/queries/titles.csv").status == 401
        assert public.ask(f"/feed.atom?token={key}").status == 403
        assert public.ask("/api/v1/queries", key).status == 403

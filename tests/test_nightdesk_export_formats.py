"""Workbooks and Parquet: text stays text, numbers stay numbers, whatever a publisher wrote, however much there is."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from core.errors import NightdeskError, QueryError, UsageError
from nightdesk.columns import Kind, kind_of
from nightdesk.export import FORMATS, SUBJECTS, export
from nightdesk.listing import Filters
from nightdesk.writers import spreadsheet
from nightdesk.writers.parquet import write_parquet
from nightdesk.writers.spreadsheet import write_xlsx
from store.engine import Store, open_store
from store.search import index_article
from store.views import NAMES
from tests.alerting import Newsroom
from tests.conftest import START, FakeClock
from tests.postgres import Postgres
from tests.test_nightdesk_export import FORMULAS
from tests.test_store_views import COLUMNS


def sheets(rows: list[dict[str, Any]], *columns: str) -> Any:
    out = io.BytesIO()
    assert write_xlsx(iter(rows), columns, out, "facts") == len(rows)
    return openpyxl.load_workbook(out)


def test_at_least_thirty_formulas_are_tried() -> None:
    assert len(set(FORMULAS)) >= 30


def test_no_formula_of_a_text_is_one_in_a_workbook() -> None:
    book = sheets([{"quote": text, "value": -5.0} for text in FORMULAS], "quote", "value")
    cells = list(book["facts"].iter_rows(min_row=2))
    assert {(quote.data_type, value.data_type) for quote, value in cells} == {("s", "n")}
    assert [quote.value.replace("_x000D_", "\r") for quote, _ in cells] == [text for text in FORMULAS]
    assert all(quote.quotePrefix for quote, _ in cells)


def test_no_formula_of_a_text_is_one_in_csv(tmp_path: Path) -> None:
    out = io.BytesIO()
    FORMATS[".csv"](iter([{"quote": text, "value": -5.0} for text in FORMULAS]), ["quote", "value"], out, "facts")
    rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))[1:]
    assert rows == [[f"'{text}", "-5"] for text in FORMULAS]


def test_addresses_are_no_links_and_digits_no_numbers() -> None:
    book = sheets(
        [{"url": "https://x.example/a", "name": "0012", "topics": '["a","b"]', "fired": 1}],
        *("url", "name", "topics", "fired"),
    )
    (cells,) = book["facts"].iter_rows(min_row=2)
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("https://x.example/a", "s"), ("0012", "s"), ("a; b", "s"), (True, "b"),
    ]  # fmt: skip
    assert cells[0].hyperlink is None


def test_a_text_too_long_for_a_cell_says_that_it_was_cut() -> None:
    book = sheets([{"text": "𝟘" * 20_000}, {"text": "b" * 32_767}], "text")
    cut, whole = (row[0].value for row in book["facts"].iter_rows(min_row=2))
    assert cut.endswith(spreadsheet.CUT) and len(cut.encode("utf-16-le")) // 2 <= spreadsheet.CHARACTERS
    assert whole == "b" * 32_767


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "ROWS", 3)
    book = sheets([{"id": number} for number in range(5)], "id")
    assert [[cell.value for (cell,) in sheet.iter_rows()] for sheet in book] == [["id", 0, 1], ["id", 2, 3], ["id", 4]]
    assert book.sheetnames == ["facts", "facts 2", "facts 3"]


def test_parquet_has_types_and_real_lists(tmp_path: Path) -> None:
    row = {"id": 7, "value": 120.0, "published_at": "2026-10-13T06:00:00Z", "topics": '["a","b"]', "paywalled": 1}
    row |= {"title": "=1+1", "duplicate_of": None}
    with (tmp_path / "a.parquet").open("wb") as out:
        assert write_parquet(iter([row]), list(row), out) == 1
    (read,) = pq.read_table(tmp_path / "a.parquet").to_pylist()
    told = {"published_at": datetime(2026, 10, 13, 6, tzinfo=UTC), "topics": ["a", "b"], "paywalled": True}
    assert read == {**row, **told}


def test_an_empty_parquet_has_its_columns(store: Store, tmp_path: Path) -> None:
    assert export(store, "facts", str(tmp_path / "f.parquet"), Filters()) == 0
    assert pq.read_table(tmp_path / "f.parquet").column_names == COLUMNS["facts_v"].split()


def test_without_pyarrow_the_extra_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NightdeskError, match=r"pip install 'nightdesk\[parquet\]'"):
        export(store, "facts", str(tmp_path / "f.parquet"), Filters())
    assert list(tmp_path.glob("*parquet*")) == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_goes_into_every_format(told: Store, tmp_path: Path, subject: str) -> None:
    counts = {export(told, subject, str(tmp_path / f"{subject}{ending}"), Filters()) for ending in FORMATS}
    assert counts == {2 if subject in ("articles", "developments", "facts") else 0}
    assert {path.suffix for path in tmp_path.glob(f"{subject}.*")} == set(FORMATS)


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Store:
    """Two developments of an article with a figure each: one freed, one raided."""
    room = Newsroom(store, clock)
    for title, value in (("Workers freed from compound", 215), ("警方突袭园区", 63)):
        article = room.article(room.development(title=title), title=title)
        room.fact(article, value=value, quote=title)
        with store.write() as db:
            index_article(db, article, title, "Guards opened the gate at dawn.")
    return store


def exported(store: Store, tmp_path: Path, subject: str, query: str, **filters: Any) -> list[Any]:
    target = tmp_path / "found.jsonl"
    export(store, subject, str(target), Filters(**filters), query)
    return [json.loads(line) for line in target.read_text().splitlines()]


def test_a_query_leaves_what_its_articles_tell(told: Store, tmp_path: Path) -> None:
    found = [exported(told, tmp_path, "articles", query) for query in ("freed", "园区", "gate")]
    assert [[row["id"] for row in rows] for rows in found] == [[1], [2], [1, 2]]
    assert [row["value"] for row in exported(told, tmp_path, "facts", "园区")] == [63]
    assert [row["title"] for row in exported(told, tmp_path, "developments", "园区")] == ["警方突袭园区"]
    assert exported(told, tmp_path, "facts", "nowhere") == []
    assert exported(told, tmp_path, "facts", "园区", until=START - timedelta(days=1)) == []


def test_a_bad_query_and_one_that_does_not_fit_are_refused(told: Store, tmp_path: Path) -> None:
    with pytest.raises(QueryError):
        exported(told, tmp_path, "facts", "freed AND (")
    with pytest.raises(UsageError, match="--query does not fit"):
        exported(told, tmp_path, "deliveries", "freed")


_OF_POSTGRES = {
    "bigint": {Kind.WHOLE},
    "integer": {Kind.WHOLE},
    "double precision": {Kind.NUMBER},
    "boolean": {Kind.TRUTH},
    "text": {Kind.TEXT, Kind.TIME, Kind.LIST},
}


def test_every_column_is_of_the_kind_that_the_database_says(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.lent() as url, closing(open_store(url, tmp_path)) as store, store.read() as db:
        asked = "SELECT table_name, column_name, data_type FROM information_schema.columns"
        found = [row for row in db.execute(sa.text(asked)) if row.table_name in NAMES]
    assert {row.table_name for row in found} == set(NAMES)
    assert [row for row in found if kind_of(row.column_name) not in _OF_POSTGRES[row.data_type]] == []

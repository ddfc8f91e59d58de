"""Scheduled reports: the answer to a saved query as a workbook by mail, once for each period, on both engines."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from core.errors import ConfigError, UsageError
from nightdesk import adhoc, savedqueries
from nightdesk.app import App
from nightdesk.config import Config, load_config
from nightdesk.loop import Daemon
from nightdesk.people import Person
from nightdesk.reportqueries import mistakes
from store import findings, saved
from store.engine import Store
from tests.alerting import Newsroom
from tests.conftest import FakeClock
from tests.receivers import Mailbox, mailbox, webhook

REPORT = """
timezone = "Europe/Berlin"
[crawl]
sources = []
[database]
url = "{database}"
[web]
public_url = "https://desk.example.org"
[channel.desk]
url = {address}
welcome = false
{more}
[[report]]
name = "places"
query = "{query}"
channel = "desk"
at = "07:30"
{on}
"""
SQL = "SELECT id, title FROM developments_v WHERE first_found_at < :until ORDER BY id"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture(autouse=True)
def asked_here(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries are asked in this process: what a child would do, without its start."""

    def ask(_config: Config, query: str, values: Mapping[str, Any]) -> Any:
        from store.readonly import Bounds, ask_postgres, ask_sqlite
        from store.views import NAMES

        if store.is_sqlite:
            answer = ask_sqlite(str(store.path), query, NAMES, Bounds(), values)
        else:
            dsn = store.url.set(drivername="postgresql").render_as_string(False)
            answer = ask_postgres(dsn, query, NAMES, Bounds(), values)
        if answer.refused:
            raise UsageError(answer.refused)
        return answer

    monkeypatch.setattr(adhoc, "ask", ask)


@contextmanager
def desk(
    store: Store, clock: FakeClock, folder: Path, address: str, query: str = SQL, on: str = "", more: str = ""
) -> Iterator[App]:
    path = folder / "nightdesk.toml"
    database = store.url.set(drivername=store.url.get_backend_name()).render_as_string(False)
    path.write_text(REPORT.format(database=database, address=address, query=query, on=on, more=more), "utf-8")
    with App.open(load_config(path, {}), "test", clock) as app:
        yield app


def settle(app: App) -> int:
    made = app.reports.tell()
    app.alerter.deliver()
    return made


def sheet(mail: EmailMessage) -> list[tuple[Any, ...]]:
    (attached,) = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    book = openpyxl.load_workbook(io.BytesIO(attached.get_payload(decode=True)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def finding(store: Store) -> list[tuple[str, str, bool]]:
    with store.read() as db:
        rows = db.execute(sa.text("SELECT kind, detail, ended_at IS NULL FROM findings ORDER BY id"))
        return [(row[0], row[1], bool(row[2])) for row in rows]


def test_a_period_that_is_over_is_told_once_with_its_workbook(
    store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox
) -> None:
    Newsroom(store, clock).story()
    address = f'"{box.url("ana@example.org")}"'
    with desk(store, clock, tmp_path, address) as app:
        assert settle(app) == 0  # from now on it counts
        clock.now = at("2026-10-14T05:29")
        assert settle(app) == 0
        clock.now = at("2026-10-14T05:30")  # 07:30 in Berlin
        assert settle(app) == 1
    clock.now = at("2026-10-14T05:31")
    with desk(store, clock, tmp_path, address) as app:  # another process
        assert settle(app) == 0
    (mail,) = box.mails
    assert mail["Subject"] == "Report “places”: 1 row"
    assert "places-2026-10-14.xlsx, which is attached" in mail.get_body(("plain",)).get_content()
    assert sheet(mail)[0] == ("id", "title")
    assert len(sheet(mail)) == 2


def test_periods_of_a_time_away_share_one_message(store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox) -> None:
    with desk(store, clock, tmp_path, f'"{box.url("ana@example.org")}"', query="SELECT :since, :until") as app:
        settle(app)
        clock.now = at("2026-10-17T12:00")
        assert (settle(app), settle(app)) == (1, 0)
        clock.now = at("2026-10-18T05:30")
        assert settle(app) == 1
    away, next_day = box.mails
    assert sheet(away)[1] == ("2026-10-13T05:30:00Z", "2026-10-17T05:30:00Z")
    assert sheet(next_day)[1] == ("2026-10-17T05:30:00Z", "2026-10-18T05:30:00Z")


def test_when_the_clocks_change_it_stays_at_its_hour(
    store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox
) -> None:
    clock.now = at("2026-10-24T06:00")
    with desk(store, clock, tmp_path, f'"{box.url("ana@example.org")}"', on='on = "monday"') as app:
        settle(app)
        clock.now = at("2026-10-26T06:29")  # 07:29 in Berlin, an hour later by UTC than the week before
        assert settle(app) == 0
        clock.now = at("2026-10-26T06:30")
        assert settle(app) == 1


def test_nothing_found_says_so_and_a_query_that_fails_is_a_finding(
    store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox
) -> None:
    address = f'"{box.url("ana@example.org")}"'
    with desk(store, clock, tmp_path, address, query="SELECT * FROM nowhere_v") as app:
        settle(app)
        clock.now = at("2026-10-14T06:00")
        assert settle(app) == 0
        ((kind, detail, is_open),) = finding(store)
        assert (kind, is_open) == ("report_failed", True)
        assert "places" in detail
        clock.advance(minutes=5)
        assert settle(app) == 0
    with desk(store, clock, tmp_path, address) as app:  # mended
        assert settle(app) == 1
    assert [row[2] for row in finding(store)] == [False]
    (mail,) = box.mails
    assert (mail["Subject"], "found nothing" in mail.get_body(("plain",)).get_content()) == (
        "Report “places”: 0 rows",
        True,
    )
    assert [part for part in mail.walk() if part.get_content_disposition() == "attachment"] == []


def test_a_channel_that_carries_no_file_is_told_the_number_and_where_the_rows_are(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "queries.sql").write_text("-- name: all\n-- What happened.\nSELECT id, title FROM developments_v\n")
    room = Newsroom(store, clock)
    room.story()
    room.story()
    with webhook() as server, desk(store, clock, tmp_path, f'"{server.url}"', query="all") as app:
        settle(app)
        clock.now = at("2026-10-14T06:00")
        assert settle(app) == 1
        (posted,) = [request.json for request in server.requests]
    assert (posted["nightdesk"]["kind"], posted["title"], posted["attachments"]) == (
        "report", "Report “places”: 2 rows", [],
    )  # fmt: skip
    assert "carries no files" in posted["message"]
    assert "https://desk.example.org/api/v1/queries/all.csv" in posted["message"]


def test_a_telephone_that_may_be_searched_gets_the_number_alone(
    store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox
) -> None:
    Newsroom(store, clock).story()
    with desk(store, clock, tmp_path, f'"{box.url("ana@example.org")}"', more='detail = "link"') as app:
        settle(app)
        clock.now = at("2026-10-14T06:00")
        settle(app)
    (mail,) = box.mails
    assert [part for part in mail.walk() if part.get_content_disposition() == "attachment"] == []


def keep(
    store: Store, name: str = "freed-lately", sql: str = SQL, parameters: str = "until: day", owner: str = "ana"
) -> None:
    with store.write() as db:
        assert saved.add(
            db, {"name": name, "about": "", "parameters": parameters, "sql": sql}, owner, at("2026-10-13T05:00")
        )


def test_a_query_that_somebody_saved_is_asked_by_its_name(
    store: Store, clock: FakeClock, tmp_path: Path, box: Mailbox
) -> None:
    Newsroom(store, clock).story()
    keep(store)
    with desk(store, clock, tmp_path, f'"{box.url("ana@example.org")}"', query="freed-lately") as app:
        settle(app)
        clock.now = at("2026-10-14T06:00")
        assert settle(app) == 1
    (mail,) = box.mails
    assert len(sheet(mail)) == 2


def test_a_query_that_nobody_has_is_a_finding_long_before_its_hour_and_over_when_somebody_saves_it(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    with desk(store, clock, tmp_path, '"json://127.0.0.1:9/"', query="freed-lately") as app:
        settle(app)
        ((kind, detail, is_open),) = finding(store)
        assert (kind, is_open) == ("report_failed", True) and "there is no named query freed-lately" in detail
        keep(store, parameters="until: day\ncountry: text", sql=f"{SQL} /* :country */ LIMIT :until + :country")
        clock.advance(minutes=16)
        settle(app)
        assert "needs country" in finding(store)[0][1]
        with store.write() as db:
            saved.change(db, "freed-lately", {"sql": SQL, "parameters": "until: day"}, "ana", clock())
        clock.advance(minutes=16)
        settle(app)
        assert [row[2] for row in finding(store)] == [False]


def test_a_report_that_left_the_configuration_fails_no_more(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    with desk(store, clock, tmp_path, '"json://127.0.0.1:9/"') as app:
        with store.write() as db:
            for kind, subject in (
                ("report_failed", "places"),
                ("report_failed", "gone"),
                ("configuration_refused", "x"),
            ):
                findings.note(db, kind, subject, "wake", "It is so.", clock())
        store.unit(Daemon(app)._forget)
    with store.read() as db:
        assert [(row.kind, row.subject) for row in findings.still_open(db)] == [("report_failed", "places")]


@pytest.mark.parametrize(
    ("query", "parameters", "said"),
    [
        ("freed-latly", "", 'report.places.query: there is no named query "freed-latly" (did you mean "freed-lately"'),
        ("freed-lately", 'parameters = { country = "MM" }', "report.places.parameters: freed-lately has no parameter"),
        ("freed-lately", "", ""),
        ("figurs", "", 'did you mean "figures"'),
        ("SELECT 1", "", ""),
        ("SELECT :since, :country", 'parameters = { country = "MM" }', ""),
        (
            "SELECT :until, :country",
            "",
            "report.places.parameters: the query has a parameter :country and no value for it",
        ),
        ("SELECT :since", 'parameters = { country = "MM" }', "the query has no parameter :country; it has :since"),
        ("SELECT 1", "parameters = { since = 1 }", "parameters: the query has no parameter :since; it has none"),
    ],
)
def test_check_names_a_query_that_nobody_has(
    store: Store, clock: FakeClock, tmp_path: Path, query: str, parameters: str, said: str
) -> None:
    keep(store)
    with desk(store, clock, tmp_path, '"json://127.0.0.1:9/"', query=query, on=parameters) as app:
        found = [str(mistake) for mistake in mistakes(app.config, clock())]
    assert len(found) == bool(said) and said in "".join(found)


def test_check_leaves_a_name_open_where_the_database_cannot_tell(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    for address, wrong in (("sqlite:///gone.db", 1), ("postgresql://nobody@127.0.0.1:9/none", 0)):
        path.write_text(
            REPORT.format(database=address, address='"json://127.0.0.1:9/"', query="lately", on="", more="")
        )
        assert len(mistakes(load_config(path, {}), at("2026-10-13T05:00"))) == wrong
    (tmp_path / "gone.db").write_text("no database")
    path.write_text(
        REPORT.format(database="sqlite:///gone.db", address='"json://127.0.0.1:9/"', query="a", on="", more="")
    )
    assert mistakes(load_config(path, {}), at("2026-10-13T05:00")) == []


def test_a_query_that_a_report_asks_is_not_removed(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    keep(store)
    with desk(store, clock, tmp_path, '"json://127.0.0.1:9/"', query="freed-lately") as app, store.write() as db:
        with pytest.raises(UsageError, match="the report places of the configuration asks freed-lately"):
            savedqueries.remove(db, app.config, "freed-lately", Person("ana", "reader", ""), clock())


@pytest.mark.parametrize(
    ("change", "key", "word"),
    [
        ({"on": 'on = "someday"'}, "report.places.on", "must be"),
        ({"more": '[[report]]\nname = "places"\nquery = "figures"\nchannel = "dask"'}, "report.places.channel", "dask"),
    ],
)
def test_a_report_that_cannot_be_is_a_mistake_of_the_configuration(
    store: Store, clock: FakeClock, tmp_path: Path, change: dict[str, str], key: str, word: str
) -> None:
    with pytest.raises(ConfigError) as raised, desk(store, clock, tmp_path, '"json://127.0.0.1:9/"', **change):
        pass
    assert key in str(raised.value)
    assert word in str(raised.value)

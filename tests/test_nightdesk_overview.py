"""Charts and map: a development counts once, as a range over its reports; what changed is seen; land where it lies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from nightdesk.app import App
from nightdesk.config import load_config
from nightdesk.overview import Chosen, Entry, Overview, by_kind, by_month, events_by_month, months, nationalities
from nightdesk.page import Page
from nightdesk.web.desk import coast
from store import findings
from store import overview as store_overview
from store.developments import developments
from store.engine import Store
from tests.alerting import Newsroom
from tests.asking import PRIVATE, Asker, listening
from tests.conftest import FakeClock

YEAR = Chosen(date(2026, 1, 1), date(2026, 12, 31))
EVER = Chosen(date(2026, 1, 1), date(2032, 1, 1))


@pytest.fixture
def room(store: Store) -> Newsroom:
    return Newsroom(store, FakeClock())


def entries(room: Newsroom, chosen: Chosen, kept: Overview | None = None) -> list[Entry]:
    with room.store.read() as db:
        return (kept or Overview()).read(db, room.clock(), chosen)


def bars(room: Newsroom, series: str, nationality: str | None = None) -> dict[str, tuple[float, float, int]]:
    found = by_month(entries(room, YEAR), series, YEAR, nationality)
    return {bar.name: (bar.low, bar.high, bar.developments) for bar in found if bar.developments}


def test_a_development_counts_once_as_a_range_over_its_reports(room: Newsroom) -> None:
    development = room.story(event_date="2026-10-12")
    for value in (200, 260):
        other = room.article(development)
        room.fact(other, value=value, unit="people", status="done", nationality="CN", leading=True)
    room.story(event_date="2026-10-30")
    assert bars(room, "rescued") == {"Oct 2026": (415, 475, 2)}
    assert bars(room, "arrested") == {}


def test_what_is_only_planned_or_beside_the_news_adds_nothing(room: Newsroom) -> None:
    development = room.development(event_date="2026-09-01")
    article = room.article(development)
    room.fact(article, value=500, unit="people", status="expected", leading=True)
    room.fact(article, value=70, unit="vehicles", status="done", leading=True)
    assert bars(room, "rescued") == {}
    room.fact(article, value=40, unit="victims", status="started", leading=True)
    assert bars(room, "rescued") == {"Sep 2026": (40, 40, 1)}


def test_of_a_nationality_only_its_own_people_count_and_the_whole_is_no_sum_of_its_parts(room: Newsroom) -> None:
    development = room.development(event_date="2026-08-02")
    article = room.article(development)
    room.fact(article, value=300, unit="people", status="done", leading=True)
    for code, value in (("CN", 180), ("KE", 20)):
        room.fact(article, value=value, unit="people", status="done", nationality=code)
    assert bars(room, "rescued") == {"Aug 2026": (300, 300, 1)}
    assert bars(room, "rescued", nationality="KE") == {"Aug 2026": (20, 20, 1)}
    assert nationalities(entries(room, YEAR), "rescued") == [("CN", 180, 180, 1), ("KE", 20, 20, 1)]


def test_the_day_of_the_event_tells_the_month_and_else_the_day_of_the_news(room: Newsroom) -> None:
    room.story(event_date="2026-07")
    room.story(event_date="2026")  # no more than the year is known
    assert set(bars(room, "rescued")) == {"Jul 2026", f"{room.clock():%b %Y}"}


def test_what_changes_is_seen_at_the_next_look_and_what_was_merged_is_gone(room: Newsroom) -> None:
    kept, first, second = Overview(), room.story(), room.story()

    def seen() -> dict[int, float]:
        return {entry.id: max(one.high for one in entry.ranges) for entry in entries(room, EVER, kept)}

    assert seen() == {first: 215, second: 215}
    room.clock.advance(hours=1)
    room.fact(room.article(first), value=300, unit="people", status="done", leading=True)
    assert seen() == {first: 300, second: 215}
    room.clock.advance(hours=1)
    room.touch(second, merged_into=first)
    assert seen() == {first: 300}
    room.clock.advance(days=4 * 366)
    assert seen() == {first: 300}, "what was read stays; the span of a chart leaves it out"


def test_a_change_that_was_still_being_written_at_the_last_look_is_not_missed(room: Newsroom) -> None:
    kept = Overview()
    room.story()
    entries(room, EVER, kept)
    late = room.story()
    with room.store.write() as db:
        before = room.clock() - timedelta(seconds=30)
        db.execute(sa.update(developments).where(developments.c.id == late).values(updated_at=before))
    assert late in {entry.id for entry in entries(room, EVER, kept)}


def test_every_month_of_a_span_has_its_place_and_kinds_are_counted_in_it(room: Newsroom) -> None:
    chosen = Chosen(date(2025, 11, 14), date(2026, 2, 3))
    assert months(chosen) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    room.story(event_date="2026-01-31", event_types=["raid", "rescue_release"])
    room.story(event_date="2026-02-01", event_types=["raid"])
    room.story(event_date="2026-02-04", event_types=["raid"])
    assert events_by_month(by_kind(entries(room, chosen)), chosen) == {"raid": [0, 0, 1, 1]}


# -- land -------------------------------------------------------------------------------------------------------------


def test_places_lie_where_they_are_and_others_in_the_middle_of_their_country() -> None:
    assert coast.locate("Myawaddy", "MM") == pytest.approx((16.69, 98.51), abs=0.1)
    assert coast.is_known("KK Park", "MM") and not coast.is_known("Nowhere", "MM")
    north, east = coast.locate("Nowhere", "TH") or (0, 0)
    assert 10 < north < 19 and 98 < east < 106
    for code in ("FJ", "TO", "WS", "SB", "VU", "KI", "TV", "NR"):
        assert coast.locate(None, code) is not None, code


def test_no_coast_runs_around_the_world_where_the_date_line_cuts_a_country() -> None:
    for code, name, rings in coast._countries():
        for ring in rings:
            assert all(abs(one[0] - next_[0]) < 60 for one, next_ in pairwise(ring)), (code, name)


def test_a_view_shows_its_own_part_of_the_world() -> None:
    asia, pacific = coast.VIEWS["asia"], coast.VIEWS["pacific"]
    assert asia.has(16.7, 98.5) and not asia.has(51.5, -0.1)
    assert pacific.has(-21.1, -175.2) and pacific.has(-17.7, 178.0) and not pacific.has(16.7, 98.5)
    assert "Thailand" in coast.land("asia") and "Tonga" in coast.land("pacific")


def test_a_small_map_has_room_for_all_it_shows_and_names_are_only_text() -> None:
    drawn = coast.small_map([(16.7, 98.5, "<b>Myawaddy</b>"), (-18.1, 178.4, "Suva")], [((16.7, 98.5), (35.0, 103.0))])
    assert "<b>" not in drawn and "&lt;b&gt;" in drawn and 'class="way"' in drawn
    assert coast.small_map([]) == ""


# -- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as opened:
        yield opened


def test_charts_say_their_numbers_and_mark_when_sources_were_silent(desk: Asker) -> None:
    desk.room.story(event_date="2026-09-12")
    with desk.app.store.write() as db:
        findings.note(db, "source_silent", "Border Post", "daily", "Nothing new.", desk.app.clock())
    text = desk.ask("/charts?months=6&country=mm").text
    assert "Sep 2026: 215 in 1 development" in text and "1 source silent or failing: Border Post" in text
    assert "/?event=rescue_release&amp;since=2026-09-01&amp;until=2026-09-30" in text
    assert "Nothing to chart" in desk.ask("/charts?country=TH").text


def test_the_map_leads_to_what_was_there(desk: Asker) -> None:
    desk.room.story(event_date="2026-10-12")
    text = desk.ask("/map").text
    assert "Myawaddy, Myanmar: 1 development" in text and "/search?q=place%3A%22Myawaddy%22" in text
    assert "Myawaddy" not in desk.ask("/map?topic=overseas_policing").text.partition("<h1>")[2]


@pytest.mark.parametrize("path", ["/charts?months=7", "/charts?country=Thailand", "/map?view=moon"])
def test_what_cannot_be_drawn_is_said(desk: Asker, path: str) -> None:
    answer = desk.ask(path)
    assert answer.status == 400 and "cannot be asked" in answer.text


class Bell:
    """Rings after so many rests."""

    def __init__(self, rests: int) -> None:
        self.rests = rests

    def wait(self, _seconds: float) -> bool:
        self.rests -= 1
        return self.rests < 0

    def is_set(self) -> bool:
        return self.rests < 0


def test_what_is_warm_needs_no_reading_at_the_first_look(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightdesk.overview._BATCH", 2)
    for _ in range(5):
        room.story(event_date="2026-10-12")
        room.clock.advance(minutes=5)
    kept, bell = Overview(), Bell(rests=9)
    kept.warm(room.store, room.clock(), bell)
    assert bell.rests == 9 - 5, "one further with each, and a rest before it"
    read: list[int] = []
    asked = store_overview.stated
    monkeypatch.setattr(store_overview, "stated", lambda db, ids: (read.extend(ids), asked(db, ids))[1])
    warm = entries(room, EVER, kept)
    assert len(read) == 1, "the newest once more"
    assert warm == entries(room, EVER) and len(warm) == 5


def test_warming_ends_when_the_page_closes_and_the_first_look_reads_the_rest(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk.overview._BATCH", 2)
    for _ in range(3):
        room.story(event_date="2026-10-12")
        room.clock.advance(minutes=5)
    kept = Overview()
    kept.warm(room.store, room.clock(), Bell(rests=1))
    assert entries(room, EVER, kept) == entries(room, EVER) and len(entries(room, EVER, kept)) == 3


def test_the_page_warms_behind_whoever_opens_it(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Overview] = []

    def make() -> Overview:
        made.append(Overview())
        return made[-1]

    monkeypatch.setattr("nightdesk.web.site.Overview", make)
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    file = tmp_path / "nightdesk.toml"
    file.write_text(f'[crawl]\nsources = []\n[database]\nurl = "sqlite:///{tmp_path}/desk.db"\n{PRIVATE}')
    with App.open(load_config(file, {}), "test", FakeClock()) as app:
        Newsroom(app.store, FakeClock()).story(event_date="2026-10-12")
        page = Page(app)
        asyncio.run(page.open())
        for warming in [thread for thread in threading.enumerate() if thread.name == "warm"]:
            warming.join(20)
        assert page.address and [one._updated > Overview()._updated for one in made] == [True]
        asyncio.run(page.close())

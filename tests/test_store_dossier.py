"""What the page of a development asks the store, on both engines."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from store import alerts, dossier, families, silences
from store.engine import Store
from tests.alerting import Newsroom
from tests.conftest import FakeClock


def test_reports_come_as_they_were_published_each_with_its_outlet_and_why_it_is_here(store: Store) -> None:
    clock = FakeClock()
    room = Newsroom(store, clock)
    development = room.development()
    late = room.article(development, outlet="Late Post")
    early = room.article(development, outlet="Early Post", published_at=clock() - timedelta(days=1))
    with store.read() as db:
        rows = dossier.reports(db, development, 10)
        assert [(row.id, row.outlet, row.reason) for row in rows] == [
            (early, "Early Post", "test"),
            (late, "Late Post", "test"),
        ]
        assert len(dossier.reports(db, development, 1)) == 1
        version = room.version_of(late)
        assert dossier.texts_of(db, [version]) == {version: "215 freed from compound\nGuards opened the gate at dawn."}
        (only,) = dossier.versions_of(db, late)
        assert (only.seq, only.sha256, only.fetched_at) == (1, None, clock())
        assert dossier.bytes_of_pages(db, [late, early]) == 0


def test_what_watches_made_of_an_article_has_their_names_and_those_that_fired_first(store: Store) -> None:
    room = Newsroom(store, FakeClock())
    article = room.article(room.development())
    room.match(room.watch("a-near-miss"), article, fired=False)
    room.match(room.watch("releases"), article)
    with store.read() as db:
        rows = dossier.matches_of(db, room.version_of(article))
    assert [(row.watch, row.fired) for row in rows] == [("releases", True), ("a-near-miss", False)]


def test_alerts_and_silences_of_a_family_are_found_together(store: Store) -> None:
    clock = FakeClock()
    room = Newsroom(store, clock)
    root, merged = room.story(), room.story()
    watch = room.watch()
    with store.write() as db:
        (change,) = db.execute(sa.text(f"SELECT id FROM development_changes WHERE development_id = {merged}")).scalars()
        alert = alerts.add_alert(db, watch, change, merged, None, "new", {}, clock())
        families.merge_into(db, merged, root, clock())
        until = clock() + timedelta(days=7)
        silences.add(db, "ana", "old news", clock(), until, {"development_id": merged}, clock())
    with store.read() as db:
        family = families.family(db, root)
        (told,) = dossier.alerts_about(db, family)
        (silence,) = silences.about(db, family)
    assert family == [root, merged]
    assert (told.id, told.watch, told.level, told.seq) == (alert, "releases", "new", 1)
    assert silence.owner == "ana"

"""The pages of the alerts and silences: who was told what, another try, and mutes with owner, reason and end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from nightdesk import alertlog
from store import deliveries, people, silences
from store.definitions import watches
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.asking import Asker, listening
from tests.conftest import FakeClock


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    """Two developments, told to a channel that nobody hears."""
    folder = tmp_path_factory.mktemp("alerts")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as opened:
        opened.room.clock.advance(hours=1)
        with opened.app.store.read() as db:
            watch = db.scalar(sa.select(watches.c.id))
        for title in ("215 freed at the river", "A raid at the pier"):
            opened.room.story(watch, title=title)
        opened.app.alerter.decide()
        yield opened


def _fate(desk: Asker, number: int, state: str) -> None:
    """Let a delivery of an alert have ended so."""
    with desk.app.store.write() as db:
        one = deliveries.of_alert(db, number)[0]
        db.execute(sa.update(deliveries.deliveries).where(deliveries.deliveries.c.id == one.id).values(state=state))


def test_the_log_is_narrowed_and_says_what_became_of_each(desk: Asker) -> None:
    _fate(desk, 2, "pending")
    page = desk.see("/alerts", "reader")
    assert 'href="/alerts/1"' in page and 'href="/alerts/2"' in page and "waits" in page
    assert "None with these filters" in desk.see("/alerts?state=unknown", "reader")
    assert desk.see("/alerts?after=n2", "reader").count('href="/alerts/') == 1
    assert desk.ask("/alerts?state=lost").status == 400


def test_one_alert_says_why_to_whom_and_in_which_words(desk: Asker) -> None:
    page = desk.see("/alerts/1", "reader")
    for said in ("What will be said", "Whom it reached", "/watches/releases", "Guards opened the gate at dawn."):
        assert said in page, said
    assert "Send it again" not in page and desk.ask("/alerts/99").status == 404


def test_what_was_given_up_is_sent_again_and_who_did_it_is_known(desk: Asker) -> None:
    _fate(desk, 1, "dead")
    assert "Send it again" in desk.see("/alerts/1", "operator")
    assert desk.do("/alerts/1/retry", "operator").status == 303
    with desk.app.store.read() as db:
        (deed,) = people.deeds_about(db, "n1")
    assert (deed.by, deed.what) == ("operator.one", "alert retried")
    assert desk.do("/alerts/1/retry", "operator").status == 409, "there is nothing to send again now"


def test_a_mute_has_an_owner_a_reason_and_an_end(desk: Asker) -> None:
    sent = [("development", "d2"), ("watch", "releases"), ("reason", "it is a drill"), ("lasts", "3d")]
    assert desk.do("/silences/add", "editor", sent).status == 303
    with desk.app.store.read() as db:
        (row,) = silences.with_hits(db)
        (deed,) = people.deeds_about(db, "d2")
    assert (row.owner, row.reason, row.development_id) == ("editor.one", "it is a drill", 2)
    assert (deed.by, deed.what, deed.reason) == ("editor.one", "silence added", "it is a drill")
    page = desk.see("/silences", "editor")
    assert "it is a drill" in page and "in force" in page and 'href="/developments/2"' in page
    assert desk.do("/silences/s1/end", "editor").status == 303
    assert "Nothing is muted" in desk.see("/silences", "reader")
    assert desk.do("/silences/s1/end", "editor").status == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("reason", "x"), ("lasts", "1d")], "a silence of everything is none"),
        ([("watch", "releases"), ("lasts", "1d")], "reason is empty"),
        ([("watch", "release"), ("reason", "x"), ("lasts", "1d")], "did you mean"),
        (
            [("watch", "releases"), ("reason", "kept as typed"), ("until", "2020-01-01")],
            "it would end before it begins",
        ),
    ],
)
def test_a_mute_that_cannot_be_is_refused_and_the_form_keeps_what_was_typed(
    desk: Asker, fields: list[tuple[str, str]], said: str
) -> None:
    answer = desk.do("/silences/add", "editor", fields)
    assert answer.status == 422 and said in answer.text.lower().replace("&#34;", '"') and "--" not in answer.text
    assert all(f'value="{value}"' in answer.text for key, value in fields if key == "reason")


def test_a_form_comes_filled_in_from_where_it_was_asked_for(desk: Asker) -> None:
    assert 'value="d1"' in desk.see("/silences?development=d1&watch=releases", "editor")


def test_the_deliveries_of_several_alerts_are_read_at_once(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    watch = room.watch(channels=("desk",))
    for _ in range(2):
        room.story(watch)
    alerter(room, desk="json://127.0.0.1:9/").decide()
    with store.read() as db:
        found = deliveries.of_alerts(db, [1, 2, 99])
        assert {one: len(some) for one, some in found.items()} == {1: 1, 2: 1, 99: 0}
        assert [fate.state for fate in alertlog.fates(found[1])] == ["pending"]

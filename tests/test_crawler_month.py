"""Four days of the whole desk in simulated time: nothing is lost or told twice, whatever befalls the news."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import alerts, articles, deliveries, developments, pages, revisits
from store.engine import Store, open_store
from tests.month import START, give_fates, make
from tests.monthdesk import MonthDesk
from tests.monthproof import Proof, prove
from tests.receivers import Webhook, webhook

pytestmark = pytest.mark.slow

DAYS = 4.0


@dataclass
class Lived:
    """The days as they were lived through."""

    desk: MonthDesk
    hook: Webhook
    proof: Proof


@pytest.fixture(scope="module")
def lived(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("month")
    shutil.copy(migrated_sqlite, folder / "n.db")
    store = open_store(f"sqlite:///{folder / 'n.db'}", folder)
    rng, at = random.Random(11), START + timedelta(days=2.2)
    sources = [
        make(0, rng, DAYS, rhythm="thrice"),
        make(1, rng, DAYS, rhythm="thrice", trouble="redated", troubled_at=at),
        make(2, rng, DAYS, rhythm="thrice", death="gone", dies_at=at),
        make(3, rng, DAYS, rhythm="thrice", trouble="redesign", troubled_at=at),
        make(4, rng, DAYS, rhythm="weekly"),
    ]
    for one in sources:
        one.shown = 6
    give_fates(sources, rng, DAYS - 1.5, wanted=6, haste=4)
    with webhook() as hook:
        desk = MonthDesk(store, sources, hook.url)
        desk.run(DAYS)
        yield Lived(desk, hook, prove(desk, hook.requests, DAYS))
    store.close()


def test_every_promise_holds(lived: Lived) -> None:
    assert {name: cases for name, cases in lived.proof.broken.items() if cases} == {}


def test_every_kind_of_edit_deletion_and_return_came_about(lived: Lived) -> None:
    assert {kind for kind, times in lived.proof.figures["befell and was seen"].items() if not times} == set()
    assert lived.proof.figures["changes"]["correction"]


@pytest.fixture
def tampered(lived: Lived, tmp_path: Path) -> Iterator[Store]:
    """A copy of the record, to do harm to."""
    with lived.desk.store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(lived.desk.store.path or "", tmp_path / "n.db")
    own, lived.desk.store = lived.desk.store, open_store(f"sqlite:///{tmp_path / 'n.db'}", tmp_path)
    yield lived.desk.store
    lived.desk.store.close()
    lived.desk.store = own


@pytest.mark.parametrize(
    ("harm", "promise"),
    [
        (sa.update(pages.items).values(ended_at=None), "every article that was listed is stored exactly once"),
        (
            sa.update(pages.items).values(url="https://s0.example/1"),
            "every article that was listed is stored exactly once",
        ),
        (sa.update(alerts.alerts).values(level="update"), "every development that matches is alerted once"),
        (sa.update(alerts.alerts).values(development_id=1), "every piece of news on the beat is told"),
        (
            sa.update(developments.development_changes).values(
                cause_article_id=sa.select(sa.func.min(alerts.alerts.c.article_id)).scalar_subquery()
            ),
            "nothing is told twice, nor what comes back",
        ),
        (sa.update(deliveries.deliveries).values(state="pending"), "every delivery ends"),
        (sa.update(deliveries.deliveries).values(state="dead", reason="x"), "the receiver has what was sent, once"),
        (sa.update(revisits.revisits).values(gone_at=None), "a page that is gone is recorded"),
        (
            sa.delete(articles.article_versions).where(articles.article_versions.c.seq > 1),
            "an edit is a version if it says something",
        ),
        (
            sa.update(developments.development_changes).values(kind="new"),
            "a changed figure is an update or a correction",
        ),
    ],
)
def test_a_broken_promise_is_seen(
    lived: Lived, tampered: Store, harm: sa.sql.expression.UpdateBase, promise: str
) -> None:
    with tampered.engine.connect() as db:
        db.exec_driver_sql("PRAGMA foreign_keys=OFF")  # it would not let all of it be done
        db.execute(harm)
        db.commit()
    assert prove(lived.desk, lived.hook.requests, DAYS).broken[promise]

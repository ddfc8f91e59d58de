"""Situations for tests of alerting: a newsroom of rows, as the pipeline would have written them."""

from __future__ import annotations

import io
import itertools
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from alerts.style import House
from core.watch import Watch
from store import articles, definitions, deliveries, developments, facts, matches, messages, pages
from store.engine import Store
from tests.conftest import FakeClock

_numbers = itertools.count(1)


class Newsroom:
    """Writes what the pipeline would have written, at the time of the clock."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store = store
        self.clock = clock

    def insert(self, table: sa.Table, **values: Any) -> int:
        with self.store.write() as db:
            row = sa.insert(table).values(**values)
            return (
                int(db.execute(row.returning(table.c.id)).scalar_one()) if "id" in table.c else db.execute(row).rowcount
            )

    def watch(self, name: str = "releases", age: timedelta = timedelta(hours=1), **definition: Any) -> int:
        watch = Watch(name=name, **{"topics": ("scam_centres",), "group_wait": "0s", **definition})
        then = self.clock() - age
        return self.insert(
            definitions.watches,
            name=name,
            origin="file",
            mode=watch.mode,
            definition=watch.model_dump(mode="json"),
            revision=1,
            created_at=then,
            edited_at=then,
        )

    def development(self, **values: Any) -> int:
        now = self.clock()
        row = {
            "title": "Dozens freed near the river",
            "topics": ["scam_centres"],
            "event_types": ["rescue_release"],
            "countries": ["MM"],
            "event_date": "2026-10-12",
            "status": "done",
            "first_found_at": now,
            "last_found_at": now,
            "first_news_at": now,
            "last_news_at": now,
            "updated_at": now,
            "articles": 1,
            "sources": 1,
            "independent_sources": 1,
            "baseline": False,
        }
        return self.insert(developments.developments, **{**row, **values})

    def article(
        self, development: int, title: str = "215 freed from compound", outlet: str = "Border Post", **version: Any
    ) -> int:
        """An article of the development; returns its version's id as well, in `self.version_of`."""
        now, number = self.clock(), next(_numbers)
        url = version.pop("url", f"https://news.example.org/{number}")
        page = self.insert(pages.pages, url=url, fetched_at=now, found_at=now, origin="live", given={})
        article = self.insert(
            articles.articles,
            page_id=page,
            url=url,
            canonical_url=url,
            url_key=f"news.example.org/{number}",
            outlet=outlet,
            found_at=now,
            origin="live",
        )
        row = {
            "article_id": article,
            "seq": 1,
            "page_id": page,
            "is_current": True,
            "title": title,
            "text": "Guards opened the gate at dawn.",
            "language": "en",
            "published_at": now - timedelta(minutes=20),
            "published_from": "page",
            "paywalled": False,
            "words": 6,
            "text_sha256": f"{number:064}",
            "pipeline_version": 1,
            "created_at": now,
        }
        self.insert(articles.article_versions, **{**row, **version})
        self.insert(
            developments.development_articles,
            article_id=article,
            development_id=development,
            joined_at=now,
            reason="test",
        )
        self.touch(development)
        return article

    def touch(self, development: int, **values: Any) -> None:
        with self.store.write() as db:
            table = developments.developments
            db.execute(sa.update(table).where(table.c.id == development).values(updated_at=self.clock(), **values))

    def version_of(self, article: int) -> int:
        with self.store.read() as db:
            table = articles.article_versions
            return int(
                db.execute(sa.select(table.c.id).where(table.c.article_id == article, table.c.is_current)).scalar_one()
            )

    def match(
        self, watch: int, article: int, fired: bool = True, quote: str = "Guards opened the gate at dawn."
    ) -> None:
        self.insert(
            matches.matches,
            version_id=self.version_of(article),
            watch_id=watch,
            revision=1,
            fired=fired,
            reason="test",
            terms=[{"field": "text", "text": "gate"}],
            quote=quote,
            created_at=self.clock(),
        )

    def fact(self, article: int, **values: Any) -> int:
        row = {
            "kind": "count",
            "quote": "215 people were freed",
            "position": 0,
            "confidence": 0.9,
            "created_at": self.clock(),
        }
        return self.insert(facts.facts, version_id=self.version_of(article), **{**row, **values})

    def change(self, development: int, kind: str = "new", origin: str = "live", **values: Any) -> int:
        with self.store.read() as db:
            table = developments.development_changes
            last = db.scalar(sa.select(sa.func.max(table.c.seq)).where(table.c.development_id == development))
        row = {
            "development_id": development,
            "seq": (last or 0) + 1,
            "kind": kind,
            "origin": origin,
            "at": self.clock(),
        }
        change = self.insert(developments.development_changes, **{**row, **values})
        self.touch(development)
        return change

    def story(self, *watches: int, **values: Any) -> int:
        """A new development of one article that these watches asked for; returns the development."""
        development = self.development(**values)
        article = self.article(development)
        self.fact(article, value=215, unit="people", status="done", bound="at_least", nationality="CN", leading=True)
        self.fact(article, kind="place", place="Myawaddy", country="MM", quote="Myawaddy")
        for watch in watches:
            self.match(watch, article)
        self.change(development, cause_article_id=article)
        return development

    def rows(self, query: str) -> list[Any]:
        with self.store.read() as db:
            return list(db.execute(sa.text(query)))

    def deliveries(self) -> list[Any]:
        with self.store.read() as db:
            table = deliveries.deliveries
            return list(db.execute(sa.select(table).order_by(table.c.id)))

    def states(self) -> list[str]:
        return [row.state for row in self.deliveries()]


def alerter(
    room: Newsroom,
    *,
    owner: str = "desk:1:a",
    console: io.StringIO | None = None,
    seconds: float = 3.0,
    house: House | None = None,
    **channels: Any,
) -> Alerter:
    """An Alerter whose channels are given as URLs, lists of URLs or `Channel`."""
    opened = {name: value if isinstance(value, Channel) else Channel(url=value) for name, value in channels.items()}
    operator = OperatorConfig()
    return Alerter(
        room.store, opened, operator, room.clock, owner, console=console or io.StringIO(), seconds=seconds, house=house
    )


def contents(room: Newsroom) -> list[dict[str, Any]]:
    """What was frozen, in the order of the messages, without those that were folded."""
    with room.store.read() as db:
        table = messages.messages
        frozen = db.scalars(sa.select(table.c.content).where(table.c.frozen_at.is_not(None)).order_by(table.c.id))
        return [content for content in frozen if "folded_into" not in content]

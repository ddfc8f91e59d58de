"""Situations for tests of `explain`: rows as every stage would have written them, one story at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from core.watch import Watch
from nightdesk.config import Config, load_config
from nightdesk.explain import Explanation, explain
from store import alerts, articles, definitions, deliveries, messages, pages
from store.articles import article_events, article_topics
from store.engine import Store
from tests.alerting import Newsroom
from tests.conftest import FakeClock

TEXT = (
    "Guards opened the gate of a scam centre in Myawaddy at dawn. Forty rowers crossed the river. No casino was open."
)
_EVIDENCE = {"label": "scam_centres", "concept": "centre", "quote": "scam centre", "position": 45, "weight": 1.0}


class Story(Newsroom):
    """One article of one development, and what became of it."""

    def __init__(self, store: Store, clock: FakeClock, folder: Path, toml: str = "") -> None:
        super().__init__(store, clock)
        (folder / "nightdesk.toml").write_text(f"watch = []\n[crawl]\nsources = []\n{toml}")
        self.config: Config = load_config(folder / "nightdesk.toml", {})

    def explain(self, what: str, **other: Any) -> Explanation:
        with self.store.read() as db:
            return explain(db, self.config, what, self.clock(), **other)

    def told_of(self, text: str = TEXT, topic: str | None = "scam_centres", event: str = "raid", **version: Any) -> int:
        """A live article in a development of its own, on a topic; its id."""
        development = self.development()
        evidence = version.pop("evidence", [_EVIDENCE])
        explained = {"evidence": evidence, "region": None}
        article = self.article(development, title="Rowers freed", text=text, explained=explained, **version)
        if topic:
            self.insert(article_topics, version_id=self.version_of(article), topic=topic, score=1.0)
            self.insert(article_events, version_id=self.version_of(article), event_type=event, score=1.0)
        return article

    def development_of(self, article: int) -> int:
        return int(self.rows(f"SELECT development_id FROM development_articles WHERE article_id = {article}")[0][0])

    def alert(self, watch: int, article: int, channel: str = "desk", kind: str = "alert", **delivery: Any) -> int:
        """An alert about the article's development with one delivery in some state; its id."""
        development, now = self.development_of(article), self.clock()
        change = self.change(development, cause_article_id=article)
        self.match(watch, article)
        self.insert(alerts.decisions, watch_id=watch, change_id=change, outcome="alert", reason="asked", at=now)
        row = {"watch_id": watch, "change_id": change, "development_id": development, "article_id": article}
        alert = self.insert(alerts.alerts, **row, level="new", why={}, created_at=now)
        self.send(alert, channel, kind, None if delivery.pop("of_channel", False) else watch, **delivery)
        return alert

    def send(
        self, alert: int, channel: str = "desk", kind: str = "alert", watch: int | None = None, **delivery: Any
    ) -> None:
        """A message with an alert, and its delivery."""
        now = self.clock()
        message = self.insert(messages.messages, kind=kind, channel=channel, watch_id=watch, created_at=now)
        self.insert(messages.message_alerts, message_id=message, alert_id=alert)
        number = len(self.deliveries())
        values = {"state": "pending", "not_before": now, "created_at": now, **delivery}
        self.insert(
            deliveries.deliveries,
            message_id=message,
            channel=channel,
            recipient="a…@desk.example",
            recipient_key=f"k{number}",
            idempotency_key=f"key-{number}",
            **values,
        )

    def passed(self, watch: int, article: int, origin: str, reason: str) -> None:
        """A decision that tells nobody."""
        change = self.change(self.development_of(article), origin=origin, cause_article_id=article)
        self.match(watch, article)
        row = {"watch_id": watch, "change_id": change, "outcome": "none", "reason": reason}
        self.insert(alerts.decisions, **row, at=self.clock())

    def source(self, name: str = "pier-post", url: str = "https://www.pier.example/rss", **other: Any) -> int:
        """A source that is visited."""
        fields = {key: other.pop(key) for key in ("include", "exclude") if key in other}
        definition = {"name": name, "url": url, **fields}
        row = {"name": name, "origin": "file", "title": name, "kind": "feed", "type": "newspaper", "url": url}
        now = self.clock()
        source = self.insert(definitions.sources, **row, definition=definition, created_at=now, edited_at=now)
        if other:
            self.insert(pages.source_states, source_id=source, **{"state": "ok", "failures": 0, **other})
        return source

    def item(self, url: str, source: int, **other: Any) -> int:
        """An entry that a source showed."""
        now = self.clock()
        row = {"source_id": source, "started_at": now, "finished_at": now, "outcome": "new", "entries": 1}
        visit = self.insert(pages.visits, **row, new_items=1, baseline=False)
        values = {"key": url.removeprefix("https://"), "title": "A headline", "found_at": now, "baseline": False}
        return self.insert(pages.items, source_id=source, visit_id=visit, url=url, attempts=0, **{**values, **other})

    def page(self, url: str, state: str, reason: str, item: int | None = None, **other: Any) -> int:
        """A page that was fetched and ended so."""
        refused, article = other.pop("refused", None), other.pop("article_id", None)
        row = {"url": url, "fetched_at": self.clock(), "found_at": self.clock(), "origin": "live", "given": {}}
        page = self.insert(pages.pages, **row, item_id=item, refused=refused)
        ended = {"page_id": page, "state": state, "reason": reason, "article_id": article, "attempts": 1}
        self.insert(articles.page_outcomes, **ended, pipeline_version=1, at=self.clock())
        return page

    def asks(self, name: str = "boats", **filters: Any) -> int:
        """A watch in force, made an hour ago."""
        filters.setdefault("topics", ())
        Watch(name=name, **filters)
        return self.watch(name, age=timedelta(hours=1), **filters)

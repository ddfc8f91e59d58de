"""An analyst at work on a newsroom's record, and what the record says then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pipeline import analyst, factrulings
from pipeline.analyst import Signed
from pipeline.config import PipelineConfig
from pipeline.filing import Desk
from pipeline.run import Pipeline, ProcessReport
from store.engine import Store
from tests.conftest import FakeClock
from tests.reports import Newsroom

ANA = Signed("ana", "she was there")


@dataclass
class Analyst:
    """Decides as `ana`, by the clock of the test."""

    newsroom: Newsroom
    clock: FakeClock
    config: PipelineConfig = field(default_factory=PipelineConfig)

    @property
    def store(self) -> Store:
        return self.newsroom.store

    def pipeline(self) -> Pipeline:
        return Pipeline(self.store, self.config, self.clock, timedelta(days=7), read=self.newsroom.read)

    def process(self) -> ProcessReport:
        """Read what was published."""
        self.clock.advance(minutes=1)
        return self.pipeline().run()

    def _desk(self) -> Desk:
        self.clock.advance(minutes=1)
        return self.pipeline().desk()

    def label(self, article: int, **labels: bool) -> list[str]:
        """`label(1, topic__scam_centres=True)`; `off_topic=True` for none."""
        wanted = {
            ("topic", "*") if name == "off_topic" else tuple(name.split("__")): holds and name != "off_topic"
            for name, holds in labels.items()
        }
        desk = self._desk()
        return self.store.unit(lambda db: analyst.label(db, desk, article, wanted, ANA))  # type: ignore[arg-type]

    def merge(self, *ids: int, into: int | None = None) -> list[str]:
        now = self.clock.advance(minutes=1)
        return self.store.unit(lambda db: analyst.merge(db, ids, into, ANA, now))

    def split(self, *articles: int, to: int | None = None) -> list[str]:
        now = self.clock.advance(minutes=1)
        return self.store.unit(lambda db: analyst.split(db, articles, to, ANA, now))

    def edit(self, fact: int, everywhere: bool = False, **values: Any) -> list[str]:
        desk = self._desk()
        return self.store.unit(lambda db: factrulings.edit(db, desk, fact, values, ANA, everywhere))

    def reject(self, fact: int, everywhere: bool = False) -> list[str]:
        desk = self._desk()
        return self.store.unit(lambda db: factrulings.reject(db, desk, fact, ANA, everywhere))

    def add(self, article: int, fact: Any) -> list[str]:
        desk = self._desk()
        return self.store.unit(lambda db: factrulings.add(db, desk, article, fact, ANA))

    def dismiss(self, development: int, watch: int, name: str = "releases", relevant: bool = False) -> None:
        now = self.clock.advance(minutes=1)
        self.store.unit(lambda db: analyst.rule_relevance(db, development, watch, name, relevant, ANA, now))

    # --- What the record says -----------------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.store.read() as db:
            return [tuple(row) for row in db.execute(sa.text(query))]

    def homes(self) -> dict[int, int | None]:
        """Which development each article is in."""
        return {row[0]: row[1] for row in self.rows("SELECT id, development_id FROM articles_v ORDER BY id")}

    def counts(self) -> list[tuple[int, float, str]]:
        """Article, figure and origin of every count."""
        query = "SELECT article_id, value, origin FROM facts_v WHERE kind = 'count' ORDER BY article_id, value"
        return [(row[0], row[1], row[2]) for row in self.rows(query)]

    def changes(self, origin: str) -> list[tuple[Any, ...]]:
        """Development, kind, what, old, new and by of the changes of that origin."""
        query = "SELECT development_id, kind, what, old, new, by FROM changes_v WHERE origin = '{}' ORDER BY id"
        return self.rows(query.format(origin))

    def fact(self, article: int, value: float) -> int:
        """The id of an article's figure."""
        query = f"SELECT id FROM facts_v WHERE article_id = {article} AND value = {value}"
        return int(self.rows(query)[0][0])

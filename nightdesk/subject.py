"""An article on record as the watches see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from pipeline.match import Subject
from pipeline.values import Classification, Fact, Scored
from store import history
from store.facts import facts_of


def subject_of(db: Connection, article: Row[Any]) -> Subject:
    """The article of a row with its text and `version_id`."""
    topics, events = history.labels_of(db, article.version_id)
    return subject_with(db, article, topics, events)


def subject_with(db: Connection, article: Row[Any], topics: Sequence[str], events: Sequence[str]) -> Subject:
    """The same, where its labels are read already."""
    names = Fact.__dataclass_fields__
    rows = [row._mapping for row in facts_of(db, article.version_id)]
    facts = tuple(Fact(**{name: row[name] for name in names if name in row}) for row in rows)
    labels = Classification(tuple(Scored(name, 1) for name in topics), tuple(Scored(name, 1) for name in events))
    published: datetime = article.published_at
    return Subject(article.title, article.text, article.url, article.source, article.language, published, labels, facts)

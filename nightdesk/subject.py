"""An article on record as the watches see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from pipeline.match import Subject
from pipeline.values import Classification, Fact, Scored
from store.archive import Read

_FACT = tuple(Fact.__dataclass_fields__)


def subject_of(article: Row[Any], read: Read) -> Subject:
    """The article of a row with its text, and what is known of that version."""
    facts = tuple(Fact(**{name: getattr(row, name) for name in _FACT if hasattr(row, name)}) for row in read.facts)
    labels = Classification(
        tuple(Scored(name, 1) for name in read.topics), tuple(Scored(name, 1) for name in read.events)
    )
    published: datetime = article.published_at
    return Subject(article.title, article.text, article.url, article.source, article.language, published, labels, facts)
